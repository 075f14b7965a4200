"""The readers of the roster: the organisation office's alone, in its own scope."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from yizhen.people.models import Account, Appointment, Official

from .statistics import Held

COLUMNS = ("official_id", "official__birth_month", "official__education", "post", "division_id", "began_on", "ended_on")


def may_keep_roster(user: Account) -> bool:
    """Return whether the user reads and keeps the roster: the organisation office, nobody else, no administrator."""
    return user.is_active and user.role == "city_office"


def appointments_visible_to(user: Account) -> QuerySet[Appointment]:
    """Return the appointments in the user's scope, ended ones with them; none for anybody but the organisation office."""
    if not may_keep_roster(user):
        return Appointment.objects.none()
    return Appointment.objects.filter(division__code__startswith=user.scope_id)


def held_in(user: Account) -> list[Held]:
    """Return every appointment in the user's scope, for counting. One query."""
    return [Held(*row) for row in appointments_visible_to(user).order_by("pk").values_list(*COLUMNS)]


def posts_of(user: Account, officials: list[int], day: date) -> list[Appointment]:
    """Return what some officials held on a day, and whose posts these are, by place."""
    rows = (
        appointments_visible_to(user)
        .filter(official__in=officials, began_on__lte=day)
        .exclude(ended_on__lt=day)
        .select_related("official", "division")
        .order_by("division", "post", "official")
    )
    return list(rows)


def known_officials(user: Account) -> dict[str, Official]:
    """Return the officials in the user's scope by the office's number."""
    visible = Official.objects.filter(appointments__in=appointments_visible_to(user)).exclude(number="")
    return {official.number: official for official in visible.distinct()}


def unnumbered(user: Account) -> dict[str, Official]:
    """Return the officials in the user's scope that were entered without a number, by name; no namesakes."""
    visible = Official.objects.filter(appointments__in=appointments_visible_to(user), number="").distinct()
    names = Counter(official.name for official in visible)
    return {official.name: official for official in visible if names[official.name] == 1}


def numbers_elsewhere(numbers: Iterable[str]) -> list[str]:
    """Return which numbers are those of officials outside of what the user sees: nothing else is said of them."""
    return sorted(Official.objects.filter(number__in=list(numbers)).values_list("number", flat=True))
