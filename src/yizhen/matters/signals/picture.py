"""The picture of a sign as numbers for an SVG and its table twin."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yizhen.matters.models import Signal

HIGH, ROOM = 120.0, 700.0  # of the drawing; many pairs of bars are narrower
TIMES = {
    "early": gettext_lazy("提前四小时以上"),
    "4h": gettext_lazy("提前二至四小时"),
    "2h": gettext_lazy("提前一至二小时"),
    "1h": gettext_lazy("提前半至一小时"),
    "30min": gettext_lazy("最后半小时和下班后"),
}
SHORT = {"early": ">4 h", "4h": "2–4 h", "2h": "1–2 h", "1h": "½–1 h", "30min": "<½ h"}


@dataclass(frozen=True)
class Bar:
    """One pair of bars: what it stands for, the two shares in per cent, and where they stand in the drawing."""

    label: str
    short: str
    own: float
    peers: float
    at: float
    own_height: float
    peers_height: float
    is_highest: bool


def bars_of(signal: Signal) -> list[Bar]:
    """Return the pairs of bars of a sign: the unit's own distribution beside that of its peers."""
    series = signal.statistic["series"]
    labels = series["labels"] or [""]
    most = max([*series["own"], *series["peers"], 1.0])
    naming, step = _naming(signal.code), _step(len(labels))
    return [
        Bar(*naming(label), own, peers, at * step + step / 6, HIGH * own / most, HIGH * peers / most, own == max(series["own"]))
        for at, (label, own, peers) in enumerate(zip(labels, series["own"], series["peers"], strict=True))
    ]  # fmt: skip


def _step(pairs: int) -> float:
    return min(ROOM / pairs, 140.0)


def _naming(code: str) -> Callable[[str], tuple[str, str]]:
    if code == "burst":
        return _week
    if code == "last_minute":
        return lambda label: (str(TIMES[label]), SHORT[label])
    if code == "few_channels":
        return _rank
    return lambda _label: (_("占比"), _("占比"))


def _week(label: str) -> tuple[str, str]:
    day = date.fromisoformat(label)
    return _("到 %(day)s 的七天") % {"day": label}, f"{day.month}.{day.day}"


def _rank(label: str) -> tuple[str, str]:
    return _("当天第 %(n)s 多的来源") % {"n": label}, label


def drawing(signal: Signal) -> dict[str, Any]:
    """Return the bars and the size of the drawing."""
    bars = bars_of(signal)
    step = _step(len(bars))
    return {
        "bars": bars,
        "width": len(bars) * step,
        "wide": len(bars) * step + 48,
        "base": HIGH + 40,
        "bar": step / 3,
        "middle": step / 3,
    }
