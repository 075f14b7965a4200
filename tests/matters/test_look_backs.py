"""Looking back after closing: at 30 and at 90 days, never before, never twice; a rebound reopens on any day."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.factories import bring_to, rectification
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import take_step
from yizhen.matters.lifecycle import State, Verb
from yizhen.matters.models import LookBack, Matter
from yizhen.matters.queries import look_backs_due
from yizhen.matters.rules import possible_steps


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def closed(people, days: float, **fields) -> Matter:
    """Return a rectification item that was closed so many days ago."""
    with days_ago(days):
        matter = rectification(people["city_office"], **fields)
        return bring_to(State.CLOSED, matter, handler=people["township_office"], verifier=people["county"])


def look(people, matter: Matter, verb: Verb = Verb.LOOK_BACK_HOLDS, role: str = "county") -> Matter:
    return take_step(people[role], matter, verb, text="现场再看，没有反弹。")


def plan(matter: Matter) -> list[tuple[int, date, bool | None]]:
    return [(days, day, found.holds if found else None) for days, day, found in matter.look_back_plan]


def verbs(user, matter: Matter) -> set[Verb]:
    return {step.verb for step in possible_steps(user, matter)}


def test_closing_plans_both_look_backs_and_the_first_comes_next(people):
    matter = closed(people, 0)
    today = timezone.localdate()

    assert (matter.closed_on, matter.look_back_on) == (today, today + timedelta(days=30))
    assert plan(matter) == [(30, today + timedelta(days=30), None), (90, today + timedelta(days=90), None)]


def test_first_that_holds_plans_the_second_from_the_closing_day(people):
    matter = closed(people, 45)

    held = look(people, matter)

    assert (held.state, held.reopened, held.closed_on) == (State.CLOSED, 0, matter.closed_on)
    assert held.look_back_on == matter.closed_on + timedelta(days=90)
    assert plan(held) == [
        (30, matter.closed_on + timedelta(days=30), True),
        (90, matter.closed_on + timedelta(days=90), None),
    ]


def test_second_that_holds_ends_them(people):
    matter = closed(people, 91)
    with days_ago(50):
        look(people, matter)

    held = look(people, matter, role="city_office")

    assert (held.state, held.look_back_on) == (State.CLOSED, None)
    assert [(found.number, found.holds, found.by) for found in held.look_backs.all()] == [
        (1, True, people["county"]),
        (2, True, people["city_office"]),
    ]
    with pytest.raises(ValidationError):
        look(people, matter)
    assert verbs(people["county"], held) == {Verb.LOOK_BACK_REOPENS}


@pytest.mark.parametrize(("days", "ripe"), [(29, False), (30, True), (31, True)])
def test_look_back_holds_on_its_day_and_not_before(people, days, ripe):
    matter = closed(people, days)

    assert (Verb.LOOK_BACK_HOLDS in verbs(people["county"], matter)) is ripe
    if ripe:
        assert look(people, matter).look_backs.get().looked_on == timezone.localdate()
        return
    with pytest.raises(ValidationError, match="还没有到"):
        look(people, matter)
    assert (LookBack.objects.count(), matter.events.count()) == (0, 4)


def test_look_back_twice_on_one_day_is_refused_even_when_both_are_due(people):
    matter = closed(people, 200)

    held = look(people, matter)

    assert held.look_back_on == timezone.localdate() + timedelta(days=1)
    with pytest.raises(ValidationError, match="还没有到"):
        look(people, matter)
    assert LookBack.objects.count() == 1


def test_database_refuses_a_look_back_before_its_day_twice_or_changed(people):
    matter = closed(people, 40)
    look(people, matter)
    made = LookBack.objects.get()
    row = {"matter": matter, "spell": 0, "holds": True, "by": people["county"], "due_on": made.due_on}
    early, again, same_day = (
        {"number": 2, "looked_on": made.due_on - timedelta(days=1)},
        {"number": 1, "looked_on": made.looked_on + timedelta(days=1)},
        {"number": 2, "looked_on": made.looked_on},
    )

    for change in (early, again, same_day):
        with pytest.raises(IntegrityError), transaction.atomic():
            LookBack.objects.create(**row, **change)
    with pytest.raises(DatabaseError, match="matters_lookback refuses update"), transaction.atomic():
        LookBack.objects.update(holds=False)
    with pytest.raises(DatabaseError, match="matters_lookback refuses delete"), transaction.atomic():
        LookBack.objects.all().delete()


def test_database_refuses_a_look_back_day_on_an_open_matter_or_before_closing(people):
    matter = closed(people, 40)
    other = rectification(people["city_office"])

    for pk, day in ((other.pk, timezone.localdate()), (matter.pk, matter.closed_on)):
        with pytest.raises(IntegrityError, match="matter_look_back_follows_closing"), transaction.atomic():
            Matter.objects.filter(pk=pk).update(look_back_on=day)


def test_rebound_reopens_with_the_old_due_date_and_counts_as_not_solved(people):
    matter = closed(people, 40)

    reopened = look(people, matter, Verb.LOOK_BACK_REOPENS)

    assert (reopened.state, reopened.reopened, reopened.disposition) == (State.HANDLING, 1, "")
    assert (reopened.due_on, reopened.light) == (matter.due_on, "red")
    assert (reopened.look_back_on, reopened.look_back_plan) == (None, [])
    assert [(found.spell, found.number, found.holds) for found in LookBack.objects.all()] == [(0, 1, False)]


def test_rebound_is_taken_up_on_any_day_without_counting_as_a_look_back(people):
    early, late = closed(people, 3), closed(people, 200)
    for days in (160, 100):
        with days_ago(days):
            look(people, late)

    assert [look(people, m, Verb.LOOK_BACK_REOPENS).state for m in (early, late)] == [State.HANDLING] * 2
    assert list(LookBack.objects.values_list("matter", "holds")) == [(late.pk, True)] * 2


def test_closed_again_is_looked_back_upon_anew(people):
    matter = closed(people, 80)
    with days_ago(45):
        look(people, matter, Verb.LOOK_BACK_REOPENS)
    with days_ago(35):
        for actor, verb in ((people["township_office"], Verb.REPORT_DONE), (people["county"], Verb.PASS)):
            matter = take_step(actor, matter, verb, text="重新整改。", disposition="solved")

    held = look(people, matter)

    assert held.look_back_on == timezone.localdate() + timedelta(days=55)
    assert [(found.spell, found.number, found.holds) for found in held.look_backs.all()] == [
        (0, 1, False),
        (1, 1, True),
    ]


def test_doer_and_township_do_not_look_back(people):
    matter = closed(people, 40)

    for role in ("township_office", "township_head", "department", "scrutineer"):
        with pytest.raises(PermissionDenied):
            look(people, matter, role=role)


def test_due_look_backs_are_on_todays_page_of_those_who_check(people):
    due, second, later = closed(people, 40, title="一月后"), closed(people, 95, title="三月后"), closed(people, 10)
    with days_ago(60):
        look(people, second)

    assert {m.pk for m in look_backs_due(people["county"])} == {due.pk, second.pk}
    shown = factories.signed_in(people["county"]).get("/").content.decode()
    assert [title in shown for title in (due.title, second.title, later.title)] == [True, True, False]
    assert "第 90 天" in shown
    hidden = factories.signed_in(people["township_office"]).get("/").content.decode()
    assert "该回头看的" not in hidden


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(ages=st.lists(st.integers(0, 250), min_size=1, max_size=6))
def test_look_backs_are_in_order_on_or_after_their_days_and_at_most_two(people, ages):
    with transaction.atomic():
        matter = closed(people, 250)
        for age in sorted(ages, reverse=True):
            with days_ago(age):
                try:
                    matter = look(people, matter)
                except ValidationError:
                    matter.refresh_from_db()
        made = list(matter.look_backs.all())

        assert [found.number for found in made] == list(range(1, len(made) + 1))
        assert len(made) <= 2
        assert all(found.looked_on >= found.due_on for found in made)
        assert len({found.looked_on for found in made}) == len(made)
        assert (matter.look_back_on is None) == (len(made) == 2)
        transaction.set_rollback(True)
