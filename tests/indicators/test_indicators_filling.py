"""Filling: only what is missing is typed, checked as it is typed, locked when it is handed in, approved from below."""

import itertools
import json
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.factories import CITY, GUDU, LIUAN, XITANG, place, row, signed_in
from tests.indicators.forms import PERIOD, codes, fill, opened, registered, sheet, soon
from yizhen.audit.models import Record
from yizhen.indicators.actions import (
    EditConflict,
    Typed,
    Wanted,
    approve,
    extend_window,
    forget_expired,
    give_back,
    hand_in,
    set_rules,
    undo_batch,
    withdraw_form,
    write_cells,
)
from yizhen.indicators.filling import due_approvals, due_fillings, roll_up, sheet_of
from yizhen.indicators.models import Approval, Collection, DataField, FieldValue, Observation, Submission, ValueChange
from yizhen.indicators.periods import containing

pytestmark = pytest.mark.django_db
QIANWAN, HEPING = "990181101201", "990181101202"


@pytest.fixture
def city(db):
    factories.fictional_city()
    factories.catalogue()


@pytest.fixture
def village(city):
    return factories.account("village")


@pytest.fixture
def clerk(city):
    return factories.account("township_office")


@pytest.fixture
def head(city):
    return factories.account("township_head")


@pytest.fixture
def county(city):
    return factories.account("county")


@pytest.fixture
def department(city):
    return factories.account("department", unit=factories.unit("ENV"))


@pytest.fixture
def lamps(city):
    """Return a collection that asks for two numbers; the second may stay empty."""
    return opened(registered([Wanted("路灯盏数", "盏"), Wanted("损坏盏数", "盏", required=False)]))


def write(actor, collection, values, village=QIANWAN, **more):
    return write_cells(
        actor, sheet(collection, village), {code: Typed(str(value), **more) for code, value in values.items()}
    )


# --- cells ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "number"), [("１２３", 123), ("1,234", 1234), (" 7 盏", 7), ("0", 0), ("—", None)])
def test_numbers_are_read_as_people_write_them(village, lamps, typed, number):
    (value,) = write(village, lamps, {codes(lamps.form)[0]: typed})
    assert value.number == number


@pytest.mark.parametrize("typed", ["很多", "-3", "1.5", "1e20", "NaN"])
def test_what_is_no_count_is_refused_at_its_cell_and_nothing_is_written(village, lamps, typed):
    lamp, broken = codes(lamps.form)
    with pytest.raises(ValidationError) as refused:
        write(village, lamps, {lamp: "5", broken: typed})
    assert set(refused.value.message_dict) == {broken}
    assert not FieldValue.objects.exists()


def test_a_cell_keeps_its_history_and_the_words_said_of_it(village, lamps):
    lamp, _broken = codes(lamps.form)
    write(village, lamps, {lamp: "5"})
    write(village, lamps, {lamp: "6"}, version=1, remark="补装一盏")
    changes = list(ValueChange.objects.values_list("before", "after", "remark"))
    assert changes == [("", "5", ""), ("5", "6", "补装一盏")]
    with pytest.raises(IntegrityError), transaction.atomic():
        ValueChange.objects.all().update(after="9")


def test_the_same_again_changes_nothing(village, lamps):
    lamp, _broken = codes(lamps.form)
    write(village, lamps, {lamp: "5"})
    (again,) = write(village, lamps, {lamp: "5"}, version=0)
    assert again.version == 1
    assert ValueChange.objects.count() == 1


def test_an_old_window_overwrites_nothing(village, clerk, lamps):
    lamp, _broken = codes(lamps.form)
    write(village, lamps, {lamp: "5"})
    with pytest.raises(EditConflict) as conflict:
        write(clerk, lamps, {lamp: "7"}, version=0)
    assert conflict.value.current[lamp].shown == "5"
    assert FieldValue.objects.get(field=lamp).number == 5


def test_nobody_fills_for_another_place(village, lamps):
    with pytest.raises(PermissionDenied):
        write(village, lamps, {codes(lamps.form)[0]: "5"}, HEPING)
    with pytest.raises(PermissionDenied):
        write(factories.account("township_office", GUDU), lamps, {codes(lamps.form)[0]: "5"})


