"""The readers of the fourth board: lists of one township, and counts of many in a constant number of queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Substr

from yizhen.matters.colours import COLOUR_NAMES, Colour
from yizhen.matters.lifecycle import State
from yizhen.matters.models import SupervisionNotice
from yizhen.matters.queries import matters_visible_to
from yizhen.matters.teams.queries import teams_visible_to
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import inside

from .models import Meeting, ResponsibilityItem
from .rules import may_read

Rows = Iterable[Mapping[str, Any]]
TOWNSHIP = 9  # digits of a township's code
KEPT, KEPT_IN_PART = "兑现", "部分兑现"  # choices of the kind's field "kept" (matters/kinds/shipped.json)


def townships_read_by(user: Account) -> QuerySet[Division]:
    """Return the townships whose fourth board the user reads, by code."""
    if not may_read(user):
        return Division.objects.none()
    return Division.objects.filter(code__startswith=user.scope_id, level="township", retired_on=None).order_by("code")


def items_visible_to(user: Account) -> QuerySet[ResponsibilityItem]:
    """Return the items of responsibility in the user's scope."""
    items = ResponsibilityItem.objects.select_related("division", "done_by", "checked_by")
    return items.filter(inside(user.scope_id)) if may_read(user) else items.none()


def meetings_visible_to(user: Account) -> QuerySet[Meeting]:
    """Return the meetings in the user's scope."""
    meetings = Meeting.objects.select_related("division")
    return meetings.filter(inside(user.scope_id)) if may_read(user) else meetings.none()


def of_year(year: int, field: str) -> Q:
    """Return the condition that a date lies in a year."""
    return Q(**{f"{field}__gte": date(year, 1, 1), f"{field}__lte": date(year, 12, 31)})


@dataclass(frozen=True)
class Counts:
    """What is counted of one township in a year; every number is of what the reader may see, none is of persons."""

    items: int = 0
    items_checked: int = 0
    items_late: int = 0
    promises: int = 0
    promises_kept: int = 0
    promises_partly: int = 0
    promises_not_kept: int = 0
    promises_late: int = 0
    branches: int = 0
    branches_solved: int = 0
    notices: int = 0
    notices_open: int = 0
    meetings: int = 0
    meetings_held: int = 0
    meetings_not_held: int = 0
    meetings_unrecorded: int = 0


def counts_of(user: Account, codes: Iterable[str], year: int, today: date) -> dict[str, Counts]:
    """Return township → what is counted of it in a year. Five queries, however many townships."""
    wanted = set(codes)
    parts: dict[str, dict[str, int]] = {code: {} for code in wanted}
    for rows in (
        _items(user, year, today), _promises(user, year, today), _branches(user, year), _notices(user, year),
        _meetings(user, year, today),
    ):  # fmt: skip
        for row in rows:
            if row["place"] in wanted:
                parts[row["place"]] |= {name: n for name, n in row.items() if name != "place"}
    return {code: Counts(**found) for code, found in parts.items()}


def _items(user: Account, year: int, today: date) -> Rows:
    items = items_visible_to(user).filter(year=year).exclude(state="dropped").order_by()
    late = Q(done_on__isnull=True, due_on__lt=today) | Q(done_on__gt=F("due_on"))
    return items.values(place=F("division_id")).annotate(
        items=Count("pk"), items_checked=Count("pk", filter=Q(state="checked")), items_late=Count("pk", filter=late)
    )


def _promises(user: Account, year: int, today: date) -> Rows:
    """Count promises made in a year by what their verified report says: kept, kept in part, or honestly not kept."""
    made = matters_visible_to(user).select_related(None).filter(kind="own_promise", opened_at__year=year)
    made = made.exclude(state=State.WITHDRAWN).order_by()
    closed, late = Q(state=State.CLOSED), Q(done_on__isnull=True, due_on__lt=today) | Q(done_on__gt=F("due_on"))
    return made.values(place=Substr("division_id", 1, TOWNSHIP)).annotate(
        promises=Count("pk"),
        promises_kept=Count("pk", filter=closed & Q(results__kept=KEPT)),
        promises_partly=Count("pk", filter=closed & Q(results__kept=KEPT_IN_PART)),
        promises_not_kept=Count("pk", filter=closed & ~Q(results__kept__in=[KEPT, KEPT_IN_PART])),
        promises_late=Count("pk", filter=late),
    )


def _branches(user: Account, year: int) -> Rows:
    teams = teams_visible_to(user).select_related(None).order_by()
    teams = teams.filter(of_year(year, "formed_on"), sort="action_branch")
    solved = Q(matter__state=State.CLOSED, matter__disposition="solved")
    return teams.values(place=Substr("matter__division_id", 1, TOWNSHIP)).annotate(
        branches=Count("matter", distinct=True), branches_solved=Count("matter", distinct=True, filter=solved)
    )


def _notices(user: Account, year: int) -> Rows:
    notices = notices_visible_to(user).filter(of_year(year, "issued_on")).select_related(None).order_by()
    return notices.values(place=Substr("matter__division_id", 1, TOWNSHIP)).annotate(
        notices=Count("pk"), notices_open=Count("pk", filter=Q(answered_at__isnull=True))
    )


def _meetings(user: Account, year: int, today: date) -> Rows:
    meetings = meetings_visible_to(user).filter(of_year(year, "planned_on")).order_by()
    return meetings.values(place=F("division_id")).annotate(
        meetings=Count("pk"),
        meetings_held=Count("pk", filter=Q(held=True)),
        meetings_not_held=Count("pk", filter=Q(held=False)),
        meetings_unrecorded=Count("pk", filter=Q(held__isnull=True, planned_on__lt=today)),
    )


def notices_visible_to(user: Account) -> QuerySet[SupervisionNotice]:
    """Return the supervision notices to townships about matters that the user sees; departments' own are not theirs."""
    seen = matters_visible_to(user).select_related(None).filter(addressee__isnull=True).order_by()
    notices = SupervisionNotice.objects.select_related("matter__division")
    return notices.filter(matter__in=seen.values("pk")) if may_read(user) else notices.none()


def colours_of(user: Account, division: Division, year: int) -> list[tuple[Any, int, int]]:
    """Return (colour, how many notices of a year, how many of them are unanswered) of a township."""
    found = notices_visible_to(user).filter(of_year(year, "issued_on"), inside(division.code, "matter__division"))
    rows: Mapping[str, tuple[int, int]] = {
        colour: (n, open_ones)
        for colour, n, open_ones in found.order_by()
        .values("colour")
        .annotate(n=Count("pk"), open_ones=Count("pk", filter=Q(answered_at__isnull=True)))
        .values_list("colour", "n", "open_ones")
    }
    return [(COLOUR_NAMES[colour], *rows.get(colour.value, (0, 0))) for colour in Colour]


def open_notices(user: Account, division: Division) -> QuerySet[SupervisionNotice]:
    """Return the unanswered notices to a township, first answer day first."""
    found = notices_visible_to(user).filter(inside(division.code, "matter__division"), answered_at__isnull=True)
    return found.order_by("answer_due_on", "pk")
