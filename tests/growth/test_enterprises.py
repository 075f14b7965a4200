"""Firms: registered and imported, seen in their circle alone, served, asked for and visited."""

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from tests import factories
from tests.factories import GUDU, LIUAN, SHIMEN, XITANG, signed_in
from tests.growth.firms import SMALL, code, firm, policy
from yizhen.documents.cells import text_of
from yizhen.growth.enterprises.actions import (
    assign_officer,
    change_enterprise,
    import_enterprises,
    record_visit,
    register_enterprise,
    register_request,
)
from yizhen.growth.enterprises.board import board_lines
from yizhen.growth.enterprises.credit_code import check_character, is_credit_code
from yizhen.growth.enterprises.queries import enterprises_visible_to
from yizhen.growth.enterprises.table import TITLES, check_enterprises, row_of
from yizhen.growth.models import Enterprise, Visit
from yizhen.growth.policies.conditions import Condition
from yizhen.people.models import ROLES

ROW = (
    "示例厂", "柳岸镇", "小型", "制造业", "１２０", "B", "是", "2026年9月30日", "自有房屋", "2.5%", "36", "520", "不超过行业限额", "否", "是",
    "企业填报", "2026-01-31",
)  # fmt: skip


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def checked(user, *rows):
    return check_enterprises(user, [TITLES, *rows])


# --- the code ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("91350100M000100Y43", True),
        ("91350100M000100Y44", False),
        ("91350100M000100Y4", False),
        ("91350100m000100y43", False),
        ("91350100M000100I43", False),
        ("", False),
    ],
)
def test_credit_code_is_checked_by_its_last_character(text, sound):
    assert is_credit_code(text) is sound


def test_one_wrong_character_is_found():
    body = "91990181MA0000001"
    whole = body + check_character(body)
    assert not any(
        is_credit_code(whole[:at] + ("2" if whole[at] != "2" else "3") + whole[at + 1 :]) for at in range(17)
    )


# --- register and import -------------------------------------------------------------------------------------------


def test_table_is_taken_over_once_and_again_changes_nothing(people):
    office = people["township_office"]
    table = checked(office, [code(1), *ROW], [code(2), *ROW[:2], *[""] * 12, "否", "企业填报", "2026-01-31"])
    assert (table.counts, [row.errors for row in table.rows]) == (
        {"new": 2, "changed": 0, "same": 0, "error": 0},
        [{}, {}],
    )
    assert import_enterprises(office, table) == {"new": 2, "changed": 0, "same": 0}
    one, other = Enterprise.objects.order_by("credit_code")
    assert (one.employees, one.layoff_percent, one.guaranteed_loan, one.is_key) == (120, 2.5, True, True)
    assert set(other.facts.values()) == {"", None}
    assert import_enterprises(office, checked(office, [code(1), *ROW])) == {"new": 0, "changed": 0, "same": 1}


def test_empty_cell_keeps_what_is_known_and_what_goes_out_comes_back_in(people):
    office = people["township_office"]
    import_enterprises(office, checked(office, [code(1), *ROW]))
    blank = [code(1), *ROW[:2], *[""] * 12, "", "税务", "2026-01-31"]
    assert import_enterprises(office, checked(office, blank)) == {"new": 0, "changed": 1, "same": 0}
    one = Enterprise.objects.get()
    assert (one.employees, one.is_key, one.source) == (120, True, "税务")
    assert checked(office, [text_of(cell) for cell in row_of(one)]).counts["same"] == 1


@pytest.mark.parametrize(
    ("column", "text", "cell"),
    [
        (0, "91990181MA00000010", "A2"), (1, "", "B2"), (2, "石门镇", "C2"), (3, "巨型", "D2"), (5, "1.5", "F2"), (7, "也许", "H2"),
        (8, "9月", "I2"), (10, "101", "K2"), (12, "多", "M2"), (17, "2099-01-01", "R2"),
    ],
)  # fmt: skip
def test_wrong_cell_is_named_and_nothing_is_taken_over(people, column, text, cell):
    office = people["township_office"]
    row = [code(1), *ROW]
    row[column] = text
    table = checked(office, row, [code(2), *ROW])
    assert [list(each.errors) for each in table.rows] == [[cell], []]
    with pytest.raises(ValidationError, match="整份表都没有写入"):
        import_enterprises(office, table)


