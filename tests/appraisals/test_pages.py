"""Pages of the appraisals room: every role at every address, and what forms do with what was typed."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests import factories
from tests.appraisals import room
from tests.appraisals.room import Hall
from tests.memory import remembered
from yizhen.appraisals.actions import campaigns, reports
from yizhen.appraisals.models import Campaign, Card, DutyReport, Problem, Question, RollEntry, Session
from yizhen.indicators.actions import undo_batch
from yizhen.indicators.models import Observation
from yizhen.people.models import ADMIN_ROLES, ROLES, Account
from yizhen.places.models import Division

LIUAN, GUDU = factories.LIUAN, factories.GUDU
BUSINESS = {role for role in ROLES if role not in ADMIN_ROLES}
SEE_ALL = {"city_office", "scrutineer"}


@pytest.fixture
@remembered
def figures(city: Division) -> Account:
    """An office that has entered a figure to cite."""
    factories.catalogue()
    office = factories.account("city_office")
    rows = [*factories.beds({LIUAN: 230, factories.XITANG: 400})]
    factories.import_figures(
        office, [*rows, factories.row("L01", "9901", "2025", numerator=17_000, denominator=3_120_000)]
    )
    return office


@pytest.fixture
def people(city: Division) -> dict[str, Account]:
    return factories.everybody()


def visit(user: Account | None, address: str) -> int:
    client = Client() if user is None else factories.signed_in(user, staff_mode=True)
    return client.get(address).status_code


def statuses(people: dict[str, Account], address: str) -> dict[str, int]:
    return {"anonymous": visit(None, address)} | {role: visit(user, address) for role, user in people.items()}


def expected(
    allowed: set[str], *, allowed_status: int = 200, refused: int = 403, hidden: set[str] | None = None
) -> dict[str, int]:
    """Return role → status: the allowed, the refused, and those for whom the campaign does not exist."""
    hidden = set(ADMIN_ROLES) if hidden is None else hidden
    found = {role: allowed_status if role in allowed else 404 if role in hidden else refused for role in ROLES}
    return {"anonymous": 302} | found


# --- every role at every address -------------------------------------------------------------------------------------

ISSUED = {
    "": expected(BUSINESS),
    "wizard/basics/": expected({"city_office"}, allowed_status=302),
    "wizard/nonsense/": expected({"city_office"}, allowed_status=404),
    "attendance/": expected({"city_office"}),
    "console/": expected({"city_office"}),
    "projector/": expected(BUSINESS),
    "projector/slide/": expected(BUSINESS),
    "key/": expected({"scrutineer"}),
    "cards/": expected({"city_office"}),
    "results/": expected(SEE_ALL | {"township_head"}),
    "results.xlsx": expected(SEE_ALL | {"township_head"}),
    "results/LIUAN/": expected(SEE_ALL | {"township_head"}),
    "results/GUDU/": expected(SEE_ALL),
    "results/0/": expected(set()),
    "opinions/": expected({"city_office"}),
    "feedback/": expected(BUSINESS),
    "feedback/table/": expected(BUSINESS),
    "feedback.xlsx": expected(BUSINESS),
    "common-problems/": expected({"city_office"}),
}


def test_issued_campaign_every_role_at_every_address(people: dict[str, Account]) -> None:
    heads = {
        code: people["township_head"] if code == LIUAN else factories.account("township_head", code)
        for code in room.PLACES
    }
    for code, head in heads.items():
        room.appointment(code, head)
    hall = room.issued([room.problem()], office=people["city_office"], scrutineer=people["scrutineer"], heads=heads)
    found = {}
    for path in ISSUED:
        address = path.replace("LIUAN", str(hall.speaker(LIUAN).pk)).replace("GUDU", str(hall.speaker(GUDU).pk))
        found[path] = statuses(people, f"/appraisals/{hall.campaign.pk}/{address}")
    assert found == ISSUED


def test_counted_results_are_hidden_from_speakers(people: dict[str, Account]) -> None:
    heads = {code: factories.account("township_head", code) for code in room.PLACES}
    for code, head in heads.items():
        room.appointment(code, head)
    hall = room.counted(office=people["city_office"], scrutineer=people["scrutineer"], heads=heads)
    for path in ("results/", "results.xlsx", f"results/{hall.speaker().pk}/"):
        assert statuses(people, f"/appraisals/{hall.campaign.pk}/{path}") == expected(SEE_ALL)


def test_draft_campaign_is_there_for_its_office_alone(people: dict[str, Account]) -> None:
    hall = room.draft(office=people["city_office"], scrutineer=people["scrutineer"])
    others = set(ROLES) - {"city_office"}
    for path, status in {
        "": 200,
        "wizard/items/": 200,
        "wizard/publish/": 200,
        "console/": 403,
        "attendance/": 403,
        "projector/": 403,
        "results/": 403,
        "opinions/": 404,
    }.items():
        found = statuses(people, f"/appraisals/{hall.campaign.pk}/{path}")
        assert found == expected({"city_office"}, allowed_status=status, hidden=others), path
    shown = {role: user for role, user in people.items() if hall.campaign.title in listed(user)}
    assert set(shown) == {"city_office"}


def listed(user: Account) -> str:
    return factories.signed_in(user).get("/appraisals/").content.decode()


def test_list_and_new(people: dict[str, Account]) -> None:
    assert statuses(people, "/appraisals/") == {"anonymous": 302} | dict.fromkeys(ROLES, 200)
    assert statuses(people, "/appraisals/new/") == expected({"city_office", "county"}, hidden=set())


def test_published_campaign_is_hidden_from_administrators_in_the_list(people: dict[str, Account]) -> None:
    hall = room.published(office=people["city_office"], scrutineer=people["scrutineer"])
    assert {role for role, user in people.items() if hall.campaign.title in listed(user)} == BUSINESS


@pytest.mark.parametrize("path", ["publish/", "console/do/", "issue/"])
def test_post_addresses_refuse_get(people: dict[str, Account], path: str) -> None:
    hall = room.published(office=people["city_office"], scrutineer=people["scrutineer"])
    assert set(statuses(people, f"/appraisals/{hall.campaign.pk}/{path}").values()) == {405}


@pytest.mark.parametrize("path", ["publish/", "console/do/", "issue/", "cards/"])
def test_post_addresses_need_staff_mode(draft: Hall, path: str) -> None:
    client = factories.signed_in(draft.office)
    response = client.post(f"/appraisals/{draft.campaign.pk}/{path}", {"what": "begin"})
    assert response.status_code == 302
    assert response["Location"].startswith("/staff-mode/")
    assert draft.fresh().state == "draft"
    factories.enter_staff_mode(client, seconds=-1)
    assert client.post(f"/appraisals/{draft.campaign.pk}/{path}").status_code == 302
    assert draft.fresh().state == "draft"


def test_posting_every_role(people: dict[str, Account]) -> None:
    hall = room.published(office=people["city_office"], scrutineer=people["scrutineer"])
    others = {role: user for role, user in people.items() if role != "city_office"}
    for path in ("publish/", "console/do/", "issue/", "cards/", "attendance/", "wizard/roll/"):
        found = {}
        for role, user in others.items():
            client = factories.signed_in(user, staff_mode=True)
            data = {"what": "begin", "class": "A", "number": "5"}
            found[role] = client.post(f"/appraisals/{hall.campaign.pk}/{path}", data).status_code
        assert found == {role: 404 if role in ADMIN_ROLES else 403 for role in others}, path
    assert (hall.fresh().state, Card.objects.count()) == ("published", 0)


def test_reports_every_role(people: dict[str, Account], figures: Account) -> None:
    heads = {
        code: people["township_head"] if code == LIUAN else factories.account("township_head", code)
        for code in room.PLACES
    }
    for code, head in heads.items():
        room.appointment(code, head)
    hall = room.published(office=people["city_office"], scrutineer=people["scrutineer"], heads=heads)
    report = DutyReport.objects.get(speaker=hall.speaker())
    read = {"city_office", "county", "township_head", "township_office"}
    hidden = set(ROLES) - read
    assert statuses(people, f"/reports/{report.pk}/") == expected(read, hidden=hidden)
    assert statuses(people, f"/reports/{report.pk}/figure/L01/") == expected(read, hidden=hidden)
    assert statuses(people, f"/reports/{report.pk}/figure/L02/") == expected(set(), refused=404)
    write = expected({"township_head", "township_office"}, hidden=hidden)
    assert statuses(people, f"/reports/{report.pk}/edit/") == write
    assert visit(heads[GUDU], f"/reports/{report.pk}/") == 404
    assert visit(heads[GUDU], f"/reports/{report.pk}/edit/") == 404

    reports.save_report(heads[LIUAN], report, {"development": "一"}, base=0)
    reports.submit_report(heads[LIUAN], report)
    assert statuses(people, f"/reports/{report.pk}/") == expected(BUSINESS)
    assert statuses(people, f"/reports/{report.pk}/figure/L01/") == expected(BUSINESS)
    assert statuses(people, f"/reports/{report.pk}/edit/") == expected(set())


@pytest.mark.parametrize("path", ["now/{}/", "now/{}/status", "now/{}/receipts/"])
def test_public_addresses_of_a_campaign(published: Hall, path: str) -> None:
    assert visit(None, "/" + path.format(published.campaign.token)) == 200
    assert visit(None, "/" + path.format("0123456789")) == 404


def test_public_addresses_of_a_draft(draft: Hall) -> None:
    assert [visit(None, f"/now/{draft.campaign.token}/{page}") for page in ("", "status", "receipts/")] == [404] * 3


def test_ballot_page_sets_no_cookie(db: None) -> None:
    response = Client().get("/b/")
    assert (response.status_code, dict(response.cookies)) == (200, {})


# --- the wizard ------------------------------------------------------------------------------------------------------


def test_new_campaign_leads_to_the_wizard(office: Account) -> None:
    client = factories.signed_in(office)
    data = {"kind": "comprehensive", "title": "第一期", "period": "2026年上半年"}
    response = client.post("/appraisals/new/", data)
    assert response["Location"] == f"/appraisals/{Campaign.objects.get().pk}/wizard/basics/"
    refused = client.post("/appraisals/new/", {**data, "title": ""})
    assert (refused.status_code, Campaign.objects.count()) == (400, 1)


def table(rows: list[dict[str, Any]]) -> dict[str, str]:
    return {f"{n}.{name}": str(value) for n, row in enumerate(rows) for name, value in row.items()}


def test_wizard_table_saves_and_goes_on(draft: Hall) -> None:
    client = factories.signed_in(draft.office)
    rows = draft.campaign.config["grades"]
    response = client.post(
        f"/appraisals/{draft.campaign.pk}/wizard/grades/", table([*rows[:2], {**rows[3], "coef": "0.1"}])
    )
    assert response["Location"] == f"/appraisals/{draft.campaign.pk}/wizard/classes/"
    assert [row["coef"] for row in draft.fresh().config["grades"]] == ["1.0", "0.8", "0.1"]


@pytest.mark.parametrize("weight", ["三十", "²", ""])
def test_wizard_table_error_by_cell_keeps_what_was_typed(draft: Hall, weight: str) -> None:
    client = factories.signed_in(draft.office)
    rows = draft.campaign.config["classes"]
    address = f"/appraisals/{draft.campaign.pk}/wizard/classes/"
    response = client.post(address, table([{**rows[0], "zh": "改过的名称", "weight": weight}, *rows[1:]]))
    assert response.status_code == 400
    cells = {cell["name"]: cell for row in response.context["table"] for cell in row}
    assert [name for name, cell in cells.items() if cell["error"]] == ["0.weight"]
    assert (cells["0.weight"]["value"], cells["0.zh"]["value"]) == (weight, "改过的名称")
    assert draft.fresh().config["classes"] == rows


@pytest.mark.parametrize(
    "step", ["basics", "grades", "classes", "items", "rules", "outline", "agenda", "speakers", "roll", "publish"]
)
def test_wizard_shows_every_step(draft: Hall, step: str) -> None:
    assert visit(draft.office, f"/appraisals/{draft.campaign.pk}/wizard/{step}/") == 200


def test_wizard_rules(draft: Hall) -> None:
    client = factories.signed_in(draft.office)
    data = {
        "quorum": "2/3",
        "method": "mean",
        "cut": "1",
        "step": "90=100, 80=95",
        "step_otherwise": "80",
        "step_negative_line": "1/3",
        "step_negative_points": "65",
        "denominator": "valid",
        "empty_class": "renormalise",
        "publish": "none",
        "min_valid_per_class": "6",
        "min_valid_total": "10",
        "excellent": "excellent",
        "negative": ["not_competent"],
        "headline": "overall",
        "spoken_minutes": "9",
        "written_chars_max": "3000",
        "questions_minutes": "4",
        "comment_minutes": "2",
        "ballot": "batch",
        "announce": "hall",
    }
    address = f"/appraisals/{draft.campaign.pk}/wizard/rules/"
    assert client.post(address, data).status_code == 302
    config = draft.fresh().config
    assert (config["rules"]["quorum"], config["rules"]["min_valid_per_class"], config["limits"]["spoken_minutes"]) == (
        "2/3",
        6,
        9,
    )
    assert config["minutes"] == {"report": 9, "questions": 4, "comment": 2}
    assert config["rules"]["opinion_chars"] == 200  # what the form does not show is kept
    assert client.post(address, {**data, "min_valid_per_class": "4"}).status_code == 400


def test_wizard_speakers_and_roll(draft: Hall) -> None:
    client = factories.signed_in(draft.office)
    from yizhen.people.models import Appointment

    one = Appointment.objects.get(division_id=GUDU)
    client.post(f"/appraisals/{draft.campaign.pk}/wizard/speakers/", {"speakers": [str(one.pk)]})
    assert [s.division_id for s in draft.campaign.speakers.all()] == [GUDU]
    roll = f"/appraisals/{draft.campaign.pk}/wizard/roll/"
    assert client.post(roll, {f"roll.{code}": "甲\n乙" for code in "ABCDE"}).status_code == 302
    assert draft.campaign.roll.count() == 10
    refused = client.post(roll, {"roll.A": "甲\n甲"})
    assert (refused.status_code, draft.campaign.roll.count()) == (400, 10)
    assert "甲\n甲" in refused.content.decode()


def test_wizard_publish(draft: Hall) -> None:
    client = factories.signed_in(draft.office, staff_mode=True)
    address = f"/appraisals/{draft.campaign.pk}/publish/"
    campaigns.change_part(draft.office, draft.campaign, "agenda", [])
    assert client.post(address)["Location"] == f"/appraisals/{draft.campaign.pk}/wizard/publish/"
    assert draft.fresh().state == "draft"
    campaigns.change_part(draft.office, draft.campaign, "agenda", [{"zh": "开会", "en": "Open", "minutes": 5}])
    assert client.post(address)["Location"] == f"/appraisals/{draft.campaign.pk}/"
    assert draft.fresh().state == "published"
    assert client.post(f"/appraisals/{draft.campaign.pk}/wizard/items/", {}).status_code == 400
    assert draft.fresh().config["items"] != []


# --- reports ---------------------------------------------------------------------------------------------------------


def sections(hall: Hall, text: str) -> dict[str, str]:
    return {f"section.{section['code']}": text for section in hall.campaign.config["outline"][:1]}


def test_edit_from_two_windows_keeps_the_text(published: Hall) -> None:
    report = DutyReport.objects.get(speaker=published.speaker())
    client = factories.signed_in(published.heads[LIUAN])
    address = f"/reports/{report.pk}/edit/"
    assert client.post(address, sections(published, "第一个窗口") | {"base": "0"}).status_code == 302
    conflict = client.post(address, sections(published, "第二个窗口写的") | {"base": "0"})
    assert (conflict.status_code, conflict.context["base"]) == (409, 1)
    assert "第二个窗口写的" in conflict.content.decode()
    again = client.post(address, sections(published, "第二个窗口写的") | {"base": "1"})
    assert (again.status_code, report.versions.count()) == (302, 2)


def test_edit_with_a_base_that_is_none(published: Hall) -> None:
    report = DutyReport.objects.get(speaker=published.speaker())
    client = factories.signed_in(published.heads[LIUAN])
    assert client.post(f"/reports/{report.pk}/edit/", sections(published, "一") | {"base": "x"}).status_code == 302


def test_edit_begins_with_the_draft_and_saves_nothing(published: Hall) -> None:
    report = DutyReport.objects.get(speaker=published.speaker())
    page = factories.signed_in(published.heads[LIUAN]).get(f"/reports/{report.pk}/edit/")
    assert [text for _section, text, _error in page.context["sections"]] == list(
        reports.draft_sections(report).values()
    )
    assert report.versions.count() == 0


def test_edit_submits_and_the_office_returns(published: Hall) -> None:
    report = DutyReport.objects.get(speaker=published.speaker())
    client = factories.signed_in(published.heads[LIUAN])
    address = f"/reports/{report.pk}/edit/"
    blocked = client.post(address, sections(published, "{{D77}}") | {"base": "0", "then": "submit"})
    assert blocked["Location"] == address
    assert not DutyReport.objects.get(pk=report.pk).is_locked
    done = client.post(address, sections(published, "好") | {"base": "1", "then": "submit"})
    assert done["Location"] == f"/reports/{report.pk}/"
    assert client.get(address).status_code == 403
    office = factories.signed_in(published.office)
    office.post(f"/reports/{report.pk}/return/", {"remark": "请写明时间"})
    assert client.get(address).status_code == 200


def test_colleagues_read_what_was_submitted_and_not_the_drafts_before(published: Hall) -> None:
    report = DutyReport.objects.get(speaker=published.speaker())
    head = published.heads[LIUAN]
    code = published.campaign.config["outline"][0]["code"]
    reports.save_report(head, report, {code: "不成熟的初稿"}, base=0)
    reports.save_report(head, report, {code: "定稿"}, base=1)
    reports.submit_report(head, report)
    pages = {
        user.scope_id: factories.signed_in(user).get(f"/reports/{report.pk}/?version=1").content.decode()
        for user in (head, published.heads[GUDU])
    }
    assert {scope: "不成熟的初稿" in page for scope, page in pages.items()} == {LIUAN: True, GUDU: False}


@pytest.mark.parametrize("version", ["1", "99", "²", "x", ""])
def test_report_shows_some_version_whatever_is_asked(published: Hall, version: str) -> None:
    report = DutyReport.objects.get(speaker=published.speaker())
    assert visit(published.office, f"/reports/{report.pk}/?version={version}") == 200


def test_citation_page_answers_from_where(figures: Account) -> None:
    hall = room.published(office=figures)
    report = DutyReport.objects.get(speaker=hall.speaker())
    page = factories.signed_in(hall.office).get(f"/reports/{report.pk}/figure/L01/").content.decode()
    for fact in ("230", "2025-12-31"):
        assert fact in page


def test_citation_page_says_when_its_figure_was_revised_or_withdrawn(figures: Account) -> None:
    hall = room.published(office=figures)
    report = DutyReport.objects.get(speaker=hall.speaker())
    browser = factories.signed_in(hall.office)
    address = f"/reports/{report.pk}/figure/L01/"
    assert "后来" not in browser.get(address).content.decode()
    batch = factories.import_figures(hall.office, factories.beds({LIUAN: 999}))
    revised = browser.get(address).content.decode()
    assert "后来修订为" in revised
    assert "134.6361" in revised
    undo_batch(hall.office, batch)
    assert "后来" not in browser.get(address).content.decode()
    Observation.objects.filter(indicator="L01", division=LIUAN).delete()
    assert "后来被撤销" in browser.get(address).content.decode()


# --- the hall --------------------------------------------------------------------------------------------------------


def test_host_plays_the_session_through_the_console(published: Hall) -> None:
    client = factories.signed_in(published.office, staff_mode=True)
    address = f"/appraisals/{published.campaign.pk}/console/do/"
    room.give_cards(published)

    def do(what: str, **data: Any) -> int:
        return client.post(address, {"what": what, **data}).status_code

    entries = [str(pk) for pk in room.entries(published)]
    client.post(f"/appraisals/{published.campaign.pk}/attendance/", {"entry": entries, "what": "card"})
    assert RollEntry.objects.filter(card_handed_out=True).count() == 30
    speaker = published.speaker().pk
    assert [do("begin"), do("lots", seed="1-2-3")] == [302, 302]
    assert [do("floor", speaker=speaker, phase="report"), do("timer", change="add")] == [302, 302]
    assert do("question", speaker=speaker, text="堤何时修好?", source="resident") == 302
    assert do("answer", question=Question.objects.get().pk, commitment="六月底") == 302
    problem = {"problems.0.fact": "渗水", "problems.0.requirement": "封堵", "problems.0.owner": "副镇长"}
    due = (timezone.localdate()).isoformat()
    assert do("comment", speaker=speaker, strengths="实", **problem, **{"problems.0.due_on": due}) == 302
    assert do("assign", problem=Problem.objects.get().pk) == 302
    assert do("open") == 302
    published.vote_all()
    page = client.get(f"/appraisals/{published.campaign.pk}/console/")
    assert page.context["turnout"] == {"returned": 30, "issued": 30}
    assert do("close") == 302
    assert published.round.state == "closed"
    key = factories.signed_in(published.scrutineer)
    counted = key.post(f"/appraisals/{published.campaign.pk}/key/", {"what": "count", "share": published.shares[:2]})
    assert counted["Location"] == f"/appraisals/{published.campaign.pk}/results/"
    issued = client.post(f"/appraisals/{published.campaign.pk}/issue/")
    assert issued["Location"] == f"/appraisals/{published.campaign.pk}/feedback/"
    assert published.fresh().state == "issued"


@pytest.mark.parametrize("due", ["2031-02-30", "", "明年"])
def test_refused_comment_comes_back_with_what_was_typed(prepared: Hall, due: str) -> None:
    client = factories.signed_in(prepared.office, staff_mode=True)
    data = {
        "what": "comment",
        "speaker": str(prepared.speaker().pk),
        "strengths": "敢讲问题",
        "problems.0.fact": "写了一半的事实",
        "problems.0.due_on": due,
    }
    client.post(
        f"/appraisals/{prepared.campaign.pk}/console/do/",
        {"what": "floor", "speaker": data["speaker"], "phase": "comment"},
    )
    response = client.post(f"/appraisals/{prepared.campaign.pk}/console/do/", data)
    assert (response.status_code, Problem.objects.count()) == (400, 0)
    page = response.content.decode()
    assert ["敢讲问题" in page, "写了一半的事实" in page] == [True, True]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"what": "floor", "speaker": "x", "phase": "report"}, 404),
        ({"what": "floor", "speaker": "99999999999999999999", "phase": "report"}, 404),
        ({"what": "answer", "question": "x"}, 404),
        ({"what": "assign", "problem": ""}, 404),
        ({"what": "floor", "speaker": "OWN", "phase": "dance"}, 302),
        ({"what": "dance"}, 302),
        ({}, 302),
    ],
)
def test_console_with_nonsense(prepared: Hall, data: dict[str, str], status: int) -> None:
    client = factories.signed_in(prepared.office, staff_mode=True)
    data = {name: str(prepared.speaker().pk) if value == "OWN" else value for name, value in data.items()}
    before = Session.objects.get(campaign=prepared.campaign).version
    assert client.post(f"/appraisals/{prepared.campaign.pk}/console/do/", data).status_code == status
    assert Session.objects.get(campaign=prepared.campaign).version == before


def test_attendance_with_nonsense(published: Hall) -> None:
    client = factories.signed_in(published.office)
    address = f"/appraisals/{published.campaign.pk}/attendance/"
    assert client.post(address, {"entry": ["x", "²", "0"], "what": "present"}).status_code == 302
    assert client.post(address, {"entry": ["1"], "what": "dance"}).status_code == 302
    assert not RollEntry.objects.filter(present=True).exists()


def test_cards_are_shown_once(published: Hall) -> None:
    client = factories.signed_in(published.office, staff_mode=True)
    address = f"/appraisals/{published.campaign.pk}/cards/"
    made = client.post(address, {"class": "A", "number": "4"})
    shown = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", made.content.decode())
    assert len(set(shown)) == 4
    again = client.get(address).content.decode()
    assert [code for code in shown if code in again] == []
    for number in ("", "x", "0", "5000"):
        assert client.post(address, {"class": "A", "number": number}).status_code == 200
    assert Card.objects.filter(state="fresh").count() == 4


def test_key_page_refuses_a_wrong_key(opened: Hall) -> None:
    opened.vote_all()
    from yizhen.appraisals.actions.ballot import close_ballot

    close_ballot(opened.office, opened.campaign)
    client = factories.signed_in(opened.scrutineer)
    address = f"/appraisals/{opened.campaign.pk}/key/"
    assert client.post(address, {"what": "count", "key": "AAAA-BBBB"}).status_code == 200
    assert client.post(address, {"public_key": "ab" * 32}).status_code == 200
    assert opened.round.state == "closed"


@pytest.mark.parametrize("stage", ["prepared", "opened", "voted", "closed", "counted"])
def test_pages_at_each_stage_of_the_ballot(city: Division, stage: str) -> None:
    from yizhen.appraisals.actions.ballot import close_ballot

    hall = room.prepared() if stage == "prepared" else room.opened()
    if stage in {"voted", "closed", "counted"}:
        hall.vote_all()
    if stage == "closed":
        close_ballot(hall.office, hall.campaign)
    if stage == "counted":
        room.count(hall)
    office = factories.signed_in(hall.office, staff_mode=True)
    pages = ["", "console/", "attendance/", "projector/", "projector/slide/", "cards/", "feedback/"]
    assert {path: office.get(f"/appraisals/{hall.campaign.pk}/{path}").status_code for path in pages} == dict.fromkeys(
        pages, 200
    )
    assert visit(hall.scrutineer, f"/appraisals/{hall.campaign.pk}/key/") == 200
    assert visit(None, f"/now/{hall.campaign.token}/") == 200


@pytest.mark.parametrize("speakers", [1, 3])
def test_campaign_page_takes_the_same_queries_for_one_and_for_three(
    city: Division, speakers: int, django_assert_num_queries: Any
) -> None:
    hall = room.published(places=room.PLACES[:speakers])
    client = factories.signed_in(hall.office)
    client.get(f"/appraisals/{hall.campaign.pk}/")
    with django_assert_num_queries(12):
        assert client.get(f"/appraisals/{hall.campaign.pk}/").status_code == 200
