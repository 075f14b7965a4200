"""A calendar that a city keeps: the national one, a table for each year over it, and days on which a place was closed."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from .calendars import WORKED, DayKind, WorkCalendar, national_calendar

TABLE_KINDS = (DayKind.HOLIDAY, DayKind.MAKE_UP_WORKDAY, DayKind.WORKING_DAY, DayKind.HALF_DAY)
"""What a row of a yearly table may say; weekends need no row."""


@dataclass(frozen=True)
class TableDay:
    """One row of a yearly table.

    Raises:
        ValueError: when the kind is none that a table may say.
    """

    day: date
    kind: DayKind
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", DayKind(self.kind))
        if self.kind not in TABLE_KINDS:
            raise ValueError(f"a yearly table cannot make {self.day} a {self.kind}")


@dataclass(frozen=True)
class Closure:
    """Days, both ends counted, on which the offices of a place were closed by an order, such as in a flood.

    Raises:
        ValueError: when it ends before it begins.
    """

    first: date
    last: date
    reason: str

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"the closure ends on {self.last}, before it begins on {self.first}")


@dataclass(frozen=True)
class TableCalendar(WorkCalendar):
    """A calendar over another one: rows of a table go before it, and closures before both.

    A year that has a table is published, whether or not the calendar below knows it. A closed working day counts as a day
    off, also as a last day, which then rolls: no article says so of a closure, it is this project's own default. A day
    that is off anyway keeps its own name.

    ``tables`` maps a year to its rows; ``version`` names the state of the calendar, made of its content when not given.
    """

    tables: Mapping[int, Iterable[TableDay]]
    closures: tuple[Closure, ...] = ()
    below: WorkCalendar = field(default_factory=national_calendar)
    version: str = ""
    _days: Mapping[date, TableDay] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        days = {row.day: row for rows in self.tables.values() for row in rows}
        object.__setattr__(self, "_days", days)
        if not self.version:
            object.__setattr__(self, "version", f"{self.below.version} + {digest_of(days.values(), self.closures)}")

    def describe(self, day: date) -> DayKind:
        """Return the kind of the day: by the closures, the table of its year, the calendar below."""
        kind = self._days[day].kind if day in self._days else self.below.describe(day)
        return DayKind.LOCAL_CLOSURE if kind in WORKED and self._closure(day) else kind

    def holiday_name(self, day: date) -> str:
        """Return the name of the holiday, or why the place is closed."""
        if self.describe(day) is DayKind.LOCAL_CLOSURE and (closure := self._closure(day)):
            return closure.reason
        return self._days[day].name if day in self._days else self.below.holiday_name(day)

    def is_published(self, year: int) -> bool:
        """Return whether the year has a table, or the calendar below knows it."""
        return year in self.tables or self.below.is_published(year)

    def _closure(self, day: date) -> Closure | None:
        return next((one for one in self.closures if one.first <= day <= one.last), None)


def digest_of(rows: Iterable[TableDay], closures: Iterable[Closure] = ()) -> str:
    """Return twelve hexadecimal digits that stand for the content of a table and of closures, in any order."""
    lines = sorted(f"{row.day}\t{row.kind.value}\t{row.name}" for row in rows)
    lines += sorted(f"{one.first}\t{one.last}\t{one.reason}" for one in closures)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]
