"""Lights on stored dates: the same as :attr:`Matter.light`, asked of the database when somebody asks."""

from datetime import date

from django.db.models import DateField, F, Q
from django.db.models.functions import Coalesce

from yizhen.clocks import Light, last_near_day

from .lifecycle import State


def by_day(field: str = "due_on") -> Coalesce:
    """Return a day to sort the few by that were found by something else.

    Not the bare column: SQLite would walk through a million matters in the order of their days to find them.
    """
    return Coalesce(F(field), F(field), output_field=DateField())


def has_light(wanted: Light, today: date) -> Q:
    """Return the condition that a matter has a light on a day."""
    near = last_near_day(today)
    waiting = Q(done_on__isnull=True)
    found = {
        Light.RED: (waiting & Q(due_on__lt=today)) | Q(done_on__gt=F("due_on")),
        Light.YELLOW: waiting & Q(due_on__gte=today, due_on__lte=near),
        Light.GREEN: (waiting & Q(due_on__gt=near)) | Q(done_on__lte=F("due_on")),
    }
    return found[wanted] & ~Q(state__in=[State.WITHDRAWN, State.SUSPENDED])
