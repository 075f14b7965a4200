"""Who may have which paper, and that taking one is on record."""

from io import BytesIO

import docx
import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from tests import factories
from tests.appraisals import room
from tests.appraisals.paperwork import GUDU, LIUAN, XITANG, visit
from tests.appraisals.room import Hall
from yizhen.appraisals.actions import papers, results
from yizhen.appraisals.papers.printed import PAGES
from yizhen.appraisals.papers.words import numeral
from yizhen.audit.models import Record
from yizhen.people.models import ADMIN_ROLES, ROLES, Account
from yizhen.places.models import Division

MANAGED = (
    "papers/",
    "papers/pack.zip",
    "papers/letters.zip",
    "papers/record.docx",
    "papers/circular.docx",
    "papers/rectification.docx",
    "papers/rectification.xlsx",
    *(f"papers/print/{name}/" for name in PAGES),
    "papers/print/ballots/?class=A",
)


@pytest.fixture
def people(issued: Hall) -> dict[str, Account]:
    """One account of each role; the office and the scrutineer are the hall's, the county lies inside its city."""
    known = {"city_office": issued.office, "scrutineer": issued.scrutineer, "township_head": issued.heads[LIUAN]}
    return {role: known.get(role) or factories.account(role) for role in ROLES}


@pytest.mark.parametrize("address", MANAGED)
def test_papers_are_for_those_who_run_the_campaign(issued: Hall, people: dict[str, Account], address: str) -> None:
    found = {role: visit(user, f"/appraisals/{issued.campaign.pk}/{address}") for role, user in people.items()}
    own = {"township_head": 200, "scrutineer": 200} if address == "papers/" else {}
    wanted = {role: 404 if role in ADMIN_ROLES else 200 if role == "city_office" else 403 for role in ROLES}
    assert found == wanted | own
    assert visit(None, f"/appraisals/{issued.campaign.pk}/{address}") == 302


def test_letter_is_for_the_person_and_for_those_who_see_all(issued: Hall, people: dict[str, Account]) -> None:
    address = f"/appraisals/{issued.campaign.pk}/papers/letters/{issued.speaker().pk}.docx"
    found = {role: visit(user, address) for role, user in people.items()}
    allowed = {"city_office", "scrutineer", "township_head"}
    assert found == {role: 404 if role in ADMIN_ROLES else 200 if role in allowed else 403 for role in ROLES}
    assert [visit(issued.heads[place], address) for place in (XITANG, GUDU)] == [403, 403]
    assert visit(None, address) == 302


def test_letter_waits_until_the_results_are_issued(city: Division) -> None:
    hall = room.counted()
    address = f"/appraisals/{hall.campaign.pk}/papers/letters/{hall.speaker().pk}.docx"
    before = [visit(hall.heads[LIUAN], one) for one in (address, f"/appraisals/{hall.campaign.pk}/papers/")]
    results.issue_results(hall.office, hall.campaign)
    after = [visit(hall.heads[LIUAN], one) for one in (address, f"/appraisals/{hall.campaign.pk}/papers/")]
    assert (before, after) == ([403, 403], [200, 200])


def test_speaker_sees_the_own_letter_alone_in_the_list(issued: Hall) -> None:
    html = factories.signed_in(issued.heads[LIUAN]).get(f"/appraisals/{issued.campaign.pk}/papers/").content.decode()
    own, other = (f"papers/letters/{issued.speaker(place).pk}.docx" for place in (LIUAN, GUDU))
    assert (own in html, other in html, "pack.zip" in html, "record.docx" in html) == (True, False, False, False)


def test_papers_that_do_not_exist_yet_are_not_found(published: Hall) -> None:
    client = factories.signed_in(published.office)
    names = ("record.docx", "circular.docx", "rectification.docx", "rectification.xlsx", "letters.zip", "nothing.docx")
    found = [client.get(f"/appraisals/{published.campaign.pk}/papers/{name}").status_code for name in names]
    assert found == [404] * 6
    pages = ("print/nothing/", "print/plates/?class=Z")
    assert [client.get(f"/appraisals/{published.campaign.pk}/papers/{name}").status_code for name in pages] == [404] * 2


def test_draft_has_no_papers(draft: Hall) -> None:
    client = factories.signed_in(draft.office)
    names = ("", "pack.zip", "print/agenda/", "record.docx")
    assert [client.get(f"/appraisals/{draft.campaign.pk}/papers/{name}").status_code for name in names] == [403] * 4


def test_paper_taken_is_on_record(issued: Hall) -> None:
    base = f"/appraisals/{issued.campaign.pk}/papers"
    office, head = factories.signed_in(issued.office), factories.signed_in(issued.heads[LIUAN])
    office.get(f"{base}/record.docx")
    office.get(f"{base}/pack.zip")
    head.get(f"{base}/letters/{issued.speaker().pk}.docx")
    head.get(f"{base}/letters.zip")
    taken = Record.objects.filter(event="appraisals.paper_taken").order_by("number")
    assert [(record.details, record.actor) for record in taken] == [
        ({"paper": "record", "place": ""}, issued.office),
        ({"paper": "pack", "place": ""}, issued.office),
        ({"paper": "letter", "place": LIUAN}, issued.heads[LIUAN]),
    ]
    with pytest.raises(PermissionDenied):
        papers.take_paper(issued.heads[LIUAN], issued.campaign, "pack")
    with pytest.raises(PermissionDenied):
        papers.take_letter(issued.heads[GUDU], issued.speaker())


def test_download_has_a_chinese_name_and_is_kept_by_no_cache(issued: Hall) -> None:
    answer: HttpResponse = factories.signed_in(issued.office).get(
        f"/appraisals/{issued.campaign.pk}/papers/record.docx"
    )
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%E4%BC%9A%E8%AE%AE%E7%BA%AA%E8%A6%81.docx"
    assert answer["Cache-Control"] == "no-store"
    assert docx.Document(BytesIO(answer.content)).paragraphs[0].text == "第一期述职评议"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (99, "九十九"),
        (100, "一百"),
        (105, "一百零五"),
        (112, "一百一十二"),
    ],
)
def test_numeral(number: int, text: str) -> None:
    assert numeral(number) == text
