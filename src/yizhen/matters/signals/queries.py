"""The readers of signs."""

from django.db.models import QuerySet

from yizhen.matters.models import Signal
from yizhen.people.models import Account

from .rules import visible


def signals_visible_to(user: Account) -> QuerySet[Signal]:
    """Return the signs that the user may see, by period and sort, never by how far they go."""
    return Signal.objects.filter(visible(user)).select_related(
        "division", "unit__division", "explained_by", "decided_by"
    )
