"""The readers of the audit chain."""

from typing import Any

from django.db.models import QuerySet

from .models import Record


def records_visible_to(user: Any) -> QuerySet[Record]:
    """Return the whole chain for an audit administrator, nothing for anybody else (三员分立)."""
    if getattr(user, "role", "") == "audit_admin" and user.is_active:
        return Record.objects.select_related("actor")
    return Record.objects.none()
