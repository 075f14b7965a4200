"""The readers of assessment schemes."""

from typing import Any

from django.db.models import QuerySet

from yizhen.indicators.models import AssessmentScheme, SchemeEntry
from yizhen.indicators.rules import may_decide_entry, may_import
from yizhen.people.models import Account
from yizhen.places.queries import city_code

from .assessing import assess


def schemes_visible_to(user: Account) -> QuerySet[AssessmentScheme]:
    """Return the schemes of the user's city: drafts are seen by the office and the departments that work on them."""
    if not user.is_active or user.is_admin:
        return AssessmentScheme.objects.none()
    schemes = AssessmentScheme.objects.filter(division=city_code(user.scope_id))
    schemes = schemes.select_related("division", "index__design", "frozen_by")
    return schemes if may_import(user) else schemes.filter(state="frozen")


def entries_of(user: Account, scheme: AssessmentScheme) -> list[SchemeEntry]:
    """Return the entries of a scheme that the user may open, each with ``decidable`` for this user.

    The office and the departments see all; others those about places in their own scope, once they are decided.
    """
    entries = SchemeEntry.objects.filter(item__scheme=scheme).select_related(
        "item__approver", "item__scheme", "division", "entered_by", "decided_by"
    )
    if not may_import(user):
        entries = entries.filter(division__code__startswith=user.scope_id).exclude(state="entered")
    listed = list(entries)
    for one in listed:
        one.decidable = one.state == "entered" and not scheme.is_frozen and may_decide_entry(user, one)  # type: ignore[attr-defined]
    return listed


def result_of(scheme: AssessmentScheme) -> dict[str, Any]:
    """Return the frozen result, or what a draft would give now."""
    return assess(scheme) if scheme.result is None else scheme.result
