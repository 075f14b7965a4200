"""Who may do what to a matter: the parties of the transition table as predicates."""

from collections.abc import Callable, Iterable
from datetime import date

from django.utils import timezone

from yizhen.people.models import Account

from .kinds import MatterKind
from .kinds.traits import LIMITED, REVIEW_STEPS, has_trait
from .lifecycle import TRANSITIONS, Party, State, Transition, Verb
from .models import ExtensionRequest, Matter, MatterClock
from .recusals import stands_aside, unless_aside

HANDLING_ROLES = {"township_head", "township_office", "village", "grid_worker"}
DISPATCHING_ROLES = {"city_office", "department", "county"}


@unless_aside
def is_handler(user: Account, matter: Matter) -> bool:
    """The township (or its village) whose matter it is, or the department that it is addressed to."""
    if matter.addressee_id is not None:
        return user.role == "department" and user.unit_id == matter.addressee_id
    return user.role in HANDLING_ROLES and user.covers(matter.division_id)


@unless_aside
def is_dispatcher(user: Account, matter: Matter) -> bool:
    """Whoever sent the matter down: the same department, or the office that raised it; where it was filed, who files."""
    if matter.dispatcher_id is not None and user.unit_id == matter.dispatcher_id:
        return True
    if matter.kind_info.entry != State.NEW:
        return is_filer(user, matter)
    return matter.raised_by_id == user.pk or (user.role == "city_office" and user.covers(matter.division_id))


@unless_aside
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
    if matter.dispatcher_id is not None and user.role == "department":
        return user.unit_id == matter.dispatcher_id
    if matter.kind == "resident_request" or matter.kind_info.entry != State.NEW or matter.kind == "whistle":
        return user.role in {"township_head", "township_office"} and user.covers(matter.division_id)
    return False


def is_requester(user: Account, matter: Matter) -> bool:
    """Whoever asked. A resident has no account: he or she acts with the follow-up code (portal)."""
    return matter.follow_hash is None and matter.raised_by_id == user.pk


@unless_aside
def is_filer(user: Account, matter: Matter) -> bool:
    """Who checks, files and dispatches: the township that it lies in, its county, the city; never a village or a grid."""
    if user.role in {"city_office", "county"}:
        return user.covers(matter.division_id)
    if user.role in {"township_head", "township_office"}:
        return user.covers(matter.division_id) and not matter.held_above
    return user.role == "department" and matter.raised_by_id is not None and user.unit_id == matter.dispatcher_id


@unless_aside
def is_approver(user: Account, matter: Matter) -> bool:
    """Who may give more time: whoever sent it, the head of the township, county or city; never who asked for it."""
    request = extension_request(matter)
    if request is None or request.asked_by_id == user.pk:
        return False
    if user.role in {"city_office", "county", "township_head"}:
        return user.covers(matter.division_id)
    return matter.dispatcher_id is not None and user.role == "department" and user.unit_id == matter.dispatcher_id


@unless_aside
def is_reviewer(user: Account, matter: Matter) -> bool:
    """The next level up, and there neither who did the work nor who verified it (Regulations on Petition Work art. 28)."""
    if user.pk in {matter.done_by_id, matter.verified_by_id}:
        return False
    return user.role in {"city_office", "county"} and user.covers(matter.division_id)


PARTIES: dict[Party, Callable[[Account, Matter], bool]] = {
    Party.HANDLER: is_handler,
    Party.VERIFIER: is_verifier,
    Party.DISPATCHER: is_dispatcher,
    Party.REQUESTER: is_requester,
    Party.FILER: is_filer,
    Party.APPROVER: is_approver,
    Party.REVIEWER: is_reviewer,
    Party.SYSTEM: lambda _user, _matter: False,
}


def running_clocks(matter: Matter) -> list[MatterClock]:
    """Return the clocks that run, in the order in which they were started."""
    return [clock for clock in matter.clocks.all() if clock.stopped_on is None]


def governing_clock(matter: Matter) -> MatterClock | None:
    """Return the running clock that is due first and sets the matter's due date."""
    return governing_of(running_clocks(matter))


def governing_of(running: Iterable[MatterClock]) -> MatterClock | None:
    """Return, of some running clocks, the one that is due first and sets the due date."""
    return min((clock for clock in running if clock.governs), key=lambda one: one.due_on, default=None)


def extension_request(matter: Matter) -> ExtensionRequest | None:
    """Return the request for more time that waits for an answer."""
    return next(
        (asked for clock in running_clocks(matter) for asked in clock.extensions.all() if asked.granted is None), None
    )


