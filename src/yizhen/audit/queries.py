"""The readers of the audit chain."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from .models import Record


def records_visible_to(user: Any) -> QuerySet[Record]:
    """Return the whole chain for an audit administrator, nothing for anybody else (三员分立)."""
    if getattr(user, "role", "") == "audit_admin" and user.is_active:
        return Record.objects.select_related("actor")
    return Record.objects.none()


def has_acted(user: Any, subjects: Collection[str], events: Collection[str] = ()) -> bool:
    """Return whether an account has acted on any of these subjects, in one of these ways where some are named: for recusal
    and for second persons, without reading what was done.
    """
    found = Record.objects.filter(actor=user, subject__in=subjects)
    return (found.filter(event__in=events) if events else found).exists()