def test_code_of_another_place_says_nothing_of_that_firm(people):
    other = firm(people["city_office"], SHIMEN, name_zh="别处的厂")
    table = checked(people["township_office"], [other.credit_code, *ROW], [code(7), *ROW], [code(7), *ROW])
    assert [list(row.errors) for row in table.rows] == [["A2"], [], ["A4"]]
    assert "别处的厂" not in str([row.errors for row in table.rows])


def test_same_form_sent_twice_is_one_firm_and_stale_change_is_refused(people):
    office = people["township_office"]
    fields = {"credit_code": code(), "name_zh": "厂", "source": "填报", "as_of": timezone.localdate()}
    twice = [register_enterprise(office, client_id="a", division=factories.place(LIUAN), **fields) for _ in range(2)]
    assert twice[0] == twice[1]
    seen = twice[0].changed_at.isoformat()
    change_enterprise(office, twice[0], seen=seen, employees=5)
    with pytest.raises(ValidationError, match="别人改过"):
        change_enterprise(office, twice[0], seen=seen, employees=6)
    with pytest.raises(ValidationError, match="统一社会信用代码"):
        register_enterprise(office, client_id="b", division=factories.place(LIUAN), **fields | {"credit_code": "1"})


def test_stale_page_says_what_stands_now_and_is_sent_again(people):
    office = people["township_office"]
    one, browser = firm(office), signed_in(office)
    address = f"/growth/enterprises/{one.pk}/change/"
    form = browser.get(address).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"employees": "6", "is_key": ""}
    change_enterprise(office, one, seen=one.changed_at.isoformat(), employees=5, name_zh="改名的厂")
    stale = browser.post(address, typed)
    assert stale.status_code == 400
    assert stale.context["form"].errors["employees"] == ["现在是：5"]
    assert stale.context["form"].errors["name_zh"] == ["现在是：改名的厂"]
    assert (stale.context["form"]["employees"].value(), stale.context["form"]["name_zh"].value()) == ("6", one.name_zh)
    again = typed | {"seen": stale.context["form"]["seen"].value()}
    assert browser.post(address, again).status_code == 302
    one.refresh_from_db()
    assert one.employees == 6


def test_firm_moved_away_is_matched_no_more(people):
    office = people["township_office"]
    one = firm(office)
    change_enterprise(office, one, seen=one.changed_at.isoformat(), left_on=timezone.localdate())
    page = signed_in(office).get("/growth/enterprises/")
    assert page.context["page"].paginator.count == 0
    assert signed_in(office).get("/growth/enterprises/?left=1").context["page"].paginator.count == 1


# --- the circle ----------------------------------------------------------------------------------------------------


def test_firm_is_seen_in_its_circle_alone(people):
    near = firm(people["township_office"], name_zh="圈内示例厂")
    far = firm(people["city_office"], SHIMEN, name_zh="圈外示例厂")
    seen = {role: set(enterprises_visible_to(people[role])) for role in ROLES}
    assert {role for role in ROLES if near in seen[role]} == {
        "city_office",
        "county",
        "township_head",
        "township_office",
    }
    assert {role for role in ROLES if far in seen[role]} == {"city_office"}
    one = policy(people["department"], SMALL)
    for role in ("township_office", "county", "department"):
        client = signed_in(people[role])
        assert client.get(f"/growth/enterprises/{far.pk}/").status_code == 404
        for address in ("/growth/enterprises/", "/growth/enterprises/?q=圈外", "/growth/policies/redemptions/"):
            assert "圈外示例厂" not in client.get(address).content.decode()
    for role, names in (("township_office", ["圈内示例厂"]), ("department", ["圈外示例厂", "圈内示例厂"])):
        page = signed_in(people[role]).get(f"/growth/policies/{one.pk}/firms/")  # its own policy reaches them all
        assert [each.name_zh for each, _seen in page.context["met"]] == names
    other = factories.account("department", unit=factories.unit("HEA"))
    assert signed_in(other).get(f"/growth/policies/{one.pk}/firms/").context["met"] == []


