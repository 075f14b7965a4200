"""Plans in versions and duty rosters: posts and office telephones, gaps in sight, notes to the next shift."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.utils import timezone

from tests import factories
from tests.factories import LIUAN, signed_in
from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.people.models import ROLES
from yizhen.watches.emergency.actions import Duty, hand_over, issue_plan, set_shifts
from yizhen.watches.emergency.queries import (
    board_lines,
    plans_visible_to,
    rosters_visible_to,
    slots_of,
    weeks_visible_to,
)
from yizhen.watches.emergency.rules import wrong_telephone
from yizhen.watches.emergency.table import TITLES
from yizhen.watches.models import Handover, Plan, Roster, Shift
from yizhen.watches.models.emergency import week_of

KEEPERS = {"city_office", "county", "department", "township_head", "township_office"}
DAY = timedelta(days=1)


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def issued(actor, client_id: str = "p", **changes) -> Plan:
    today = timezone.localdate()
    fields = {
        "title": "防汛应急预案", "kinds": ["flood"], "text": "一、适用范围。", "document": "", "valid_from": today,
        "valid_until": today + 400 * DAY, "contacts": [("党政办值班室", "0990-7001001")],
    }  # fmt: skip
    return issue_plan(actor, client_id=client_id, **{**fields, **changes})


def duty(day: date, part: str = "day", post: str = "党政办值班员", telephone: str = "0990-7001001") -> Duty:
    return Duty(day, part, post, telephone)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("0990-7001001", ""), ("7001001", ""), ("119", ""), ("+86-990-7001001", ""), ("13800000000", "mobile"), ("+8613800000000", "mobile"),
        ("138-0000-0000", "mobile"), ("办公室", "telephone"), ("1", "telephone"), ("", "telephone"), ("0990-7001001-", "telephone"),
    ],
)  # fmt: skip
def test_telephones_are_those_of_offices(text, wrong):
    assert wrong_telephone(text) == wrong


def test_next_version_follows_once_and_old_ones_stand(people):
    office = people["township_office"]
    plan = issued(office)
    assert issued(office) == plan
    later = issued(office, "q", follows=plan, text="二、修订。")
    assert (later.number, list(plans_visible_to(office))) == (2, [later])
    with pytest.raises(ValidationError, match="已经有新版本"):
        issued(office, "r", follows=plan)
    with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
        Plan.objects.update(text="x")
    page = signed_in(office).get(f"/watches/plans/{plan.pk}/")
    assert [one.number for one in page.context["chain"]] == [2, 1]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "", "document": ""}, "__all__"),
        ({"valid_until": date(2020, 1, 1)}, "__all__"),
        ({"contacts": []}, "contacts"),
        ({"title": ""}, "title"),
    ],
)
def test_plan_that_says_nothing_is_refused(people, changes, field):
    with pytest.raises(ValidationError) as refused:
        issued(people["department"], **changes)
    assert set(refused.value.message_dict) == {field}


@pytest.mark.parametrize(("days", "light"), [(-1, "red"), (0, "yellow"), (30, "yellow"), (31, "green")])
def test_plan_that_runs_out_is_seen(people, days, light):
    today = timezone.localdate()
    plan = issued(people["department"], valid_from=today - 400 * DAY, valid_until=today + days * DAY)
    assert plan.light == light


def test_gap_is_red_today_and_tomorrow_and_yellow_later():
    today = timezone.localdate()
    shift = Shift(day=today, part="night", post="值班员", telephone="119")
    slots = slots_of([shift], [today - DAY, today, today + DAY, today + 2 * DAY])
    assert [(slot.is_gap, slot.light) for slot in slots] == [
        (True, ""), (True, ""), (True, "red"), (False, ""), (True, "red"), (True, "red"), (True, "yellow"), (True, "yellow"),
    ]  # fmt: skip


def test_shifts_are_set_once_and_emptied_ones_are_gaps(people):
    office, today = people["township_office"], timezone.localdate()
    days = week_of(today)
    full = [duty(day, part) for day in days for part in ("day", "night")]
    assert (set_shifts(office, full), set_shifts(office, full)) == (14, 0)
    assert board_lines(office, factories.place(LIUAN))[0].light == "green"
    assert set_shifts(people["township_head"], [Duty(today, "night")]) == 1  # the head keeps the same roster
    week = next(one for one in weeks_visible_to(office, today) if one.division.code == LIUAN)
    assert ([(slot.day, slot.part) for slot in week.gaps], week.light) == ([(today, "night")], "red")
    line = board_lines(people["county"], factories.place(LIUAN))[0]
    assert (line.value, line.light) == ("今天：党政办值班员", "red")


@pytest.mark.parametrize(
    "wrong",
    [
        duty(date(2026, 7, 1), "noon"),
        duty(date(2026, 7, 1), telephone="13800000000"),
        duty(date(2026, 7, 1), telephone=""),
        duty(date(2026, 7, 1), post=""),
        duty(date(2026, 7, 1), post="长" * 41),
    ],
)
def test_wrong_shift_is_refused(people, wrong):
    with pytest.raises(ValidationError):
        set_shifts(people["township_office"], [duty(date(2026, 7, 2)), wrong])
    assert not Shift.objects.exists()


def test_database_wants_a_telephone_with_a_post(people):
    set_shifts(people["township_office"], [duty(date(2026, 7, 1))])
    with pytest.raises(DatabaseError, match="shift_has_post_and_telephone"), transaction.atomic():
        Shift.objects.update(telephone="")


def test_notes_are_handed_over_once_and_stay(people):
    office = people["township_office"]
    set_shifts(office, [duty(timezone.localdate())])
    roster, given = Roster.objects.get(), {"day": timezone.localdate(), "part": "day", "text": "东闸钥匙在值班室。"}
    assert hand_over(office, roster, client_id="1", **given) == hand_over(office, roster, client_id="1", **given)
    with pytest.raises(ValidationError):
        hand_over(office, roster, client_id="2", **{**given, "day": timezone.localdate() + DAY})
    with pytest.raises(PermissionDenied):
        hand_over(people["county"], roster, client_id="3", **given)
    with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
        Handover.objects.update(text="x")
    assert "东闸钥匙" in signed_in(office).get(f"/watches/duty/{roster.pk}/").content.decode()
    assert "东闸钥匙" not in signed_in(people["county"]).get(f"/watches/duty/{roster.pk}/").content.decode()


def test_everybody_keeps_his_own_and_sees_his_circle_and_what_is_above(people):
    made = {
        role: set_shifts(people[role], [duty(timezone.localdate(), post=role)])
        for role in sorted(KEEPERS - {"township_head"})
    }
    plans = {role: issued(people[role], title=role) for role in made}
    city, county, department, town = (
        people[role] for role in ("city_office", "county", "department", "township_office")
    )
    far = factories.account("township_office", factories.SHIMEN)
    set_shifts(far, [duty(timezone.localdate())])
    seen = {
        city: {"9901", "9901 EMG", "990181", LIUAN, factories.SHIMEN}, department: {"9901", "9901 EMG", "990181", LIUAN, factories.SHIMEN},
        county: {"9901", "9901 EMG", "990181", LIUAN}, town: {"9901", "9901 EMG", "990181", LIUAN}, far: {"9901", "9901 EMG", factories.SHIMEN},
    }  # fmt: skip
    for user, offices in seen.items():
        assert {str(one).strip() for one in rosters_visible_to(user)} == offices, user
    assert set(plans_visible_to(far)) == {plans["city_office"], plans["department"]}
    for role in set(ROLES) - KEEPERS:
        assert not rosters_visible_to(people[role])
        with pytest.raises(PermissionDenied):
            set_shifts(people[role], [])
        with pytest.raises(PermissionDenied):
            issued(people[role], "z")
    with pytest.raises(PermissionDenied):
        issued(people["city_office"], "z", follows=plans["department"])


def test_pages_keep_what_was_typed_and_say_what_is_wrong_where(people):
    office, today = signed_in(people["township_office"]), timezone.localdate()
    day = today.isoformat()
    names = {
        f"{kind}_{one.isoformat()}_{part}": ""
        for kind in ("post", "telephone")
        for one in week_of(today)
        for part in ("day", "night")
    }
    typed = names | {f"post_{day}_day": "党政办值班员", f"telephone_{day}_day": "13800000000"}
    wrong = office.post("/watches/duty/mine/", typed)
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (400, {f"telephone_{day}_day"})
    assert 'value="13800000000"' in wrong.content.decode()
    typed[f"telephone_{day}_day"] = "0990-7001001"
    assert office.post("/watches/duty/mine/", typed).status_code == 302
    roster = Roster.objects.get()
    note = {"client_id": "1", "day": day, "part": "day", "text": ""}
    assert office.post(f"/watches/duty/{roster.pk}/hand-over/", note).status_code == 400
    assert office.post(f"/watches/duty/{roster.pk}/hand-over/", note | {"text": "无"}).status_code == 302
    assert signed_in(people["county"]).post(f"/watches/duty/{roster.pk}/hand-over/", note).status_code == 403
    for address in (
        "/watches/duty/",
        "/watches/duty/?week=x",
        "/watches/duty/?week=2026-01-01",
        f"/watches/duty/{roster.pk}/",
        "/watches/plans/",
    ):
        assert office.get(address).status_code == 200, address
    plan = {
        "client_id": "1", "title": "防汛预案", "kinds": ["flood"], "valid_from": "2026-01-01", "valid_until": "2030-01-01", "text": "正文",
        "document": "", "contacts": "值班室 0990-7001001\n书记 13800000000\n119",
    }  # fmt: skip
    wrong = office.post("/watches/plans/new/", plan)
    assert wrong.context["form"].errors["contacts"] == [
        "第 2 行：不收个人手机号，请写值班室的座机。",
        "第 3 行：请写岗位和电话。",
    ]
    assert (
        office.post(
            "/watches/plans/new/", plan | {"contacts": "值班室 0990-7001001", "valid_until": "2025-01-01"}
        ).status_code
        == 400
    )
    made = office.post("/watches/plans/new/", plan | {"contacts": "值班室 0990-7001001"})
    assert made.status_code == 302
    assert office.get(f"{made['Location']}next/").context["form"].initial["contacts"] == "值班室 0990-7001001"
    assert (
        office.post(f"{made['Location']}next/", plan | {"client_id": "2", "contacts": "值班室 119"}).status_code == 302
    )
    assert office.get("/watches/plans/?kind=fire").context["plans"] == []


def test_file_that_is_too_large_for_a_table_is_not_read(people):
    rows = ",".join(TITLES) + "\n2026-12-01,白班,党政办值班员,0990-7001001\n"
    large = SimpleUploadedFile("duty.csv", rows.encode() + b"\n" * (8 * 1024 * 1024))
    page = signed_in(people["township_office"]).post("/watches/duty/import/", {"file": large})
    assert (page.status_code, page.context["form"].errors["file"]) == (400, ["文件超过 8 MB。"])


def test_a_week_keeps_what_somebody_else_has_set_since_it_was_opened(people):
    office, today = people["township_office"], timezone.localdate()
    browser, mine = signed_in(office), today.isoformat()
    form = browser.get("/watches/duty/mine/").context["form"]
    shown = {form[name].html_initial_name: form[name].value() or "" for name in form.fields}
    set_shifts(office, [duty(today, "night", "综治办值班员")])
    stale = {name: form[name].value() or "" for name in form.fields} | shown
    typed = stale | {f"post_{mine}_day": "党政办值班员", f"telephone_{mine}_day": "0990-7001001"}
    assert browser.post("/watches/duty/mine/", typed).status_code == 302
    assert {one.part: one.post for one in Shift.objects.all()} == {"day": "党政办值班员", "night": "综治办值班员"}
    shown[f"initial-post_{mine}_day"] = "党政办值班员"
    shown[f"initial-telephone_{mine}_day"] = "0990-7001001"
    assert browser.post("/watches/duty/mine/", stale | shown).status_code == 302
    assert {one.part: one.post for one in Shift.objects.all()} == {"day": "", "night": "综治办值班员"}


def test_a_shift_that_two_set_is_told_to_the_second_once(people):
    office, head = signed_in(people["township_office"]), signed_in(people["township_head"])
    day = timezone.localdate().isoformat()

    def opened(client):
        form = client.get("/watches/duty/mine/").context["form"]
        fields = {name: form[name].value() or "" for name in form.fields}
        return fields | {form[name].html_initial_name: value for name, value in fields.items()}

    first, second = opened(office), opened(head)
    mine = {f"post_{day}_day": "党政办值班员", f"telephone_{day}_day": "0990-7001001"}
    other = {f"post_{day}_day": "林业站值班员", f"telephone_{day}_day": "0990-7001003"}
    assert office.post("/watches/duty/mine/", first | mine).status_code == 302
    told = head.post("/watches/duty/mine/", second | other)
    form = told.context["form"]
    assert (told.status_code, set(form.errors)) == (400, {f"post_{day}_day"})
    assert "党政办值班员 0990-7001001" in told.content.decode()
    assert Shift.objects.get(day=day, part="day").post == "党政办值班员"
    again = other | {
        form[name].html_initial_name: form.data.get(form[name].html_initial_name, "") for name in form.fields
    }
    assert head.post("/watches/duty/mine/", second | again).status_code == 302
    assert Shift.objects.get(day=day, part="day").post == "林业站值班员"


def test_what_was_typed_of_a_plan_stays_when_somebody_else_issues_its_next_version(people):
    office = people["township_office"]
    plan = issued(office)
    issued(office, "q", follows=plan, text="二、修订。")
    page = f"/watches/plans/{plan.pk}/next/"
    typed = {
        "client_id": "1", "title": "防汛预案", "kinds": ["flood"], "valid_from": "2026-01-01", "valid_until": "2030-01-01",
        "text": "我写的", "document": "", "contacts": "值班室 0990-7001001",
    }  # fmt: skip
    stale = signed_in(office).post(page, typed)
    assert (stale.status_code, stale.context["form"]["text"].value()) == (400, "我写的")
    assert "已经有新版本" in stale.content.decode()
    assert signed_in(office).get(page).status_code == 404


def test_roster_comes_from_a_table_that_is_shown_first(people):
    office, address = signed_in(people["township_office"]), "/watches/duty/import/"

    def table(*rows):
        return {"file": SimpleUploadedFile("r.xlsx", write_workbook([Sheet("x", [list(TITLES), *map(list, rows)])]))}

    good = ("2026-10-01", "白班", "党政办值班员", "0990-7001001")
    wrong = office.post(
        address, table(good, good, ("十月", "午班", "", "119"), ("2026-10-02", "夜", "站长", "13800000000"))
    )
    assert wrong.status_code == 400
    assert [cell for row in wrong.context["table"].rows for cell in row.errors] == ["B3", "A4", "B4", "C4", "D5"]
    shown = office.post(address, table(good, ("2026年10月1日", "夜班", "", "")))
    assert (shown.status_code, Shift.objects.count()) == (200, 0)
    assert [row.status for row in shown.context["table"].rows] == ["new", "same"]
    assert office.post(address, {"table": shown.context["table"].as_text}).status_code == 302
    assert Shift.objects.get().post == "党政办值班员"
    again = office.post(address, table(good, ("2026-10-01", "夜班", "综治办值班员", "0990-7001002")))
    assert [row.status for row in again.context["table"].rows] == ["same", "new"]
    assert office.post(address, {"table": "x"}).status_code == 400
    assert office.get("/watches/duty/template.xlsx?week=2026-10-01").status_code == 200


@pytest.mark.parametrize("number", [1, 4])
def test_lists_ask_as_much_for_many_as_for_one(people, number, django_assert_num_queries):
    for code in list(factories.TOWNSHIPS)[:number]:
        user = factories.account("township_office", code)
        set_shifts(user, [duty(timezone.localdate())])
        issued(user, title=code)
    client = signed_in(people["city_office"])
    client.get("/watches/duty/")
    with django_assert_num_queries(6):
        client.get("/watches/duty/")
    with django_assert_num_queries(5):
        assert len(client.get("/watches/plans/").context["plans"]) == number
