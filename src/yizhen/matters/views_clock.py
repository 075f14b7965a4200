"""The page that counts a period and shows how."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yizhen.clocks import (
    ClockRefused,
    Deadline,
    Extension,
    Unit,
    WorkCalendar,
    compute_deadline,
    compute_deadline_at,
    extend,
    suspend,
)
from yizhen.places.calendars import calendar_for
from yizhen.places.queries import divisions_visible_to

from .clock_rules import ClockRule
from .clock_words import REFUSALS
from .forms_clock import ClockForm, first_values


@dataclass(frozen=True)
class Counted:
    """What the page shows: the deadline, how long it could last at most, or the moment when hours are counted."""

    known: ClockRule | None
    deadline: Deadline | None = None
    longest: Deadline | None = None
    moment: datetime | None = None

    @property
    def room(self) -> int:
        """How much could still be granted."""
        return self.longest.extensions[-1].amount if self.longest else 0


@login_required
def count_deadline(request: HttpRequest) -> HttpResponse:
    """Count a period of the law, or one's own, from a day in a place. Nothing is written; nothing is kept."""
    places = divisions_visible_to(request.user).filter(level__in=["prefecture", "county", "township"], retired_on=None)
    if request.GET:
        form = ClockForm(request.GET, places=places)
        counted = _count(form) if form.is_valid() else None
    else:
        scope: Any = request.user
        form = ClockForm(initial=first_values(scope.scope), places=places)
        counted = None
    return render(request, "matters/clock.html", {"form": form, "counted": counted}, status=400 if form.errors else 200)


def _count(form: ClockForm) -> Counted | None:
    data = form.cleaned_data
    known, rule = data["known"], data["counted"]
    if rule.unit is Unit.HOUR:
        begins = datetime.combine(data["start"], data["time"] or datetime.min.time(), timezone.get_current_timezone())
        return Counted(known, moment=compute_deadline_at(rule, begins))
    calendar = calendar_for(data["place"])
    deadline = compute_deadline(rule, data["start"], calendar)
    more = known.extension if known else Extension(rule.unit, amount=999)
    try:
        field = "halted_from"
        if data["halted_from"]:
            listed = {"listed": known.listed} if known else {}
            until = data["halted_until"]
            deadline = suspend(deadline, data["halted_from"], until, data["reason"], calendar=calendar, **listed)
        field = "extend"
        if data["extend"]:
            deadline = _extended(deadline, more, data["extend"], calendar)
    except ClockRefused as refused:
        form.add_error(field, str(REFUSALS[refused.refusal]))
        return None
    room = more.room(deadline) if known and more else 0
    longest = _extended(deadline, more, room, calendar) if room else None
    return Counted(known, deadline, longest)


def _extended(deadline: Deadline, more: Extension | None, amount: int, calendar: WorkCalendar) -> Deadline:
    """Extend as if it had been asked for in time."""
    if more is None:
        more = Extension(deadline.rule.unit, total_max=0)
    return extend(deadline, more, asked_on=deadline.due, amount=amount, calendar=calendar)
