"""Looking into an office file before anything reads it: what is packed small may be large, and what is wide costs most."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import IO
from zipfile import BadZipFile, ZipFile

LARGEST = 200 * 1024 * 1024  # bytes, unpacked
MOST_PARTS = 2_000
MOST_COLUMNS = 1_000
MOST_CELLS = 20_000_000  # rows × columns from the first cell to the last: a reader makes room for all of them
ADDRESS = re.compile(rb"""<(?:\w+:)?(?:c|row)\b[^>]*?\sr\s*=\s*["']([A-Z]{0,7})([0-9]{1,9})["']""")
# An address beyond Z or from row 200,000 on, or one that is written in an odd way: only then is every address looked at.
FAR = re.compile(rb"""r="(?:[A-Z]{2}|[A-Z]?(?:[2-9][0-9]{5}|[0-9]{7}))""")
ODD = re.compile(rb"""r(?:\s+=|=\s|=')""")
CHUNK = 1 << 20
CONTENT_TYPES = "[Content_Types].xml"
OFFICE_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
PROGRAMS = ("xl/macrosheets/", "xl/activex/", "word/activex/")  # programs that are no VBA project
OVERLAP = 256  # the longest beginning of a cell that could be cut in two


class UnsafeFile(ValueError):
    """A file that is not opened. ``reason`` is large, wide, macro or links."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def check_workbook_file(content: bytes) -> None:
    """Refuse a workbook that would take too much room, brings a program along, or points outside itself.

    What is no .xlsx passes: its reader says what is wrong with it. The sizes that a ZIP states are held by the unpacking
    itself, which stops where they lie.

    Raises:
        UnsafeFile: saying which of these it is.
    """
    if not content.startswith(b"PK"):
        return
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST:
                raise UnsafeFile("large")
            names = [part.filename.lower() for part in parts]
            if any(name.endswith("vbaproject.bin") for name in names):
                raise UnsafeFile("macro")
            if any("externallinks/" in name for name in names):
                raise UnsafeFile("links")
            for part in parts:
                if part.filename.lower().startswith("xl/worksheets/") and part.filename.lower().endswith(".xml"):
                    with archive.open(part) as sheet:
                        near = not any(FAR.search(piece) or ODD.search(piece) for piece in _pieces(sheet))
                    if not near:
                        with archive.open(part) as sheet:
                            _check_extent(sheet)
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError):
        return  # broken, packed in a way of its own, or locked: the reader refuses it


def _check_extent(sheet: IO[bytes]) -> None:
    columns = rows = 0
    for piece in _pieces(sheet):
        found = ADDRESS.findall(piece)
        columns = max([columns, *(_column(letters) for letters in {letters for letters, _digits in found})])
        rows = max([rows, *(int(digits) for digits in {digits for _letters, digits in found})])
        if columns > MOST_COLUMNS or columns * rows > MOST_CELLS:
            raise UnsafeFile("wide")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _pieces(sheet: IO[bytes]) -> Iterator[bytes]:
    """Yield a sheet piece by piece without holding it; what could be cut in two comes whole in the next one."""
    left = b""
    while chunk := sheet.read(CHUNK):
        yield left + chunk
        left = chunk[-OVERLAP:]


def office_kind(content: bytes) -> str | None:
    """Return docx or xlsx by what a file holds, whatever it is called; None when it is neither.

    Raises:
        UnsafeFile: when it is one of them and must not be kept: too large, with a program, or with links to outside.
    """
    try:
        with ZipFile(BytesIO(content)) as archive:
            names = {part.filename for part in archive.infolist()}
            whole = len(names) <= MOST_PARTS
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError):
        return None
    found = next((kind for kind, part in OFFICE_PARTS.items() if part in names), None)
    if found is None or CONTENT_TYPES not in names:
        return None
    if not whole:
        raise UnsafeFile("large")
    if any(name.lower().startswith(PROGRAMS) for name in names):
        raise UnsafeFile("macro")
    check_workbook_file(content)
    return found
