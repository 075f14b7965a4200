"""Whose turn it is: what the database is asked says of every matter what the rules say of it, one by one."""

import itertools
from datetime import timedelta

import pytest
from django.db.models import Q
from django.utils import timezone

from tests import factories
from tests.factories import LIUAN, XITANG, place, unit
from yizhen.matters import whose
from yizhen.matters.actions import freeze_kind
from yizhen.matters.kinds import KINDS
from yizhen.matters.lifecycle import BEFORE_DISPATCH, OPEN_STATES, WITH_HANDLER, State
from yizhen.matters.models import ExtensionRequest, Matter, MatterClock
from yizhen.matters.queries import matters_visible_to, waiting_with
from yizhen.matters.rules import (
    HANDLING_ROLES,
    extension_request,
    is_approver,
    is_dispatcher,
    is_filer,
    is_handler,
    is_reviewer,
    is_verifier,
    may_issue_notice,
)

OF_RULES = {
    whose.handled_by: is_handler,
    whose.dispatched_by: is_dispatcher,
    whose.verified_by: is_verifier,
    whose.filed_by: is_filer,
    whose.reviewed_by: is_reviewer,
    whose.may_be_noticed_by: may_issue_notice,
}
SHAPES = ("assigned_task", "resident_request", "grid_event", "petition", "whistle", "common_problem")


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody() | {
        "other department": factories.account("department", unit=unit("HEA")),
        "other head": factories.account("township_head", XITANG),
        "office with a unit": factories.account("city_office", unit=unit("EDU")),
    }


def is_first_in_line(user, matter) -> bool:
    """One matter at a time, as it was first written: a department answers for what it sent."""
    if matter.dispatcher_id is not None:
        return matter.dispatcher_id == user.unit_id
    if matter.kind == "resident_request" or matter.kind_info.entry != State.NEW:
        return matter.done_by is not None and matter.done_by.role == "township_head"
    return True


def decides_on_time(user, matter) -> bool:
    if not is_approver(user, matter):
        return False
    if matter.dispatcher_id is not None:
        return user.unit_id == matter.dispatcher_id
    asked = extension_request(matter)
    return user.role == "township_head" or asked.asked_by.role == "township_head" or matter.addressee_id is not None


def waits_for(user, matter) -> bool:
    """One open matter at a time, as the queue was first worked out."""
    if matter.state in {*WITH_HANDLER, State.SUSPENDED}:
        return is_handler(user, matter) or decides_on_time(user, matter)
    if matter.state in BEFORE_DISPATCH or (matter.state == State.RETURNED and matter.kind_info.entry != State.NEW):
        above = user.role not in HANDLING_ROLES
        by_above = matter.held_above or (matter.raised_by is not None and matter.raised_by.role not in HANDLING_ROLES)
        return is_filer(user, matter) and above == by_above
    if matter.state == State.REVIEWING:
        return is_reviewer(user, matter)
    if matter.state == State.HANDLED:
        return is_verifier(user, matter) and (user.role in HANDLING_ROLES or is_first_in_line(user, matter))
    return is_dispatcher(user, matter) and is_first_in_line(user, matter)


