"""Office files that are not opened: bombs, sheets that are wider than a reader can hold, programs, links."""

import zipfile
from io import BytesIO

import pytest

from yizhen.documents import unpacking
from yizhen.documents.unpacking import UnsafeFile, check_workbook_file
from yizhen.documents.workbook import Sheet, write_workbook

PLAIN = write_workbook([Sheet("数据", [["指标代码", "=1+1"], ["L01", 5]])])


def packed(**parts: bytes) -> bytes:
    """Return the plain workbook with other parts in it, by path (two underscores for a slash)."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(PLAIN)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        names = {
            name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"): body
            for name, body in parts.items()
        }
        for name in old.namelist():
            if name not in names:
                new.writestr(name, old.read(name))
        for name, body in names.items():
            new.writestr(name, body)
    return made.getvalue()


def sheet(*addresses: str) -> bytes:
    cells = "".join(f'<c s="1" r="{address}"><v>1</v></c>' for address in addresses)
    return f"<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>".encode()


def reason(content: bytes) -> str:
    with pytest.raises(UnsafeFile) as caught:
        check_workbook_file(content)
    return caught.value.reason


def test_ordinary_workbooks_pass() -> None:
    check_workbook_file(PLAIN)
    check_workbook_file(write_workbook([Sheet("数据", [[row, row] for row in range(5000)])]))
    check_workbook_file(packed(xl__worksheets__sheet1_xml=sheet("A1", "ALL20000")))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = packed(xl__worksheets__sheet1_xml=b" " * (unpacking.LARGEST + 1))
    assert len(bomb) < 1_000_000
    assert reason(bomb) == "large"


def test_many_parts_are_refused() -> None:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(unpacking.MOST_PARTS + 1):
            archive.writestr(f"{number}", b"")
    assert reason(made.getvalue()) == "large"


@pytest.mark.parametrize("far", [("A1", "XFD1048576"), ("A1", "ALM2"), ("A1", "Z1000000"), ("AAAAAAA1",)])
def test_two_cells_far_apart_are_refused(far: tuple[str, ...]) -> None:
    assert reason(packed(xl__worksheets__sheet1_xml=sheet(*far))) == "wide"


@pytest.mark.parametrize(
    "body",
    [b"<x:c r='XFD9'/>", b"<c s='1'\n r=\"XFD9\" t='n'>", b"<row spans='1:9' r='30000000'><c><v>1</v></c></row>"],
)
def test_other_ways_to_write_an_address_are_seen(body: bytes) -> None:
    content = packed(xl__worksheets__sheet1_xml=b"<c r='A1'/>" + body)
    assert reason(content) == "wide"


def test_a_cell_cut_in_two_is_still_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "CHUNK", 300)
    for fill in range(60):
        body = b"<!--" + b"x" * (270 + fill) + b"-->" + sheet("XFD9")
        assert reason(packed(xl__worksheets__sheet1_xml=body)) == "wide"


def test_programs_and_links_are_refused() -> None:
    assert reason(packed(xl__vbaProject_bin=b"x")) == "macro"
    assert reason(packed(xl__externalLinks__externalLink1_xml=b"<x/>")) == "links"


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x03\x04 broken", PLAIN[: len(PLAIN) // 2], b"text"])
def test_what_is_no_workbook_is_left_to_its_reader(content: bytes) -> None:
    check_workbook_file(content)