def test_outside_its_window_a_sheet_is_locked_until_it_is_extended(village, department, lamps):
    lamp, _broken = codes(lamps.form)
    Collection.objects.filter(pk=lamps.pk).update(
        opens_on=timezone.localdate() - timedelta(days=9), closes_on=timezone.localdate() - timedelta(days=1)
    )
    lamps.refresh_from_db()
    with pytest.raises(ValidationError):
        write(village, lamps, {lamp: "5"})
    own = sheet(lamps, QIANWAN)
    with pytest.raises(ValidationError) as refused:
        extend_window(department, own, timezone.localdate() - timedelta(days=2), "")
    assert set(refused.value.message_dict) == {"until", "reason"}
    extend_window(department, own, timezone.localdate(), "台风停电")
    (value,) = write(village, lamps, {lamp: "5"})
    assert value.number == 5
    with pytest.raises(ValidationError):  # the exception is one place's
        write(factories.account("village", HEPING), lamps, {lamp: "5"}, HEPING)


# --- handing in -------------------------------------------------------------------------------------------------------


def test_what_is_missing_stops_the_form_at_its_cell(village, lamps):
    lamp, broken = codes(lamps.form)
    write(village, lamps, {broken: "1"})
    with pytest.raises(ValidationError) as refused:
        hand_in(village, sheet(lamps, QIANWAN))
    assert set(refused.value.message_dict) == {lamp}


def test_a_rule_between_cells_stops_the_form(village, department, lamps):
    lamp, broken = codes(lamps.form)
    set_rules(department, lamps.form, [f"{broken} <= {lamp} | 损坏不能多于总数"])
    write(village, lamps, {lamp: "5", broken: "6"})
    with pytest.raises(ValidationError) as refused:
        hand_in(village, sheet(lamps, QIANWAN))
    assert set(refused.value.message_dict) == {lamp, broken}
    write(village, lamps, {broken: "5"}, version=1)
    assert hand_in(village, sheet(lamps, QIANWAN)).state == "submitted"


def test_a_hint_wants_a_word_and_then_lets_the_form_pass(village, department, lamps):
    lamp, broken = codes(lamps.form)
    set_rules(department, lamps.form, [f"{lamp} = 2 * {broken} | ? 一般是两倍"])
    write(village, lamps, {lamp: "5", broken: "1"})
    with pytest.raises(ValidationError):
        hand_in(village, sheet(lamps, QIANWAN))
    write(village, lamps, {broken: "1"}, version=1, remark="新装的没坏")
    assert hand_in(village, sheet(lamps, QIANWAN)).state == "submitted"


@pytest.mark.parametrize("line", ["A <= ", "路灯 | 没有符号", "__import__('os') <= 1 | 不行", "NOPE <= 1 | 没有这一项"])
def test_a_rule_that_cannot_be_read_is_refused_by_its_line(department, lamps, line):
    lamp, broken = codes(lamps.form)
    with pytest.raises(ValidationError) as refused:
        set_rules(department, lamps.form, [f"{broken} <= {lamp} | 好的", line])
    assert "2" in " ".join(refused.value.messages)
    assert not lamps.form.rules.exists()


def test_a_number_far_from_its_own_past_wants_a_word(village, head, lamps):
    lamp, _broken = codes(lamps.form)
    for period, number in zip(("2025Q3", "2025Q4", "2026Q1", "2026Q2"), (100, 104, 98, 101), strict=True):
        FieldValue.objects.create(field_id=lamp, division_id=QIANWAN, period=period, number=number, state="approved")
    write(village, lamps, {lamp: "115"})
    assert not sheet_of(village, sheet(lamps, QIANWAN), timezone.localdate()).unexplained
    write(village, lamps, {lamp: "1010"}, version=1)  # one nought too many
    with pytest.raises(ValidationError, match="往期"):
        hand_in(village, sheet(lamps, QIANWAN))


def test_a_form_that_is_in_is_locked(village, lamps):
    lamp, _broken = codes(lamps.form)
    fill(village, lamps, QIANWAN, {lamp: 5})
    with pytest.raises(ValidationError):
        write(village, lamps, {lamp: "6"}, version=1)
    assert hand_in(village, sheet(lamps, QIANWAN)).state == "submitted"  # a second tap


