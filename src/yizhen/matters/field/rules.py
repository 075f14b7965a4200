"""What may be sent from the field, by whom and about which places."""

from django.db.models import QuerySet

from yizhen.matters.kinds import MatterKind
from yizhen.matters.kinds.registry import kinds_in_force
from yizhen.matters.kinds.traits import has_trait
from yizhen.matters.lifecycle import TABLE, State, Verb
from yizhen.matters.rules import HANDLING_ROLES, may_open
from yizhen.people.models import Account
from yizhen.places.models import Division


def may_report(user: Account) -> bool:
    """Return whether the user reports from the field: who handles matters on the spot, grid, village and township."""
    return user.is_active and user.role in HANDLING_ROLES


def field_kinds(user: Account) -> dict[str, MatterKind]:
    """Return the kinds that the user may report from the field, by code.

    Those that a grid worker may open, whose clock starts by itself, and that nobody has to seal: a phone that lies about
    holds no petitioner's words.
    """
    if not may_report(user):
        return {}
    return {
        code: kind
        for code, kind in kinds_in_force().items()
        if "grid" in kind.openers and not kind.sealed and kind.first_clock is not None and may_open(user, kind)
    }


def solves_at_once(kind: MatterKind) -> bool:
    """Return whether the lifecycle lets a matter of this kind be reported and solved in one go."""
    transition = TABLE.get((Verb.SOLVE_AT_ONCE, State(kind.entry)))
    return transition is not None and has_trait(transition, kind)


def field_places(user: Account) -> QuerySet[Division]:
    """Return the places that a report may be about: the user's own, and the villages and grids below it."""
    return Division.objects.filter(
        code__startswith=user.scope_id, level__in=["township", "village", "grid"], retired_on=None
    ).order_by("code")
