"""Write docs/lifecycle.md, docs/lifecycle.zh.md and their pictures from the transition table; --check only compares."""

import os
import sys
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[1]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yizhen.config.settings")
sys.path.insert(0, str(ROOT / "src"))

EN = (
    "# The lifecycle",
    (
        "Every matter of every kind moves through this table and no other way. It is written from "
        "`src/yizhen/matters/lifecycle.py` by `tools/lifecycle.py`; do not edit it here. Names are the codes that cases and "
        "programs use."
    ),
    "lifecycle.svg", "The lifecycle from the table",
    ("From", "Step", "To", "Who", "Must bring", "Only kinds with"),
)  # fmt: skip
ZH = (
    "# 事项的一生",
    "每一种事项都按这张表走，没有别的路。本页由 `tools/lifecycle.py` 从 `src/yizhen/matters/lifecycle.py` 写出，不要在这里改。",
    "lifecycle.zh.svg", "按表画出的事项的一生",
    ("从", "步骤", "到", "谁", "须带上", "只有"),
)  # fmt: skip


def plain(code: str) -> str:
    """Return a code as words."""
    return code.replace("_", " ")


def pages() -> dict[str, str]:
    """Return what the files under docs/ must hold, by path."""
    from django.utils.translation import override

    from yizhen.matters.diagram import lifecycle_svg
    from yizhen.matters.lifecycle import STATE_NAMES, TRANSITIONS, VERB_NAMES, State, Verb
    from yizhen.matters.lifecycle_words import table_rows

    states = {state: plain(state) for state in State}
    verbs = {verb: plain(verb) for verb in Verb}
    words = [
        (
            plain(row.source),
            plain(row.verb),
            plain(row.target) + (f" ({plain(row.asks_verdict)} where the requester has the last word)" if row.asks_verdict else ""),
            plain(row.party),
            ", ".join([*(["words"] if row.text_required else []), *map(plain, row.needs)]),
            plain(row.only),
        )
        for row in TRANSITIONS
    ]  # fmt: skip
    made = {
        "lifecycle.md": page(EN, words),
        "images/lifecycle.svg": lifecycle_svg(TRANSITIONS, states, verbs, EN[3], paper=True),
    }
    with override("zh-hans"):
        rows = [
            (
                row.source,
                f"{row.name} `{row.verb}`",
                f"{row.target}（诉求人有最后意见的：{row.verdict_target}）" if row.verdict_target else row.target,
                row.party,
                "、".join(map(str, row.needs)),
                row.trait,
            )
            for row in table_rows()
        ]
        made["lifecycle.zh.md"] = page(ZH, rows)
        made["images/lifecycle.zh.svg"] = lifecycle_svg(TRANSITIONS, STATE_NAMES, VERB_NAMES, ZH[3], paper=True)
    return {path: str(text).rstrip() + "\n" for path, text in made.items()}


def page(words, rows) -> str:
    """Return one page of docs."""
    title, about, picture, caption, head = words
    lines = [
        title,
        "",
        about,
        "",
        f"![{caption}](images/{picture})",
        "",
        "| " + " | ".join(head) + " |",
        "|---" * len(head) + "|",
    ]
    return "\n".join([*lines, *("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows)])


def main() -> int:
    """Write the pages, or say which are out of date."""
    django.setup()
    stale = []
    for path, text in pages().items():
        file = ROOT / "docs" / path
        if file.exists() and file.read_text(encoding="utf-8") == text:
            continue
        stale.append(path)
        if "--check" not in sys.argv:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
    print("\n".join(stale) or "docs/lifecycle: up to date")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
