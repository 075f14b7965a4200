"""Reading and writing the workbook of observations. Knows cells and columns; writes nothing to the database."""

import csv
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_05UP, Decimal, InvalidOperation
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from python_calamine import CalamineError, CalamineWorkbook

from yizhen.documents.unpacking import UnsafeFile, check_workbook_file
from yizhen.people.models import Account, Unit
from yizhen.places.models import Division
from yizhen.web.templatetags.yizhen import label

from .models import Indicator
from .periods import EXAMPLES, fits
from .rules import may_enter

COLUMNS = ("indicator", "division", "period", "numerator", "denominator", "value", "source", "as_of", "note")
TITLES = ("指标代码", "区划代码", "期间", "分子", "分母", "数值", "来源部门代码", "数据日期", "备注")
SHEET = "数据"
MAX_ROWS = 20_000
PLACES = Decimal("0.0001")
LARGEST = Decimal(10) ** 15
# What yearbooks and offices write where there is no number.
NOTHING = {"", "-", "--", "—", "——", "–", "…", "……", "...", "......", "/", "※", "…※", "...※"}


@dataclass
class CellError:
    """What is wrong with one cell, by its Excel address."""

    cell: str
    message: str


@dataclass
class ParsedRow:
    """One row: its number in the sheet, its values as plain types, its errors."""

    number: int
    values: dict[str, Any]
    errors: list[CellError] = field(default_factory=list)


class UnreadableWorkbook(ValueError):
    """The file is not a workbook of this form; the message says why, in the page's language."""


def read_rows(content: bytes) -> list[tuple[int, list[Any]]]:
    """Return the non-empty rows of the data sheet with their Excel row numbers.

    Raises:
        UnreadableWorkbook: no .xlsx, .xls or .csv, no data sheet, other columns, or too many rows.
    """
    rows = _text_table(content) or _sheet(content)
    titles = [str(cell).strip() for cell in (rows[0] if rows else [])][: len(TITLES)]
    if titles != list(TITLES):
        raise UnreadableWorkbook(_("第一行的列名应为：%(titles)s。请下载模板填写。") % {"titles": "、".join(TITLES)})
    filled = [
        (number, [*row[: len(COLUMNS)], *[""] * (len(COLUMNS) - len(row))])
        for number, row in enumerate(rows[1:], start=2)
        if any(str(cell).strip() for cell in row)
    ]
    if len(filled) > MAX_ROWS:
        raise UnreadableWorkbook(_("一次最多导入 %(n)s 行，请分成几个文件。") % {"n": MAX_ROWS})
    if not filled:
        raise UnreadableWorkbook(_("“%(sheet)s”表里没有数据行。") % {"sheet": SHEET})
    return filled


UNSAFE = {
    "large": gettext_lazy("解开后太大，没有打开。请分成几个文件。"),
    "wide": gettext_lazy("表格的行列太多，没有打开。请只留数据所在的区域，另存后再上传。"),
    "macro": gettext_lazy("文件带有宏，没有打开。请另存为不带宏的 .xlsx。"),
    "links": gettext_lazy("文件链接到别的文件，没有打开。请断开链接、只留数值，另存后再上传。"),
}


def _sheet(content: bytes) -> list[list[Any]]:
    try:
        check_workbook_file(content)
    except UnsafeFile as error:
        raise UnreadableWorkbook(str(UNSAFE[error.reason])) from error
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(content))
        name = SHEET if SHEET in workbook.sheet_names else workbook.sheet_names[0]
        return workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, IndexError, OSError, ValueError) as error:
        raise UnreadableWorkbook(_("打不开这个文件：请上传 .xlsx、.xls 工作簿，或 .csv（UTF-8、GB18030）。")) from error


