"""Talents: housing and deliveries as counts, small ones hidden from others, nobody by name; their own door."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from tests import factories
from tests.factories import GUDU, LIUAN, SHIMEN, XITANG, bring_to, signed_in
from yizhen.matters.actions import take_step
from yizhen.matters.lifecycle import State, Verb
from yizhen.matters.models import Matter
from yizhen.needs.board import board_lines
from yizhen.needs.models import Delivery, HousingReport
from yizhen.needs.talents.actions import confirm_delivery, deliver_policy, report_housing
from yizhen.needs.talents.queries import latest_housing, shown_housing, shown_reach
from yizhen.needs.talents.rules import ENTERING, READING
from yizhen.people.models import ROLES

COUNTS = {"units": 60, "let": 41, "vacant": 15, "waiting": 12, "source": "人才办台账"}


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def housed(actor, township: str = LIUAN, client_id: str = "1", **changes) -> HousingReport:
    counts = {"as_of": timezone.localdate(), **COUNTS, **changes}
    return report_housing(actor, client_id=client_id, division=factories.place(township), **counts)


def delivered(actor, township: str = LIUAN, client_id: str = "1", **changes) -> Delivery:
    said = {
        "policy": "人才安居办法", "document": "清人才〔2026〕3号", "text": "租房补贴怎样领", "whom": "新引进的硕士、博士",
        "delivered_on": timezone.localdate(), "channel": "meeting", "reached": 64, "source": "签到人数",
    } | changes  # fmt: skip
    return deliver_policy(actor, client_id=client_id, division=factories.place(township), **said)


def confirmed(actor, delivery: Delivery, count: int, before: int | None = None) -> Delivery:
    return confirm_delivery(actor, delivery, confirmed=count, confirmed_on=timezone.localdate(), before=before)


def test_housing_is_reported_anew_and_never_changed(people):
    office = people["township_office"]
    first, again = housed(office), housed(office)
    second = housed(office, client_id="2", let=44, vacant=12)
    assert (first == again, list(latest_housing())) == (True, [second])
    with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
        HousingReport.objects.update(waiting=0)
    with pytest.raises(ValidationError, match="不能多于总套数"):
        housed(office, client_id="3", let=50, vacant=11)
    with pytest.raises(DatabaseError, match="housing_let_and_vacant_within_units"), transaction.atomic():
        HousingReport.objects.create(
            client_id="x", division=first.division, as_of=first.as_of, units=1, let=1, vacant=1, waiting=0, source="x",
            by=office, at=timezone.now(),
        )  # fmt: skip
    with pytest.raises(ValidationError) as late:
        housed(office, client_id="4", as_of=timezone.localdate() + timedelta(days=1))
    assert list(late.value.message_dict) == ["as_of"]


@pytest.mark.parametrize(
    ("let", "vacant", "waiting", "shown"),
    [
        (41, 15, 12, (41, 15, 12)),
        (41, 2, 3, (41, 2, "<5")),
        (4, 56, 0, ("<5", "※", 0)),
        (0, 60, 5, (0, 60, 5)),
    ],
)
def test_few_tenants_and_few_who_wait_are_hidden_from_others(people, let, vacant, waiting, shown):
    report = housed(people["township_office"], let=let, vacant=vacant, waiting=waiting)
    for reader in (None, people["city_office"]):
        seen = shown_housing(report, reader)
        assert (seen.let, seen.vacant, seen.waiting) == shown
    own = shown_housing(report, people["township_head"])
    assert (own.let, own.vacant, own.waiting) == (let, vacant, waiting)


@pytest.mark.parametrize(
    ("reached", "count", "shown"),
    [
        (64, 50, (64, 50)),
        (64, 3, (64, "<5")),
        (64, 62, (64, "※")),
        (3, 2, ("<5", "<5")),
        (64, 0, (64, 0)),
        (64, None, (64, None)),
    ],
)
def test_few_who_were_reached_or_did_not_confirm_are_hidden_from_others(people, reached, count, shown):
    office = people["township_office"]
    made = delivered(office, reached=reached)
    if count is not None:
        made = confirmed(office, made, count)
    seen, own = shown_reach(made), shown_reach(made, office)
    assert (seen.reached, seen.confirmed) == shown
    assert (own.reached, own.confirmed) == (reached, count)


def test_few_of_one_department_are_hidden_from_another(people):
    department = people["department"]
    made = delivered(department, department.scope_id, reached=3)
    colleague = factories.account("department", unit=department.unit)
    other = factories.account("department", unit=factories.unit("HEA"))
    shown = [shown_reach(made, reader).reached for reader in (department, colleague, other, people["city_office"])]
    assert shown == [3, 3, "<5", "<5"]


def test_delivery_stands_and_what_was_confirmed_follows(people):
    office = people["township_office"]
    made = delivered(office)
    assert delivered(office) == made
    assert confirmed(office, made, 50).confirmed == 50
    with pytest.raises(ValidationError, match="现在是：50"):
        confirmed(office, made, 55)
    assert confirmed(office, made, 55, before=50).confirmed == 55
    with pytest.raises(ValidationError, match="不能多于送达"):
        confirmed(office, made, 65, before=55)
    for change in (
        lambda: Delivery.objects.update(reached=99),
        lambda: Delivery.objects.update(whom="x"),
        lambda: Delivery.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
            change()
    with pytest.raises(ValidationError) as refused:
        delivered(office, client_id="2", whom="张三 13900000000")
    assert list(refused.value.message_dict) == ["whom"]


def test_everybody_enters_and_reads_in_his_own_scope_alone(people):
    office, city, department = people["township_office"], people["city_office"], people["department"]
    housed(office), housed(city, SHIMEN, "2")
    own, theirs = delivered(office), delivered(department, XITANG, "2")
    for role in ROLES:
        client = signed_in(people[role])
        page = client.get("/needs/talents/")
        assert page.status_code == (200 if role in READING else 403)
        for form in ("housing", "deliveries"):
            assert client.get(f"/needs/talents/{form}/new/").status_code == (200 if role in ENTERING else 403)
        if role in READING:
            places = {one.report.division_id for one in page.context["housing"]}
            everything = {LIUAN, SHIMEN}
            assert places == {code for code in everything if code.startswith(people[role].scope_id)}, role
        with pytest.raises(PermissionDenied):
            housed(people[role], GUDU if role not in {"city_office", "department"} else "990181", f"no{role}")
    for actor in (city, department, factories.account("township_office", GUDU)):
        with pytest.raises(PermissionDenied):
            confirmed(actor, own, 5)
    assert confirmed(department, theirs, 5).confirmed == 5


def test_pages_take_housing_and_deliveries_and_keep_what_was_typed(people, client):
    desk = signed_in(people["township_office"])
    today = str(timezone.localdate())
    housing = {"client_id": "1", "division": LIUAN, "as_of": today, **COUNTS, "waiting": "3"}
    wrong = desk.post("/needs/talents/housing/new/", housing | {"let": "50"})
    assert wrong.status_code == 400
    assert 'value="50"' in wrong.content.decode()
    assert desk.post("/needs/talents/housing/new/", housing).status_code == 302
    sent = {
        "client_id": "1", "division": LIUAN, "policy": "人才安居办法", "text": "补贴怎样领", "whom": "新引进的博士",
        "delivered_on": today, "channel": "visit", "reached": "64", "source": "登记表",
    }  # fmt: skip
    assert desk.post("/needs/talents/deliveries/new/", sent | {"whom": "13900000000"}).status_code == 400
    assert desk.post("/needs/talents/deliveries/new/", sent).status_code == 302
    confirm = f"/needs/talents/deliveries/{Delivery.objects.get().pk}/confirm/"
    given = {"before": "", "confirmed": "60", "confirmed_on": today}
    assert desk.post(confirm, given | {"confirmed": "65"}).status_code == 400
    assert [desk.post(confirm, given).status_code for _ in range(2)] == [302, 400]
    page = client.get("/ask/talents/")
    assert [(one.waiting, one.let) for one in page.context["housing"]] == [("<5", 41)]
    assert [(one.reached, one.confirmed) for one in page.context["deliveries"]] == [(64, "※")]
    names = [str(line.name) for line in board_lines(people["county"], factories.place(LIUAN))]
    assert names == ["问需问计", "人才公寓", "政策送达"]


def test_talent_asks_at_the_door_and_has_the_last_word(people, client):
    page = client.get("/ask/", {"place": LIUAN, "about": "talent"})
    assert "work_line" not in page.context["form"].fields
    sent = {"client_id": "1", "about": "talent", "division": LIUAN, "title": "实验室要排风", "text": "希望协调。"}
    code = client.post("/ask/", sent).context["code"]
    matter = Matter.objects.get()
    assert (matter.kind, matter.work_line, matter.state) == ("talent_suggestion", "development", State.FILED)
    office, head = people["township_office"], people["township_head"]
    matter = take_step(office, matter, Verb.DISPATCH, text="交办", to_division=factories.place(LIUAN))
    bring_to(State.VERIFIED, matter, handler=office, verifier=head)
    assert client.post("/ask/follow/", {"code": code, "solved": "1"}).status_code == 200
    assert Matter.objects.get().state == State.CLOSED