# --- approval ---------------------------------------------------------------------------------------------------------


def fill_liuan(village, clerk, lamps, first=5, second=7):
    lamp, _broken = codes(lamps.form)
    fill(village, lamps, QIANWAN, {lamp: first})
    fill(clerk, lamps, HEPING, {lamp: second})


def test_approval_goes_from_below_and_adds_up(village, clerk, head, county, lamps):
    lamp, _broken = codes(lamps.form)
    fill_liuan(village, clerk, lamps)
    with pytest.raises(ValidationError, match="下面一级"):
        approve(county, lamps, place("990181"))
    assert roll_up(lamps, place(LIUAN))[lamp].total == 0  # nothing counts before its first approval
    approve(head, lamps, place(LIUAN))
    sums = roll_up(lamps, place(LIUAN))[lamp]
    assert (sums.total, sums.have, sums.of) == (12, 2, 2)
    assert set(lamps.submissions.filter(division__code__startswith=LIUAN).values_list("state", flat=True)) == {
        "approved"
    }
    assert roll_up(lamps, place("990181"))[lamp].total == 12


def test_who_filled_does_not_approve(village, clerk, head, lamps):
    fill_liuan(village, clerk, lamps)
    with pytest.raises(PermissionDenied):
        approve(clerk, lamps, place(LIUAN))
    assert approve(head, lamps, place(LIUAN)).by_id == head.pk
    assert approve(head, lamps, place(LIUAN)).pk == Approval.objects.get().pk  # a second tap


def test_missing_places_are_named_and_need_a_reason(village, head, lamps):
    lamp, _broken = codes(lamps.form)
    with pytest.raises(ValidationError):
        approve(head, lamps, place(LIUAN), "都没报")
    fill(village, lamps, QIANWAN, {lamp: 5})
    with pytest.raises(ValidationError, match="和平社区"):
        approve(head, lamps, place(LIUAN))
    made = approve(head, lamps, place(LIUAN), "停电，下月补")
    assert made.missing == [HEPING]
    assert not roll_up(lamps, place(LIUAN))[lamp].is_whole
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=made.pk).update(missing_reason="")


def test_a_returned_form_opens_again_and_takes_back_what_was_approved(village, clerk, head, lamps):
    lamp, _broken = codes(lamps.form)
    fill_liuan(village, clerk, lamps)
    approve(head, lamps, place(LIUAN))
    own = sheet(lamps, QIANWAN)
    with pytest.raises(ValidationError):
        give_back(head, own, " ")
    give_back(head, own, "少算了东头三盏")
    assert not Approval.objects.exists()
    assert roll_up(lamps, place(LIUAN))[lamp].total == 7
    assert "少算了东头三盏" in signed_in(village).get(f"/indicators/filling/{lamps.pk}/{QIANWAN}/").content.decode()
    write(village, lamps, {lamp: "8"}, version=1)
    hand_in(village, own)
    approve(head, lamps, place(LIUAN))
    assert roll_up(lamps, place(LIUAN))[lamp].total == 15


def test_above_an_approval_only_that_level_returns(village, clerk, head, county, lamps):
    fill_liuan(village, clerk, lamps)
    approve(head, lamps, place(LIUAN))
    for code in (XITANG, GUDU):
        office = factories.account("township_office", code)
        own = lamps.submissions.get(division__code__startswith=code)
        fill(office, lamps, own.division_id, {codes(lamps.form)[0]: 1})
        approve(factories.account("township_head", code), lamps, place(code))
    approve(county, lamps, place("990181"))
    with pytest.raises(ValidationError, match="上级已经核准"):
        give_back(head, sheet(lamps, QIANWAN), "改")
    give_back(county, sheet(lamps, QIANWAN), "改")
    assert set(Approval.objects.values_list("division_id", flat=True)) == {XITANG, GUDU}


def test_the_doer_returns_nothing_to_himself(village, lamps):
    fill(village, lamps, QIANWAN, {codes(lamps.form)[0]: 5})
    with pytest.raises(PermissionDenied):
        give_back(village, sheet(lamps, QIANWAN), "自己改")


