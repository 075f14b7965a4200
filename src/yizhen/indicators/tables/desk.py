"""An uploaded table laid out with all that is known of it: what was found, remembered and chosen, and what is missing."""

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from yizhen.documents.cells import column_letters, date_of
from yizhen.documents.grids import Grid
from yizhen.documents.tables import Table, find_table
from yizhen.indicators.models import ImportMapping, Indicator, UploadedTable
from yizhen.indicators.periods import EXAMPLES, fits
from yizhen.indicators.rules import may_enter
from yizhen.indicators.workbook import open_book
from yizhen.people.models import Account, Unit
from yizhen.places.models import Division
from yizhen.web.templatetags.yizhen import label

from .mapping import FIGURES, Reading, Use, asked_names, fingerprint, propose
from .names import Gazetteer, Match
from .tidy import SURE, Figure, figures_of, part_factor
from .units import UnitMismatch, clean

ONCE = ("place", "county", "indicator", "period", "note")
MOST_SHEETS = 40
PREVIEW = 8


class Desk:
    """One uploaded table as one user reads it.

    Raises:
        UnreadableWorkbook: when the file cannot be opened any more.
    """

    def __init__(self, user: Account, uploaded: UploadedTable) -> None:
        self.user, self.uploaded = user, uploaded
        self.choices: dict[str, Any] = uploaded.choices
        self.book = open_book(bytes(uploaded.content), uploaded.file_name)
        self.sheet = self._sheet()

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """The figures that the user may enter, by code."""
        found = Indicator.objects.select_related("source")
        return {each.code: each for each in found if may_enter(self.user, each, self.user.scope_id)}

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """The places of the user's scope, and those above them."""
        scope = self.user.scope_id
        above = Division.objects.filter(code__in=[scope[:length] for length in (2, 4, 6, 9) if length < len(scope)])
        within = Division.objects.filter(code__startswith=scope, retired_on__isnull=True).exclude(level="grid")
        return Gazetteer(dict((above | within).order_by("code").values_list("code", "name_zh")))

    @cached_property
    def table(self) -> Table | None:
        """The table as it was found, or where it was said to be."""
        if self.choices.get("sheet") != self.sheet:
            return self._find(self.sheet)
        first, last = self.choices.get("first"), self.choices.get("last")
        heading = (first - 1, last - 1) if first and last and 1 <= first <= last else None
        return find_table(
            self._grid(self.sheet), self.gazetteer.knows, across=self.choices.get("across"), heading=heading
        )

    @cached_property
    def layout(self) -> str:
        """What the choices of columns hold for: they are of no use to a table that lies elsewhere."""
        table = self.table
        return f"{self.sheet}|{table.across:d}|{table.first}|{table.last}" if table else self.sheet

    @cached_property
    def remembered(self) -> ImportMapping | None:
        """What the user's office chose for the last table of this shape."""
        if self.table is None:
            return None
        return mappings_of(self.user).filter(fingerprint=fingerprint(self.table)).select_related("by").first()

    @cached_property
    def reading(self) -> Reading:
        """How the table is read: proposed, remembered, and over both what was chosen."""
        if self.table is None:
            return Reading({})
        kept = self.remembered.content if self.remembered else None
        reading = propose(
            self.table, self.indicators, self.gazetteer, file_name=self.uploaded.file_name, remembered=kept
        )
        if self.choices.get("layout") == self.layout:
            for at, chosen in self.choices["columns"].items():
                if (use := reading.uses.get(int(at))) is not None:
                    why = use.why if Use(**chosen, why=use.why) == use else ""
                    reading.uses[int(at)] = Use(**chosen, why=why)
            for name in ("period", "as_of", "source", "hidden_rows"):
                setattr(reading, name, self.choices[name])
            reading.places |= self.choices["places"]
        return reading

    @cached_property
    def names(self) -> dict[str, tuple[str, Match]]:
        """Every name of a row with figures: where it stands first, and what it may mean."""
        return asked_names(self.table, self.reading, self.gazetteer) if self.table else {}

    @property
    def unanswered(self) -> list[str]:
        """The names of which nobody has said yet what they mean."""
        return [
            name
            for name, (_at, match) in self.names.items()
            if match.why not in SURE and match.why != "total" and not self.reading.places.get(name)
        ]

    def figures(self) -> Iterator[Figure]:
        """Yield the figures of the table as it is read now."""
        if self.table is not None:
            yield from figures_of(self.table, self.reading, self.indicators, self.gazetteer)

    @property
    def preview(self) -> list[Figure]:
        """The first figures."""
        return list(islice(self.figures(), PREVIEW)) if not any(key.startswith("c") for key in self.problems) else []

    @cached_property
    def problems(self) -> dict[str, str]:
        """What must be said before the table can be checked: by column (c3), or period, as_of, source, places, table."""
        if self.table is None:
            return {"table": _("在这张表里没有找到数据：请选别的工作表，或指明表头在第几行。")}
        found = self._problems_of_columns()
        reading = self.reading
        if not any(use.role in {"numerator", "value"} for use in reading.uses.values()):
            found["table"] = _("请至少指明一列是哪个指标。")
        elif reading.names is None:
            found["table"] = _("请指明哪一列是地名。")
        as_of = date_of(reading.as_of)
        if as_of is None:
            found["as_of"] = _("请填写数据日期，例如 2026-03-31。")
        elif as_of > date.today():  # noqa: DTZ011  # a calendar day has no zone
            found["as_of"] = _("数据日期在将来。")
        if reading.source and not Unit.objects.filter(code=reading.source).exists():
            found["source"] = _("没有代码为“%(code)s”的部门。") % {"code": reading.source}
        if self.unanswered:
            found["places"] = _("还有 %(n)s 个地名要您指明。") % {"n": len(self.unanswered)}
        return found

    def _problems_of_columns(self) -> dict[str, str]:
        found: dict[str, str] = {}
        taken: dict[tuple[str, ...], int] = {}
        reading = self.reading
        asks = reading.column("indicator") is None
        for at, use in reading.uses.items():
            indicator = self.indicators.get(use.indicator)
            key: tuple[str, ...] = (use.role,)
            if use.role in FIGURES:
                key = (use.role, use.indicator, use.period or reading.period)
                if indicator is None and (use.indicator or (asks and use.role != "denominator")):
                    found[f"c{at}"] = _("请选择指标。")
                    continue
                if indicator is not None and not self._converts(use, indicator):
                    words = _("单位“%(unit)s”不能换算成“%(name)s”所用的单位。")
                    found[f"c{at}"] = words % {"unit": use.unit, "name": label(indicator)}
                elif indicator is not None and reading.column("period") is None:
                    self._check_period(at, use, indicator, found)
            if use.role and key in taken and (use.role in FIGURES or use.role in ONCE):
                found[f"c{at}"] = _("与 %(column)s 重复：同一用途只能有一列。") % {"column": self.letters(taken[key])}
            taken.setdefault(key, at)
        return found

    def _converts(self, use: Use, indicator: Indicator) -> bool:
        try:
            part_factor(use, indicator, self.reading.uses)
        except UnitMismatch:
            return False
        return True

    def _check_period(self, at: int, use: Use, indicator: Indicator, found: dict[str, str]) -> None:
        if not fits(use.period or self.reading.period, indicator.frequency):
            found[f"c{at}" if use.period else "period"] = _("“%(name)s”的期间应写成“%(example)s”的样子。") % {
                "name": label(indicator),
                "example": EXAMPLES[indicator.frequency],
            }

    def letters(self, at: int) -> str:
        """Return what a column is called in the file: its letters, or the row's number where the table lies across."""
        return str(at + 1) if self.table and self.table.across else column_letters(at)

    def kept(self) -> dict[str, Any]:
        """Return what is worth remembering of how the table is read."""
        assert self.table is not None
        uses = [self.reading.uses[column.at] for column in self.table.columns]
        return {
            "columns": [{"role": use.role, "indicator": use.indicator, "unit": clean(use.unit)} for use in uses],
            "places": self.reading.places,
            "source": self.reading.source,
        }

    def _grid(self, name: str) -> Grid:
        return self.book.grid(name)

    def _find(self, name: str) -> Table | None:
        return find_table(self._grid(name), self.gazetteer.knows)

    def _sheet(self) -> str:
        """Return the chosen sheet, or the one in which most places are named; a hidden one only where there is no other."""
        if self.choices.get("sheet") in self.book.sheets:
            return str(self.choices["sheet"])
        shown = [name for name, hidden in self.book.sheets.items() if not hidden] or list(self.book.sheets)
        if len(shown) == 1:
            return shown[0]
        tables = {name: self._find(name) for name in shown[:MOST_SHEETS]}
        return max(tables, key=lambda name: table.known if (table := tables[name]) else -1)


def mappings_of(user: Account) -> Any:
    """Return what the user's office has chosen for tables of other shapes."""
    mine = ImportMapping.objects.filter(scope=user.scope_id)
    return mine.filter(unit=user.unit_id) if user.unit_id else mine.filter(unit__isnull=True)
