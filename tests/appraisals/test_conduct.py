"""Conflicts of interest, versions of the rules, findings beside the claims, and who may do what when."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from tests import factories
from tests.appraisals import room
from tests.appraisals.room import HOLDERS, Hall
from yizhen.appraisals.actions import (
    arrivals,
    campaigns,
    carding,
    conduct,
    publishing,
    reports,
    results,
    session,
)
from yizhen.appraisals.conflicts import recusals, unfit_teller
from yizhen.appraisals.models import CampaignVersion, Conflict, Finding, Phase
from yizhen.appraisals.queries import results_visible_to
from yizhen.appraisals.rights import RIGHTS
from yizhen.appraisals.rules import may_see_result
from yizhen.appraisals.versions import version_changes
from yizhen.audit.models import Record
from yizhen.people.actions import declare_relation, withdraw_relation
from yizhen.people.models import ROLES, Account, Relation

# --- conflicts -------------------------------------------------------------------------------------------------------


def with_roll(hall: Hall, *labels: str) -> None:
    names = {row["code"]: [f"{row['code']}{n}" for n in range(3)] for row in hall.campaign.config["classes"]}
    campaigns.set_roll(hall.office, hall.campaign, names | {"D": [*names["D"], *labels]})


def found(hall: Hall) -> set[tuple[str, str, str]]:
    return {(one.party, one.speaker.division_id, one.reason) for one in recusals(hall.campaign) if not one.overridden}


def test_names_units_and_declared_relatives_are_found(published: Hall) -> None:
    speaker = published.speaker()
    assert speaker.official is not None
    declare_relation(published.office, speaker.official, name="林示例", relation="spouse")
    place = speaker.division.name_zh
    with_roll(published, f"{speaker.person} 党委书记", f"{place}人大主席", "市发改委 林示例", "林示例二")
    assert found(published) == {
        (f"{speaker.person} 党委书记", factories.LIUAN, "self"),
        (f"{place}人大主席", factories.LIUAN, "own_unit"),
        ("市发改委 林示例", factories.LIUAN, "relative"),
        ("林示例二", factories.LIUAN, "relative"),  # found by name: the office looks and says that it is another person
    }


def test_the_office_overrides_with_a_reason_and_pins_for_good(published: Hall) -> None:
    speaker = published.speaker()
    label = f"{speaker.division.name_zh}人大主席"
    with_roll(published, label)
    with pytest.raises(ValidationError, match="理由"):
        conduct.decide_conflict(published.office, speaker, party=label, what="override")
    conduct.decide_conflict(published.office, speaker, party=label, what="override", note="已调离半年")
    assert found(published) == set()
    assert [one.note for one in recusals(published.campaign)] == ["已调离半年"]
    conduct.decide_conflict(published.office, speaker, party=label, what="pin")
    assert found(published) == {(label, factories.LIUAN, "own_unit")}
    with pytest.raises(ValidationError, match="不能解除"):
        conduct.decide_conflict(published.office, speaker, party=label, what="override", note="改主意")
    conduct.decide_conflict(published.office, speaker, party=label, what="declare", note="本人也申报")
    with pytest.raises(ValidationError, match="不能解除"):
        conduct.decide_conflict(published.office, speaker, party=label, what="override", note="改主意")
    assert Record.objects.filter(event="appraisals.conflict_decided").count() == 3


def test_somebody_recuses_himself(published: Hall) -> None:
    with_roll(published, "王代表")
    conduct.decide_conflict(published.office, published.speaker(), party="王代表", what="declare", note="同学")
    assert found(published) == {("王代表", factories.LIUAN, "declared")}


def test_database_refuses_an_override_without_a_reason(published: Hall) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Conflict.objects.create(speaker=published.speaker(), party="甲", reason="self", overridden=True)


def test_tellers_and_holders_may_not_be_related(published: Hall) -> None:
    speaker = published.speaker()
    assert speaker.official is not None
    declare_relation(published.office, speaker.official, name="林示例", relation="lineal")
    assert unfit_teller(published.campaign, "林示例") is not None
    assert unfit_teller(published.campaign, speaker.person) is not None
    assert unfit_teller(published.campaign, f"{speaker.division.name_zh}干部") is None  # a unit is no relative
    with pytest.raises(ValidationError, match="林示例"):
        carding.set_key(published.scrutineer, published.round, "ab" * 32, ("甲", "林示例", "丙"))


def test_the_door_tells_whose_row_to_leave(published: Hall) -> None:
    speaker = published.speaker()
    with_roll(published, speaker.person)
    client = factories.signed_in(published.office)
    entry = published.campaign.roll.get(label=speaker.person)
    page = client.get(f"/appraisals/{published.campaign.pk}/attendance/?class=D").content.decode()
    assert "请回避：" in page
    answer = client.post(
        f"/appraisals/{published.campaign.pk}/attendance/",
        {"badge": entry.badge.lower(), "handed_out": "on"},
        follow=True,
    )
    assert f"请回避：{speaker.division.name_zh}" in answer.content.decode()
    entry.refresh_from_db()
    assert (entry.present, entry.card_handed_out) == (True, True)


def test_relations_are_declared_and_withdrawn_by_the_person_or_the_office(published: Hall) -> None:
    official, head = published.speaker().official, published.heads[factories.LIUAN]
    assert official is not None
    one = declare_relation(head, official, name="林示例", relation="spouse")
    assert declare_relation(head, official, name=" 林示例 ", relation="spouse") == one
    for stranger in (published.heads[factories.XITANG], published.scrutineer, factories.account("system_admin")):
        with pytest.raises(PermissionDenied):
            declare_relation(stranger, official, name="乙", relation="spouse")
        assert factories.signed_in(stranger).get(f"/officials/{official.pk}/relations/").status_code == 404
    with pytest.raises(ValidationError):
        declare_relation(head, official, name=" ", relation="spouse")
    withdraw_relation(published.office, one)
    assert Relation.objects.count() == 0
    assert "林示例" not in str(list(Record.objects.values_list("details", flat=True)))
    page = factories.signed_in(head).post(f"/officials/{official.pk}/relations/", {"name": "丙", "relation": "x"})
    assert page.status_code == 400


# --- versions --------------------------------------------------------------------------------------------------------


def test_publication_is_the_first_version_and_an_amendment_the_second(published: Hall) -> None:
    before = published.campaign.config_hash
    agenda = [*published.campaign.config["agenda"], {"zh": "合影", "en": "Photograph", "minutes": 5}]
    publishing.amend(published.office, published.campaign, {"agenda": agenda}, "增加一项")
    first, second = CampaignVersion.objects.filter(campaign=published.campaign)
    assert (first.number, first.sha256, second.number, second.reason) == (1, before, 2, "增加一项")
    assert published.fresh().config_hash == second.sha256 != before
    changed = version_changes(published.campaign)[0]["changes"]
    at = len(agenda)
    assert sorted(changed) == [
        (f"config.agenda[{at}].en", "", "Photograph"),
        (f"config.agenda[{at}].minutes", "", "5"),
        (f"config.agenda[{at}].zh", "", "合影"),
    ]


def test_an_amendment_needs_a_reason_and_fit_rules(published: Hall) -> None:
    rules = {**published.campaign.config["rules"], "quorum": "2/3"}
    with pytest.raises(ValidationError, match="理由"):
        publishing.amend(published.office, published.campaign, {"rules": rules}, " ")
    with pytest.raises(ValidationError, match="到会比例"):
        publishing.amend(published.office, published.campaign, {"rules": {**rules, "quorum": "9/10"}}, "试试")
    assert published.fresh().versions.count() == 1
    publishing.amend(published.office, published.campaign, {"rules": published.campaign.config["rules"]}, "没有变化")
    assert published.fresh().versions.count() == 1


def test_amended_rules_lay_the_sheets_out_anew_and_drop_cards_and_key(published: Hall) -> None:
    room.give_cards(published)
    rules = {**published.campaign.config["rules"], "ballot": "speaker"}
    publishing.amend(published.office, published.campaign, {"rules": rules}, "改为一述一评一投")
    rounds = list(published.fresh().live_rounds)
    assert [(len(one.speaker_ids), one.public_key, one.cards.count()) for one in rounds] == [(1, "", 0)] * 3


def test_nothing_is_amended_once_the_session_has_begun(prepared: Hall) -> None:
    with pytest.raises(ValidationError):
        publishing.amend(prepared.office, prepared.campaign, {"agenda": []}, "晚了")


def test_parts_that_are_amended_together_are_one_version(published: Hall) -> None:
    config = published.campaign.config
    parts = {"limits": {**config["limits"], "spoken_minutes": 9}, "minutes": {**config["minutes"], "report": 9}}
    publishing.amend(published.office, published.campaign, parts | {"agenda": config["agenda"]}, "述职改为九分钟")
    newest, _first = version_changes(published.fresh())
    assert (newest["version"].number, len(newest["changes"])) == (2, 2)
    assert Record.objects.get(event="appraisals.rules_amended").details["part"] == "limits minutes"


def test_database_keeps_versions(published: Hall) -> None:
    for attempt in (CampaignVersion.objects.all().delete, lambda: CampaignVersion.objects.update(reason="x")):
        with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
            attempt()


def test_wizard_amends_with_a_reason_and_shows_it_to_everybody(published: Hall) -> None:
    client = factories.signed_in(published.office)
    address = f"/appraisals/{published.campaign.pk}/wizard/agenda/"
    typed = {"0.zh": "开会", "0.en": "Meeting", "0.minutes": "60"}
    assert client.post(address, typed | {"reason": "压缩议程"})["Location"].startswith("/staff-mode/")
    assert published.campaign.versions.count() == 1
    factories.enter_staff_mode(client)
    refused = client.post(address, typed)
    assert (refused.status_code, "请写明理由" in refused.content.decode()) == (400, True)
    assert "开会" in refused.content.decode()
    assert client.post(address, typed | {"reason": "压缩议程"}).status_code == 302
    reader = factories.signed_in(published.heads[factories.LIUAN])
    assert "压缩议程" in reader.get(f"/appraisals/{published.campaign.pk}/versions/").content.decode()
    assert client.get(f"/appraisals/{published.campaign.pk}/wizard/speakers/").status_code == 302


def test_a_class_that_was_removed_leaves_nobody_on_the_roll(draft: Hall) -> None:
    classes = [row for row in draft.campaign.config["classes"] if row["code"] != "E"]
    classes[0] = {**classes[0], "weight": 100 - sum(row["weight"] for row in classes[1:])}
    campaigns.change_part(draft.office, draft.campaign, "classes", classes)
    assert [part for part, _message in campaigns.readiness(draft.fresh())] == ["roll"]
    names = {row["code"]: ["甲", "乙"] for row in classes}
    campaigns.set_roll(draft.office, draft.campaign, names)
    assert campaigns.readiness(draft.fresh()) == []


def test_a_roll_that_is_set_again_keeps_the_check_in_codes_that_are_printed(published: Hall) -> None:
    before = dict(published.campaign.roll.values_list("label", "badge"))
    names: dict[str, list[str]] = {}
    for code, label in published.campaign.roll.values_list("class_code", "label"):
        names.setdefault(code, []).append(label)
    names["A"].append("新来的人")
    campaigns.set_roll(published.office, published.campaign, names)
    after = dict(published.campaign.roll.values_list("label", "badge"))
    assert {label: after[label] for label in before} == before
    assert after["新来的人"] not in before.values()


# --- findings --------------------------------------------------------------------------------------------------------


def finding(hall: Hall, **changes: Any) -> Finding:
    fields: dict[str, Any] = {
        "section": "livelihood", "claim": "新增床位60张", "outcome": "differs", "text": "现场只见20张",
        "seen_on": timezone.localdate(),
    }  # fmt: skip
    return conduct.add_finding(hall.office, hall.speaker().report, **fields | changes)


def test_a_finding_stands_beside_the_claim_for_every_reader(published: Hall) -> None:
    first = finding(published)
    assert finding(published).pk == first.pk  # a double tap
    head = published.heads[factories.LIUAN]
    report = published.speaker().report
    reports.save_report(head, report, {"livelihood": "新增床位60张。"}, base=0)
    page = factories.signed_in(head).get(f"/reports/{report.pk}/").content.decode()
    assert "现场只见20张" in page
    assert "与报告不符" in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"section": "weather"}, "section"),
        ({"outcome": ""}, "outcome"),
        ({"claim": " "}, "claim"),
        ({"text": ""}, "text"),
        ({"seen_on": None}, "seen_on"),
        ({"seen_on": timezone.localdate() + timedelta(days=2)}, "seen_on"),
    ],
)
def test_findings_that_say_nothing_are_refused_at_their_field(
    published: Hall, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        finding(published, **changes)
    assert list(caught.value.message_dict) == [field]


def test_a_refused_finding_comes_back_with_what_was_typed(published: Hall) -> None:
    client = factories.signed_in(published.office)
    page = client.post(f"/reports/{published.speaker().report.pk}/finding/", {"section": "safety", "claim": "零事故"})
    assert (page.status_code, "零事故" in page.content.decode()) == (400, True)


# --- who may do what when --------------------------------------------------------------------------------------------


def hall_in(stage: str) -> Hall:
    return {
        "draft": room.draft,
        "published": room.published,
        "in_session": room.prepared,
        "counted": room.counted,
        "issued": room.issued,
    }[stage]()


def attempts(hall: Hall, user: Account) -> dict[str, Callable[[], Any]]:
    """Return right → the action that it is about, as this user would do it now."""
    campaign, speaker = hall.campaign, hall.speaker()
    roll = {row["code"]: ["甲"] for row in campaign.config["classes"]}
    report = getattr(speaker, "report", None)

    def see(right: bool) -> None:
        if not right:
            raise PermissionDenied

    return {
        "change_rules": lambda: campaigns.change_part(user, campaign, "agenda", campaign.config["agenda"]),
        "publish": lambda: publishing.publish(user, campaign),
        "amend": lambda: publishing.amend(user, campaign, {"agenda": campaign.config["agenda"]}, "理由"),
        "set_roll": lambda: campaigns.set_roll(user, campaign, roll),
        "write_report": lambda: reports.save_report(user, report, {"safety": "平安"}, base=0),
        "inspect": lambda: finding(Hall(campaign, user, hall.scrutineer, hall.heads)),
        "make_cards": lambda: carding.make_cards(user, campaign, "A", 1),
        "check_in": lambda: arrivals.mark_attendance(user, campaign, [], present=True),
        "set_key": lambda: carding.set_key(user, hall.round, "ab" * 32, HOLDERS),
        "host": lambda: session.move_to(user, campaign, speaker, Phase.REPORT),
        "see_all": lambda: see(
            len(results_visible_to(user, campaign)) == 3 and user.role not in {"township_head", "township_office"}
        ),
        "see_own": lambda: see(may_see_result(user, speaker) and user.role == "township_head"),
        "issue": lambda: results.issue_results(user, campaign),
    }


@pytest.mark.parametrize("stage", ["draft", "published", "in_session", "counted", "issued"])
def test_actions_obey_the_table_of_rights(city: Any, stage: str) -> None:
    hall = hall_in(stage)
    table = {right.code: right for right in RIGHTS}
    wrong = []
    for role in ROLES:
        scope = {"township_office": factories.LIUAN, "county": factories.CITY}.get(role, "")
        user = hall.heads[factories.LIUAN] if role == "township_head" else factories.account(role, scope)
        for code in attempts(hall, user):
            right = table[code]
            allowed = stage in right.states and role in right.roles
            if code in {"write_report", "see_own"} and role in {"department", "village"}:
                allowed = False  # this report is a township's
            if code == "see_own" and role in table["see_all"].roles:
                continue
            with transaction.atomic():
                try:
                    attempts(hall, user)[code]()
                    happened = True
                except (PermissionDenied, ValidationError, AttributeError, IndexError, DatabaseError):
                    happened = False
                transaction.set_rollback(True)
            hall.fresh()
            if happened != allowed:
                wrong.append((code, role, happened))
    assert wrong == []


def test_the_table_is_a_page_for_everybody_inside(published: Hall) -> None:
    page = factories.signed_in(published.heads[factories.LIUAN]).get(f"/appraisals/{published.campaign.pk}/rights/")
    assert "开启计票" in page.content.decode()