ORDERS = list(itertools.permutations([LIUAN, XITANG, GUDU]))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers=st.lists(st.integers(0, 10**9), min_size=4, max_size=4), order=st.sampled_from(ORDERS))
def test_a_sum_is_the_sum_of_its_parts_in_whatever_order_levels_approve(county, lamps, numbers, order):
    with transaction.atomic():
        lamp, _broken = codes(lamps.form)
        villages = [QIANWAN, HEPING, "990181102201", "990181103201"]
        for code in order:
            office = factories.account("township_office", code)
            for village, number in zip(villages, numbers, strict=True):
                if village.startswith(code):
                    fill(office, lamps, village, {lamp: number})
            approve(factories.account("township_head", code), lamps, place(code))
        approve(county, lamps, place("990181"))
        whole = roll_up(lamps, place("990181"))[lamp]
        assert whole.total == sum(numbers)
        assert whole.total == sum(roll_up(lamps, place(code))[lamp].total for code in order)
        assert whole.is_whole
        transaction.set_rollback(True)


def test_what_comes_in_late_is_approved_after_the_rest(village, clerk, head, lamps):
    lamp, _broken = codes(lamps.form)
    fill(village, lamps, QIANWAN, {lamp: 5})
    approve(head, lamps, place(LIUAN), "停电")
    fill(clerk, lamps, HEPING, {lamp: 7})
    assert [one.pk for one, _level in due_approvals(head)] == [lamps.pk]
    made = approve(head, lamps, place(LIUAN))
    assert (made.missing, made.missing_reason) == ([], "")
    assert roll_up(lamps, place(LIUAN))[lamp].total == 12
    assert due_approvals(head) == []


def test_who_wrote_a_cell_does_not_approve_though_another_handed_it_in(village, clerk, lamps):
    lamp, _broken = codes(lamps.form)
    write(clerk, lamps, {lamp: "5"})
    hand_in(village, sheet(lamps, QIANWAN))
    with pytest.raises(PermissionDenied):
        approve(clerk, lamps, place(LIUAN), "和平社区停电")
    other = factories.account("township_office")
    assert approve(other, lamps, place(LIUAN), "和平社区停电").by_id == other.pk


def test_saving_what_is_there_makes_nobody_its_author(village, clerk, lamps):
    lamp, _broken = codes(lamps.form)
    write(village, lamps, {lamp: "5"})
    write(clerk, lamps, {lamp: "5"}, version=1)
    assert FieldValue.objects.get(field=lamp).by_id == village.pk


def test_a_form_that_ends_while_it_is_filled_orphans_nothing(village, clerk, head, department, lamps):
    lamp, _broken = codes(lamps.form)
    fill(village, lamps, QIANWAN, {lamp: 5})
    withdraw_form(department, lamps.form)
    lamps.form.refresh_from_db()
    with pytest.raises(ValidationError):  # nobody has to fill it any more
        write(clerk, lamps, {lamp: "7"}, HEPING)
    approve(head, lamps, place(LIUAN), "表已停用")
    assert roll_up(lamps, place(LIUAN))[lamp].total == 5
    assert FieldValue.objects.get(field=lamp).state == "approved"


# --- what becomes of it -----------------------------------------------------------------------------------------------


def test_what_is_approved_becomes_the_figure_and_nobody_types_it_again(village, clerk, head):
    base = opened(registered([Wanted("农村常住户", "户")], code="F-1", frequency="yearly"), period="2025")
    (households,) = codes(base.form)
    fill(village, base, QIANWAN, {households: 400})
    fill(clerk, base, HEPING, {households: 200})
    approve(head, base, place(LIUAN))
    form = registered([Wanted("农村常住户"), Wanted("污水已接入且正常运行户", "户")], decision="approved_share")
    made = opened(form)
    cells = sheet_of(village, sheet(made, QIANWAN), timezone.localdate()).cells
    assert [(cell.text, cell.writable) for cell in cells] == [("400", False), ("", True)]
    connected = codes(form)[1]
    fill(village, made, QIANWAN, {connected: 300})
    fill(clerk, made, HEPING, {connected: 150})
    approve(head, made, place(LIUAN))
    figure = Observation.objects.get(indicator="L05", division=LIUAN, period=PERIOD)
    assert (figure.numerator, figure.denominator, figure.value) == (450, 600, Decimal("75.0000"))
    assert (figure.source_id, figure.collection_id) == ("ENV", made.pk)
    assert made.form.code in signed_in(head).get(f"/indicators/L05/{LIUAN}/").content.decode()
    give_back(head, sheet(made, QIANWAN), "改")
    assert not Observation.objects.filter(indicator="L05").exists()