def may(user: Account, transition: Transition, matter: Matter) -> bool:
    """Return whether the user may take this step now."""
    if not user.is_active or user.is_admin or matter.state != transition.source:
        return False
    return has_trait(transition, matter.kind_info) and PARTIES[transition.party](user, matter)


def possible_steps(user: Account, matter: Matter) -> list[Transition]:
    """Return the steps that the user may take now, in the order of the table."""
    return [transition for transition in TRANSITIONS if may(user, transition, matter) and is_ripe(transition, matter)]


def is_ripe(transition: Transition, matter: Matter, today: date | None = None) -> bool:
    """Return whether the day of a step has come, or has not passed yet.

    A look-back holds on its day or later, and once; whoever finds a rebound may reopen the matter on any day. A matter
    that waits for its requester lapses when the last day for it is over. An extension is asked for before the due date,
    a dispatch is objected to while its clock runs, and each review is asked for once and in time.
    """
    today = today or timezone.localdate()
    verb = transition.verb
    if verb == Verb.LOOK_BACK_HOLDS:
        return matter.look_back_on is not None and matter.look_back_on <= today
    if verb == Verb.LAPSE:
        waiting = [clock for clock in running_clocks(matter) if clock.spec and Verb.LAPSE in clock.spec.stops]
        return bool(waiting) and all(clock.due_on < today for clock in waiting)
    if verb == Verb.ASK_EXTENSION:
        clock = governing_clock(matter)
        if clock is None or clock.spec is None or clock.spec.extension is None or extension_request(matter):
            return False
        return clock.extended < clock.spec.extension.times and today <= clock.due_on
    if verb in REVIEW_STEPS:
        return matter.review == REVIEW_STEPS[verb] and _in_time(verb, matter, today)
    return _in_time(verb, matter, today) if verb == Verb.OBJECT else True


def _in_time(verb: Verb, matter: Matter, today: date) -> bool:
    """Return whether the period in which a step is open has not ended; where the kind has no such clock it never ends."""
    code = LIMITED.get(verb)
    if code not in {clock.code for clock in matter.kind_info.clocks}:
        return True
    limit = next((clock for clock in running_clocks(matter) if clock.code == code), None)
    return limit is None or today <= limit.due_on


def may_assign(user: Account) -> bool:
    """Return whether the user may send tasks down."""
    return user.is_active and user.role in DISPATCHING_ROLES


OPENING_ROLES = {
    "office": {"city_office", "county"},
    "department": {"department"},
    "township": {"township_head", "township_office", "village"},
    "grid": {"grid_worker"},
}


def may_open(user: Account, kind: MatterKind) -> bool:
    """Return whether the user may register matters of a kind."""
    return user.is_active and any(user.role in OPENING_ROLES.get(each, ()) for each in kind.openers)


DOOR_ROLES = {"city_office", "county", "township_head", "township_office", "village"}


def may_enter_on_behalf(user: Account) -> bool:
    """Return whether the user enters requests for those who call or come: hotline and counters of city, county, town, village."""
    return user.is_active and user.role in DOOR_ROLES


def reaches(user: Account, code: str) -> bool:
    """Return whether a place lies in the user's scope, or is the township of a village's own counter."""
    return user.covers(code) or (user.role == "village" and user.scope_id.startswith(code) and len(code) == 9)


def may_open_sealed(user: Account, matter: Matter) -> bool:
    """Return whether the user may look at who asked: those who handle, file or verify the matter, never the accused.

    Source: Regulations on Petition Work arts. 28, 30, 46; the accused never reach the matter at all.
    """
    if not user.is_active or user.is_admin or user.role in {"village", "grid_worker"}:
        return False
    return is_handler(user, matter) or is_filer(user, matter)


def may_compare(user: Account, matter: Matter) -> bool:
    """Return whether the user sees that a report resembles another one: who verifies the item, never who did it."""
    return user.is_active and matter.kind == "rectification" and is_verifier(user, matter)


def may_issue_notice(user: Account, matter: Matter) -> bool:
    """Return whether the user may supervise: the department that sent it, or who runs appraisals over the place."""
    if not user.is_active or user.is_admin:
        return False
    if matter.dispatcher_id is not None and user.role == "department" and user.unit_id == matter.dispatcher_id:
        return not stands_aside(user, matter)
    return user.role in {"city_office", "county"} and user.covers(matter.division_id) and not stands_aside(user, matter)


def may_write_routing(user: Account) -> bool:
    """Return whether the user drafts dispatch rules and puts them in force: the office over the whole city."""
    return user.is_active and user.role == "city_office"