@pytest.fixture
def everything(people):
    """Every state × kinds of every shape, frozen or not × who raised, sent, got, did and asked: straight into the table."""
    today = timezone.localdate()
    frozen = {kind: freeze_kind(KINDS[kind]) for kind in SHAPES}
    raisers = itertools.cycle([None, "city_office", "department", "township_office", "county"])
    doers = itertools.cycle(
        [None, "township_head", "village", "township_office", "county", "department", "city_office"]
    )
    senders = itertools.cycle([None, "EMG", "HEA", None, "EDU"])
    places = itertools.cycle([LIUAN, XITANG, "990181101201", factories.GRID, "990122101", "9901"])
    askers = itertools.cycle(["township_head", "township_office", "department"])
    numbers = itertools.count()

    def who(role):
        return people[role] if role else None

    made, asking = [], []
    for kind, state, variant in itertools.product(SHAPES, (*OPEN_STATES, State.CLOSED), range(14)):
        number = next(numbers)
        doer = who(next(doers)) if state not in BEFORE_DISPATCH else None
        verifier = who("county") if state in {State.CLOSED, State.VERIFIED, State.REVIEWING} else None
        if verifier is not None and doer == verifier:
            doer = who("township_head")
        sender = next(senders)
        matter = Matter(
            number=f"Y{number:05d}", kind=kind, frozen_id=frozen[kind] if variant % 2 else None, title="x", text="x",
            division=place(next(places)), work_line="safety", state=state, due_on=today, warning_on=today, clock={},
            raised_by=who(next(raisers)), dispatcher=unit(sender) if sender else None,
            addressee=unit("EMG" if variant % 3 else "HEA") if kind == "common_problem" or variant == 5 else None,
            done_by=doer, verified_by=verifier, closed_on=today if state == State.CLOSED else None,
            look_back_on=today + timedelta(days=1) if state == State.CLOSED else None,
            held_above=variant % 4 == 1, client_id=f"y{number}",
        )  # fmt: skip
        made.append(matter)
        if state in {*WITH_HANDLER, State.SUSPENDED} and variant % 3 == 0:
            asking.append((matter, next(askers), variant % 2))
    Matter.objects.bulk_create(made)
    for matter, asker, answered in asking:
        clock = MatterClock.objects.create(matter=matter, code="order", started_on=today, due_on=today, derivation={})
        done = {"decided_by": people["county"], "decided_on": today, "granted": False} if answered else {}
        ExtensionRequest.objects.create(
            clock=clock, reason="x", asked_by=people[asker], asked_on=today, due_before=today, **done
        )
    return Matter.objects.select_related("done_by", "raised_by").prefetch_related("clocks__extensions__asked_by")


def numbers(matters) -> set[str]:
    return {matter.number for matter in matters}


def test_queue_asked_of_the_database_is_the_queue_of_the_rules(people, everything):
    found = 0
    for role, user in people.items():
        visible = everything.filter(pk__in=matters_visible_to(user).values("pk"), state__in=OPEN_STATES)
        expected = numbers(m for m in visible.exclude(state=State.VERIFIED) if waits_for(user, m))
        waiting = [matter.number for matter in waiting_with(user)]
        assert (set(waiting), len(waiting)) == (expected, len(expected)), role
        found += len(waiting)
    assert found > 500


def test_each_condition_is_its_rule(people, everything):
    for (condition, rule), (role, user) in itertools.product(OF_RULES.items(), people.items()):
        if user.is_admin:
            continue
        wanted = numbers(matter for matter in everything if rule(user, matter))
        assert numbers(everything.filter(condition(user))) == wanted, (rule.__name__, role)
    for role, user in people.items():
        wanted = numbers(matter for matter in everything if is_first_in_line(user, matter))
        assert numbers(everything.filter(whose.first_in_line(user))) == wanted, role
        wanted = numbers(matter for matter in everything if decides_on_time(user, matter))
        assert numbers(everything.filter(whose.extension_waits_for(user))) == wanted, role


def test_kinds_are_told_by_what_was_frozen_and_by_what_is_shipped_where_nothing_was(people, everything):
    new = numbers(matter for matter in everything if matter.kind_info.entry == State.NEW)
    supervised = numbers(matter for matter in everything if matter.kind_info.notice_days is not None)

    assert numbers(everything.filter(whose.begins_new())) == new
    assert numbers(everything.filter(whose.begins_earlier())) == numbers(everything) - new
    assert numbers(everything.filter(whose.is_supervised())) == supervised
    assert supervised not in (set(), numbers(everything))
    assert everything.filter(whose.begins_new() & Q(kind="assigned_task")).exists()
