"""Checking rows of figures against catalogue, places, scope and form. Writes nothing to the database."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import ROUND_05UP, Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from yizhen.documents.cells import LARGEST, date_of, number_of, text_of, typed
from yizhen.people.models import Account, Unit
from yizhen.places.models import Division
from yizhen.web.templatetags.yizhen import label

from .models import Indicator
from .periods import EXAMPLES, fits
from .rules import may_enter

COLUMNS = ("indicator", "division", "period", "numerator", "denominator", "value", "source", "as_of", "note")
PARTS = ("numerator", "denominator", "value")
PLACES = Decimal("0.0001")
LETTERS = dict(zip(COLUMNS, "ABCDEFGHI", strict=True))

Row = dict[str, Any]
"""A checked row as it is kept: ``number`` in the sheet, ``values`` as plain text, ``errors`` by cell, ``at`` its address."""


class NoNumber(str):
    """What stands where a number should, as it was written."""

    __slots__ = ()


class _Texts(dict[Any, str]):
    """What a cell says, as it was meant; few codes stand in many rows."""

    def __missing__(self, cell: Any) -> str:
        text = typed(text_of(cell))
        if type(cell) is str or type(cell) is float:
            self[cell] = text
        return text


class _Days(dict[Any, tuple[date | None, str]]):
    """The day in a cell, and how it is written; few days stand in many rows."""

    def __missing__(self, cell: Any) -> tuple[date | None, str]:
        day = date_of(cell)
        self[cell] = found = (day, day.isoformat() if day else "")
        return found


class Checker:
    """Checks one row after the other for one user; remembers what it has seen, so that ten thousand rows ask nothing."""

    def __init__(self, user: Account) -> None:
        self.user = user
        self.indicators = {indicator.code: indicator for indicator in Indicator.objects.select_related("source")}
        self.divisions = set(
            Division.objects.filter(code__startswith=user.scope_id).values_list("code", flat=True).iterator()
        )
        self.units = set(Unit.objects.values_list("code", flat=True))
        self.seen: dict[tuple[str, str, str], int | str] = {}
        self._texts = _Texts()
        self._days = _Days()
        self._right: set[tuple[str, str]] = set()  # indicators with periods that fit and that the user may enter
        self._today = date.today()  # noqa: DTZ011  # a calendar day in a sheet has no zone

    def check(self, number: int, cells: Sequence[Any], *, at: str = "", address: dict[str, str] | None = None) -> Row:
        """Return a row of the nine columns with its errors, each at its cell.

        Args:
            number: the row's number in the sheet.
            cells: what stands in ``COLUMNS``; numbers may be decimals already.
            at: where the figure stands in the file that was uploaded, when that is another table.
            address: the cell of each column there.
        """
        errors: list[dict[str, str]] = []

        def wrong(column: str, message: str) -> None:
            cell = f"{LETTERS[column]}{number}" if address is None else address.get(column, at)
            errors.append({"cell": cell, "message": message})

        texts = self._texts
        code, division, period, source = texts[cells[0]], texts[cells[1]], texts[cells[2]], texts[cells[6]]
        if code not in self.indicators:
            code = code.upper()
        indicator = self.indicators.get(code)
        if (code, period) not in self._right or division not in self.divisions:
            self._check_keys(code, indicator, division, period, wrong)
        top, bottom, value = cells[3], cells[4], cells[5]
        if value == "" and indicator and indicator.per and _are_counts(top, bottom):
            written: tuple[str | None, ...] = _ratio_of_counts(int(top), int(bottom), indicator.per)
        else:
            written = self._numbers(cells, indicator, errors, wrong)
        source = source.upper() or (indicator.source_id if indicator else "")
        if source not in self.units:
            wrong("source", _("没有代码为“%(code)s”的部门。") % {"code": source})
        as_of, as_of_text = self._days[cells[7]]
        if as_of is None:
            wrong("as_of", _("请填写数据日期，例如 2026-03-31。"))
        elif as_of > self._today:
            wrong("as_of", _("数据日期在将来。"))
        first = self.seen.setdefault((code, division, period), at or number)
        if first != (at or number) and not errors:
            same = _("与第 %(n)s 行重复。") if address is None else _("与 %(n)s 重复：同一地方、同一指标、同一期间。")
            wrong("indicator", same % {"n": first})
        row: Row = {
            "number": number,
            "values": {  # in the order of the columns, as they are kept
                "indicator": code,
                "division": division,
                "period": period,
                "numerator": written[0],
                "denominator": written[1],
                "value": written[2],
                "source": source,
                "as_of": as_of_text,
                "note": "" if cells[8] == "" else text_of(cells[8])[:120],
            },
            "errors": errors,
        }
        if at:
            row["at"] = at
        return row

    def _check_keys(
        self, code: str, indicator: Indicator | None, division: str, period: str, wrong: Callable[[str, str], None]
    ) -> None:
        """Name what is wrong with a row's keys; an indicator with its period that is right is not asked again."""
        if indicator is None:
            wrong("indicator", _("指标目录里没有“%(code)s”。") % {"code": code})
        if division not in self.divisions:
            wrong("division", _("您的管辖范围内没有区划“%(code)s”。") % {"code": division})
        if indicator is None:
            return
        fitting, allowed = fits(period, indicator.frequency), may_enter(self.user, indicator, self.user.scope_id)
        if fitting and allowed:
            self._right.add((code, period))
        if not fitting:
            wrong("period", _("期间应写成“%(example)s”的样子。") % {"example": EXAMPLES[indicator.frequency]})
        if division in self.divisions and not allowed:
            wrong(
                "indicator",
                _("“%(name)s”由%(source)s提供，您不能填报。")
                % {"name": label(indicator), "source": label(indicator.source)},
            )

    def _numbers(
        self,
        cells: Sequence[Any],
        indicator: Indicator | None,
        errors: Sequence[Any],
        wrong: Callable[[str, str], None],
    ) -> tuple[str | None, ...]:
        numbers = {
            part: None if cell is None or cell == "" else self._number(part, cell, indicator, wrong)
            for part, cell in zip(PARTS, cells[3:6], strict=True)
        }
        if numbers["denominator"] is not None and numbers["denominator"] <= 0:
            wrong("denominator", _("分母必须大于零。"))
        elif not errors and indicator:
            derive(indicator, numbers, wrong)
        return tuple(None if number is None else str(number) for number in numbers.values())

    def _number(
        self, part: str, cell: Any, indicator: Indicator | None, wrong: Callable[[str, str], None]
    ) -> Decimal | None:
        try:
            if isinstance(cell, NoNumber):
                raise InvalidOperation
            number = cell if isinstance(cell, Decimal) else number_of(cell, indicator.unit if indicator else "")
            # as it is stored: a denominator of 0.00001 is nought
            return None if number is None else number.quantize(PLACES)
        except InvalidOperation:
            wrong(part, _("“%(text)s”不是数字。") % {"text": typed(text_of(cell))[:20]})
            return None