def test_an_imported_figure_stands_again_when_the_approval_is_taken_back(village, clerk, head):
    office = factories.account("city_office")
    batch = factories.import_figures(office, [row("L05", LIUAN, PERIOD, numerator=30, denominator=100)])
    made = opened(registered([Wanted("农村常住户", "户"), Wanted("污水已接入且正常运行户", "户")], code="F-1"))
    for actor, village_code in ((village, QIANWAN), (clerk, HEPING)):
        fill(actor, made, village_code, dict(zip(codes(made.form), (400, 300), strict=True)))
    approve(head, made, place(LIUAN))
    assert Observation.objects.get(indicator="L05").value == 75
    give_back(head, sheet(made, QIANWAN), "改")
    again = Observation.objects.get(indicator="L05")
    assert (again.value, again.batch_id, again.note) == (30, batch.pk, "")
    undo_batch(office, batch)
    assert not Observation.objects.filter(indicator="L05").exists()


def test_a_sum_with_parts_missing_is_no_figure(village, head, lamps):
    base = opened(registered([Wanted("农村常住户", "户"), Wanted("污水已接入且正常运行户", "户")], code="F-1"))
    fill(village, base, QIANWAN, dict(zip(codes(base.form), (400, 300), strict=True)))
    approve(head, base, place(LIUAN), "和平社区停电")
    assert not Observation.objects.filter(indicator="L05").exists()


# --- lists ------------------------------------------------------------------------------------------------------------


def test_what_is_due_is_listed_for_whoever_it_is_due_from(village, clerk, head, lamps):
    today = timezone.localdate()
    assert [one.division_id for one in due_fillings(village, today)] == [QIANWAN]
    assert due_fillings(clerk, today) == []
    fill_liuan(village, clerk, lamps)
    assert due_fillings(village, today) == []
    assert [(one.pk, level.code) for one, level in due_approvals(head)] == [(lamps.pk, LIUAN)]
    assert "路灯" not in signed_in(village).get("/").content.decode()
    assert lamps.form.name_zh in signed_in(head).get("/").content.decode()
    approve(head, lamps, place(LIUAN))
    assert due_approvals(head) == []


def test_a_sheet_of_many_cells_takes_no_more_queries(village, lamps):
    many = opened(registered([Wanted(f"第{n}项") for n in range(1, 31)], code="F-30"))
    counts = []
    for collection in (lamps, many):
        with CaptureQueriesContext(
            connection,
        ) as context:
            sheet_of(village, sheet(collection, QIANWAN), timezone.localdate())
        counts.append(len(context))
    assert counts[0] == counts[1]


def test_a_sheet_of_another_place_is_not_found(village, lamps):
    browser = signed_in(village)
    assert browser.get(f"/indicators/filling/{lamps.pk}/{QIANWAN}/").status_code == 200
    for address in (f"{lamps.pk}/{HEPING}/", f"{lamps.pk}/990181103201/", "999999/", f"{lamps.pk}/{HEPING}/cell/"):
        assert browser.get(f"/indicators/filling/{address}").status_code in {404, 405}


def test_personal_cells_are_shown_to_the_place_and_the_owner_alone(village, clerk, county, department):
    form = registered([Wanted("联系人姓名", kind="text", personal=True)])
    made = opened(form)
    fill(village, made, QIANWAN, {codes(form)[0]: "示例甲"})
    address = f"/indicators/filling/{made.pk}/{QIANWAN}/"
    for reader, sees in ((village, True), (clerk, True), (department, True), (county, False)):
        page = signed_in(reader).get(address)
        assert page.status_code == 200
        assert ("示例甲" in page.content.decode()) is sees
        past = signed_in(reader).get(f"{address}cells/{codes(form)[0]}/").content.decode()
        assert "示例甲" not in past  # the history outlives what it is about
        sheets = openpyxl.load_workbook(
            BytesIO(signed_in(reader).get(f"/indicators/filling/{made.pk}/form.xlsx").content)
        )
        written = [cell.value for row in sheets.active.iter_rows() for cell in row]
        assert ("示例甲" in written) is sees