def test_department_in_charge_and_serving_post_are_in_the_circle(people):
    one = firm(people["township_office"], is_key=True, department=factories.unit("HEA"))
    health, other = (factories.account("department", unit=factories.unit(each)) for each in ("HEA", "EDU"))
    assert [enterprises_visible_to(each).count() for each in (health, other)] == [1, 0]
    assign_officer(people["county"], one, other)
    assert enterprises_visible_to(other).count() == 1
    with pytest.raises(PermissionDenied):
        assign_officer(other, one, None)


def test_workbook_holds_the_circle_and_what_to_ask(people):
    policy(people["department"], SMALL, Condition("employees", "max", 20), Condition("insured_months", "min", 12))
    policy(people["department"], Condition("employees", "max", 50))
    firm(people["township_office"], employees=None, insured_months=None, name_zh="=圈内示例厂")
    firm(people["city_office"], SHIMEN, name_zh="圈外示例厂")
    content = signed_in(people["township_office"]).get("/growth/enterprises/table.xlsx").content
    book = openpyxl.load_workbook(BytesIO(content))
    first, second = (list(sheet.values) for sheet in book.worksheets)
    assert (first[0], [row[1] for row in first[1:]]) == (TITLES, ["=圈内示例厂"])
    assert [row[3] for row in second[1:]] == ["从业人数（2 项）；连续缴纳失业保险（月）（1 项）"]


# --- serving -------------------------------------------------------------------------------------------------------


def test_only_key_enterprise_has_an_officer_by_action_and_database(people):
    head = people["township_head"]
    plain = firm(people["township_office"])
    with pytest.raises(ValidationError, match="重点企业"):
        assign_officer(head, plain, head)
    with pytest.raises(IntegrityError), transaction.atomic():
        Enterprise.objects.filter(pk=plain.pk).update(officer=head)
    key = firm(people["township_office"], is_key=True)
    assert assign_officer(head, key, people["township_office"]).officer == people["township_office"]
    with pytest.raises(ValidationError, match="管不到"):
        assign_officer(head, key, factories.account("township_office", GUDU))


def test_request_goes_the_way_of_every_matter_and_is_linked(people):
    office = people["township_office"]
    one = firm(office)
    given = {"client_id": "a", "title": "用工", "text": "缺焊工", "fields": {"topic": "用工"}}
    matter, follow = register_request(office, one, **given)
    again, nothing = register_request(office, one, **given)
    assert (again, bool(follow), nothing) == (matter, True, "")
    assert (matter.kind, matter.division_id, matter.enterprise_link.enterprise) == ("enterprise_request", LIUAN, one)
    with pytest.raises(ValidationError, match="提交过"):
        register_request(office, firm(office), **given)
    page = signed_in(office).get(f"/growth/enterprises/{one.pk}/")
    assert [each.number for each in page.context["open_matters"]] == [matter.number]
    with pytest.raises(PermissionDenied):
        register_request(people["department"], one, **given)


def test_what_was_typed_stays_when_a_request_lacks_its_topic(people):
    one = firm(people["township_office"])
    page = signed_in(people["township_office"]).post(
        f"/growth/enterprises/{one.pk}/ask/", {"client_id": "a", "title": "用工难", "text": "缺焊工"}
    )
    assert (page.status_code, page.context["offers"][0].errors != [], "用工难" in page.content.decode()) == (
        400,
        True,
        True,
    )


def test_visit_is_prepared_on_one_page_and_stands_as_written(people):
    office = people["township_office"]
    one = firm(office, insured_months=None)
    policy(people["department"], Condition("insured_months", "min", 12))
    on = timezone.localdate() - timedelta(days=3)
    visits = [record_visit(office, one, client_id="v", on=on, asked="问补助") for _ in range(2)]
    assert visits[0] == visits[1]
    page = signed_in(office).get(f"/growth/enterprises/{one.pk}/visit/").context
    assert ([each.asked for each in page["visits"]], page["wanted"]) == (["问补助"], [("连续缴纳失业保险（月）", 1)])
    for change in (lambda: Visit.objects.update(asked="x"), lambda: Visit.objects.all().delete()):
        with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
            change()
    with pytest.raises(ValidationError, match="不能晚于今天"):
        record_visit(office, one, client_id="w", on=timezone.localdate() + timedelta(days=1), asked="x")


