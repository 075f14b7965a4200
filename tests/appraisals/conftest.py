"""What the appraisals' tests share: the fictional city, halls at each stage, and a live server."""

from collections.abc import Iterator

import pytest

from tests import factories, memory
from tests.appraisals import room
from tests.appraisals.live import Live, serving
from tests.appraisals.paperwork import GUDU, LIUAN, XITANG, marked
from tests.appraisals.room import Hall
from tests.memory import remembered
from yizhen.appraisals.actions import reports, results, speech
from yizhen.appraisals.models import DutyReport
from yizhen.people.models import Account
from yizhen.places.models import Division


@pytest.fixture
def made_anew() -> Iterator[None]:
    """Let this test's halls be made for it: it looks at how rows lie and who wrote them together."""
    with memory.off():
        yield


@pytest.fixture
def city(db: None) -> Division:
    return factories.fictional_city()


@pytest.fixture
def office(city: Division) -> Account:
    return factories.account("city_office")


@pytest.fixture
def draft(city: Division) -> Hall:
    return room.draft()


@pytest.fixture
def published(city: Division) -> Hall:
    return room.published()


@pytest.fixture
def prepared(city: Division) -> Hall:
    return room.prepared()


@pytest.fixture
def opened(city: Division) -> Hall:
    return room.opened()


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Live]:
    """A real server with an empty site; each test makes a hall of its own."""
    with serving(tmp_path_factory.mktemp("live") / "data", f"live_{worker_id}") as made:
        yield made


@pytest.fixture
@remembered
def issued(city: Division) -> Hall:
    """An issued campaign with two problems, two questions and a promise."""
    hall = room.opened()
    speech.make_comment(
        hall.office,
        hall.speaker(),
        strengths="数据实。",
        problems=[room.problem("床位不足。"), room.problem("东堤渗水")],
    )
    asked = speech.put_question(hall.office, hall.speaker(), text="路灯何时修好？", source="resident")
    speech.answer_question(hall.office, asked, commitment="月底前修好")
    speech.put_question(hall.office, hall.speaker(GUDU), text="渡口几点开？", source="deputy")
    few = {LIUAN: "basically_competent", XITANG: "excellent", GUDU: "competent"}
    many = {LIUAN: "excellent", XITANG: "excellent", GUDU: "competent"}
    marked(hall, *(("ABCDE"[n], 6, many) for n in range(4)), ("E", 3, few), ("E", 3, many))
    room.count(hall)
    results.issue_results(hall.office, hall.campaign)
    hall.fresh()
    return hall


@pytest.fixture
@remembered
def reported(city: Division) -> Hall:
    """A published campaign in which Liuan has submitted a report that cites, and Gudu has only begun one."""
    factories.catalogue()
    office = factories.account("city_office")
    total = factories.row("L01", "9901", "2025", numerator=17_000, denominator=3_120_000)
    factories.import_figures(office, [*factories.beds({LIUAN: 230, XITANG: 400}), total])
    hall = room.published(office=office)
    for place, text in ((LIUAN, "床位{{L01}}，市均{{L01.city}}。\n<b>实</b>"), (GUDU, "未完的稿子")):
        report = DutyReport.objects.get(speaker__campaign=hall.campaign, speaker__division_id=place)
        reports.save_report(hall.heads[place], report, {"livelihood": text}, base=0)
        if place == LIUAN:
            reports.submit_report(hall.heads[place], report)
    return hall
