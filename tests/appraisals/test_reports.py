import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from tests import factories
from tests.appraisals import room
from tests.appraisals.room import Hall
from tests.memory import remembered
from yizhen.appraisals.actions import reports, session
from yizhen.appraisals.citations import spoken
from yizhen.appraisals.models import DutyReport, ReportVersion
from yizhen.appraisals.queries import reports_visible_to
from yizhen.matters.actions import take_step
from yizhen.matters.lifecycle import Verb
from yizhen.matters.models import Matter
from yizhen.people.models import Account
from yizhen.places.models import Division

LIUAN, GUDU = factories.LIUAN, factories.GUDU


@pytest.fixture
@remembered
def hall(city: Division) -> Hall:
    """A published campaign over figures: Liuan is behind the city in beds, and ahead in nothing."""
    factories.catalogue()
    office = factories.account("city_office")
    city_row = [factories.row("L01", "9901", "2025", numerator=17_000, denominator=3_120_000)]
    factories.import_figures(office, [*factories.beds({LIUAN: 230, factories.XITANG: 400}), *city_row])
    return room.published(office=office)


def report_of(hall: Hall, code: str = LIUAN) -> DutyReport:
    return DutyReport.objects.get(speaker=hall.speaker(code))


def save(hall: Hall, base: int, code: str = LIUAN, **sections: str) -> ReportVersion:
    return reports.save_report(hall.heads[code], report_of(hall, code), sections, base=base)


# --- the draft -------------------------------------------------------------------------------------------------------


def test_draft_follows_the_outline_and_cites(hall: Hall) -> None:
    sections = reports.draft_sections(report_of(hall))
    assert list(sections) == [section["code"] for section in hall.campaign.config["outline"]]
    assert list(sections)[0] == "last_period"
    assert sections["last_period"] == "上期没有需要整改的事项。"
    assert sections["livelihood"].endswith("{{L01}}(市均{{L01.city}},同类{{L01.peer}})。")
    assert sections["problems"].startswith("(一)")
    assert "{{L01.needed}}" in sections["problems"]


def test_draft_begins_with_last_periods_rectification(hall: Hall) -> None:
    matter = factories.rectification(hall.office, LIUAN, title="东堤渗水", days=10)
    elsewhere = factories.rectification(hall.office, GUDU, title="别镇的事")
    take_step(hall.heads[LIUAN], matter, Verb.ACCEPT)
    take_step(hall.heads[LIUAN], matter, Verb.REPORT_DONE, text="已灌浆封堵。", disposition="solved")
    second = room.published(office=hall.office, scrutineer=hall.scrutineer, heads=hall.heads, title="第二期")
    report = DutyReport.objects.get(speaker__campaign=second.campaign, speaker__division_id=LIUAN)
    assert reports.promises_of(report) == [matter]
    assert (
        reports.draft_sections(report)["last_period"]
        == f"东堤渗水——{Matter.objects.get(pk=matter.pk).state_name}。已灌浆封堵。"
    )
    assert elsewhere not in reports.promises_of(report)


def test_draft_leaves_out_what_was_opened_after_publication(hall: Hall) -> None:
    factories.rectification(hall.office, LIUAN)
    assert reports.promises_of(report_of(hall)) == []


def test_propose_gaps_beside_the_city_average(hall: Hall) -> None:
    ideas = reports.propose(report_of(hall))
    assert ([c["code"] for c in ideas["gaps"]], ideas["strengths"]) == (["L01"], [])


# --- citations of the frozen snapshot --------------------------------------------------------------------------------


def test_citation_keeps_its_figure_when_the_observation_changes_later(hall: Hall) -> None:
    report = report_of(hall)
    before = spoken("{{L01}}", reports.figures_of(report))
    factories.import_figures(hall.office, factories.beds({LIUAN: 999}))
    assert spoken("{{L01}}", reports.figures_of(report_of(hall))) == before == "31张/万人"
    later = room.published(office=hall.office, scrutineer=hall.scrutineer, heads=hall.heads, title="第二期")
    assert spoken("{{L01}}", reports.figures_of(report_of(later))) == "134.64张/万人"


def test_citation_of_the_frozen_city_average(hall: Hall) -> None:
    assert spoken("{{L01.city}}", reports.figures_of(report_of(hall))) == "54.49张/万人"


def test_citation_unknown_blocks_submission(hall: Hall) -> None:
    save(hall, 0, development="产值{{D77}}")
    with pytest.raises(ValidationError) as caught:
        reports.submit_report(hall.heads[LIUAN], report_of(hall))
    assert ["D77" in message for message in caught.value.messages] == [True]
    assert report_of(hall).submitted_at is None


def test_typed_figure_does_not_block_but_is_counted(hall: Hall) -> None:
    from yizhen.audit.models import Record

    save(hall, 0, development="2026年6月新建 12 个,床位{{L01}}")
    reports.submit_report(hall.heads[LIUAN], report_of(hall))
    details = Record.objects.get(event="appraisals.report_submitted").details
    assert details == {"version": 1, "cited": 1, "uncited": 1}


# --- versions --------------------------------------------------------------------------------------------------------


def test_save_makes_numbered_versions(hall: Hall) -> None:
    assert save(hall, 0, development="一").number == 1
    assert save(hall, 1, development="二").number == 2
    assert [v.sections["development"] for v in report_of(hall).versions.all()] == ["二", "一"]