def test_form_that_is_saved_untouched_changes_nothing(people):
    client = signed_in(people["township_office"])
    one = firm(people["township_office"], guaranteed_loan=True, high_tech=False)
    form = client.get(f"/growth/enterprises/{one.pk}/change/").context["form"]
    sent = {field.html_name: field.value() for field in form if field.value() not in (None, "")}
    # What a browser sends of a list box is the choice that is drawn as chosen.
    for name in ("guaranteed_loan", "high_tech"):
        drawn = form[name].subwidgets
        sent[name] = next((each.data["value"] for each in drawn if each.data["selected"]), "")
    sent.pop("is_key", None)
    assert client.post(f"/growth/enterprises/{one.pk}/change/", sent).status_code == 302
    before = one.facts
    one.refresh_from_db()
    assert one.facts == before


# --- pages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["/growth/enterprises/", "/growth/policies/", "/growth/enterprises/{pk}/", "/growth/policies/checklist/"]
)
def test_number_of_queries_does_not_grow(people, address, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    office, client = people["city_office"], signed_in(people["city_office"])
    one = firm(office)
    policy(people["department"], kind="fee")
    client.get(address.format(pk=one.pk))
    with CaptureQueriesContext(
        connection,
    ) as first:
        client.get(address.format(pk=one.pk))
    for number in range(3):
        firm(office, XITANG)
        policy(people["department"], SMALL)
        record_visit(office, one, client_id=str(number), on=timezone.localdate(), asked="问")
    with django_assert_num_queries(len(first)):
        assert client.get(address.format(pk=one.pk)).status_code == 200


def test_board_tells_a_township_of_its_firms(people):
    office = people["township_office"]
    assert board_lines(office, factories.place(LIUAN)) == []
    firm(office, is_key=True)
    firm(office)
    (line,) = board_lines(office, factories.place(LIUAN))
    assert (line.value, line.light, line.address) == ("2 家", "yellow", f"/growth/enterprises/?place={LIUAN}")
    assert board_lines(people["village"], factories.place(LIUAN)) == []


def test_code_that_was_corrected_is_imported_for_another_firm(people):
    office = people["township_office"]
    import_enterprises(office, checked(office, [code(1), *ROW]))
    one = Enterprise.objects.get()
    change_enterprise(office, one, seen=one.changed_at.isoformat(), credit_code=code(2))
    assert import_enterprises(office, checked(office, [code(1), *ROW]))["new"] == 1
    assert set(Enterprise.objects.values_list("credit_code", flat=True)) == {code(1), code(2)}


def test_two_who_import_the_same_firm_at_once_are_told_so(committing):
    factories.fictional_city()
    people = factories.everybody()
    tables = [
        (user, checked(user, [code(1), *ROW]).as_text) for user in (people["township_office"], people["city_office"])
    ]

    def send(user, table):
        return lambda: signed_in(user).post("/growth/enterprises/import/", {"table": table}).status_code

    answers = factories.at_once([send(*each) for each in tables])
    assert set(answers) <= {302, 400}
    assert Enterprise.objects.count() == 1


def test_import_page_shows_a_dry_run_and_writes_nothing_before_it_is_confirmed(people):
    client = signed_in(people["township_office"])
    file = BytesIO("\n".join(",".join(row) for row in (TITLES, (code(1), *ROW))).encode())
    file.name = "firms.csv"
    page = client.post("/growth/enterprises/import/", {"file": file})
    assert (page.context["table"].counts["new"], Enterprise.objects.count()) == (1, 0)
    done = client.post("/growth/enterprises/import/", {"table": page.context["table"].as_text})
    assert (done.status_code, Enterprise.objects.count()) == (302, 1)