def test_personal_data_are_deleted_when_their_time_is_over(village):
    today = timezone.localdate()
    old, now = f"{today.year - 3}Q2", containing(today, "quarterly")
    form = registered([Wanted("联系人姓名", kind="text", personal=True), Wanted("路灯盏数")])
    name, lamps_there = codes(form)
    made = opened(form, period=old)
    fill(village, made, QIANWAN, {name: "示例甲", lamps_there: 5})
    FieldValue.objects.create(field_id=name, division_id=QIANWAN, period=now, text="示例乙", state="approved")
    assert forget_expired() == 1  # kept for twelve months after the quarter
    assert list(FieldValue.objects.order_by("pk").values_list("field_id", "period")) == [
        (lamps_there, old),
        (name, now),
    ]
    assert forget_expired() == 0
    assert Record.objects.filter(event="indicators.values_forgotten").count() == 1


# --- in the browser ---------------------------------------------------------------------------------------------------


def post_cell(browser, collection, code, text, version=0):
    return browser.post(
        f"/indicators/filling/{collection.pk}/{QIANWAN}/cell/",
        json.dumps({"field": code, "text": text, "version": version}),
        content_type="application/json",
    )


def test_a_cell_is_saved_as_it_is_left(village, clerk, lamps):
    lamp, _broken = codes(lamps.form)
    browser = signed_in(village)
    saved = post_cell(browser, lamps, lamp, "５")
    assert saved.status_code == 200
    assert (saved.json()["text"], saved.json()["version"], saved.json()["filled"]) == ("5", 1, 1)
    assert post_cell(browser, lamps, lamp, "很多", 1).status_code == 400
    conflict = post_cell(signed_in(clerk), lamps, lamp, "9")
    assert (conflict.status_code, conflict.json()["version"]) == (409, 1)
    assert post_cell(browser, lamps, "NOPE", "9").status_code == 400
    wrong = browser.post(f"/indicators/filling/{lamps.pk}/{QIANWAN}/cell/", "{", content_type="application/json")
    assert wrong.status_code == 400
    assert FieldValue.objects.get().number == 5


@pytest.mark.parametrize(
    "body",
    ['{"field": "X", "text": "1", "version": 1e999}', '{"field": "X", "text": "\\ud800", "version": 0}',
     '{"field": "X", "text": "\\u0000", "version": 0}', '[]', '{"field": "X"}'],
)  # fmt: skip
def test_an_odd_request_for_a_cell_is_refused(village, lamps, body):
    address = f"/indicators/filling/{lamps.pk}/{QIANWAN}/cell/"
    assert signed_in(village).post(address, body, content_type="application/json").status_code == 400


def test_choices_and_days_are_read_as_they_are_typed(village):
    form = registered([Wanted("改造方式", kind="choice"), Wanted("开工日期", kind="date")])
    way, day = codes(form)
    DataField.objects.filter(pk=way).update(choices=["自建（含租用）", "统建"])
    made = opened(form)
    chosen, begun = write(village, made, {way: "自建(含租用)", day: "2026年3月1日"})
    assert (chosen.text, begun.text) == ("自建（含租用）", "2026-03-01")
    with pytest.raises(ValidationError) as refused:
        write(village, made, {way: "别的", day: "99999999999-1-1"}, version=1)
    assert set(refused.value.message_dict) == {way, day}


def test_what_was_typed_stays_when_something_is_wrong(village, lamps):
    lamp, broken = codes(lamps.form)
    page = signed_in(village).post(
        f"/indicators/filling/{lamps.pk}/{QIANWAN}/",
        {
            f"cell-{lamp}": "一百二",
            f"version-{lamp}": "0",
            f"cell-{broken}": "3",
            f"version-{broken}": "0",
            "do": "hand_in",
        },
    )
    assert page.status_code == 400
    text = page.content.decode()
    assert 'value="一百二"' in text
    assert 'value="3"' in text
    assert "不是数字" in text
    assert Submission.objects.get(collection=lamps, division_id=QIANWAN).state == "open"


