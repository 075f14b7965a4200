"""The readers of emergency plans and duty rosters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import city_code, inside
from yizhen.watches.models import Plan, Roster, Shift
from yizhen.watches.models.emergency import PARTS, week_of
from yizhen.web.board import BoardLine

from .rules import may_read

NEAR = 1  # days ahead in which a gap is urgent


def _above(code: str) -> list[str]:
    """Return the codes of the places that a place lies in, and its own."""
    return [code[:length] for length in (2, 4, 6, 9) if length <= len(code)]


def _visible(user: Account) -> Q:
    """Offices see their own circle and what lies above it: whom to call is nobody's secret."""
    if user.role in {"city_office", "department"}:
        return inside(city_code(user.scope_id))
    return inside(user.scope_id) | Q(division__in=_above(user.scope_id))


def plans_visible_to(user: Account) -> QuerySet[Plan]:
    """Return the plans that are valid for the user's place, or made in its scope, each in its last version."""
    if not may_read(user):
        return Plan.objects.none()
    plans = Plan.objects.filter(_visible(user), followed_by__isnull=True)
    return plans.select_related("division", "office", "by").order_by("division", "office", "pk")


def versions_visible_to(user: Account) -> QuerySet[Plan]:
    """Return the plans that the user may see, in every version."""
    if not may_read(user):
        return Plan.objects.none()
    return Plan.objects.filter(_visible(user)).select_related("division", "office", "by")


def rosters_visible_to(user: Account) -> QuerySet[Roster]:
    """Return the rosters of the user's circle and of what lies above it."""
    if not may_read(user):
        return Roster.objects.none()
    return Roster.objects.filter(_visible(user)).select_related("division", "office").order_by("division", "office")


@dataclass(frozen=True)
class Slot:
    """One day and one part of it in a roster; without a shift, or with one without a post, nobody is on duty."""

    day: date
    part: str
    shift: Shift | None

    @property
    def is_gap(self) -> bool:
        """Whether nobody is on duty."""
        return self.shift is None or not self.shift.post

    @property
    def part_name(self) -> Any:
        """The part in the page's language."""
        return PARTS[self.part]

    @property
    def light(self) -> str:
        """Red for a gap today or tomorrow, yellow for a later one. What is over has no light."""
        today = timezone.localdate()
        if not self.is_gap or self.day < today:
            return ""
        return "red" if self.day <= today + timedelta(days=NEAR) else "yellow"


def slots_of(shifts: Iterable[Shift], days: Sequence[date]) -> list[Slot]:
    """Return each part of some days with its shift, gaps included."""
    kept = {(one.day, one.part): one for one in shifts}
    return [Slot(day, part, kept.get((day, part))) for day in days for part in PARTS]


@dataclass(frozen=True)
class Week:
    """A week of one office's roster; ``roster`` is None where none was ever kept."""

    division: Division
    office: Any
    roster: Roster | None
    slots: list[Slot]

    @property
    def gaps(self) -> list[Slot]:
        """The slots in which nobody is on duty."""
        return [one for one in self.slots if one.is_gap]

    @property
    def light(self) -> str:
        """The worst light of its slots; green without a gap to come."""
        lights = {one.light for one in self.slots}
        return "red" if "red" in lights else "yellow" if "yellow" in lights else "green"


def weeks_visible_to(user: Account, day: date, **only: Any) -> list[Week]:
    """Return a week of every office in sight: kept rosters, and the places of the user's own scope that keep none.

    Three queries, however many offices there are.
    """
    days = week_of(day)
    rosters = list(rosters_visible_to(user).filter(**only))
    shifts: dict[int, list[Shift]] = {}
    for one in Shift.objects.filter(roster__in=rosters, day__gte=days[0], day__lte=days[-1]):
        shifts.setdefault(one.roster_id, []).append(one)
    weeks = [Week(one.division, one.office, one, slots_of(shifts.get(one.pk, ()), days)) for one in rosters]
    kept = {one.division_id for one in rosters if one.office_id is None}
    if user.role != "department":
        places = Division.objects.filter(code__startswith=user.scope_id, retired_on=None)
        if "division__code__startswith" in only:
            places = places.filter(code__startswith=only["division__code__startswith"])
        bare = places.filter(level__in=["prefecture", "county", "township"]).exclude(code__in=kept)
        weeks += [Week(place, None, None, slots_of((), days)) for place in bare]
    return sorted(weeks, key=lambda one: (one.division.code, one.office.code if one.office else ""))


def board_lines(user: Account, division: Division) -> list[BoardLine]:
    """Return who is on duty in a place now, and the gaps of this week. Two queries."""
    if not may_read(user):
        return []
    today = timezone.localdate()
    roster = rosters_visible_to(user).filter(division=division, office=None).first()
    if roster is None and not user.covers(division.code):
        return []
    days = week_of(today)
    shifts = roster.shifts.filter(day__gte=days[0], day__lte=days[-1]) if roster else ()
    week = Week(division, None, roster, slots_of(shifts, days))
    gaps = [one for one in week.gaps if one.day >= today]
    on_duty = [one.shift.post for one in week.slots if one.day == today and one.shift and one.shift.post]
    value = _("今天：%(posts)s") % {"posts": _("、").join(on_duty)} if on_duty else _("今天没有排班")
    detail = _("本周还有 %(n)s 班没有人") % {"n": len(gaps)} if gaps else _("本周都有人")
    address = f"/watches/duty/{roster.pk}/" if roster else "/watches/duty/"
    return [BoardLine(_("应急值守"), value, address, detail, week.light)]