def _text_table(content: bytes) -> list[list[Any]] | None:
    """Return the rows of a .csv in UTF-8 or GB18030 (what Excel writes in China), or None when it is none of ours."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        separator = "\t" if text.startswith(f"{TITLES[0]}\t") else ","
        if not text.lstrip('"').startswith((TITLES[0] + separator, f'{TITLES[0]}"{separator}')):
            continue
        try:
            return [list(row) for row in csv.reader(StringIO(text), delimiter=separator)]
        except csv.Error:
            return None
    return None


def parse(user: Account, content: bytes) -> list[ParsedRow]:
    """Check every cell of a workbook against catalogue, places, scope and form."""
    indicators = {indicator.code: indicator for indicator in Indicator.objects.select_related("source")}
    divisions = set(Division.objects.filter(code__startswith=user.scope_id).values_list("code", flat=True))
    units = {unit.code for unit in Unit.objects.all()}
    seen: dict[tuple[str, str, str], int] = {}
    parsed = []
    for number, cells in read_rows(content):
        row = _parse_row(user, number, cells, indicators, divisions, units)
        key = (row.values["indicator"], row.values["division"], row.values["period"])
        if key in seen and not row.errors:
            row.errors.append(CellError(f"A{number}", _("与第 %(n)s 行重复。") % {"n": seen[key]}))
        seen.setdefault(key, number)
        parsed.append(row)
    return parsed


def _parse_row(
    user: Account,
    number: int,
    cells: list[Any],
    indicators: dict[str, Indicator],
    divisions: set[str],
    units: set[str],
) -> ParsedRow:
    row = ParsedRow(number, {})

    def wrong(column: str, message: str) -> None:
        row.errors.append(CellError(f"{'ABCDEFGHI'[COLUMNS.index(column)]}{number}", message))

    text = {name: _text(cell) for name, cell in zip(COLUMNS, cells, strict=True)}
    text |= {name: _typed(text[name]) for name in COLUMNS if name != "note"}
    indicator = indicators.get(text["indicator"].upper())
    row.values.update(
        indicator=text["indicator"].upper(), division=text["division"], period=text["period"], note=text["note"][:120]
    )
    if indicator is None:
        wrong("indicator", _("指标目录里没有“%(code)s”。") % {"code": text["indicator"]})
    if text["division"] not in divisions:
        wrong("division", _("您的管辖范围内没有区划“%(code)s”。") % {"code": text["division"]})
    if indicator and not fits(text["period"], indicator.frequency):
        wrong("period", _("期间应写成“%(example)s”的样子。") % {"example": EXAMPLES[indicator.frequency]})
    if indicator and text["division"] in divisions and not may_enter(user, indicator, text["division"]):
        wrong(
            "indicator",
            _("“%(name)s”由%(source)s提供，您不能填报。")
            % {"name": label(indicator), "source": label(indicator.source)},
        )
    numbers: dict[str, Decimal | None] = {}
    for column in ("numerator", "denominator", "value"):
        try:
            numbers[column] = _number(text[column], indicator.unit if indicator else "") if text[column] else None
        except InvalidOperation:
            numbers[column] = None
            wrong(column, _("“%(text)s”不是数字。") % {"text": text[column][:20]})
    if numbers["denominator"] is not None and numbers["denominator"] <= 0:
        wrong("denominator", _("分母必须大于零。"))
    elif not row.errors and indicator:
        _derive(indicator, numbers, wrong)
    row.values.update({key: None if value is None else str(value) for key, value in numbers.items()})
    source = text["source"].upper() or (indicator.source_id if indicator else "")
    row.values["source"] = source
    if source not in units:
        wrong("source", _("没有代码为“%(code)s”的部门。") % {"code": source})
    as_of = _date(cells[COLUMNS.index("as_of")])
    row.values["as_of"] = as_of.isoformat() if as_of else ""
    if as_of is None:
        wrong("as_of", _("请填写数据日期，例如 2026-03-31。"))
    elif as_of > date.today():  # noqa: DTZ011  # a calendar day in a sheet has no zone
        wrong("as_of", _("数据日期在将来。"))
    return row


def _number(text: str, unit: str) -> Decimal | None:
    """Return a number as people write it: thousands apart, a sign of percent where the unit is one, … for nothing."""
    if text in NOTHING:
        return None
    apart = text.replace(",", "").replace(" ", "").removesuffix("※")
    if unit in {"%", "‰"}:
        apart = apart.removesuffix(unit)
    number = Decimal(apart)
    if abs(number) >= LARGEST:
        raise InvalidOperation
    return number.quantize(PLACES)  # as it is stored: a denominator of 0.00001 is nought


def _derive(indicator: Indicator, numbers: dict[str, Decimal | None], wrong: Any) -> None:
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


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _typed(text: str) -> str:
    """Return what was typed on a Chinese keyboard as it was meant: full-width digits, letters and signs."""
    return unicodedata.normalize("NFKC", text).strip()


def _date(cell: Any) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = re.sub(r"[/.年月]", "-", unicodedata.normalize("NFKC", str(cell)).strip()).removesuffix("日")
    try:
        year, month, day = (int(part) for part in text.split("-"))
        return date(year, month, day)
    except ValueError:
        return None


def template(indicators: list[Indicator], divisions: list[Division]) -> bytes:
    """Return an empty workbook with the catalogue and the places beside it."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        head = book.add_format({"bold": True, "bg_color": "#F1E3E1"})
        text = book.add_format({"num_format": "@"})
        data = book.add_worksheet(SHEET)
        data.set_column(0, 2, 16, text)
        data.set_column(3, 8, 14)
        data.write_row(0, 0, TITLES, head)
        data.freeze_panes(1, 0)
        catalogue = book.add_worksheet("指标目录")
        catalogue.set_column(0, 8, 18)
        catalogue.write_row(
            0, 0, ("指标代码", "名称", "单位", "分子", "分母", "频率", "期间写法", "来源部门代码"), head
        )
        for line, indicator in enumerate(indicators, start=1):
            catalogue.write_row(
                line,
                0,
                (
                    indicator.code,
                    indicator.name_zh,
                    indicator.unit,
                    indicator.numerator_zh,
                    indicator.denominator_zh,
                    str(indicator.frequency_name),
                    EXAMPLES[indicator.frequency],
                    indicator.source_id,
                ),
            )
        places = book.add_worksheet("区划")
        places.set_column(0, 2, 18)
        places.write_row(0, 0, ("区划代码", "名称", "层级", "常住人口（人）"), head)
        for line, division in enumerate(divisions, start=1):
            places.write_row(line, 0, (division.code, division.name_zh, division.level, division.population or ""))
    return buffer.getvalue()
