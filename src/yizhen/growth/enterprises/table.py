"""The register of enterprises as a table: read cell by cell, checked, compared with what is kept. Nothing is written here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.documents.carried import CheckedTable, numbered_rows
from yizhen.documents.cells import column_letters, date_of, number_of, text_of, typed
from yizhen.growth.models import Enterprise
from yizhen.growth.models.enterprise import CHOICE_NAMES
from yizhen.growth.policies.conditions import CHOICE, DATE, FACTS, FLAG
from yizhen.people.models import Account
from yizhen.places.models import Division

from .credit_code import is_credit_code
from .queries import enterprises_visible_to
from .rules import may_change

TITLES = (
    "统一社会信用代码", "企业名称", "乡镇（街道）", "规模", "行业", "从业人数", "纳税信用等级", "有政府性融资担保的贷款", "贷款到期日",
    "经营用房", "上年度裁员率（%）", "连续缴纳失业保险（月）", "设备投资（万元）", "单位产品能耗", "高新技术企业", "重点企业", "数据来源", "截至",
)  # fmt: skip
COLUMNS = ("credit_code", "name_zh", "division", *FACTS, "is_key", "source", "as_of")
AT = {name: place for place, name in enumerate(COLUMNS)}
WHOLE = {"employees": 10_000_000, "insured_months": 1_200}
MOST = {"layoff_percent": Decimal(100), "equipment_wan": Decimal(10) ** 10}
WORDS = {
    "micro": ("微型企业", "微"), "small": ("小型企业", "小"), "medium": ("中型企业", "中"), "large": ("大型企业", "大"),
    "manufacturing": ("制造", "工业"), "trade": ("批发和零售业", "批发", "零售"), "catering": ("住宿和餐饮业", "餐饮"),
    "agriculture": ("农业",), "construction": ("建筑",), "transport": ("交通运输",), "information": ("信息技术",), "services": ("服务业",),
    "state_owned": ("国有房屋", "国有"), "own_premises": ("自有",), "not_above_sector_limit": ("不超过",), "above_sector_limit": ("超过",),
}  # fmt: skip
YES, NO = ("是", "有", "Y", "YES", "1", "TRUE"), ("否", "无", "没有", "N", "NO", "0", "FALSE")


@dataclass
class EnterpriseRow:
    """One row: its texts, the values that are told, what is wrong in which cell, and what taking it over would do."""

    number: int
    texts: tuple[str, ...]
    values: dict[str, Any] = field(default_factory=dict)
    status: str = "new"
    errors: dict[str, str] = field(default_factory=dict)


class EnterpriseTable(CheckedTable[EnterpriseRow]):
    """A whole register, checked."""

    titles = TITLES


def check_enterprises(user: Account, rows: Iterable[Sequence[Any]]) -> EnterpriseTable:
    """Check a table against itself, the places of the user's scope, and what is kept. Three queries.

    Raises:
        UnreadableTable: when the columns are others, there are no rows, or too many.
    """
    kept = list(numbered_rows(rows, TITLES))
    reader = _Reader(user, [typed(text_of(cells[0])).upper() for _number, cells in kept])
    return EnterpriseTable([reader.read(number, cells) for number, cells in kept])


class _Reader:
    """Reads rows one after the other, beside what is kept and what stood above."""

    def __init__(self, user: Account, codes: list[str]) -> None:
        self.user, self.today = user, timezone.localdate()
        self.places: dict[str, list[Division]] = {}
        for place in Division.objects.filter(code__startswith=user.scope_id, level="township", retired_on=None):
            for key in (place.code, place.name_zh):
                self.places.setdefault(key, []).append(place)
        self.kept = {
            one.credit_code: one for one in enterprises_visible_to(user).filter(credit_code__in=codes) if may_change(user, one)
        }  # fmt: skip
        elsewhere = Enterprise.objects.filter(credit_code__in=codes).values_list("credit_code", flat=True)
        self.elsewhere = set(elsewhere) - self.kept.keys()
        self.above: dict[str, int] = {}

    def read(self, number: int, cells: list[Any]) -> EnterpriseRow:
        """Return one row, checked."""
        row = EnterpriseRow(number, tuple(text_of(cell) for cell in cells))
        self._code(row)
        self._texts(row)
        self._place(row)
        for name in FACTS:
            self._fact(row, name, cells[AT[name]])
        self._flag(row, "is_key")
        as_of = date_of(cells[AT["as_of"]])
        if as_of is None or as_of > self.today:
            self._wrong(row, "as_of", _("不是日期，或者还没到。请写成 2026-03-31。"))
        row.values["as_of"] = as_of
        if not row.errors:
            self._beside(row)
        return row

    def _wrong(self, row: EnterpriseRow, name: str, text: str) -> None:
        row.errors[f"{column_letters(AT[name])}{row.number}"] = text

    def _code(self, row: EnterpriseRow) -> None:
        code = typed(row.texts[0]).upper()
        row.values["credit_code"] = code
        if not is_credit_code(code):
            self._wrong(row, "credit_code", _("不是统一社会信用代码：18 位，最后一位是校验码。"))
        elif code in self.above:
            self._wrong(row, "credit_code", _("与第 %(n)s 行的代码相同。") % {"n": self.above[code]})
        elif code in self.elsewhere:
            self._wrong(row, "credit_code", _("这个代码在别处登记过，请与市级联系。"))
        self.above.setdefault(code, row.number)

    def _texts(self, row: EnterpriseRow) -> None:
        for name, most in (("name_zh", 80), ("source", 120)):
            text = row.texts[AT[name]]
            row.values[name] = text
            if not text or len(text) > most:
                self._wrong(row, name, _("请填写，最多 %(n)s 字。") % {"n": most})

    def _place(self, row: EnterpriseRow) -> None:
        found = self.places.get(typed(row.texts[AT["division"]]), [])
        if len(found) == 1:
            row.values["division"] = found[0]
        elif found:
            self._wrong(row, "division", _("有 %(n)s 个同名的地方，请写区划代码。") % {"n": len(found)})
        else:
            self._wrong(row, "division", _("您的范围里没有这个乡镇（街道）。请写名称或区划代码。"))

    def _flag(self, row: EnterpriseRow, name: str) -> None:
        text = typed(row.texts[AT[name]]).upper()
        if text in YES or text in NO:
            row.values[name] = text in YES
        elif text:
            self._wrong(row, name, _("只能写：是、否；不知道就留空。"))

    def _fact(self, row: EnterpriseRow, name: str, cell: Any) -> None:
        kind = FACTS[name].kind
        if not text_of(cell):
            return  # nothing told: what is known stays
        if kind == CHOICE:
            code = _choice(name, text_of(cell))
            if code:
                row.values[name] = code
            else:
                words = _("、").join(str(word) for word in CHOICE_NAMES[name].values())
                self._wrong(row, name, _("只能写：%(words)s；不知道就留空。") % {"words": words})
        elif kind == FLAG:
            self._flag(row, name)
        elif kind == DATE:
            row.values[name] = date_of(cell)
            if row.values[name] is None:
                self._wrong(row, name, _("不是日期，请写成 2026-09-30；不知道就留空。"))
        else:
            self._number(row, name, cell)

    def _number(self, row: EnterpriseRow, name: str, cell: Any) -> None:
        most = WHOLE.get(name) or MOST[name]
        try:
            number = number_of(cell, "%" if name == "layoff_percent" else "")
            if number is None:
                return
            if not 0 <= number <= most or (name in WHOLE and number != int(number)):
                raise InvalidOperation
        except InvalidOperation:
            self._wrong(row, name, _("不是 0 到 %(most)s 的数；不知道就留空。") % {"most": most})
            return
        row.values[name] = int(number) if name in WHOLE else number.quantize(Decimal("0.01"))

    def _beside(self, row: EnterpriseRow) -> None:
        """Compare a row with what is kept."""
        kept = self.kept.get(row.values["credit_code"])
        if kept is None:
            return
        same = all(getattr(kept, name) == value for name, value in row.values.items())
        row.status = "same" if same else "changed"


def _choice(name: str, text: str) -> str:
    plain = typed(text)
    for code, words in CHOICE_NAMES[name].items():
        if plain in (code, plain_words(words), *WORDS.get(code, ())) or plain.upper() == code:
            return code
    return ""


def plain_words(words: Any) -> str:
    """Return words as they are typed: without full-width forms."""
    return typed(str(words))


def row_of(enterprise: Enterprise) -> list[Any]:
    """Return a firm as a row of the same table, so that what goes out can come back in."""
    row: list[Any] = [enterprise.credit_code, enterprise.name_zh, enterprise.division.name_zh]
    for name, fact in FACTS.items():
        value = getattr(enterprise, name)
        if fact.kind == CHOICE:
            row.append(str(CHOICE_NAMES[name][value]) if value else "")
        elif fact.kind == FLAG:
            row.append("" if value is None else "是" if value else "否")
        elif isinstance(value, date):
            row.append(value.isoformat())
        else:
            row.append("" if value is None else value)
    return [*row, "是" if enterprise.is_key else "否", enterprise.source, enterprise.as_of.isoformat()]
