"""The data catalogue, the gate, and the right to refuse: nothing is asked twice, and nothing without a basis."""

from datetime import timedelta
from io import BytesIO

import docx
import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests import factories
from tests.factories import LIUAN, signed_in
from tests.indicators.forms import applied, codes, opened, registered, soon
from yizhen.audit.models import Record
from yizhen.indicators.actions import (
    Wanted,
    apply_for_form,
    decide_form,
    define_field,
    drop_lines,
    refuse_form,
    retire_field,
    take_field,
    withdraw_form,
)
from yizhen.indicators.burden import burden
from yizhen.indicators.gate import bare, pass_gate
from yizhen.indicators.models import DataField, FormItem, FormRefusal, RegisteredForm

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db):
    factories.fictional_city()
    factories.catalogue()
    return factories.account("city_office")


def field(**changes):
    content = {
        "code": "LAMPS", "name_zh": "路灯盏数", "kind": "count", "unit": "盏", "owner": factories.unit("URB"),
        "level": "village", "frequency": "yearly", "roll_up": "sum",
    }  # fmt: skip
    return define_field(None, **(content | changes))


# --- catalogue --------------------------------------------------------------------------------------------------------


def test_a_field_of_personal_data_needs_basis_readers_and_an_end(office):
    with pytest.raises(ValidationError) as refused:
        field(code="NAME", name_zh="联系人姓名", kind="text", roll_up="", personal=True)
    assert set(refused.value.message_dict) == {"basis_zh", "readers", "retention_months"}
    made = field(
        code="NAME", name_zh="联系人姓名", kind="text", roll_up="", personal=True, basis_zh="某法第一条", readers="owner",
        retention_months=12,
    )  # fmt: skip
    assert made.personal
    with pytest.raises(IntegrityError), transaction.atomic():
        DataField.objects.filter(pk="NAME").update(basis_zh="")


def test_a_field_that_exists_in_another_writing_is_refused(office):
    field()
    with pytest.raises(ValidationError) as refused:
        field(code="LAMPS2", name_zh="路灯 盏数（盏）")
    assert set(refused.value.message_dict) == {"name_zh"}
    assert "LAMPS" in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"kind": "text"}, "roll_up"),
        ({"kind": "choice", "roll_up": ""}, "choices"),
        ({"part": "numerator"}, "part"),
    ],
)
def test_a_field_that_cannot_be_is_refused_at_its_input(office, changes, wrong):
    with pytest.raises(ValidationError) as refused:
        field(**changes)
    assert wrong in refused.value.message_dict


def test_a_field_that_a_form_shows_is_not_retired(office):
    form = registered([Wanted("路灯盏数", "盏")])
    (code,) = codes(form)
    with pytest.raises(ValidationError):
        retire_field(office, DataField.objects.get(pk=code))
    withdraw_form(office, form)
    assert retire_field(office, DataField.objects.get(pk=code)).retired_on == timezone.localdate()


def test_only_the_office_keeps_the_catalogue(office):
    with pytest.raises(PermissionDenied):
        define_field(factories.account("department"), code="X1")


# --- gate -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"), [("常住 人口（人）", "常住人口"), ("ＡＢ数", "ab数"), ("路灯、盏数", "路灯盏数")]
)
def test_names_are_the_same_however_they_are_written(one, other):
    assert bare(one) == bare(other)


def test_the_gate_tells_known_kept_alike_and_new_apart(office):
    registered([Wanted("路灯盏数", "盏"), Wanted("公厕座数", "座")], code="F-100")
    field(code="SHOPS", name_zh="商铺数", unit="家")
    form = applied(
        [Wanted("路灯盏数"), Wanted("商铺数"), Wanted("公厕座数量"), Wanted("充电桩数"), Wanted("医疗卫生机构床位数")],
        frequency="yearly",
    )
    gate = pass_gate(form, timezone.localdate())
    assert [line.status for line in gate.lines] == ["known", "kept", "alike", "new", "known"]
    assert gate.lines[0].keeper.code == "F-100"
    assert gate.lines[2].field.name_zh == "公厕座数"
    assert gate.known_share == 40
    assert gate.counts == {"known": 2, "kept": 1, "alike": 1, "new": 1}


