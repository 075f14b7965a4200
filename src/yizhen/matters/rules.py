"""Who may do what to a matter: the parties of the transition table as predicates."""

from collections.abc import Callable
from datetime import date

from django.utils import timezone

from yizhen.people.models import Account

from .lifecycle import TRANSITIONS, Party, State, Transition, Verb
from .models import Matter

HANDLING_ROLES = {"township_head", "township_office", "village", "grid_worker"}
DISPATCHING_ROLES = {"city_office", "department", "county"}


def is_handler(user: Account, matter: Matter) -> bool:
    """The township (or its village) whose matter it is, or the department that it is addressed to."""
    if matter.addressee_id is not None:
        return user.role == "department" and user.unit_id == matter.addressee_id
    return user.role in HANDLING_ROLES and user.covers(matter.division_id)


def is_dispatcher(user: Account, matter: Matter) -> bool:
    """Whoever sent the matter down: the same department, or the office that raised it."""
    if matter.dispatcher_id is not None and user.unit_id == matter.dispatcher_id:
        return True
    return matter.raised_by_id == user.pk or (user.role == "city_office" and user.covers(matter.division_id))


def is_verifier(user: Account, matter: Matter) -> bool:
    """Somebody else than the doer, above or beside him: never the person who reported the matter done.

    Tasks are verified by the department that sent them, a county or the city; rectification, and what departments were
    asked to do, by county or city;
    residents' requests also inside the township, by its head or its office when village or grid did the work.
    """
    if user.pk == matter.done_by_id:
        return False
    if user.role in {"city_office", "county"}:
        return user.covers(matter.division_id)
    if matter.kind == "assigned_task":
        return matter.dispatcher_id is not None and user.unit_id == matter.dispatcher_id
    if matter.kind == "resident_request":
        return user.role in {"township_head", "township_office"} and user.covers(matter.division_id)
    return False


def is_requester(user: Account, matter: Matter) -> bool:
    """Whoever asked. A resident has no account: he or she acts with the follow-up code (portal)."""
    return matter.follow_hash is None and matter.raised_by_id == user.pk


PARTIES: dict[Party, Callable[[Account, Matter], bool]] = {
    Party.HANDLER: is_handler,
    Party.VERIFIER: is_verifier,
    Party.DISPATCHER: is_dispatcher,
    Party.REQUESTER: is_requester,
}


def may(user: Account, transition: Transition, matter: Matter) -> bool:
    """Return whether the user may take this step now."""
    if not user.is_active or user.is_admin or matter.state != transition.source:
        return False
    if transition.verb == Verb.OBJECT and not matter.kind_info.may_object:
        return False
    if transition.verb == Verb.WITHDRAW and not matter.kind_info.may_withdraw:
        return False
    if matter.state == State.CLOSED and not matter.kind_info.look_back_days:
        return False
    return PARTIES[transition.party](user, matter)


def possible_steps(user: Account, matter: Matter) -> list[Transition]:
    """Return the steps that the user may take now, in the order of the table."""
    return [transition for transition in TRANSITIONS if may(user, transition, matter) and is_ripe(transition, matter)]


def is_ripe(transition: Transition, matter: Matter, today: date | None = None) -> bool:
    """Return whether the day of a step has come: a look-back holds on its day or later, and once.

    A rebound is different: whoever finds one may reopen the matter on any day.
    """
    if transition.verb != Verb.LOOK_BACK_HOLDS:
        return True
    return matter.look_back_on is not None and matter.look_back_on <= (today or timezone.localdate())


def may_assign(user: Account) -> bool:
    """Return whether the user may send tasks down."""
    return user.is_active and user.role in DISPATCHING_ROLES


def may_compare(user: Account, matter: Matter) -> bool:
    """Return whether the user sees that a report resembles another one: who verifies the item, never who did it."""
    return user.is_active and matter.kind == "rectification" and is_verifier(user, matter)


def may_issue_notice(user: Account, matter: Matter) -> bool:
    """Return whether the user may supervise: the department that sent it, or who runs appraisals over the place."""
    if not user.is_active or user.is_admin:
        return False
    if matter.dispatcher_id is not None and user.role == "department" and user.unit_id == matter.dispatcher_id:
        return True
    return user.role in {"city_office", "county"} and user.covers(matter.division_id)


def may_write_routing(user: Account) -> bool:
    """Return whether the user drafts dispatch rules and puts them in force: the office over the whole city."""
    return user.is_active and user.role == "city_office"
