"""Watches: readings come once and stand, thresholds open one matter and hear of it when readings come back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.utils import timezone

from tests import factories
from tests.factories import LIUAN, SHIMEN, XITANG, at_once, bring_to, signed_in
from tests.watches.watched import ago, levels, sent, take, watched
from yizhen.audit.models import Record
from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.matters.actions import take_step
from yizhen.matters.lifecycle import State, Verb
from yizhen.matters.models import Matter
from yizhen.people.models import ROLES
from yizhen.watches.models import Crossing, Reading, Series, Threshold
from yizhen.watches.series.actions import Refused, end_threshold, end_watch, set_threshold, take_readings
from yizhen.watches.series.queries import board_lines, nows_visible_to, series_visible_to, watches_visible_to
from yizhen.watches.series.table import TITLES

NOBODY = set(ROLES) - {"city_office", "county", "department", "township_head", "township_office"}


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


@pytest.fixture
def water(people):
    watch = watched(people["department"])
    levels(people["department"], watch)
    return watch


def now_of(people, role="city_office"):
    return nows_visible_to(people[role])[0]


def errors_of(job) -> list[dict[str, str]]:
    with pytest.raises(Refused) as refused:
        job()
    return [row.errors for row in refused.value.rows]


# --- one matter while it lasts ----------------------------------------------------------------------------------------


def test_crossing_opens_one_matter_and_hears_when_readings_come_back(people, water):
    office = people["township_office"]
    take(office, water, 4.9, 5.2, 4.8, 5.6, 4.6)
    crossing = Crossing.objects.get()
    matter = crossing.matter
    assert (crossing.reading.value, crossing.cleared_at, matter.division_id) == (Decimal("5.200"), None, LIUAN)
    assert matter.dispatcher == people["department"].unit
    assert "5.2米" in matter.text
    assert (now_of(people).state, now_of(people).light) == ("raised", "red")

    take(office, water, 4.5, start=500)
    matter.refresh_from_db()
    crossing.refresh_from_db()
    told = matter.events.last()
    assert (crossing.cleared_by.value, now_of(people).state) == (Decimal("4.500"), "normal")
    assert (told.verb, told.by, matter.state) == (Verb.DATA_BACK, None, State.NEW)
    assert "解除线 4.5米" in told.text

    take(office, water, 5.1, start=400)
    assert [one.number for one in Crossing.objects.order_by("pk")] == [1, 2]
    assert Matter.objects.count() == 2


def test_data_that_came_back_close_nothing_and_the_doer_still_does_not(people, water):
    office = people["township_office"]
    take(office, water, 5.2)
    matter = bring_to(State.HANDLED, Matter.objects.get(), handler=office, verifier=people["department"])
    take(office, water, 4.0, start=500)
    matter.refresh_from_db()
    assert (matter.state, matter.events.last().verb) == (State.HANDLED, Verb.DATA_BACK)
    with pytest.raises(PermissionDenied):
        take_step(office, matter, Verb.PASS, text="数据回来了。")
    with pytest.raises(PermissionDenied):
        take_step(people["city_office"], matter, Verb.DATA_BACK, text="我说的。")
    assert take_step(people["department"], matter, Verb.PASS, text="看过水尺。").state == State.CLOSED


def test_closed_matter_is_left_alone_when_data_come_back(people, water):
    office = people["township_office"]
    take(office, water, 5.2)
    matter = bring_to(State.CLOSED, Matter.objects.get(), handler=office, verifier=people["department"])
    before = matter.events.count()
    take(office, water, 5.3, start=500)
    assert Crossing.objects.count() == 1  # it lasts: no second matter, though the first is closed
    take(office, water, 4.0, start=400)
    assert (matter.events.count(), Crossing.objects.get().cleared_at is not None) == (before, True)


def test_database_holds_one_crossing_at_a_time(people, water):
    take(people["township_office"], water, 5.2)
    crossing = Crossing.objects.get()
    matter = factories.task(people["city_office"])
    again = {name: getattr(crossing, name) for name in ("series", "side", "threshold", "reading", "opened_at")}
    with pytest.raises(DatabaseError), transaction.atomic():
        Crossing.objects.create(**again, number=2, matter=matter)
    for change in (
        lambda: Crossing.objects.update(number=7),
        lambda: Crossing.objects.all().delete(),
        lambda: Threshold.objects.update(level=9),
        lambda: Reading.objects.update(value=1),
        lambda: Reading.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
            change()


def test_readings_at_once_open_one_matter(committing):
    factories.fictional_city()
    people = factories.everybody()
    watch = watched(people["department"])
    levels(people["department"], watch)

    def write(number: int):
        return lambda: take_readings(people["township_office"], watch, [sent(6 + number, number)], way="form")

    results = at_once([write(number) for number in range(4)])

    assert [one for one in results if isinstance(one, Exception)] == []
    assert (Reading.objects.count(), Crossing.objects.count(), Matter.objects.count()) == (4, 1, 1)


def test_order_of_arrival_does_not_change_what_is_known(people, water):
    office, far = people["township_office"], watched(people["department"], client_id="b", name_zh="闸下水位")
    levels(people["department"], far)
    values = [(4.9, 50), (5.3, 40), (4.2, 30), (4.7, 20), (5.1, 10), (4.8, 5)]
    for value, minutes in values:
        take_readings(office, water, [sent(value, minutes)], way="form")
    for value, minutes in [values[4], values[2], values[5], values[0], values[3], values[1]]:
        take_readings(office, far, [sent(value, minutes)], way="form")
    one, other = nows_visible_to(office)
    assert (one.state, one.value, one.at) == (other.state, other.value, other.at) == ("raised", Decimal("4.8"), one.at)
    assert one.crossings[0].reading.at == other.crossings[0].reading.at


def test_correction_stands_beside_the_old_value_and_ends_a_crossing_that_was_none(people, water):
    office = people["township_office"]
    take(office, water, 4.1, 51)
    assert Crossing.objects.get().cleared_at is None
    wrong = Reading.objects.get(value=51)
    typed = sent(None, 0)
    typed.at = wrong.at
    assert errors_of(lambda: take_readings(office, water, [typed], way="form")) == [{"reason": "no_reason"}]
    typed.value = Decimal("5.1")
    assert errors_of(lambda: take_readings(office, water, [typed], way="form")) == [{"reason": "differs"}]
    typed.value, typed.reason = Decimal("4.1"), "多打了一位"
    take_readings(office, water, [typed], way="form")

    assert [str(one.value) for one in Reading.objects.filter(at=wrong.at)] == ["51.000", "4.100"]
    assert Crossing.objects.get().cleared_at is not None
    page = signed_in(office).get(f"/watches/{water.pk}/{LIUAN}/").content.decode()
    assert "<s>51</s>" in page
    assert "多打了一位" in page
    # What was corrected comes once more from a device that knows nothing of it: it has come before.
    again = sent(51, 0)
    again.at = wrong.at
    assert [row.status for row in take_readings(office, water, [again], way="table")] == ["same"]


def test_withdrawn_reading_counts_no_more(people, water):
    office = people["township_office"]
    take(office, water, 4.1, 5.9)
    row = sent(None, 0, reason="读错了表")
    row.at = Reading.objects.get(value="5.9").at
    take_readings(office, water, [row], way="form")
    assert (now_of(people).state, now_of(people).value) == ("normal", Decimal("4.100"))
    assert errors_of(lambda: take_readings(office, water, [sent(None, 3, reason="x")], way="form")) == [
        {"value": "nothing_to_withdraw"}
    ]


def test_correction_belongs_to_its_time_and_series(people, water):
    take(people["township_office"], water, 4.1, 4.2)
    first, second = Reading.objects.all()
    with pytest.raises(DatabaseError, match="refuses insert"), transaction.atomic():
        Reading.objects.create(
            series=first.series, at=second.at, value=1, way="form", corrects=first, reason="x",
            by=people["township_office"], arrived_at=timezone.now(),
        )  # fmt: skip


# --- levels -----------------------------------------------------------------------------------------------------------


def test_new_version_stands_beside_old_crossings_and_opens_no_second_matter(people, water):
    department, office = people["department"], people["township_office"]
    take(office, water, 5.2)
    made = levels(department, water, level=Decimal(4), clear=Decimal(3))
    assert (made.number, Crossing.objects.count()) == (2, 1)
    assert Crossing.objects.get().threshold.number == 1
    take(office, water, 4.4, start=500)  # back under the old version, beyond the new one
    assert [(one.threshold.number, one.cleared_at is None) for one in Crossing.objects.order_by("pk")] == [
        (1, False),
        (2, True),
    ]
    end_threshold(department, Threshold.objects.get(number=2))
    take(office, water, 2.0, 9.0, start=400)
    assert Crossing.objects.filter(cleared_at=None).count() == 0


def test_what_is_there_already_is_held_against_a_new_threshold(people):
    watch = watched(people["department"])
    take(people["township_office"], watch, 6)
    levels(people["department"], watch)
    assert Crossing.objects.count() == 1


def test_lower_level_needs_readings_one_after_the_other_and_time(people):
    watch = watched(people["department"], measure="吨", sort="stock")
    levels(people["department"], watch, side="lower", level=Decimal(10), clear=Decimal(12), count=3, minutes=20)
    office = people["township_office"]
    take(office, watch, 9, 9, 11, 9, 9)
    assert Crossing.objects.count() == 0
    take(office, watch, 8, start=500)
    assert (Crossing.objects.get().side, Crossing.objects.get().reading.value) == ("lower", Decimal(8))
    assert "达到或低于警戒线 10吨" in Matter.objects.get().text


def test_old_readings_open_nothing_until_something_is_known_again(people, water):
    office = people["township_office"]
    take(office, water, 6, start=60 * 24 * 5)
    assert (Crossing.objects.count(), now_of(people).state) == (0, "no_data")
    take(office, water, 4.8, start=10)  # between the levels: it has been beyond all the time
    assert Crossing.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"clear": Decimal(5)}, "clear"),
        ({"side": "lower"}, "clear"),
        ({"count": 0}, "count"),
        ({"days": 0}, "days"),
        ({"text_zh": ""}, "text_zh"),
        ({"basis": ""}, "basis"),
        ({"side": "x"}, "side"),
    ],
)
def test_threshold_that_could_not_work_is_refused_at_its_field(people, changes, field):
    watch = watched(people["department"])
    with pytest.raises(ValidationError) as refused:
        levels(people["department"], watch, **changes)
    assert set(refused.value.message_dict) == {field}
    with pytest.raises(DatabaseError, match="clears_on_the_calm_side"), transaction.atomic():
        Threshold.objects.create(
            watch=watch, side="upper", number=1, level=1, clear=1, days=1, text_zh="x", basis="x",
            by=people["department"], at=timezone.now(),
        )  # fmt: skip


def test_stale_page_sets_no_threshold(people, water):
    with pytest.raises(ValidationError, match="已经改过"):
        levels(people["department"], water, expected=0)
    assert levels(people["department"], water, expected=1).number == 2


def test_place_above_townships_is_for_the_office_in_charge(people):
    watch = watched(people["department"], factories.CITY)
    levels(people["department"], watch)
    take_readings(people["department"], watch, [sent(6, 5, factories.CITY)], way="form")
    matter = Matter.objects.get()
    assert (matter.addressee, matter.dispatcher) == (people["department"].unit, None)


# --- what is known ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "state", "late", "light"),
    [(1, "normal", False, "green"), (25, "normal", True, "yellow"), (49, "no_data", True, "yellow")],
)
def test_missing_readings_are_no_data_and_never_normal(people, water, hours, state, late, light):
    take(people["township_office"], water, 4, start=60 * hours)
    now = now_of(people)
    assert (now.state, now.late, now.light) == (state, late, light)
    assert [line.light for line in board_lines(people["township_office"], factories.place(LIUAN))] == [light]


def test_series_without_any_reading_is_no_data(people, water):
    assert (now_of(people).state, now_of(people).light, now_of(people).value) == ("no_data", "yellow", None)


def test_raised_without_data_tells_both(people, water):
    take(people["township_office"], water, 6)
    series = Series.objects.get()
    from yizhen.watches.series.queries import now_of as known
    from yizhen.watches.series.queries import with_latest

    later = known(with_latest(Series.objects.all())[0], timezone.now() + timedelta(days=9))
    assert (later.state, later.light, len(later.crossings), series.pk) == ("no_data", "red", 1, later.series.pk)


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "minutes", "more", "wrong"),
    [
        (1, -6, {}, {"at": "future"}),
        ("1.2345", 1, {}, {"value": "too_precise"}),
        ("1e12", 1, {}, {"value": "too_large"}),
        ("NaN", 1, {}, {"value": "bad_value"}),
        (1, 1, {"note": "长" * 121}, {"note": "bad_text"}),
        (1, 1, {"note": "a\0b"}, {"note": "bad_text"}),
        (1, 1, {"place_code": SHIMEN}, {"place": "unknown_place"}),
        (1, 1, {"place_code": ""}, {"place": "bad_place"}),
    ],
)
def test_wrong_reading_is_refused_at_its_field_and_nothing_is_written(people, water, value, minutes, more, wrong):
    rows = [sent(1, 30), sent(value, minutes, **more)]
    assert errors_of(lambda: take_readings(people["township_office"], water, rows, way="form")) == [{}, wrong]
    assert not Reading.objects.exists()


def test_clock_a_little_ahead_is_taken(people, water):
    take_readings(people["township_office"], water, [sent(1, -4)], way="form")
    assert Reading.objects.count() == 1


def test_same_reading_twice_is_one_and_two_values_of_one_time_are_refused(people, water):
    office = people["township_office"]
    assert [row.status for row in take_readings(office, water, [sent(4, 5), sent(4, 5)], way="form")] == ["new", "same"]
    assert [row.status for row in take_readings(office, water, [sent(4, 5)], way="api")] == ["same"]
    assert errors_of(lambda: take_readings(office, water, [sent(4, 9), sent(3, 9)], way="form")) == [
        {},
        {"value": "twice"},
    ]
    assert Reading.objects.count() == 1
    assert Record.objects.filter(event="watches.readings_taken").count() == 1


def test_ended_watch_takes_nothing_more(people, water):
    end_watch(people["department"], water)
    with pytest.raises(PermissionDenied, match="停止"):
        take(people["township_office"], water, 4)
    with pytest.raises(ValidationError):
        end_watch(people["department"], water)
    assert nows_visible_to(people["city_office"]) == []


# --- who -------------------------------------------------------------------------------------------------------------


def test_everybody_sees_and_writes_his_own_circle_alone(people):
    unit = people["department"].unit
    here = watched(people["city_office"], LIUAN, XITANG, SHIMEN, office=unit)
    other = watched(people["city_office"], LIUAN, client_id="o", office=factories.unit("HEA"))
    seen = {role: {(one.watch_id, one.division_id) for one in series_visible_to(people[role])} for role in ROLES}
    every = {(here.pk, code) for code in (LIUAN, XITANG, SHIMEN)} | {(other.pk, LIUAN)}
    county = people["county"].scope_id
    assert {role: found for role, found in seen.items() if role not in NOBODY} == {
        "city_office": every,
        "county": {one for one in every if one[1].startswith(county)},
        "department": {one for one in every if one[0] == here.pk},
        "township_head": {(here.pk, LIUAN), (other.pk, LIUAN)},
        "township_office": {(here.pk, LIUAN), (other.pk, LIUAN)},
    }
    assert all(not seen[role] and not watches_visible_to(people[role]) for role in NOBODY)
    for role in NOBODY:
        with pytest.raises(PermissionDenied):
            take(people[role], here, 4)
    rows = [sent(4, 5, SHIMEN)]
    assert errors_of(lambda: take_readings(people["township_office"], here, rows, way="form")) == [
        {"place": "unknown_place"}
    ]
    with pytest.raises(PermissionDenied):
        take(people["department"], other, 4)
    for role in ("township_office", "township_head", "county"):
        with pytest.raises(PermissionDenied):
            set_threshold(people[role], here, side="upper")
    with pytest.raises(PermissionDenied):
        watched(people["county"], SHIMEN, client_id="c")
    with pytest.raises(PermissionDenied):
        watched(people["township_office"], client_id="t")


def test_same_form_sent_twice_is_one_watch(people):
    assert watched(people["department"]) == watched(people["department"])


# --- pages -----------------------------------------------------------------------------------------------------------


def table(*rows) -> SimpleUploadedFile:
    return SimpleUploadedFile("readings.xlsx", write_workbook([Sheet("读数", [list(TITLES), *map(list, rows)])]))


def test_table_is_shown_first_then_taken_once_with_errors_at_cells(people, water):
    client, address = signed_in(people["township_office"]), f"/watches/{water.pk}/import/"
    noon = timezone.localtime(ago(60)).strftime("%Y-%m-%d %H:%M")
    later = timezone.localtime(ago(-60)).strftime("%Y-%m-%d %H:%M")
    wrong = client.post(address, {"file": table(("石门镇", noon, 4, "", ""), ("柳岸镇", later, "x", "", ""))})
    assert wrong.status_code == 400
    cells = [cell for row in wrong.context["table"].rows for cell in row.errors]
    assert cells == ["A2", "B3", "C3"]
    shown = client.post(address, {"file": table(("柳岸镇", noon, "４.25", "晴", ""), (LIUAN, noon, 4.25, "", ""))})
    assert (shown.status_code, [row.status for row in shown.context["table"].rows]) == (200, ["new", "same"])
    assert Reading.objects.count() == 0
    carried = {"table": shown.context["table"].as_text}
    assert client.post(address, carried).status_code == 302
    assert client.post(address, carried).status_code == 302
    assert [(one.value, one.way, one.note) for one in Reading.objects.all()] == [(Decimal("4.250"), "table", "晴")]
    assert client.post(address, {"table": "a,b"}).status_code == 400
    assert client.post(address, {"file": SimpleUploadedFile("x.xlsx", b"no")}).status_code == 400
    assert client.post(address, {}).status_code == 400


def test_pages_take_a_watch_from_definition_to_a_matter_and_keep_what_was_typed(people):
    department, office = signed_in(people["department"]), signed_in(people["township_office"])
    given = {
        "client_id": "1", "name_zh": "大米零售价", "sort": "price", "measure": "元/斤", "every_hours": "24", "work_line": "livelihood",
        "source": "价格监测点（虚构）", "places": [LIUAN, SHIMEN],
    }  # fmt: skip
    wrong = department.post("/watches/new/", given | {"every_hours": "0", "places": []})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (400, {"every_hours", "places"})
    assert 'value="大米零售价"' in wrong.content.decode()
    made = department.post("/watches/new/", given)
    page = made["Location"]
    level = {name: str(value) for name, value in {
        "side": "upper", "level": "3.5", "clear": "3.2", "count": 1, "minutes": 0, "days": 5, "text_zh": "查明原因", "basis": "x",
        "expected_upper": 0, "expected_lower": 0,
    }.items()}  # fmt: skip
    assert department.post(f"{page}thresholds/", level | {"clear": "3.6"}).status_code == 400
    assert department.post(f"{page}thresholds/", level).status_code == 302
    assert department.post(f"{page}thresholds/", level).status_code == 400  # the page was stale
    assert office.post(f"{page}thresholds/", level).status_code == 403
    at = timezone.localtime(ago(5)).strftime("%Y-%m-%dT%H:%M")
    typed = {"place": LIUAN, "at": at, "value": "3.6", "note": "", "reason": ""}
    assert office.post(f"{page}enter/", typed | {"place": SHIMEN}).status_code == 400
    future = timezone.localtime(ago(-90)).strftime("%Y-%m-%dT%H:%M")
    assert office.post(f"{page}enter/", typed | {"at": future}).context["form"].errors == {
        "at": ["时间在将来，请核对设备的时钟"]
    }
    assert office.post(f"{page}enter/", typed).status_code == 302
    number = Matter.objects.get().number
    for address in ("/watches/", "/watches/?state=raised&sort=price", page, f"{page}{LIUAN}/"):
        shown = office.get(address)
        assert (shown.status_code, number in shown.content.decode()) == (200, True), address
    assert office.get("/watches/?state=normal").context["rows"] == []
    chart = office.get(f"{page}{LIUAN}/").context["chart"]
    assert [(level["value"], level["raise"]) for level in chart["levels"]] == [(3.5, True), (3.2, False)]
    assert [point[1] for point in chart["points"]] == [3.6]
    assert office.get(f"{page}{SHIMEN}/").status_code == 404
    assert "监测的读数" in office.get(f"/matters/{number}/").content.decode()
    assert office.get(f"{page}{LIUAN}/table.xlsx").status_code == 200
    assert office.get(f"{page}import/template.xlsx").status_code == 200
    assert office.get(f"{page}change/").status_code == 403
    changed = {"name_zh": "大米价", "name_en": "", "every_hours": "48", "source": "x", "places": [XITANG]}
    assert department.post(f"{page}change/", changed).status_code == 302
    assert Series.objects.count() == 3
    assert office.post(f"{page}end/").status_code == 403
    assert department.post(f"{page}end/").status_code == 302
    assert office.post(f"{page}enter/", typed).status_code == 403


@pytest.mark.parametrize("number", [1, 5])
def test_pages_ask_as_much_for_many_as_for_one(people, number, django_assert_num_queries):
    places = list(factories.TOWNSHIPS)[:number]
    watch = watched(people["city_office"], *places)
    levels(people["city_office"], watch)
    for code in places:
        take_readings(people["city_office"], watch, [sent(6, 5, code)], way="form")
    client = signed_in(people["city_office"])
    client.get("/watches/")
    with django_assert_num_queries(6):
        assert len(client.get("/watches/").context["rows"]) == number
    with django_assert_num_queries(7):
        client.get(f"/watches/{watch.pk}/")
    city = factories.place(factories.CITY)
    with django_assert_num_queries(2):
        assert len(board_lines(people["city_office"], city)) == min(number, 4)
