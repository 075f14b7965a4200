"""Versions of dispatch rules: drafted, moved, extended in Excel, put in force only when cases pass, and then frozen."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from tests import factories
from tests.factories import LIUAN, SHIMEN, place, signed_in, upload
from tests.matters.routed import LAMP, lamps_and_dykes
from yizhen.audit.models import Record
from yizhen.demo.routing import make_routing, shipped_routing
from yizhen.documents.grids import Book
from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.matters.actions.routing import (
    draft_routing,
    move_rule,
    put_in_force,
    remove_rule,
    save_rule,
    switch_rule,
)
from yizhen.matters.actions.routing_cases import add_case, import_cases, remove_case
from yizhen.matters.models import RoutingCase, RoutingRule, RoutingRuleSet
from yizhen.matters.routing.sheets import SHEET, TITLES, WrongCells
from yizhen.matters.routing.versions import Version, in_force
from yizhen.people.models import Unit
from yizhen.places.models import Division


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


@pytest.fixture
def office(people):
    return people["city_office"]


@pytest.fixture
def draft(office):
    return lamps_and_dykes(office)


def units(rule_set) -> list[str]:
    return [rule.unit_id for rule in rule_set.rules.order_by("order")]


def sheet(*rows) -> bytes:
    return write_workbook([Sheet(SHEET, [list(TITLES), *rows])])


def row(number="", text="沟渠堵了", expected="WAT", **changes) -> list:
    cells = {"kind": "resident_request", "line": "livelihood", "place": LIUAN, "on": "2026-03-02", "hour": 9} | changes
    return [number, *cells.values(), text, expected]


def take(office, rule_set, *rows):
    return import_cases(office, rule_set, sheet(*rows), Unit.objects.in_bulk(), Division.objects.in_bulk())


# --- drafts --------------------------------------------------------------------------------------------------------


def test_new_version_begins_with_the_rules_and_cases_of_the_one_before(office):
    first = lamps_and_dykes(office, in_force=True)

    second = draft_routing(office, place(factories.CITY))

    assert (second.number, second.state, units(second)) == (2, "draft", units(first))
    assert [(case.number, case.text, case.inherited) for case in second.cases.all()] == [
        (1, "村口路灯不亮", True),
        (2, "东堤渗水", True),
        (3, "想办文化活动", True),
    ]
    assert draft_routing(office, place(factories.CITY)) == second
    assert in_force(factories.CITY) == first


def test_rules_move_are_switched_off_and_removed(office, draft):
    lamps, dykes = draft.rules.all()

    move_rule(office, lamps, up=True)  # the first stays first
    move_rule(office, dykes, up=True)
    assert units(draft) == ["WAT", "HOU"]
    move_rule(office, draft.rules.get(unit="WAT"), up=False)
    assert units(draft) == ["HOU", "WAT"]

    switch_rule(office, draft.rules.get(unit="HOU"), active=False)
    assert [proven.case.number for proven in Version(draft).failing] == [1]
    switch_rule(office, draft.rules.get(unit="HOU"), active=True)
    assert Version(draft).failing == []

    remove_rule(office, draft.rules.get(unit="HOU"))
    assert [(rule.order, rule.unit_id) for rule in draft.rules.all()] == [(1, "WAT")]


def test_only_the_office_over_the_city_writes(people, draft):
    rule, case = draft.rules.first(), draft.cases.first()
    city = place(factories.CITY)
    tries = [
        lambda user: draft_routing(user, city),
        lambda user: save_rule(user, draft, rule, basis="x"),
        lambda user: move_rule(user, rule, up=False),
        lambda user: switch_rule(user, rule, active=False),
        lambda user: remove_rule(user, rule),
        lambda user: remove_case(user, case),
        lambda user: take(user, draft, row()),
        lambda user: put_in_force(user, draft, reason="x"),
        lambda user: add_case(user, draft, place=city, text="x", expected=None, **LAMP),
    ]
    for role, user in people.items():
        if role != "city_office":
            for attempt in tries:
                with pytest.raises(PermissionDenied):
                    attempt(user)
    assert units(draft) == ["HOU", "WAT"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"basis": ""}, "basis"), ({"hour_from": 9, "hour_to": 9}, "__all__"), ({"any_of": "x" * 9}, None)],
)
def test_rule_that_is_not_whole_is_refused(office, draft, fields, field):
    content = {"unit": factories.unit("HOU"), "basis": "职责"} | fields
    if field is None:
        save_rule(office, draft, **content)
        return
    with pytest.raises(ValidationError) as caught:
        save_rule(office, draft, **content)
    assert list(caught.value.message_dict) == [field]


# --- in force ------------------------------------------------------------------------------------------------------


def test_version_comes_in_force_when_all_cases_pass(office, draft):
    put_in_force(office, draft, reason="首版")

    frozen = RoutingRuleSet.objects.get()
    assert (frozen.state, frozen.reason, frozen.frozen_by) == ("frozen", "首版", office)
    [record] = Record.objects.filter(event="matters.routing_in_force")
    assert record.details == {"version": 1, "rules": 2, "cases": 3, "reason": "首版", "changed": []}


def test_failing_case_keeps_a_version_from_coming_in_force(office, draft):
    remove_rule(office, draft.rules.get(unit="WAT"))
    dykes = draft.cases.get(number=2)

    with pytest.raises(ValidationError) as caught:
        put_in_force(office, draft, reason="首版", changes={dykes.pk: "  "})

    assert list(caught.value.message_dict) == [f"case-{dykes.pk}"]
    assert RoutingRuleSet.objects.get().state == "draft"


def test_failing_case_is_changed_in_the_same_step_with_its_reason(office):
    lamps_and_dykes(office, in_force=True)
    draft = draft_routing(office, place(factories.CITY))
    save_rule(office, draft, draft.rules.get(unit="WAT"), unit=factories.unit("EMG"))
    lamps, dykes = draft.cases.get(number=1), draft.cases.get(number=2)

    # A reason for a case that passes changes nothing: it is not the way to bend a case.
    put_in_force(office, draft, reason="机构改革", changes={dykes.pk: "堤防划归应急局", lamps.pk: "顺手"})

    dykes.refresh_from_db()
    lamps.refresh_from_db()
    assert (dykes.expected_id, dykes.expected_before, dykes.changed_reason) == ("EMG", "WAT", "堤防划归应急局")
    assert (lamps.expected_id, lamps.expected_before, lamps.changed_reason) == ("HOU", "", "")
    assert Record.objects.filter(event="matters.routing_in_force").order_by("number").last().details["changed"] == [
        "2: WAT → EMG, 堤防划归应急局"
    ]
    assert Version(draft).failing == []


@pytest.mark.parametrize("missing", ["reason", "rules", "cases"])
def test_version_without_reason_rules_or_cases_is_refused(office, draft, missing):
    if missing == "rules":
        draft.rules.update(active=False)
        draft.cases.exclude(expected=None).delete()
    if missing == "cases":
        draft.cases.all().delete()

    with pytest.raises(ValidationError):
        put_in_force(office, draft, reason="" if missing == "reason" else "首版")


def test_version_in_force_is_refused_every_change_by_its_verbs(office, draft):
    put_in_force(office, draft, reason="首版")
    rule, case = draft.rules.first(), draft.cases.first()

    for attempt in (
        lambda: save_rule(office, draft, rule, basis="x"),
        lambda: move_rule(office, rule, up=False),
        lambda: switch_rule(office, rule, active=False),
        lambda: remove_rule(office, rule),
        lambda: remove_case(office, case),
        lambda: take(office, draft, row()),
        lambda: put_in_force(office, draft, reason="再来"),
    ):
        with pytest.raises(ValidationError, match="已经生效"):
            attempt()


def test_version_in_force_is_frozen_by_the_database(office, draft):
    put_in_force(office, draft, reason="首版")
    rule, case = draft.rules.first(), draft.cases.first()
    rule.pk, rule.order = None, 9
    case.pk, case.number = None, 9

    for change in (
        lambda: RoutingRuleSet.objects.update(reason="x"),
        lambda: RoutingRuleSet.objects.update(state="draft"),
        lambda: RoutingRuleSet.objects.all().delete(),
        lambda: RoutingRule.objects.update(active=False),
        lambda: RoutingRule.objects.filter(order=1).delete(),
        lambda: rule.save(),
        lambda: RoutingCase.objects.update(expected=None),
        lambda: RoutingCase.objects.filter(number=1).delete(),
        lambda: case.save(),
    ):
        with pytest.raises(DatabaseError, match="matters_routing.* refuses"), transaction.atomic():
            change()


def test_two_drafts_of_a_city_are_refused_by_the_database(draft):
    with pytest.raises(IntegrityError), transaction.atomic():
        RoutingRuleSet.objects.create(city=draft.city, number=9)


def test_demo_rules_come_in_force_through_the_real_actions(db):
    factories.demo_city()
    factories.catalogue()
    city = place(factories.CITY)

    made = make_routing(factories.account("city_office"), city)

    content = shipped_routing()
    assert (made.state, made.rules.count(), made.cases.count()) == (
        "frozen",
        len(content["rules"]),
        len(content["cases"]),
    )


# --- cases ---------------------------------------------------------------------------------------------------------


def test_cases_are_extended_by_a_workbook(office, draft):
    assert take(office, draft, row(1, "村口路灯不亮", "HOU"), row(), row(text="大堤有洞", hour=23)) == (2, 0)

    assert [
        (case.number, case.text, case.expected_id, case.inherited) for case in draft.cases.order_by("number")[3:]
    ] == [
        (4, "沟渠堵了", "WAT", False),
        (5, "大堤有洞", "WAT", False),
    ]
    assert take(office, draft, row(5, "大堤有个洞", "", hour=23)) == (0, 1)
    assert draft.cases.get(number=5).expected_id is None


def test_workbook_given_back_unchanged_changes_nothing(office, draft):
    content = signed_in(office).get("/matters/routing/cases.xlsx").content

    assert import_cases(office, draft, content, Unit.objects.in_bulk(), Division.objects.in_bulk()) == (0, 0)
    assert set(Book(content).sheets) == {"案例", "种类", "条线", "部门", "区划"}


@pytest.mark.parametrize(
    ("rows", "addresses"),
    [
        ([row(kind="wish")], ["B2"]),
        ([row(line="nothing")], ["C2"]),
        ([row(place="999999")], ["D2"]),
        ([row(on="昨天")], ["E2"]),
        ([row(hour=24)], ["F2"]),
        ([row(hour="九点")], ["F2"]),
        ([row(text="")], ["G2"]),
        ([row(text="长" * 401)], ["G2"]),
        ([row(expected="NOPE")], ["H2"]),
        ([row("一号")], ["A2"]),
        ([row(99)], ["A2"]),
        ([row(), row(kind="wish", hour=-1)], ["B3", "F3"]),
        ([row(1, "村口路灯不亮", "HOU"), row(1, "村口路灯不亮", "HOU")], ["A3"]),
    ],
)
def test_wrong_cells_are_named_and_nothing_is_taken(office, draft, rows, addresses):
    with pytest.raises(WrongCells) as caught:
        take(office, draft, *rows)

    assert [address for address, _text in caught.value.errors] == addresses
    assert draft.cases.count() == 3


@pytest.mark.parametrize("content", [b"x", b"PK broken", write_workbook([Sheet(SHEET, [["别的"]])])])
def test_file_that_is_no_table_of_cases_is_refused(office, draft, content):
    with pytest.raises(WrongCells):
        import_cases(office, draft, content, {}, {})


def test_inherited_case_changes_neither_by_a_file_nor_by_removal(office):
    lamps_and_dykes(office, in_force=True)
    draft = draft_routing(office, place(factories.CITY))

    with pytest.raises(WrongCells) as caught:
        take(office, draft, row(2, "东堤渗水", "EMG"))
    with pytest.raises(ValidationError, match="不能删除"):
        remove_case(office, draft.cases.get(number=2))

    assert [address for address, _text in caught.value.errors] == ["A2"]
    assert draft.cases.get(number=2).expected_id == "WAT"


def test_case_of_this_draft_may_be_taken_back(office, draft):
    remove_case(office, draft.cases.get(number=2))

    assert list(draft.cases.values_list("number", flat=True)) == [1, 3]


# --- pages ---------------------------------------------------------------------------------------------------------


def test_routing_page_empty_says_how_to_begin(people):
    assert "起草第一版" in signed_in(people["city_office"]).get("/matters/routing/").content.decode()
    page = signed_in(people["county"]).get("/matters/routing/").content.decode()
    assert "起草第一版" not in page
    assert "还没有生效的派件规则" in page


def test_drafts_are_the_offices_own_until_in_force(people, office):
    lamps_and_dykes(office, in_force=True)
    draft_routing(office, place(factories.CITY))

    assert signed_in(office).get("/matters/routing/").context["version"].rule_set.number == 2
    county = signed_in(people["county"])
    assert county.get("/matters/routing/").context["version"].rule_set.number == 1
    assert county.get("/matters/routing/?version=2").status_code == 404
    assert county.get("/matters/routing/?version=x").status_code == 404
    assert county.get("/matters/routing/cases.xlsx?version=2").status_code == 404


def test_rule_is_drafted_and_changed_in_the_browser(office):
    client = signed_in(office)
    client.post("/matters/routing/draft/")
    form = {"unit": factories.unit("HOU").code, "basis": "职责", "any_of": "路灯、井盖 充电桩", "months": "6-9、12"}
    form |= {"weekdays": ["6", "7"], "hour_from": "22", "hour_to": "6", "place": LIUAN}

    response = client.post("/matters/routing/rules/new/", form)

    rule = RoutingRule.objects.get()
    assert response.status_code == 302
    assert (rule.any_of, rule.months, rule.weekdays) == (["路灯", "井盖", "充电桩"], [6, 7, 8, 9, 12], [6, 7])
    assert (rule.hour_from, rule.hour_to, rule.place) == (22, 6, LIUAN)
    shown = client.get(f"/matters/routing/rules/{rule.pk}/").context["form"].initial
    assert (shown["months"], shown["any_of"]) == ("6-9、12", "路灯、井盖、充电桩")
    client.post(f"/matters/routing/rules/{rule.pk}/change/", {"change": "off"})
    rule.refresh_from_db()
    assert rule.active is False
    page = client.get("/matters/routing/").content.decode()
    assert "月份：6–9、12" in page
    assert "星期：周六–周日" in page


@pytest.mark.parametrize(
    ("change", "field"),
    [({"months": "13"}, "months"), ({"months": "9-6"}, "months"), ({"months": "六月"}, "months"), ({"hour_from": "9"}, "hour_to"),
     ({"hour_from": "9", "hour_to": "9"}, "hour_to"), ({"basis": ""}, "basis"), ({"unit": "NOPE"}, "unit"), ({"place": "999"}, "place")],
)  # fmt: skip
def test_rule_form_says_what_is_wrong_at_the_field(office, draft, change, field):
    form = {"unit": "HOU", "basis": "职责", "any_of": "路灯"} | change

    response = signed_in(office).post("/matters/routing/rules/new/", form)

    assert (response.status_code, list(response.context["form"].errors)) == (400, [field])


def test_cases_are_uploaded_and_errors_shown_by_cell(office, draft):
    client = signed_in(office)

    wrong = client.post("/matters/routing/cases/", {"file": upload("案例.xlsx", sheet(row(expected="NOPE")))})
    right = client.post("/matters/routing/cases/", {"file": upload("案例.xlsx", sheet(row()))})
    nothing = client.post("/matters/routing/cases/")

    assert (wrong.status_code, right.status_code, nothing.status_code) == (400, 302, 400)
    assert "<b>H2</b> 没有代码“NOPE”" in wrong.content.decode()
    assert draft.cases.count() == 4


def test_version_is_put_in_force_in_the_browser(office, draft):
    client = signed_in(office)
    dykes = draft.cases.get(number=2)
    remove_rule(office, draft.rules.get(unit="WAT"))

    refused = client.post("/matters/routing/in-force/", {"reason": "首版依据"})
    assert refused.status_code == 400
    assert "案例 2 没有通过" in refused.content.decode()
    assert 'value="首版依据"' in refused.content.decode()
    client.post("/matters/routing/in-force/", {"reason": "首版依据", f"case-{dykes.pk}": "改由人工派"})

    draft.refresh_from_db()
    dykes.refresh_from_db()
    assert (draft.state, dykes.expected_id, dykes.expected_before) == ("frozen", None, "WAT")
    assert client.post("/matters/routing/in-force/", {"reason": "x"}).status_code == 404  # there is no draft any more


def test_trial_tells_the_route_with_reasons_and_keeps_it_as_a_case_only_when_asked(office, draft):
    client = signed_in(office)
    form = {"kind": "resident_request", "work_line": "livelihood", "place": LIUAN, "on": "2026-03-02", "hour": "9"}
    form |= {"text": "东堤 2+300 渗水", "expected": "WAT"}

    page = client.post("/matters/routing/try/", form | {"do": "try"})
    assert page.context["sent"].unit == "WAT"
    assert [line.why for line in page.context["lines"]] == ["要找的词一个也没有", "找到“堤”"]
    assert draft.cases.count() == 3
    client.post("/matters/routing/try/", form | {"do": "add"})
    assert draft.cases.get(number=4).text == "东堤 2+300 渗水"


def test_matter_page_shows_the_route_to_those_who_dispatch(people, office):
    lamps_and_dykes(office, in_force=True)
    number = factories.request(LIUAN)[0].number

    seen = signed_in(people["county"]).get(f"/matters/{number}/").context["advice"]
    assert (seen["number"], seen["decides"].rule.unit_id, seen["decides"].why) == (1, "HOU", "找到“路灯”")
    assert signed_in(people["township_office"]).get(f"/matters/{number}/").context["advice"] is None
    task = factories.task(people["department"]).number
    assert signed_in(people["county"]).get(f"/matters/{task}/").context["advice"] is None


@pytest.mark.parametrize("rows", [1, 3])
def test_routing_pages_take_as_many_queries_for_three_as_for_one(office, draft, rows, django_assert_num_queries):
    for number in range(rows):
        save_rule(office, draft, unit=factories.unit("HOU"), basis="职责", any_of=[f"词{number}"], place=SHIMEN)
        add_case(
            office, draft, place=place(SHIMEN), text=f"词{number}", expected=None, **LAMP | {"on": date(2026, 1, 1)}
        )
    client = signed_in(office)
    client.get("/matters/routing/")

    with django_assert_num_queries(10):
        client.get("/matters/routing/")
