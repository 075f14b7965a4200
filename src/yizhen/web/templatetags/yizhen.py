"""Template filters for dates, numbers and bilingual names."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

register = template.Library()
WEEKDAYS_ZH = "一二三四五六日"


def chinese() -> bool:
    """Return whether the page is being written in Chinese."""
    return (get_language() or "zh").startswith("zh")


@register.filter
def day(value: date | datetime | None) -> str:
    """Write a date as 2026年3月2日（周一）, or "2 Mar 2026 (Mon)" in English."""
    if value is None:
        return "—"
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    if chinese():
        return f"{value.year}年{value.month}月{value.day}日(周{WEEKDAYS_ZH[value.weekday()]})"
    return f"{value.day} {value:%b} {value.year} ({value:%a})"


@register.filter
def moment(value: datetime | None) -> str:
    """Write a time of day with its date, in the site's time zone."""
    if value is None:
        return "—"
    local = timezone.localtime(value)
    return f"{day(local.date())} {local:%H:%M}"


@register.filter
def figure(value: Any) -> str:
    """Write a number without trailing zeros and with thousands apart."""
    if value is None or value == "":
        return "—"
    number = Decimal(str(value))
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def label(value: Any) -> str:
    """Return the name of an object with ``name_zh`` and ``name_en`` (attributes or keys) in the page's language."""
    if value is None:
        return ""
    get = value.get if isinstance(value, dict) else lambda key, default="": getattr(value, key, default)
    zh = get("name_zh", "") or get("zh", "") or get("name", "")
    return str(zh if chinese() else (get("name_en", "") or get("en", "") or zh))


@register.simple_tag
def options(things: Iterable[Any], chosen: str) -> SafeString:
    """Draw the choices of a list box, of which there may be thousands, from what has ``code`` and names."""
    zh = chinese()
    return choices(((one.code, one.name_zh if zh else one.name_en or one.name_zh) for one in things), chosen)


@register.simple_tag
def choices(pairs: Iterable[tuple[Any, Any]], chosen: str) -> SafeString:
    """Draw the choices of a list box from values and names."""
    lines = []
    for value, name in pairs:
        selected = " selected" if str(value) == chosen else ""
        lines.append(f'<option value="{escape(str(value))}"{selected}>{escape(str(name))}</option>')
    return mark_safe("".join(lines))  # noqa: S308  # a list of thousands: escaped line by line, here


UNITS_EN = {
    "张/万人": "per 10,000",
    "所/万人": "per 10,000",
    "人/万人": "per 10,000",
    "㎡/万人": "㎡ per 10,000",
    "张/年": "per year",
    "亿元": "× 100 m yuan",
    "万元/亩": "× 10,000 yuan/mu",
    "倍": "times",
    "分": "points",
    "个": "items",
    "人": "people",
    "起": "cases",
    "张": "units",
    "所": "units",
    "户": "households",
    "次": "times",
    "亩": "mu",
    "万元": "× 10,000 yuan",
    "公里": "km",
    "米": "m",
    "吨": "t",
    "辆": "vehicles",
    "件": "pieces",
    "份": "packs",
    "元/500克": "yuan per 500 g",
    "元": "yuan",
    "平方米": "㎡",
    "立方米": "m³",
    "公斤": "kg",
    "毫米": "mm",
    "床": "beds",
    "人次": "visits",
    "小时": "hours",
}
PER_EN = {
    "日": "day",
    "天": "day",
    "小时": "hour",
    "周": "week",
    "月": "month",
    "年": "year",
    "斤": "500 g",
    "公斤": "kg",
    "吨": "t",
    "亩": "mu",
    "人": "person",
    "户": "household",
}


@register.filter
def unit(value: str | None) -> str:
    """Write a unit of measure in the page's language; one that a city has made up stays as it was entered."""
    words = value or ""
    if chinese():
        return words
    what, _slash, per = words.partition("/")
    together = f"{UNITS_EN[what]} per {PER_EN[per]}" if what in UNITS_EN and per in PER_EN else words
    return UNITS_EN.get(words, together)


@register.filter
def listed(values: Iterable[Any]) -> str:
    """Write things one after the other, with the comma of the page's language."""
    return _("、").join(map(str, values))


@register.filter
def measured(value: Any, unit_zh: str | None) -> str:
    """Write a number with its unit behind it, set apart where the page's language does so."""
    words = unit(unit_zh)
    return f"{value}{words}" if chinese() or not words or words == "%" else f"{value} {words}"


@register.filter
def get(value: Any, key: Any) -> Any:
    """Look a key up in a mapping inside a template."""
    return value.get(key) if value is not None else None


SHAPES = {"red": "⬤", "yellow": "◆", "green": "✓"}
LATENESS = {"red": gettext_lazy("超期"), "yellow": gettext_lazy("临近"), "green": gettext_lazy("正常")}
URGENCY = {
    "red": gettext_lazy("要处理"),
    "yellow": gettext_lazy("要留意"),
    "green": pgettext_lazy("watches", "正常"),
}


@register.filter
def light(value: str | None) -> SafeString | str:
    """Draw a light as shape, word and colour, so that colour never carries the meaning alone."""
    return _light(str(value), str(LATENESS[value])) if value else ""


@register.filter
def attention(value: str) -> SafeString | str:
    """Draw the light of what has no due day: whether it calls for something."""
    return _light(str(value), str(URGENCY[value])) if value else ""


@lru_cache(100)
def _light(value: str, word: str) -> SafeString:
    return format_html(
        '<span class="light light-{}"><b aria-hidden="true">{}</b> {}</span>', value, SHAPES[value], word
    )


@register.simple_tag(takes_context=True)
def here(context: dict[str, Any], prefix: str) -> str:
    """Return the attributes of a navigation link when the page lies under its address."""
    path = context["request"].path if "request" in context else ""
    return 'aria-current="page"' if path.startswith(prefix) else ""


@register.simple_tag(takes_context=True)
def keep(context: dict[str, Any], **changes: Any) -> str:
    """Return the current query string with some parameters changed."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        query[key] = value
    return "?" + query.urlencode()


@register.filter
def bilingual(value: str) -> str:
    """Return the half of "中文 · English" that the page speaks; other text is looked up like any message."""
    zh, mark, en = str(value).partition(" · ")
    if mark:
        return zh if chinese() else en
    return _(value) if value else ""
