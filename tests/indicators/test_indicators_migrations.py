"""Batches that were checked before rows had a table of their own keep them, and get them back."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE, MIDDLE = ("indicators", "0006_neighbours"), ("indicators", "0020_rows_in_chunks")
VALUES = {"indicator": "L01", "division": "990181101", "period": "2025", "numerator": "1.0000", "denominator": "2.0000",
          "value": "5000.0000", "source": "HEA", "as_of": "2025-12-31", "note": ""}  # fmt: skip


def executor_of_old_ones() -> MigrationExecutor:
    """Return an executor that goes the way of sites from before the tables were made whole at once."""
    executor = MigrationExecutor(connection)
    executor.loader.replace_migrations = False
    executor.loader.build_graph()
    return executor


def migrated(to):
    executor_of_old_ones().migrate([to])
    return executor_of_old_ones().loader.project_state([to]).apps.get_model("indicators", "ImportBatch")


@pytest.fixture
def at_the_end(committing):
    # Triggers look at tables that a way back drops; they come back with the signal after the way forward.
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
    yield
    executor = executor_of_old_ones()
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.mark.once
def test_rows_of_old_batches_move_into_chunks_and_back(at_the_end):
    rows = [
        {"number": at, "values": VALUES, "errors": [{"cell": "A3", "message": "x"}] if at == 3 else []} for at in range(2, 604)
    ]  # fmt: skip
    migrated(BEFORE).objects.create(file_name="a.xlsx", sha256="0", rows=rows)

    batch = migrated(MIDDLE).objects.get()
    chunks = [(chunk.wrong, chunk.first, len(chunk.rows)) for chunk in batch.chunks.order_by("-wrong", "first")]
    first = batch.chunks.get(wrong=True).rows[0]
    back = migrated(BEFORE).objects.get()

    assert (batch.size, batch.wrong, chunks) == (602, 1, [(True, 0, 1), (False, 0, 500), (False, 500, 101)])
    assert first == [3, "", [{"cell": "A3", "message": "x"}], "L01", "990181101", "2025", "1.0000", "2.0000", "5000.0000", "HEA", "2025-12-31", ""]  # fmt: skip
    assert back.rows == rows
