"""What the tests of papers share: words and rows of a document, pages as tags, who is shown what."""

import zipfile
from html.parser import HTMLParser
from io import BytesIO
from pathlib import PurePosixPath

import docx
from django.test import Client

from tests import factories
from tests.appraisals.room import Hall
from yizhen.appraisals.models import Result
from yizhen.appraisals.papers.pack import page
from yizhen.appraisals.papers.printed import PAGES
from yizhen.appraisals.papers.words import counted_results
from yizhen.documents.content import Official
from yizhen.documents.official import write_official
from yizhen.people.models import Account

LIUAN, XITANG, GUDU = factories.LIUAN, factories.XITANG, factories.GUDU
FIVE = (LIUAN, XITANG, GUDU, factories.SHIMEN, factories.JIANGFENG)


def words(official: Official) -> str:
    """Return all the text of a document, read back from the file."""
    document = docx.Document(BytesIO(write_official(official)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def rows_of(official: Official, head: str) -> list[list[str]]:
    """Return the rows of the table whose first column is called so, read back from the file."""
    document = docx.Document(BytesIO(write_official(official)))
    found = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    return next(rows for rows in found if rows[0][0] == head)


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def marked(hall: Hall, *sheets: tuple[str, int, dict[str, str]]) -> None:
    """Cast sheets: class, how many, and the grades by place; every item of a place gets the same grade."""
    used = dict.fromkeys("ABCDE", 0)
    for code, number, by_place in sheets:
        marks = {
            str(hall.speaker(place).pk): dict.fromkeys(hall.round.layout["items"], grade)
            for place, grade in by_place.items()
        }
        for _sheet in range(number):
            assert hall.vote(code, used[code], marks).state == "counted"
            used[code] += 1


def result_of(hall: Hall, place: str = LIUAN) -> Result:
    return next(result for result in counted_results(hall.fresh()) if result.speaker.division_id == place)


class Tags(HTMLParser):
    """Collects tags with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def count(self, tag: str, **attributes: str) -> int:
        return sum(one == tag and attributes.items() <= found.items() for one, found in self.tags)


def shown(hall: Hall, name: str, code: str = "") -> Tags:
    chosen = next((row for row in hall.campaign.config["classes"] if row["code"] == code), None)
    return Tags(page(hall.campaign, PAGES[name], chosen))


def documents_in(pack: bytes) -> set[str]:
    return {PurePosixPath(name).name for name in unpacked(pack) if not name.endswith(".html")}


def visit(user: Account | None, address: str) -> int:
    client = Client() if user is None else factories.signed_in(user)
    return client.get(address).status_code
