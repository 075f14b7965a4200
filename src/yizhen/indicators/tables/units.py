"""Units as tables write them, and the factor from one to another."""

import re
from fractions import Fraction

from yizhen.documents.cells import typed

MULTIPLES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "十万": 100_000, "百万": 10**6, "千万": 10**7, "亿": 10**8}
# Each to what it measures and how much of the first unit of its kind it is. 15 mu are a hectare (State Council, 1984).
BASES: dict[str, tuple[str, Fraction]] = {
    "元": ("money", Fraction(1)),
    "㎡": ("area", Fraction(1)),
    "亩": ("area", Fraction(2_000, 3)),
    "公顷": ("area", Fraction(10_000)),
    "km²": ("area", Fraction(10**6)),
    "米": ("length", Fraction(1)),
    "公里": ("length", Fraction(1_000)),
    "克": ("weight", Fraction(1)),
    "斤": ("weight", Fraction(500)),
    "公斤": ("weight", Fraction(1_000)),
    "吨": ("weight", Fraction(10**6)),
    "%": ("share", Fraction(1, 100)),
    "‰": ("share", Fraction(1, 1_000)),
    "倍": ("share", Fraction(1)),
}
SAME = {
    "平方米": "㎡", "m2": "㎡", "m²": "㎡", "平米": "㎡", "平方公里": "km²", "平方千米": "km²", "km2": "km²", "ha": "公顷",
    "千米": "公里", "km": "公里", "千克": "公斤", "kg": "公斤", "t": "吨", "人民币": "元", "百分比": "%", "小数": "倍",
    "位": "人", "名": "人", "口": "人", "床": "张", "千分比": "‰", "宗": "起", "家": "个", "项": "个", "件": "个",
}  # fmt: skip
ALONE = {"百分点", "个百分点"}  # differences of shares are no shares
KNOWN = (
    "元", "千元", "万元", "百万元", "亿元", "%", "‰", "倍", "人", "千人", "万人", "户", "万户", "个", "家", "所", "张", "起", "件", "分",
    "㎡", "万㎡", "亩", "万亩", "公顷", "km²", "公里", "吨", "万吨", "张/万人", "张/千人", "所/万人", "人/万人", "人/千人", "㎡/万人", "㎡/人",
    "万元/亩", "元/亩", "张/年",
)  # fmt: skip


class UnitMismatch(ValueError):
    """Two units that measure different things."""


def clean(unit: str) -> str:
    """Return a unit as it is compared: 平方米 and m² are ㎡, 每万人 is /万人."""
    text = re.sub(r"\s", "", typed(unit)).replace("每", "/").strip("/") if unit else ""
    top, _slash, bottom = text.partition("/")
    names = [_clean_one(part) for part in (top, bottom) if part]
    return "/".join(names)


def _clean_one(name: str) -> str:
    if name in SAME:
        return SAME[name]
    found = re.fullmatch(r"(十万|百万|千万|[十百千万亿])(.+)", name)
    return found[1] + SAME[found[2]] if found and found[2] in SAME else name


def is_unit(text: str) -> bool:
    """Return whether a text is a unit and nothing else."""
    name = clean(text)
    return bool(name) and (
        name in _KNOWN_NAMES or _measure(name.partition("/")[0])[0] in {"money", "area", "weight", "share"}
    )


def factor(unit: str, target: str) -> Fraction:
    """Return what a number in ``unit`` is multiplied by to be in ``target``.

    An unknown target (nothing) takes the number as it is.

    Raises:
        UnitMismatch: when they measure different things.
    """
    if not unit or not target:
        return Fraction(1)
    ours, theirs = clean(unit), clean(target)
    if ours == theirs:
        return Fraction(1)
    top, _s, bottom = ours.partition("/")
    target_top, _s, target_bottom = theirs.partition("/")
    if bool(bottom) != bool(target_bottom):
        raise UnitMismatch
    return _ratio(top, target_top) / (_ratio(bottom, target_bottom) if bottom else 1)


def _ratio(unit: str, target: str) -> Fraction:
    kind, size = _measure(unit)
    target_kind, target_size = _measure(target)
    if kind != target_kind:
        raise UnitMismatch
    return size / target_size


def _measure(unit: str) -> tuple[str, Fraction]:
    if unit in BASES:
        return BASES[unit]
    if unit in ALONE:
        return unit, Fraction(1)
    found = re.fullmatch(r"(十万|百万|千万|[十百千万亿])(.+)", unit)
    if found and found[2] != "分点":
        kind, size = _measure(found[2])
        return kind, size * MULTIPLES[found[1]]
    return unit, Fraction(1)


_KNOWN_NAMES = frozenset(map(clean, KNOWN))