def test_save_same_text_again_makes_no_version(hall: Hall) -> None:
    first = save(hall, 0, development="一")
    assert save(hall, 0, development=" 一\r\n") == first
    assert report_of(hall).versions.count() == 1


def test_save_keeps_only_sections_of_the_outline(hall: Hall) -> None:
    assert set(save(hall, 0, development="一", secret="二").sections) == {
        s["code"] for s in hall.campaign.config["outline"]
    }


def test_save_from_two_windows(hall: Hall) -> None:
    save(hall, 0, development="第一个窗口")
    with pytest.raises(reports.EditConflict) as caught:
        save(hall, 0, development="第二个窗口")
    assert caught.value.latest.sections["development"] == "第一个窗口"
    assert save(hall, caught.value.latest.number, development="第二个窗口").number == 2


def test_save_too_long(hall: Hall) -> None:
    with pytest.raises(ValidationError) as caught:
        save(hall, 0, development="字" * 20_001)
    assert list(caught.value.message_dict) == ["development"]


def test_versions_are_append_only(hall: Hall) -> None:
    version = save(hall, 0, development="一")
    for attempt in (version.delete, lambda: ReportVersion.objects.update(sections={})):
        with pytest.raises(DatabaseError, match="appraisals_reportversion refuses"), transaction.atomic():
            attempt()


# --- submitting ------------------------------------------------------------------------------------------------------


def test_submit_locks(hall: Hall) -> None:
    save(hall, 0, development="一")
    reports.submit_report(hall.heads[LIUAN], report_of(hall))
    assert report_of(hall).is_locked
    with pytest.raises(PermissionDenied):
        save(hall, 1, development="二")
    with pytest.raises(PermissionDenied):
        reports.submit_report(hall.heads[LIUAN], report_of(hall))


def test_submit_nothing(hall: Hall) -> None:
    with pytest.raises(ValidationError):
        reports.submit_report(hall.heads[LIUAN], report_of(hall))


def test_submit_over_the_two_hard_limits(hall: Hall) -> None:
    save(hall, 0, development="字" * 3_900)
    with pytest.raises(ValidationError) as caught:
        reports.submit_report(hall.heads[LIUAN], report_of(hall))
    assert [re.findall(r"[\d.]+", message) for message in caught.value.messages] == [["3900", "3500"], ["16.2"]]


def test_return_opens_it_again(hall: Hall) -> None:
    save(hall, 0, development="一")
    reports.submit_report(hall.heads[LIUAN], report_of(hall))
    reports.return_report(hall.office, report_of(hall), " 请写明时间 ")
    report = report_of(hall)
    assert (report.is_locked, report.remark) == (False, "请写明时间")
    save(hall, 1, development="二")
    assert reports.submit_report(hall.heads[LIUAN], report).remark == ""


def test_return_needs_a_remark(hall: Hall) -> None:
    with pytest.raises(ValidationError):
        reports.return_report(hall.office, report_of(hall), " ")


def test_return_is_for_those_who_run_the_campaign(hall: Hall) -> None:
    with pytest.raises(PermissionDenied):
        reports.return_report(hall.heads[LIUAN], report_of(hall), "改")


def test_session_locks_all_reports(hall: Hall) -> None:
    save(hall, 0, development="一")
    session.begin_session(hall.office, hall.campaign)
    with pytest.raises(PermissionDenied):
        save(hall, 1, development="二")
    with pytest.raises(ValidationError):
        reports.return_report(hall.office, report_of(hall), "改")


# --- who reads, who writes -------------------------------------------------------------------------------------------

READS_DRAFT = {
    "city_office": True,
    "department": False,
    "county": True,
    "township_head": True,
    "township_office": True,
    "village": False,
    "grid_worker": False,
    "scrutineer": False,
    "system_admin": False,
    "security_admin": False,
    "audit_admin": False,
}


@pytest.mark.parametrize(("role", "reads"), READS_DRAFT.items())
def test_unsubmitted_report_is_read_by_its_place_and_those_above(hall: Hall, role: str, reads: bool) -> None:
    user = factories.account(role)
    report = report_of(hall)
    assert (report in reports_visible_to(user)) is reads


@pytest.mark.parametrize("role", list(READS_DRAFT))
def test_submitted_report_is_read_by_every_business_account(hall: Hall, role: str) -> None:
    save(hall, 0, development="一")
    reports.submit_report(hall.heads[LIUAN], report_of(hall))
    user, report = factories.account(role), report_of(hall)
    reads = role in factories.business_roles()
    assert (report in reports_visible_to(user)) is reads


def test_other_township_neither_reads_nor_writes(hall: Hall) -> None:
    save(hall, 0, development="一")
    other = hall.heads[GUDU]
    assert report_of(hall) not in reports_visible_to(other)
    with pytest.raises(PermissionDenied):
        reports.save_report(other, report_of(hall), {"development": "改"}, base=1)
    with pytest.raises(PermissionDenied):
        reports.submit_report(other, report_of(hall))


@pytest.mark.parametrize("role", [role for role in READS_DRAFT if role not in {"township_head", "township_office"}])
def test_only_the_township_writes(hall: Hall, role: str) -> None:
    with pytest.raises(PermissionDenied):
        reports.save_report(factories.account(role), report_of(hall), {"development": "改"}, base=0)


def test_switched_off_account_does_not_write(hall: Hall) -> None:
    head: Account = hall.heads[LIUAN]
    Account.objects.filter(pk=head.pk).update(is_active=False)
    head.refresh_from_db()
    with pytest.raises(PermissionDenied):
        save(hall, 0, development="一")
