"""What tests make alike is made once in a process, and from then on put back row by row.

The audit chain names the history of a database: where it ends in the same hash, and every table holds as many rows, the
same making would lead to the same place. Its rows are put back in the order in which they lay, with their ids and moments,
in the caller's transaction, which takes them away again like any others. What is made first is made by the rooms' own
actions, in every process of every run.
"""

import json
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from functools import cache, wraps
from itertools import chain
from typing import Any, NamedTuple, ParamSpec, TypeVar, cast

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from yizhen.audit.actions import GENESIS

P = ParamSpec("P")
T = TypeVar("T")
Row = tuple[Any, ...]


class State(NamedTuple):
    """The hash that the audit chain ends in, and the number of rows of each table."""

    chain: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Made:
    """The rows that a making added, by table, and what it returned."""

    rows: dict[str, list[Row]]
    result: bytes


# Refused by a trigger once what they belong to is in force; keys to other tables are checked at the end of the transaction.
EARLY = ("growth_policycondition",)
_made: dict[tuple[Callable[..., Any], str, State], Made] = {}
_ends: set[State] = set()  # what makings have led to: the next may start there
_switched_off = False


@contextmanager
def off() -> Iterator[None]:
    """Let everything be made anew: for tests of how rows lie on the disk, and of who wrote them together."""
    global _switched_off
    before, _switched_off = _switched_off, True
    try:
        yield
    finally:
        _switched_off = before


def remembered(make: Callable[P, T]) -> Callable[P, T]:
    """Let a maker put back what it has made before.

    Kept is what begins in an empty database or where another making has ended, adds rows and changes none. Arguments are
    plain data and rows; whatever else is given has it made anew each time. Below ``@pytest.fixture`` it serves fixtures.
    """

    @wraps(make)
    def recalled(*args: P.args, **kwargs: P.kwargs) -> T:
        start = None if _switched_off else _state()
        name = None if start is None or not (start.chain == GENESIS or start in _ends) else _name(args, kwargs)
        if start is None or name is None:
            return make(*args, **kwargs)
        if (kept := _made.get((make, name, start))) is not None:
            _put_back(kept.rows)
            return cast("T", pickle.loads(kept.result))
        before = _rows()
        result = make(*args, **kwargs)
        if (added := _added(before, _rows())) is not None:
            _made[make, name, start] = Made(added, pickle.dumps(result))
            _ends.add(_state())
        return result

    return recalled


def _name(*arguments: Any) -> str | None:
    """Name a making of this day by its arguments; None when they have no names."""
    with suppress(TypeError):
        return json.dumps([timezone.localdate(), *arguments], sort_keys=True, default=_named)
    return None


def _named(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Model):
        return [value._meta.label, value.pk]
    raise TypeError


@cache
def _tables() -> list[str]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(names, key=lambda name: (name not in EARLY, name))


def _state() -> State:
    counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in _tables())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT (SELECT hash FROM audit_record ORDER BY number DESC LIMIT 1), {counts}")
        end, *numbers = cursor.fetchone()
    return State(end or GENESIS, tuple(numbers))


def _rows() -> dict[str, list[Row]]:
    """Return the rows of every table as they lie."""
    found = {}
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f"SELECT * FROM {table}")
            found[table] = cursor.fetchall()
    return found


def _added(before: dict[str, list[Row]], after: dict[str, list[Row]]) -> dict[str, list[Row]] | None:
    """Return the rows that are new, by table; None when one of the earlier rows is no longer as it was."""
    added = {}
    for table, rows in after.items():
        known = set(before[table])
        added[table] = [row for row in rows if row not in known]
        if len(added[table]) + len(known) != len(rows):
            return None
    return {table: rows for table, rows in added.items() if rows}


def _put_back(rows: dict[str, list[Row]]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table, lying in rows.items():
            marks = f"({', '.join(['%s'] * len(lying[0]))})"
            if connection.vendor == "sqlite":
                cursor.executemany(f"INSERT INTO {table} VALUES {marks}", lying)
            else:  # in one statement: every statement is a journey to the server
                cursor.execute(
                    f"INSERT INTO {table} VALUES {', '.join([marks] * len(lying))}", list(chain.from_iterable(lying))
                )
