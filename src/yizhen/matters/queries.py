"""The readers of matters; searching them is in ``searching``."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, When
from django.utils import timezone

from yizhen.clocks import Light
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import inside

from .lifecycle import OPEN_STATES, State
from .lights import has_light
from .models import Accused, Matter, TaskTeam
from .recusals import left_to_others_by
from .whose import verified_by, waits_for

# What a line of a list or a card of the board shows: a whole matter with its places has five times as many columns.
LINE = (
    *("number", "title", "kind", "frozen", "state", "due_on", "done_on"),
    *("division__name_zh", "division__name_en"),
    *("dispatcher__name_zh", "dispatcher__name_en", "addressee__name_zh", "addressee__name_en"),
)


def matters_visible_to(user: Account) -> QuerySet[Matter]:
    """Return the matters in the user's scope; a department sees what it sent, received or joins in on; administrators see none.

    Sealed matters are shown to nobody in a village or a grid, and never to the unit or the place that they accuse: the
    query itself leaves them out (Regulations on Petition Work arts. 30, 46).
    """
    matters = Matter.objects.select_related("division", "dispatcher", "addressee")
    if not user.is_active or user.is_admin or user.is_for_ballots:
        return matters.none()
    if user.role == "department":
        joins_in = TaskTeam.objects.filter(unit=user.unit_id, ended_on__isnull=True).values("matter")
        mine = matters.filter(Q(dispatcher=user.unit) | Q(addressee=user.unit) | Q(pk__among=joins_in))
        return mine.exclude(pk__in=Accused.objects.filter(unit=user.unit_id).values("matter"))
    matters = matters.filter(inside(user.scope_id))
    if user.role in {"village", "grid_worker"}:
        return matters.filter(Q(frozen__isnull=True) | Q(frozen__spec__sealed=False))
    if user.role == "city_office":
        return matters  # somebody must be able to deal with what accuses the city's own places
    above = [user.scope_id[:length] for length in range(1, len(user.scope_id) + 1)]
    return matters.exclude(pk__in=Accused.objects.filter(division__in=above).values("matter"))


def due_from(user: Account) -> QuerySet[Matter]:
    """Return everything that waits for the user, most urgent first: to file, to handle, to verify, to decide on."""
    today = timezone.localdate()
    urgency = Case(
        *(
            When(has_light(light, today), then=place)
            for place, light in enumerate((Light.RED, Light.YELLOW, Light.GREEN))
        ),
        default=3,
    )
    return waiting_with(user).order_by(urgency, "due_on", "number")


def waiting_with(user: Account) -> QuerySet[Matter]:
    """Return what :func:`due_from` sorts, by due date. A matter that waits for its requester waits for nobody here."""
    open_ones = matters_visible_to(user).filter(state__in=OPEN_STATES).exclude(state=State.VERIFIED)
    return open_ones.filter(waits_for(user), ~left_to_others_by(user)).defer("text", "clock")


def look_backs_due(user: Account, today: date | None = None) -> QuerySet[Matter]:
    """Return closed matters whose look-back day has come and that the user may check."""
    day = today or timezone.localdate()
    due = matters_visible_to(user).filter(
        verified_by(user), ~left_to_others_by(user), state=State.CLOSED, look_back_on__lte=day
    )
    return due.defer("text", "clock").prefetch_related("look_backs").order_by("look_back_on", "number")


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
    matters = matters_visible_to(user).filter(inside(division.code), state__in=OPEN_STATES)
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


def by_light() -> dict[str, Count]:
    """Return how many matters have each light, to count by."""
    today = timezone.localdate()
    return {light.value: Count("pk", filter=has_light(light, today)) for light in Light}


def board_counts(matters: QuerySet[Matter]) -> dict[str, dict[str, Counter[str]]]:
    """Return work line → kind → number of open matters by light ("" while suspended). One query."""
    counted = matters.filter(state__in=OPEN_STATES).order_by().values("work_line", "kind")
    found: dict[str, dict[str, Counter[str]]] = {}
    for row in counted.annotate(all=Count("pk"), **by_light()):
        found.setdefault(row["work_line"], {})[row["kind"]] = lights_of(row)
    return found


def lights_of(row: Mapping[str, Any]) -> Counter[str]:
    """Return a row counted ``by_light`` and as a whole (``all``) as a counter, without the lights that it has none of."""
    found = {light.value: row[light.value] for light in Light}
    return Counter({light: n for light, n in (found | {"": row["all"] - sum(found.values())}).items() if n})


def rectification_of(division: Division) -> QuerySet[Matter]:
    """Return the rectification items of a township: they are promises made in public."""
    return Matter.objects.filter(division=division, kind="rectification").exclude(state=State.WITHDRAWN)
