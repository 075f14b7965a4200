"""Keep the translations: Chinese in the code, English in ``locale/en/LC_MESSAGES/django.po``; Babel does the work.

``extract`` brings the file into step with the code, ``compile`` writes the ``.mo``, ``check`` names what is missing.
"""

import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "yizhen"
LOCALE = "en"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)|(?<!%)(?:%%)*%[sd]|\{\w*\}")
HEADER = """\
# Yizhen 一针: the English of every sentence; tools/messages.py keeps it in step with the code.
msgid ""
msgstr ""
"Language: en\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


def po_path(source: Path = SOURCE) -> Path:
    """Return where the English translations are kept."""
    return source / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def sources(source: Path) -> Iterator[tuple[Path, str]]:
    """Yield every file that may hold a sentence, as Python that Babel can read."""
    from django.utils.translation.template import templatize

    for path in sorted(source.rglob("*.py")):
        yield path, path.read_text(encoding="utf-8")
    for path in sorted(source.rglob("*")):
        if "templates" in path.relative_to(source).parts and path.suffix in {".html", ".txt"}:
            python = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            # What is not a sentence becomes filler words; without their indentation the tokenizer takes them as they are.
            yield path, "\n".join(line.strip() for line in python.splitlines())


def extracted(source: Path = SOURCE) -> Catalog:
    """Return the sentences of the code and of the templates, untranslated."""
    catalog = empty()
    for path, text in sources(source):
        try:
            for _line, sentence, _comments, context in extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS):
                catalog.add(sentence, context=context)
        except (SyntaxError, IndentationError) as error:
            message = f"{path}: {error}"
            raise SystemExit(message) from error
    return catalog


def empty() -> Catalog:
    """Return an empty catalogue whose dates never change."""
    epoch = datetime(2026, 1, 1, tzinfo=UTC)
    return Catalog(
        locale=LOCALE, project="yizhen", creation_date=epoch, revision_date=epoch, charset="utf-8", fuzzy=False
    )


def kept(source: Path = SOURCE) -> Catalog:
    """Return the translations as they are kept."""
    catalog = empty()
    path = po_path(source)
    if path.exists():
        with path.open("rb") as file:
            for message in read_po(file, locale=LOCALE):
                if message.id:
                    catalog[message.id] = message
    return catalog


def translated(message: Message) -> bool:
    """Tell whether every form of the sentence has its English."""
    forms = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return all(forms)


def update(source: Path = SOURCE) -> bool:
    """Bring the kept file into step with the code: new sentences empty, gone ones dropped; True when it changed."""
    old, new = kept(source), extracted(source)
    for message in new:
        before = old.get(message.id, message.context) if message.id else None
        if before is not None and isinstance(before.id, str) == isinstance(message.id, str):
            message.string = before.string
            message.flags |= before.flags & {"fuzzy"}
            message.user_comments = before.user_comments
    body = io.BytesIO()
    write_po(body, new, width=0, no_location=True, omit_header=True, sort_output=True)
    content = HEADER.encode() + body.getvalue()
    path = po_path(source)
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


def compile_messages(source: Path = SOURCE) -> bool:
    """Write the ``.mo`` beside the ``.po`` unless it is newer already; True when it was written."""
    path = po_path(source)
    compiled = path.with_suffix(".mo")
    if not path.exists() or (compiled.exists() and compiled.stat().st_mtime > path.stat().st_mtime):
        return False
    with compiled.open("wb") as file:
        write_mo(file, kept(source))
    return True


def faults(source: Path = SOURCE) -> list[str]:
    """Name each sentence without its English, still fuzzy, with other placeholders, or out of step with the code."""
    found = []
    old, new = kept(source), extracted(source)
    for message in new:
        if not message.id:
            continue
        name = message.id if isinstance(message.id, str) else message.id[0]
        before = old.get(message.id, message.context)
        if before is None or not translated(before) or isinstance(before.id, str) != isinstance(message.id, str):
            found.append(f"no English: {name!r}")
        elif before.fuzzy:
            found.append(f"fuzzy: {name!r}")
        else:
            found.extend(f"placeholders differ: {name!r} → {form!r}" for form in other_placeholders(before))
    found.extend(
        f"no longer in the code: {message.id!r}"
        for message in old
        if message.id and not new.get(message.id, message.context)
    )
    return found


def other_placeholders(message: Message) -> list[str]:
    """Return the forms whose placeholders are not those of the sentence; a singular may leave its number out."""
    if isinstance(message.id, str):
        wanted = sorted(PLACEHOLDER.findall(message.id))
        return [] if sorted(PLACEHOLDER.findall(str(message.string))) == wanted else [str(message.string)]
    wanted = sorted(PLACEHOLDER.findall(message.id[1]))
    singular, plural = message.string
    differ = [] if set(PLACEHOLDER.findall(singular)) <= set(wanted) else [singular]
    return differ + ([] if sorted(PLACEHOLDER.findall(plural)) == wanted else [plural])


def main(arguments: list[str]) -> int:
    """Run one of the three commands."""
    command = arguments[0] if len(arguments) == 1 else ""
    if command == "extract":
        changed = update()
        missing = sum(1 for message in kept() if message.id and not translated(message))
        print(f"{po_path().relative_to(ROOT)}: {'updated' if changed else 'unchanged'}, {missing} without English")
    elif command == "compile":
        print(f"英文界面 · English messages: {'compiled' if compile_messages() else 'up to date'}")
    elif command == "check":
        found = faults()
        print("\n".join(found) if found else "Every sentence has its English.")
        if found:
            print(f"{len(found)} to mend: run `make messages`, then edit {po_path().relative_to(ROOT)}")
        return 1 if found else 0
    else:
        print("usage: python tools/messages.py extract | compile | check", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
