"""The readers of matters; searching them is in ``searching``."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from yizhen.people.models import Account
from yizhen.places.models import Division

from .lifecycle import BEFORE_DISPATCH, OPEN_STATES, WITH_HANDLER, State
from .models import Accused, Matter
from .rules import (
    HANDLING_ROLES,
    extension_request,
    is_approver,
    is_dispatcher,
    is_filer,
    is_handler,
    is_reviewer,
    is_verifier,
)


def matters_visible_to(user: Account) -> QuerySet[Matter]:
    """Return the matters in the user's scope; a department sees what it sent or received; administrators see none.

    Sealed matters are shown to nobody in a village or a grid, and never to the unit or the place that they accuse: the
    query itself leaves them out (Regulations on Petition Work arts. 30, 46).
    """
    matters = Matter.objects.select_related("division", "dispatcher", "addressee")
    if not user.is_active or user.is_admin or user.is_for_ballots:
        return matters.none()
    if user.role == "department":
        mine = matters.filter(Q(dispatcher=user.unit) | Q(addressee=user.unit))
        return mine.exclude(pk__in=Accused.objects.filter(unit=user.unit_id).values("matter"))
    matters = matters.filter(division__code__startswith=user.scope_id)
    if user.role in {"village", "grid_worker"}:
        return matters.filter(Q(frozen__isnull=True) | Q(frozen__spec__sealed=False))
    if user.role == "city_office":
        return matters  # somebody must be able to deal with what accuses the city's own places
    above = [user.scope_id[:length] for length in range(1, len(user.scope_id) + 1)]
    return matters.exclude(pk__in=Accused.objects.filter(division__in=above).values("matter"))


def due_from(user: Account) -> list[Matter]:
    """Return everything that waits for the user, most urgent first: to file, to handle, to verify, to decide on."""
    urgency = {"red": 0, "yellow": 1, "green": 2}
    return sorted(waiting_with(user), key=lambda matter: (urgency.get(matter.light, 3), matter.due_on, matter.number))


def waiting_with(user: Account) -> list[Matter]:
    """Return what :func:`due_from` sorts, by due date: a light for each of thousands takes longer than all the rest."""
    visible = (
        matters_visible_to(user)
        .filter(state__in=OPEN_STATES)
        .exclude(state=State.VERIFIED)
        .select_related("done_by", "raised_by")
        .prefetch_related("clocks__extensions__asked_by")
        .defer("text", "clock")
    )
    if user.role not in HANDLING_ROLES:  # most of a city's matters wait for their townships
        asked = Q(clocks__extensions__isnull=False, clocks__extensions__granted__isnull=True)
        visible = visible.filter(~Q(state__in=WITH_HANDLER) | Q(addressee__isnull=False) | asked).distinct()
    return [matter for matter in visible if waits_for(user, matter)]


def waits_for(user: Account, matter: Matter) -> bool:
    """Return whether the next step of a matter is this user's rather than somebody nearer's."""
    if matter.state in {*WITH_HANDLER, State.SUSPENDED}:
        return is_handler(user, matter) or _extension_waits_for(user, matter)
    if matter.state in BEFORE_DISPATCH:
        above = user.role not in HANDLING_ROLES
        by_above = matter.held_above or (matter.raised_by is not None and matter.raised_by.role not in HANDLING_ROLES)
        return is_filer(user, matter) and above == by_above
    if matter.state == State.REVIEWING:
        return is_reviewer(user, matter)
    if matter.state == State.HANDLED:
        return is_verifier(user, matter) and (user.role in HANDLING_ROLES or is_first_in_line(user, matter))
    return is_dispatcher(user, matter) and is_first_in_line(user, matter)


def _extension_waits_for(user: Account, matter: Matter) -> bool:
    """Return whether the user is who decides on more time: the sender, or the head; the next level where the head asked."""
    if not is_approver(user, matter):
        return False
    if matter.dispatcher_id is not None:
        return user.unit_id == matter.dispatcher_id
    request = extension_request(matter)
    asked_by_head = request is not None and request.asked_by.role == "township_head"
    return user.role == "township_head" or asked_by_head or matter.addressee_id is not None


def is_first_in_line(user: Account, matter: Matter) -> bool:
    """Return whether a matter waits for this user rather than for somebody nearer who may do the same.

    A department answers for what it sent; a resident's request is verified inside the township unless its head did
    the work himself.
    """
    if matter.dispatcher_id is not None:
        return matter.dispatcher_id == user.unit_id
    if matter.kind == "resident_request" or matter.kind_info.entry != State.NEW:
        return matter.done_by is not None and matter.done_by.role == "township_head"
    return True


def look_backs_due(user: Account, today: date | None = None) -> list[Matter]:
    """Return closed matters whose look-back day has come and that the user may check."""
    due = (
        matters_visible_to(user)
        .filter(state=State.CLOSED, look_back_on__lte=today or timezone.localdate())
        .prefetch_related("look_backs")
        .order_by("look_back_on", "number")
    )
    return [matter for matter in due if is_verifier(user, matter)]


@dataclass(frozen=True)
class Thread:
    """One thread of the needle: a department's open matters in a township."""

    code: str
    name_zh: str
    name_en: str
    count: int
    light: str


def threads_into(user: Account, division: Division) -> list[Thread]:
    """Return the threads from departments (and residents, and appraisals) into a township, thickest first."""
    matters = matters_visible_to(user).filter(division__code__startswith=division.code, state__in=OPEN_STATES)
    order = {"red": 0, "yellow": 1, "green": 2}
    grouped: dict[tuple[str, str, str], list[Matter]] = {}
    for matter in matters:
        grouped.setdefault(_origin(matter), []).append(matter)
    threads = [
        Thread(*key, len(group), min((matter.light for matter in group), key=lambda light: order.get(light, 3)))
        for key, group in grouped.items()
    ]
    return sorted(threads, key=lambda thread: (-thread.count, thread.code))


def _origin(matter: Matter) -> tuple[str, str, str]:
    if matter.kind == "resident_request":
        return ("resident", "群众诉求", "Residents")
    if matter.kind == "rectification":
        return ("rectification", "述职评议整改", "Rectification")
    if matter.dispatcher is not None:
        return (matter.dispatcher.code, matter.dispatcher.name_zh, matter.dispatcher.name_en)
    return ("other", "其他交办", "Other")


def in_thread(matters: QuerySet[Matter], code: str) -> QuerySet[Matter]:
    """Return the matters of one thread."""
    if code in {"resident", "rectification"}:
        return matters.filter(kind="resident_request" if code == "resident" else code)
    if code == "other":
        return matters.filter(kind="assigned_task", dispatcher__isnull=True)
    return matters.filter(kind="assigned_task", dispatcher_id=code)


def board_counts(matters: QuerySet[Matter]) -> dict[str, Counter[str]]:
    """Return work line → number of open matters by light."""
    counts: dict[str, Counter[str]] = {}
    for matter in matters.filter(state__in=OPEN_STATES):
        counts.setdefault(matter.work_line, Counter())[matter.light] += 1
    return counts


def rectification_of(division: Division) -> QuerySet[Matter]:
    """Return the rectification items of a township: they are promises made in public."""
    return Matter.objects.filter(division=division, kind="rectification").exclude(state=State.WITHDRAWN)
