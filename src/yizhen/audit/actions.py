"""The only writer of the audit chain."""

import hashlib
import json
from datetime import UTC
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from .events import as_details
from .models import Record
from .prepared import Prepared, keep

GENESIS = "0" * 64
LAST = Prepared(lambda: Record.objects.order_by("-number").values_list("number", "hash")[:1])
CHAIN_LOCK = 0x59495A48  # any fixed number: the name of the chain's lock in PostgreSQL


def link_hash(record: Record) -> str:
    """Return the hash of a record over all of its fields and the hash before it."""
    content = {
        "number": record.number,
        "at": record.at.astimezone(UTC).isoformat(),
        "actor": record.actor_id,
        "actor_label": record.actor_label,
        "event": record.event,
        "subject": record.subject,
        "scope": record.scope,
        "details": record.details,
        "previous": record.previous_hash,
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def record(actor: Any, happened: Any, subject: str, *, scope: str = "") -> Record:
    """Append one event to the chain inside the caller's transaction.

    Args:
        actor: the account that acted, or None for the system itself.
        happened: an event declared with :func:`yizhen.audit.events.event`.
        subject: what it happened to, ``room.noun:id``.
        scope: the division code that the subject lies in.

    Raises:
        RuntimeError: outside a transaction, where a rollback would leave the chain telling of what never happened.
        TypeError: when the event is not declared.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an audit record belongs in the transaction of the action it records")
    details = json.loads(json.dumps(as_details(happened), ensure_ascii=False, default=str))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
    number, previous = LAST.first() or (0, GENESIS)
    link = Record(
        number=number + 1,
        at=timezone.now(),
        actor=actor,
        actor_label=str(actor) if actor else "system",
        event=type(happened).event_name,
        subject=subject,
        scope=scope,
        details=details,
        previous_hash=previous,
    )
    link.hash = link_hash(link)
    keep(link)
    return link


def first_broken_link() -> tuple[int, str] | None:
    """Walk the chain and return the number of the first broken link with what is wrong, or None when it is whole."""
    expected, previous = 1, GENESIS
    with transaction.atomic():
        for link in Record.objects.order_by("number").iterator(chunk_size=2000):
            if link.number != expected:
                return expected, "missing"
            if link.previous_hash != previous:
                return link.number, "does not follow the link before it"
            if link.hash != link_hash(link):
                return link.number, "was changed after it was written"
            expected, previous = link.number + 1, link.hash
    return None