def test_what_is_known_is_shown_and_not_asked(office):
    first = registered([Wanted("路灯盏数", "盏")], code="F-100")
    second = registered([Wanted("路灯盏数"), Wanted("充电桩数")], decision="approved_share")
    asked = {item.name_zh: item.asks for item in second.items.all()}
    assert asked == {"路灯盏数": False, "充电桩数": True}
    assert second.items.get(position=1).field_id == codes(first)[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        FormItem.objects.filter(form=second).update(asks=True)


def test_lines_that_are_nearly_the_same_must_be_told_apart(office):
    registered([Wanted("路灯盏数", "盏")], code="F-100")
    form = applied([Wanted("路灯总盏数"), Wanted("充电桩数")])
    with pytest.raises(ValidationError, match="路灯总盏数"):
        decide_form(office, form, "approved_share")
    item = form.items.get(position=1)
    with pytest.raises(ValidationError):
        take_field(office, item, None, " ")
    take_field(office, item, None, "含太阳能路灯")
    assert decide_form(office, form, "approved_master").state == "approved"
    assert form.items.get(position=1).asks


def test_a_line_that_is_the_same_is_bound(office):
    first = registered([Wanted("路灯盏数", "盏")], code="F-100")
    form = applied([Wanted("路灯总盏数"), Wanted("充电桩数")])
    take_field(office, form.items.get(position=1), DataField.objects.get(pk=codes(first)[0]))
    decide_form(office, form, "approved_share")
    assert not form.items.get(position=1).asks


def test_a_personal_line_is_never_bound_to_an_open_field(office):
    form = applied([Wanted("联系人", kind="text", personal=True), Wanted("充电桩数")])
    open_field = field()
    with pytest.raises(ValidationError):
        take_field(office, form.items.get(position=1), open_field)
    retire_field(office, open_field)
    with pytest.raises(ValidationError):
        take_field(office, form.items.get(position=2), DataField.objects.get(pk="LAMPS"))


@pytest.mark.parametrize("decision", ["approved_master", "approved_share", "reduced"])
def test_a_form_without_a_basis_is_never_registered(office, decision):
    form = applied([Wanted("路灯盏数")], basis_zh="")
    assert pass_gate(form, timezone.localdate()).advice == "refused"
    with pytest.raises(ValidationError):
        decide_form(office, form, decision)
    form.refresh_from_db()
    assert form.state == "applied"
    with pytest.raises(IntegrityError), transaction.atomic():
        RegisteredForm.objects.filter(pk=form.pk).update(
            state="approved", decision=decision, decided_on=timezone.localdate()
        )


def test_the_double_of_a_form_is_refused(office):
    lines = [Wanted(f"第{number}项内容") for number in "一二三四五六七八九"]
    registered(lines, code="F-100")
    form = applied([*lines, Wanted("充电桩数")])
    gate = pass_gate(form, timezone.localdate())
    assert gate.twin.code == "F-100"
    with pytest.raises(ValidationError, match="F-100"):
        decide_form(office, form, "approved_share")


def test_a_form_of_known_fields_is_generated_and_cannot_be_opened(office):
    registered([Wanted("路灯盏数", "盏")], code="F-100")
    form = applied([Wanted("路灯盏数")])
    with pytest.raises(ValidationError):
        decide_form(office, form, "approved_share")
    form = decide_form(office, form, "auto_generated")
    with pytest.raises(ValidationError):
        opened(form)


def test_who_applies_does_not_decide(office):
    form = applied([Wanted("路灯盏数")], actor=office)
    with pytest.raises(PermissionDenied):
        decide_form(office, form, "approved_master")
    assert decide_form(factories.account("city_office"), form, "approved_master").state == "approved"


def test_a_refusal_needs_a_reason_and_stands(office):
    form = applied([Wanted("路灯盏数")])
    with pytest.raises(ValidationError) as refused:
        decide_form(office, form, "refused")
    assert set(refused.value.message_dict) == {"reason"}
    decide_form(office, form, "refused", "已有")
    with pytest.raises(ValidationError):
        decide_form(office, form, "approved_master")


def test_a_form_that_has_run_out_asks_no_more_and_frees_its_fields(office):
    first = registered([Wanted("路灯盏数", "盏")], code="F-100")
    RegisteredForm.objects.filter(pk=first.pk).update(expires_on=timezone.localdate() - timedelta(days=1))
    second = registered([Wanted("路灯盏数")])
    assert second.items.get().asks
    assert not first.items.get().asks


def test_lines_that_nobody_needs_are_dropped_but_what_was_wanted_stays_known(office):
    form = applied([Wanted("路灯盏数"), Wanted("充电桩数"), Wanted("公厕座数")])
    assert drop_lines(office, form, [2, 3]) == 2
    with pytest.raises(ValidationError):
        drop_lines(office, form, [1])
    form = decide_form(office, form, "reduced")
    assert (form.asked_fields, form.items.count()) == (3, 1)


def test_a_department_applies_only_for_itself(office):
    other = factories.account("department", unit=factories.unit("EMG"))
    with pytest.raises(PermissionDenied):
        applied([Wanted("路灯盏数")], actor=other)


@pytest.mark.parametrize(
    ("lines", "changes", "wrong"),
    [
        ([], {}, "lines"),
        ([Wanted("甲"), Wanted("甲")], {}, "lines"),
        ([Wanted("甲")], {"expires_on": timezone.localdate()}, "expires_on"),
    ],
)
def test_an_application_that_cannot_be_is_refused_at_its_input(office, lines, changes, wrong):
    with pytest.raises(ValidationError) as refused:
        applied(lines, **changes)
    assert set(refused.value.message_dict) == {wrong}


def test_applications_are_seen_by_who_applied_and_who_decides(office):
    own = factories.account("department", unit=factories.unit("ENV"))
    other = factories.account("department", unit=factories.unit("EMG"))
    applied([Wanted("路灯盏数")])
    assert signed_in(own).get("/indicators/forms/F-101/").status_code == 200
    assert signed_in(office).get("/indicators/forms/F-101/").status_code == 200
    assert signed_in(other).get("/indicators/forms/F-101/").status_code == 404
    assert signed_in(factories.account("township_office")).get("/indicators/forms/F-101/").status_code == 404


# --- pages ------------------------------------------------------------------------------------------------------------


def test_an_application_is_typed_line_by_line_and_errors_name_their_line(office):
    department = factories.account("department", unit=factories.unit("ENV"))
    browser = signed_in(department)
    content = {
        "code": "f-200", "name_zh": "测试表", "department": "ENV", "purpose_zh": "测试", "basis_zh": "某法", "level": "village",
        "frequency": "yearly", "minutes": "5", "expires_on": soon(100).isoformat(),
    }  # fmt: skip
    wrong = browser.post("/indicators/forms/new/", content | {"lines": "路灯盏数 | 盏\n充电桩数 | 个 | 乱写"})
    assert wrong.status_code == 400
    assert "第 2 行" in wrong.content.decode()
    assert "充电桩数 | 个 | 乱写" in wrong.content.decode()  # nothing typed is lost
    right = browser.post(
        "/indicators/forms/new/", content | {"lines": "路灯盏数\t盏\n联系人 |  | 文字 | 选填 | 个人信息"}
    )
    assert right.headers["Location"] == "/indicators/forms/F-200/"
    items = list(
        RegisteredForm.objects.get(code="F-200").items.values_list("name_zh", "unit", "kind", "required", "personal")
    )
    assert items == [("路灯盏数", "盏", "count", True, False), ("联系人", "", "text", False, True)]
    page = signed_in(office).get("/indicators/forms/F-200/").content.decode()
    assert "关口核对" in page
    assert (
        signed_in(office)
        .post("/indicators/forms/F-200/decide/", {"decision": "approved_master", "reason": ""})
        .headers["Location"]
        == "/indicators/forms/F-200/"
    )
    personal = DataField.objects.get(name_zh="联系人")
    assert (personal.personal, personal.readers, personal.retention_months, personal.basis_zh) == (
        True,
        "owner",
        12,
        "某法",
    )


def test_the_code_of_a_form_is_used_once(office):
    applied([Wanted("路灯盏数")])
    with pytest.raises(ValidationError) as refused:
        apply_for_form(
            None, [Wanted("甲")], code="F-101", name_zh="另一张", department=factories.unit("ENV"), purpose_zh="测试",
            basis_zh="某法", level="village", frequency="yearly", minutes=5, expires_on=soon(9),
        )  # fmt: skip
    assert set(refused.value.message_dict) == {"code"}


# --- refusing ---------------------------------------------------------------------------------------------------------


def refused_by(actor, title="从没登记过的统计表", department="EMG"):
    return refuse_form(actor, department=factories.unit(department), title=title, received_on=timezone.localdate())


def test_an_unregistered_form_is_refused_with_a_numbered_reply(office):
    clerk = factories.account("township_office")
    year = timezone.localdate().year
    first, second = refused_by(clerk), refused_by(clerk)
    assert (first.number, second.number) == (f"{LIUAN}-{year}-001", f"{LIUAN}-{year}-002")
    assert first.grounds == ["unregistered"]
    assert "没有在本市报表目录登记" in first.text
    browser = signed_in(clerk)
    assert browser.get(f"/indicators/forms/replies/{first.number}/").status_code == 200
    document = docx.Document(BytesIO(browser.get(f"/indicators/forms/replies/{first.number}/reply.docx").content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "不予填报" in text
    assert first.number in text
    assert Record.objects.filter(event="indicators.form_refused").count() == 2


def test_a_registered_form_that_asks_must_be_filled(office):
    registered([Wanted("路灯盏数")], name_zh="路灯统计表")
    clerk = factories.account("township_office")
    with pytest.raises(ValidationError) as refused:
        refused_by(clerk, "路灯统计表", "ENV")
    assert "F-101" in str(refused.value)
    assert not FormRefusal.objects.exists()


@pytest.mark.parametrize("ground", ["expired", "refused", "withdrawn", "applied", "generated"])
def test_each_ground_is_found_in_the_register(office, ground):
    clerk = factories.account("township_office")
    if ground == "generated":
        registered([Wanted("路灯盏数")], code="F-100", name_zh="别的表")
        registered([Wanted("路灯盏数")], decision="auto_generated", name_zh="路灯统计表")
    elif ground in {"refused", "applied"}:
        form = applied([Wanted("路灯盏数")], name_zh="路灯统计表")
        if ground == "refused":
            decide_form(office, form, "refused", "重复")
    else:
        form = registered([Wanted("路灯盏数")], name_zh="路灯统计表")
        if ground == "withdrawn":
            withdraw_form(office, form)
        else:
            RegisteredForm.objects.filter(pk=form.pk).update(expires_on=timezone.localdate() - timedelta(days=1))
    assert refused_by(clerk, "路灯统计表", "ENV").grounds == [ground]


def test_replies_are_read_by_the_place_and_the_department_alone(office):
    number = refused_by(factories.account("township_office")).number
    address = f"/indicators/forms/replies/{number}/"
    assert signed_in(factories.account("department", unit=factories.unit("EMG"))).get(address).status_code == 200
    assert signed_in(factories.account("department", unit=factories.unit("ENV"))).get(address).status_code == 404
    assert signed_in(factories.account("township_office", factories.GUDU)).get(address).status_code == 404


def test_a_reply_is_never_rewritten(office):
    made = refused_by(factories.account("township_office"))
    with pytest.raises(IntegrityError), transaction.atomic():
        FormRefusal.objects.filter(pk=made.pk).update(title="别的")


# --- burden -----------------------------------------------------------------------------------------------------------


def test_the_burden_is_times_cells_places_and_minutes(office):
    registered([Wanted("路灯盏数"), Wanted("充电桩数")], code="F-100", minutes=30)  # 5 villages × 4 × 30 minutes
    registered([Wanted("路灯盏数"), Wanted("公厕座数")], decision="approved_share", minutes=20)  # half of it is known
    refused = applied([Wanted("甲事")], code="F-102", level="township", frequency="monthly", minutes=6, basis_zh="")
    decide_form(office, refused, "refused", "没有依据")
    total = burden(office, timezone.localdate()).total
    assert (total.forms, total.fillings, total.cells) == (2, 40, 5 * 4 * 2 + 5 * 4 * 1)
    assert total.minutes == 5 * 4 * 30 + 5 * 4 * 10
    assert total.spared == 5 * 4 * 10 + 5 * 12 * 6
    own = burden(factories.account("township_office"), timezone.localdate())  # two villages, one township
    assert own.total.minutes == 2 * 4 * 30 + 2 * 4 * 10
    assert [place.code for place in own.by_township] == [LIUAN]


def test_months_count_the_windows_that_closed_in_them(office):
    form = registered([Wanted("路灯盏数"), Wanted("充电桩数")], minutes=30)
    opened(form, days=0)
    month, fillings, minutes = burden(office, timezone.localdate()).months[-1]
    assert (month, fillings, minutes) == (f"{timezone.localdate():%Y-%m}", 5, 150)


# --- pages --------------------------------------------------------------------------------------------------------------


def sheets(browser, address):
    book = openpyxl.load_workbook(BytesIO(browser.get(address).content))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def test_the_data_catalogue_goes_out_as_a_workbook_without_what_is_retired(office):
    field(code="OLD", name_zh="旧项", unit="")
    retire_field(office, DataField.objects.get(pk="OLD"))
    browser = signed_in(office)
    before = len(sheets(browser, "/indicators/fields/table.xlsx")["数据目录"])
    field()
    (rows,) = sheets(browser, "/indicators/fields/table.xlsx").values()
    assert len(rows) == before + 1
    lamps = dict(zip(rows[0], next(row for row in rows if row[0] == "LAMPS"), strict=True))
    assert (lamps["名称"], lamps["单位"], lamps["牵头部门"]) == ("路灯盏数", "盏", factories.unit("URB").name_zh)
    assert "OLD" not in [row[0] for row in rows]


def test_the_burden_goes_out_as_a_workbook(office):
    registered([Wanted("路灯盏数", "盏", "count")], minutes=30)
    meter = burden(office, timezone.localdate())
    asked, filled, months = sheets(signed_in(office), "/indicators/burden/table.xlsx").values()
    assert sum(row[3] for row in asked[1:]) == meter.total.fillings > 0
    assert {row[0] for row in filled[1:]} == {place.code for place in meter.by_township}
    assert len(months) == 1 + 12


def test_rules_that_cannot_be_read_stay_typed_with_the_reason_beside_them(office):
    made = registered([Wanted("路灯盏数", "盏", "count")])
    answer = signed_in(office).post(f"/indicators/forms/{made.code}/rules/", {"rules": "乱写的一行"})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "乱写的一行</textarea>" in page
    assert "第 1 行应写成" in page
    assert not made.rules.exists()


def test_a_form_that_asks_nothing_is_not_offered_for_filling(office):
    made = registered([Wanted("路灯盏数", "盏", "count")])
    browser = signed_in(office)
    address = f"/indicators/forms/{made.code}/"
    assert "截止日" in browser.get(address).content.decode()
    made.items.update(asks=False)
    page = browser.get(address).content.decode()
    assert "截止日" not in page
    assert "这张表由系统生成" in page
