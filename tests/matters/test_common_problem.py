"""Matters addressed to a department: who handles, sees and verifies them, and taking back what nobody accepted."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from tests import factories
from tests.factories import common_problem, rectification, request, signed_in, task
from yizhen.clocks import Unit, working_days_between
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import take_step
from yizhen.matters.colours import Colour
from yizhen.matters.lifecycle import State, Verb
from yizhen.matters.models import Matter
from yizhen.matters.queries import due_from, matters_visible_to
from yizhen.matters.supervision import needed_notices


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def test_addressee_handles_and_the_office_verifies(people):
    matter = common_problem(people["city_office"])
    for verb in (Verb.ACCEPT, Verb.REPORT_DONE):
        matter = take_step(people["department"], matter, verb, text="已统筹安排。", disposition="solved")

    with pytest.raises(PermissionDenied):
        take_step(people["department"], matter, Verb.PASS, text="自己核验。")
    assert take_step(people["city_office"], matter, Verb.PASS, text="属实。").state == State.CLOSED


def test_it_is_seen_and_listed_by_its_addressee_and_the_city_alone(people):
    matter = common_problem(people["city_office"])
    health = factories.account("department", unit=factories.unit("HEA"))

    seers = {role for role, user in people.items() if matter in matters_visible_to(user)}
    waiting = {role for role, user in people.items() if matter in due_from(user)}

    assert (seers, waiting) == ({"city_office", "department"}, {"department"})
    assert matter not in matters_visible_to(health)
    take_step(people["department"], matter, Verb.OBJECT, text="不属本局职责。")
    assert {role for role, user in people.items() if matter in due_from(user)} == {"city_office"}


def test_its_clock_is_thirty_working_days(people):
    matter = common_problem(people["city_office"])

    assert (matter.deadline.rule.amount, matter.deadline.rule.unit) == (30, Unit.WORKING_DAY)
    assert working_days_between(timezone.localdate(), matter.due_on) == 30


def test_overdue_it_is_supervised_by_the_city(people):
    with days_ago(90):
        matter = common_problem(people["city_office"])

    assert [(n.matter, n.colour) for n in needed_notices(people["city_office"])] == [(matter, Colour.BLUE)]
    assert needed_notices(people["department"]) == []


def test_database_wants_an_addressee_for_it_and_for_nothing_else(people):
    with pytest.raises(ValidationError), transaction.atomic():
        task(people["city_office"], factories.CITY, kind="common_problem", dispatcher=None)
    other, matter = task(people["department"]), common_problem(people["city_office"])

    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        Matter.objects.filter(pk=other.pk).update(addressee=factories.unit())
    with pytest.raises(DatabaseError, match="matters_matter refuses update"), transaction.atomic():
        Matter.objects.filter(pk=matter.pk).update(addressee=factories.unit("HEA"))


def test_page_names_the_department(people):
    matter = common_problem(people["city_office"])

    for address in (f"/matters/{matter.number}/", "/matters/queue/", "/matters/", "/"):
        assert "EMG局" in signed_in(people["department"]).get(address).content.decode(), address


@pytest.mark.parametrize(("make", "withdrawn"), [(rectification, True), (common_problem, True), (request, False)])
def test_new_matter_is_taken_back_by_its_sender_but_never_a_residents(people, make, withdrawn):
    matter = make()[0] if make is request else make(people["city_office"])

    if withdrawn:
        taken = take_step(people["city_office"], matter, Verb.WITHDRAW, text="重复交办。")
        assert (taken.state, taken.events.count()) == (State.WITHDRAWN, 2)
        return
    with pytest.raises(PermissionDenied):
        take_step(people["city_office"], matter, Verb.WITHDRAW, text="重复。")


def test_accepted_matter_is_not_taken_back(people):
    matter = take_step(people["township_office"], rectification(people["city_office"]), Verb.ACCEPT)

    with pytest.raises(ValidationError):
        take_step(people["city_office"], matter, Verb.WITHDRAW, text="重复。")
