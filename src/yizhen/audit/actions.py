"""The only writer of the audit chain."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from .events import as_details
from .models import Record
from .prepared import Prepared, keep_all

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


@dataclass(frozen=True)
class Entry:
    """What is to be recorded: see :func:`record`."""

    actor: Any
    happened: Any
    subject: str
    scope: str = ""


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
    return record_all([Entry(actor, happened, subject, scope)])[0]


def record_all(entries: Sequence[Entry]) -> list[Record]:
    """Append some events to the chain in their order, as :func:`record` does one."""
    if not connection.in_atomic_block:
        raise RuntimeError("an audit record belongs in the transaction of the action it records")
    told = [json.loads(json.dumps(as_details(one.happened), ensure_ascii=False, default=str)) for one in entries]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
    number, previous = LAST.first() or (0, GENESIS)
    links = []
    for entry, details in zip(entries, told, strict=True):
        number += 1
        link = Record(
            number=number,
            at=timezone.now(),
            actor=entry.actor,
            actor_label=str(entry.actor) if entry.actor else "system",
            event=type(entry.happened).event_name,
            subject=entry.subject,
            scope=entry.scope,
            details=details,
            previous_hash=previous,
        )
        link.hash = previous = link_hash(link)
        links.append(link)
    keep_all(links)
    return links


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
