"""After the close: rows written anew, and what the old ones left in the storage removed. Read ADR 1 first."""

import time
from operator import attrgetter
from typing import Any

from django.db import connection

from yizhen.appraisals.models import Card, Opinion, Round, SealedOpinion, SealedSheet
from yizhen.appraisals.models.ballot import random_id


def rewrite_sorted(round_: Round) -> None:
    """Write all cards, sheets and opinions of a round again, sorted by their hashes under random keys, in one transaction.

    Afterwards neither key, row order, nor PostgreSQL's xmin and ctid pair a card with a sheet. An order by hash says as
    little of the arrival as a random one, and anybody can check that it is there (see ``attacks.py``).
    """
    for model, hashed in ((Card, "code_hash"), (SealedSheet, "receipt"), (SealedOpinion, "fingerprint")):
        rows: list[Any] = sorted(model.objects.filter(round=round_), key=attrgetter(hashed))
        model.objects.filter(round=round_).delete()
        for row in rows:
            row.pk = random_id()
        model.objects.bulk_create(rows, batch_size=500)


def scrub_storage() -> bool:
    """Remove what deleted rows left behind in the database file (free pages, WAL, dead tuples), outside transactions.

    Returns False when called inside a transaction, where the database cannot do it, or when somebody went on reading
    an old state of the database for too long, so that something of it had to stay.
    """
    if connection.in_atomic_block:
        return False
    tables = [model._meta.db_table for model in (Card, SealedSheet, SealedOpinion, Opinion)]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return not cursor.fetchone()[0]
        alone = _old_snapshots_have_ended(cursor)
        for table in tables:
            cursor.execute(f"VACUUM FULL {table}")
    return alone


def _old_snapshots_have_ended(cursor: Any) -> bool:
    """Wait, at most 20 seconds, for PostgreSQL's readers of an older state: VACUUM FULL keeps dead rows for them.

    Such a reader may be a dump, an open transaction, or autovacuum's ANALYZE; in another database of the server too,
    because every new snapshot, VACUUM FULL's own among them, reaches back to the oldest transaction of them all.
    """
    cursor.execute("SELECT txid_current() % 4294967296")
    now = str(cursor.fetchone()[0])
    for _attempt in range(200):
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            "AND greatest(age(backend_xmin), age(backend_xid)) > age(%s::text::xid)",
            [now],
        )
        if not cursor.fetchone()[0]:
            return True
        time.sleep(0.1)
    return False
