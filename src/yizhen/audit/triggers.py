"""Database triggers that make tables append-only and columns frozen, on SQLite and PostgreSQL.

They are installed after every migrate, not by a migration: SQLite rebuilds a table when it changes and loses them. It
also refuses to rename a table that a trigger of another one looks at, so before anything is migrated they are taken off.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate


@dataclass(frozen=True)
class Guard:
    """One trigger: what it refuses, on which table, under which condition on OLD and NEW."""

    table: str
    verb: str
    condition: str = ""

    @property
    def name(self) -> str:
        """The trigger's name."""
        return f"{self.table}_guards_{self.verb.lower()}"


def append_only(table: str) -> list[Guard]:
    """Refuse every change and deletion of a table's rows."""
    return [Guard(table, "UPDATE"), Guard(table, "DELETE")]


def changes(*columns: str) -> str:
    """Return the condition that one of some columns changes."""
    return " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)


def frozen(table: str, columns: Sequence[str], *, when: str = "") -> list[Guard]:
    """Refuse changes of columns, always or while a condition on OLD and NEW holds; it may look at other tables."""
    return [Guard(table, "UPDATE", f"({changes(*columns)})" + (f" AND {when}" if when else ""))]


def decided_once(table: str, columns: Sequence[str], *, decided: str) -> list[Guard]:
    """Refuse changes of columns always, of everything once a condition on OLD holds, and deletion."""
    return [Guard(table, "UPDATE", f"({changes(*columns)}) OR {decided}"), Guard(table, "DELETE")]


def install(guards: Sequence[Guard], using: str) -> None:
    """Install triggers, replacing those of the same name."""
    connection = connections[using]
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for guard in guards:
            if guard.table not in tables:
                continue
            message = f"{guard.table} refuses {guard.verb.lower()}"
            if connection.vendor == "sqlite":
                # SQLite before 3.39 spells it IS NOT.
                condition = guard.condition.replace("IS DISTINCT FROM", "IS NOT")
                when = f"WHEN {condition}" if condition else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}")
                cursor.execute(
                    f"CREATE TRIGGER {guard.name} BEFORE {guard.verb} ON {guard.table} {when} "
                    f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
                )
            else:
                # The condition stands in the function: a trigger's own WHEN may not look at other tables.
                row = "OLD" if guard.verb == "DELETE" else "NEW"
                cursor.execute(
                    f"CREATE OR REPLACE FUNCTION {guard.name}() RETURNS trigger AS $$ BEGIN "
                    f"IF {guard.condition or 'true'} THEN RAISE EXCEPTION '{message}' "
                    f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END; $$ LANGUAGE plpgsql"
                )
                cursor.execute(
                    f"CREATE OR REPLACE TRIGGER {guard.name} BEFORE {guard.verb} ON {guard.table} FOR EACH ROW "
                    f"EXECUTE FUNCTION {guard.name}()"
                )


def take_off(guards: Sequence[Guard], using: str) -> None:
    """Drop triggers on SQLite, until :func:`install` brings them back."""
    if connections[using].vendor != "sqlite":
        return
    with connections[using].cursor() as cursor:
        for guard in guards:
            cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}")


def guard_after_migrate(app: Any, guards: Sequence[Guard]) -> None:
    """Have a room's triggers installed whenever it has been migrated. Called from the room's ``ready()``."""

    def handler(using: str, **_kwargs: Any) -> None:
        install(guards, using)

    def before(using: str, plan: Sequence[Any], **_kwargs: Any) -> None:
        if plan:
            take_off(guards, using)

    pre_migrate.connect(before, sender=app, weak=False, dispatch_uid=f"guards:{app.name}")
    post_migrate.connect(handler, sender=app, weak=False, dispatch_uid=f"guards:{app.name}")