def _are_counts(top: Any, bottom: Any) -> bool:
    """Return whether two cells are whole numbers that need no decimals to be reckoned with: most are."""
    if type(top) is not float or type(bottom) is not float:
        return False
    return 0 <= top < 1e9 and 0 < bottom < 1e9 and top.is_integer() and bottom.is_integer()


def _ratio_of_counts(top: int, bottom: int, per: int) -> tuple[str, str, str]:
    """Return two counts and their ratio as they are kept: what ``derive`` says, in whole numbers."""
    value, rest = divmod(top * per * 10_000, bottom)
    value += bool(rest) and value % 5 == 0
    return f"{top}.0000", f"{bottom}.0000", f"{value // 10_000}.{value % 10_000:04d}"


def derive(indicator: Indicator, numbers: dict[str, Decimal | None], wrong: Callable[[str, str], None]) -> None:
    """Fill the value in from its parts, or check it against them."""
    top, bottom, value = numbers["numerator"], numbers["denominator"], numbers["value"]
    if top is not None and bottom is not None and indicator.per:
        computed = top / bottom * indicator.per
        if abs(computed) >= LARGEST:
            wrong("denominator", _("分子除以分母的结果大得不合理，请核对。"))
            return
        computed = computed.quantize(PLACES, ROUND_05UP)  # so that rounding it again, to two places, is right
        if value is not None and abs(value - computed) > max(abs(computed) * Decimal("0.005"), Decimal("0.01")):
            wrong(
                "value", _("与分子、分母算出的 %(computed)s 不符。") % {"computed": computed.quantize(Decimal("0.01"))}
            )
        numbers["value"] = computed
    elif indicator.per_resident:
        wrong("numerator", _("按人口计算的指标要填分子（数量）和分母（常住人口，人）。"))
    elif value is None:
        wrong("value", _("请填写数值。"))
    else:
        numbers["value"] = value