# --- workbook ---------------------------------------------------------------------------------------------------------


def workbook(browser, collection):
    content = browser.get(f"/indicators/filling/{collection.pk}/form.xlsx").content
    return openpyxl.load_workbook(BytesIO(content))


def upload(browser, collection, book):
    buffer = BytesIO()
    book.save(buffer)
    return browser.post(
        f"/indicators/filling/{collection.pk}/upload/", {"file": factories.upload("form.xlsx", buffer.getvalue())}
    )


def test_a_form_goes_out_is_filled_offline_and_comes_back(clerk, lamps):
    browser = signed_in(clerk)
    book = workbook(browser, lamps)
    page = book.active
    assert page.protection.sheet
    assert [page.cell(6, 1).value, page.cell(7, 1).value] == [QIANWAN, HEPING]
    assert page.cell(6, 1).protection.locked
    assert not page.cell(6, 3).protection.locked
    assert page.row_dimensions[3].hidden
    page.cell(6, 3, 12)
    page.cell(7, 3, "１３")
    page.cell(7, 4, "=1+1")  # a formula without a computed value says nothing
    assert upload(browser, lamps, book).status_code == 302
    values = dict(FieldValue.objects.values_list("division_id", "number"))
    assert values == {QIANWAN: 12, HEPING: 13}
    changes = ValueChange.objects.count()
    assert upload(browser, lamps, book).status_code == 302
    assert ValueChange.objects.count() == changes


def test_a_wrong_cell_is_named_by_its_address_and_nothing_is_written(clerk, lamps):
    browser = signed_in(clerk)
    book = workbook(browser, lamps)
    book.active.cell(6, 3, 12)
    book.active.cell(7, 3, "十三")
    answer = upload(browser, lamps, book)
    assert answer.status_code == 400
    assert "C7" in answer.content.decode()
    assert not FieldValue.objects.exists()


def test_a_workbook_says_nothing_about_places_of_others(clerk, lamps):
    browser = signed_in(clerk)
    book = workbook(browser, lamps)
    book.active.cell(6, 1, "990181103201")
    book.active.cell(6, 3, 12)
    answer = upload(browser, lamps, book)
    assert answer.status_code == 400
    assert not FieldValue.objects.exists()


def test_a_workbook_overwrites_nothing_that_was_written_since(clerk, lamps):
    lamp, _broken = codes(lamps.form)
    browser = signed_in(clerk)
    book = workbook(browser, lamps)
    write(clerk, lamps, {lamp: "5"})
    book.active.cell(6, 3, 12)
    answer = upload(browser, lamps, book)
    assert answer.status_code == 400
    assert "C6" in answer.content.decode()
    assert FieldValue.objects.get(field=lamp).number == 5


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04broken"])
def test_a_file_that_is_no_form_is_refused(clerk, lamps, content):
    answer = signed_in(clerk).post(
        f"/indicators/filling/{lamps.pk}/upload/", {"file": factories.upload("x.xlsx", content or b" ")}
    )
    assert answer.status_code == 400


# --- opening ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "days", "wrong"), [("2026", 5, "period"), ("2026Q5", 5, "period"), (PERIOD, 500, "closes_on")]
)
def test_a_window_that_cannot_be_is_refused_at_its_input(city, period, days, wrong):
    form = registered([Wanted("路灯盏数")])
    with pytest.raises(ValidationError) as refused:
        opened(form, period, days)
    assert wrong in refused.value.message_dict


def test_a_form_is_opened_once_a_period_at_all_its_places(city, department):
    form = registered([Wanted("路灯盏数")])
    answer = signed_in(department).post(
        f"/indicators/forms/{form.code}/open/",
        {"period": PERIOD, "opens_on": timezone.localdate().isoformat(), "closes_on": soon(9).isoformat()},
    )
    made = Collection.objects.get()
    assert answer.headers["Location"] == f"/indicators/filling/{made.pk}/"
    assert list(made.submissions.values_list("division_id", flat=True)) == sorted(factories.VILLAGES)
    with pytest.raises(ValidationError):
        opened(form)
    assert made.scope_id == CITY
