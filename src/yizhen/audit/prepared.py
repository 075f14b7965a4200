"""Statements that Django writes once: for what is asked every time something is filed, or on every page.

Writing a statement takes Django ten times as long as SQLite takes to answer it by a unique index.
"""

import json
from collections.abc import Callable, Hashable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet


class Prepared:
    """A query of plain columns whose values are texts, written at its first use and asked again with other values.

    Args:
        query: returns the query of some texts; it asks ``values_list`` of columns that no database converts: texts and
            whole numbers, never dates or JSON.
    """

    def __init__(self, query: Callable[..., QuerySet[Any, Any]]) -> None:
        self._query = query
        self._written: dict[tuple[str, int], tuple[str, list[Any]]] = {}

    def rows(self, *values: str) -> list[tuple[Any, ...]]:
        """Return the rows for some values, in the order of the query."""
        sql, places = self._statement(len(values))
        with connection.cursor() as cursor:
            cursor.execute(sql, [values[place.number] if isinstance(place, _Mark) else place for place in places])
            return list(cursor.fetchall())

    def first(self, *values: str) -> tuple[Any, ...] | None:
        """Return the first row for some values, or None."""
        return next(iter(self.rows(*values)), None)

    def _statement(self, number: int) -> tuple[str, list[Any]]:
        key = (connection.vendor, number)
        known = self._written.get(key)
        if known is None:
            marks = [_Mark(each) for each in range(number)]
            sql, params = self._query(*marks).query.get_compiler(connection=connection).as_sql()
            by_text = {str(mark): mark for mark in marks}
            known = self._written[key] = (sql, [by_text.get(str(value), value) for value in params])
        return known


class _Mark(str):
    """Stands for the value of a number while a statement is written."""

    number: int

    def __new__(cls, number: int) -> "_Mark":
        mark = super().__new__(cls, f"\x00value {number}\x00")
        mark.number = number
        return mark


class Remembered:
    """Statements by what they were written from: for queries whose conditions say the same all day for one account.

    The key has to name everything that the query is made of; the values are columns as in :class:`Prepared`.
    """

    def __init__(self, most: int = 1_000) -> None:
        self._most = most
        self._written: dict[tuple[Hashable, ...], tuple[str, Any]] = {}

    def rows(self, key: tuple[Hashable, ...], query: Callable[[], QuerySet[Any, Any]]) -> list[tuple[Any, ...]]:
        """Return the rows of the query of a key; it is made only when its statement is not remembered."""
        key = (connection.vendor, *key)
        known = self._written.get(key)
        if known is None:
            try:
                known = query().query.get_compiler(connection=connection).as_sql()
            except EmptyResultSet:  # conditions that nothing can meet
                return []
            self._written[key] = known
            while len(self._written) > self._most:
                self._written.pop(next(iter(self._written)), None)
        with connection.cursor() as cursor:
            cursor.execute(*known)
            return list(cursor.fetchall())


def keep(made: Model) -> None:
    """Insert a new row as ``save(force_insert=True)`` does, in a third of its time; no signal is sent.

    Its statement is written once for each model. A key that the database gives is set on ``made``.
    """
    keep_all([made])


def keep_all(made: Sequence[Model]) -> None:
    """Insert new rows of one model as :func:`keep` does, by one statement."""
    if not made:
        return
    together = len(made) > 1 and connection.vendor == "postgresql"
    sql, fields = _insert_of(type(made[0]), 0 if together else len(made), connection.vendor)
    rows = [[field.get_db_prep_save(field.pre_save(one, add=True), connection) for field in fields] for one in made]
    with connection.cursor() as cursor:
        cursor.execute(sql, [_as_json(fields, rows)] if together else [value for row in rows for value in row])
        if len(fields) < len(made[0]._meta.local_concrete_fields):
            for one, (key,) in zip(
                made, cursor.fetchall(), strict=True
            ):  # in the order of the rows, as bulk_create reads them
                one.pk = key
    for one in made:
        one._state.adding, one._state.db = False, connection.alias


@lru_cache(1_000)
def _insert_of(model: type[Model], number: int, _vendor: str) -> tuple[str, list[Any]]:
    """Return the statement that inserts so many rows, and the fields of its values; for 0 rows that of any number, as JSON.

    PostgreSQL's driver takes longer to write hundreds of values into a statement than the database to read it.
    """
    quote: Callable[[Any], str] = connection.ops.quote_name
    key, table = model._meta.auto_field, quote(model._meta.db_table)
    fields = [field for field in model._meta.local_concrete_fields if field is not key]
    columns = ", ".join(quote(field.column) for field in fields)
    marks = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * number)
    rows = f"VALUES {marks}" if number else f"SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s)"  # noqa: S608
    back = f" RETURNING {quote(key.column)}" if key is not None else ""
    return f"INSERT INTO {table} ({columns}) {rows}{back}", fields


def _as_json(fields: Sequence[Any], rows: Sequence[Sequence[Any]]) -> str:
    columns = [field.column for field in fields]
    return json.dumps([dict(zip(columns, row, strict=True)) for row in rows], default=_plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: what the driver wraps as JSON itself, days and moments as their texts."""
    if isinstance(value, date | Decimal | UUID):
        return str(value)
    return value.obj
