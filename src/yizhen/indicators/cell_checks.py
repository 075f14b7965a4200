"""Cells checked: what cannot be, what breaks a rule of the form, and what differs much from the place's own past."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from statistics import median

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yizhen.documents.cells import date_of

from .expressions import codes, holds
from .models import DataField, ValidationRule

LARGEST = Decimal(10) ** 15
PLACES = Decimal("0.0001")
LONGEST_TEXT = 200
FEWEST = 4  # earlier periods, before their spread says anything
ROBUST = Decimal("1.4826")  # of the median absolute deviation, to be like a standard deviation
FAR = 3
NOTHING = {"", "-", "—", "——", "…", "/"}


class BadCell(ValueError):
    """What was typed does not fit its field; the message says how it should be, in the page's language."""


def read(field: DataField, typed: str) -> tuple[Decimal | None, str]:
    """Return what was typed as a number and a text, of which at most one is there.

    Raises:
        BadCell: when it does not fit.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    if text in NOTHING:
        return None, ""
    if field.is_number:
        return _number(field, text), ""
    if field.kind == "date":
        return None, _day(text)
    if field.kind == "yes_no":
        if text.lower() in {"是", "有", "yes", "y", "1", "true"}:
            return None, "是"
        if text.lower() in {"否", "无", "no", "n", "0", "false"}:
            return None, "否"
        raise BadCell(_("请填“是”或“否”。"))
    if field.kind == "choice":
        listed = {unicodedata.normalize("NFKC", str(one)).strip(): str(one) for one in field.choices}
        if text in listed:
            return None, listed[text]
        raise BadCell(_("请从这些里选：%(choices)s。") % {"choices": "、".join(field.choices)})
    if len(typed.strip()) > LONGEST_TEXT:
        raise BadCell(_("最多 %(n)s 个字。") % {"n": LONGEST_TEXT})
    return None, typed.strip()


def _number(field: DataField, text: str) -> Decimal:
    apart = text.replace(",", "").replace(" ", "")
    if field.unit and apart.endswith(field.unit):
        apart = apart.removesuffix(field.unit)
    try:
        number = Decimal(apart)
        if not number.is_finite() or abs(number) >= LARGEST:
            raise BadCell(_("数太大。"))
    except InvalidOperation as error:
        raise BadCell(_("“%(text)s”不是数字。") % {"text": text[:20]}) from error
    if field.kind == "count" and (number < 0 or number != number.to_integral_value()):
        raise BadCell(_("请填 0 或正整数。"))
    return number.quantize(PLACES)


def _day(text: str) -> str:
    day = date_of(text)
    if day is None:
        raise BadCell(_("请填日期，例如 2026-03-31。"))
    return day.isoformat()


@dataclass(frozen=True)
class Finding:
    """What a check found: about which fields, whether it stops the form, and what it says."""

    codes: tuple[str, ...]
    message: str
    stops: bool


def broken_rules(rules: Sequence[ValidationRule], values: Mapping[str, Decimal]) -> list[Finding]:
    """Return the rules between cells that do not hold; those with an empty cell wait."""
    chinese = (get_language() or "zh").startswith("zh")
    return [
        Finding(
            tuple(sorted(codes(rule.left) | codes(rule.right))),
            f"{rule.message_zh if chinese or not rule.message_en else rule.message_en} ({rule})",
            not rule.hint,
        )
        for rule in rules
        if holds(rule.left, rule.operator, rule.right, values) is False
    ]


def usual_range(history: Sequence[Decimal]) -> tuple[Decimal, Decimal] | None:
    """Return from where to where a number has usually been: median ± 3 robust deviations, never narrower than a fifth.

    None when fewer than four periods are there to judge by.
    """
    if len(history) < FEWEST:
        return None
    centre = median(history)
    spread = ROBUST * median([abs(number - centre) for number in history])
    room = max(FAR * spread, abs(centre) / 5, Decimal(1))
    return centre - room, centre + room


def unusual(field: DataField, number: Decimal, history: Sequence[Decimal]) -> Finding | None:
    """Return a hint when a number is far from the place's own past: it may be right, and then wants a word."""
    span = usual_range(history)
    if span is None or span[0] <= number <= span[1]:
        return None
    low, high = (f"{max(end, Decimal(0)) if field.kind == 'count' else end:.0f}" for end in span)
    return Finding(
        (field.code,),
        _("和往期差得多（往期大约 %(low)s 到 %(high)s）。如果属实，请写一句说明。") % {"low": low, "high": high},
        stops=False,
    )
