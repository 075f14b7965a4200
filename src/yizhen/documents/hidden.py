"""What a reader of cells does not tell: hidden rows and columns, and cells that are shown as percent."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO
from zipfile import BadZipFile, ZipFile

TAG = r"<(?:\w+:)?{}\b[^>]*>"
SHEET, RELATION = re.compile(TAG.format("sheet")), re.compile(TAG.format("Relationship"))
COLUMN, ROW = re.compile(TAG.format("col").encode()), re.compile(TAG.format("row").encode())
STYLES, STYLE, FORMAT = (
    re.compile(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL),
    re.compile(TAG.format("xf")),
    re.compile(TAG.format("numFmt")),
)
CELL = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\sr=["']([A-Z]{1,3})[0-9]+["'][^>]*?\ss=["']([0-9]+)["']""")
ATTRIBUTE = re.compile(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
PERCENT = {"9", "10"}  # the built-in formats 0% and 0.00% (ECMA-376, part 1, 18.8.30)
HEAD = 1 << 18  # bytes of a sheet in which its columns are declared and its first cells stand
SECTOR_END = 0xFFFFFFF0


@dataclass(frozen=True)
class Look:
    """Columns and rows that are hidden, and columns with cells that are shown as percent; counted from nought."""

    hidden_columns: frozenset[int] = frozenset()
    hidden_rows: frozenset[int] = field(default=frozenset(), repr=False)
    percent: frozenset[int] = frozenset()


def look_of(content: bytes, name: str) -> Look:
    """Return the look of a sheet of an .xlsx or .xls; what cannot be read has none."""
    try:
        found = _of_xlsx(content, name) if content.startswith(b"PK") else _of_xls(content, name)
    except (BadZipFile, KeyError, RuntimeError, ValueError, struct.error, IndexError, EOFError, NotImplementedError):
        found = None
    return found or Look()


def _attributes(tag: str) -> dict[str, str]:
    return {name.split(":")[-1]: unescape(one or two) for name, one, two in ATTRIBUTE.findall(tag)}


def _of_xlsx(content: bytes, name: str) -> Look | None:
    with ZipFile(BytesIO(content)) as archive:
        text = archive.read("xl/workbook.xml").decode("utf-8", "replace")
        relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
        paths = {each["Id"]: each["Target"] for each in map(_attributes, RELATION.findall(relations))}
        sheets = {each["name"]: each["id"] for each in map(_attributes, SHEET.findall(text))}
        target = paths[sheets[name]]
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        styles = (
            archive.read("xl/styles.xml").decode("utf-8", "replace") if "xl/styles.xml" in archive.namelist() else ""
        )
        return _look(archive.read(path), _percent_styles(styles))


def _percent_styles(text: str) -> set[bytes]:
    formats = map(_attributes, FORMAT.findall(text))
    made = {each["numFmtId"] for each in formats if "%" in each.get("formatCode", "")}
    found = STYLES.search(text)
    styles = STYLE.findall(found[0]) if found else []
    return {str(at).encode() for at, tag in enumerate(styles) if _attributes(tag).get("numFmtId", "") in PERCENT | made}


def _look(sheet: bytes, percent: set[bytes]) -> Look:
    head = sheet[:HEAD]
    columns: set[int] = set()
    for tag in COLUMN.findall(head):
        column = _attributes(tag.decode())
        if column.get("hidden") in {"1", "true"}:
            columns |= set(range(int(column["min"]) - 1, min(int(column["max"]), 1_000)))
    rows = set()
    if b"hidden" in sheet:
        for tag in ROW.findall(sheet):
            if b"hidden" in tag and (row := _attributes(tag.decode())).get("hidden") in {"1", "true"} and "r" in row:
                rows.add(int(row["r"]) - 1)
    shown = {letters for letters, style in CELL.findall(head) if style in percent} if percent else set()
    return Look(frozenset(columns), frozenset(rows), frozenset(map(_number, shown)))


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _of_xls(content: bytes, name: str) -> Look | None:
    """Read COLINFO and ROW records of BIFF8 ([MS-XLS] 2.4.53, 2.4.221)."""
    stream = _workbook_stream(content)
    for kind, body in _records(stream, 0):
        if kind != 0x0085:  # BoundSheet8
            continue
        wide = body[7] & 1
        raw = body[8 : 8 + body[6] * (1 + wide)]
        if raw.decode("utf-16-le" if wide else "latin-1") == name:
            return _look_of_records(stream, struct.unpack_from("<I", body)[0])
    return None


def _look_of_records(stream: bytes, at: int) -> Look:
    columns: set[int] = set()
    rows: set[int] = set()
    for kind, body in _records(stream, at):
        if kind == 0x007D and body[8] & 1:
            first, last = struct.unpack_from("<HH", body)
            columns |= set(range(first, min(last + 1, 256)))
        elif kind == 0x0208 and body[12] & 0x20:
            rows.add(struct.unpack_from("<H", body)[0])
    return Look(frozenset(columns), frozenset(rows))


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of one substream; charts that lie inside it are left out."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        body = stream[at + 4 : at + 4 + size]
        at += 4 + size
        if kind == 0x0809:
            depth += 1
        elif kind == 0x000A:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, body


def _workbook_stream(content: bytes) -> bytes:
    """Return the stream "Workbook" of a compound file ([MS-CFB])."""
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    directory, cutoff, mini_table = struct.unpack_from("<I4xII", content, 48)

    def sector(number: int) -> bytes:
        return content[(number + 1) * size : (number + 2) * size]

    table: list[int] = []
    for number in struct.unpack_from("<109I", content, 76):
        if number < SECTOR_END:
            table += struct.unpack(f"<{size // 4}I", sector(number))

    def chain(number: int, links: list[int]) -> Iterator[int]:
        for _step in range(len(links)):
            if number >= SECTOR_END:
                return
            yield number
            number = links[number]

    entries = b"".join(map(sector, chain(directory, table)))
    root, found = b"", (0, 0)
    for at in range(0, len(entries), 128):
        length = struct.unpack_from("<H", entries, at + 64)[0]
        name = entries[at : at + max(length - 2, 0)].decode("utf-16-le", "replace")
        start, bytes_long = struct.unpack_from("<II", entries, at + 116)
        if name == "Root Entry":
            root = b"".join(map(sector, chain(start, table)))
        elif name in {"Workbook", "Book"}:
            found = (start, bytes_long)
    start, length = found
    if length >= cutoff:
        return b"".join(map(sector, chain(start, table)))[:length]
    links: list[int] = []
    for number in chain(mini_table, table):
        links += struct.unpack(f"<{size // 4}I", sector(number))
    return b"".join(root[each * 64 : each * 64 + 64] for each in chain(start, links))[:length]
