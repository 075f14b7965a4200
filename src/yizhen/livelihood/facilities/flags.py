"""Whether a facility stands idle or is overrun, by thresholds that the city sets."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yizhen.indicators.periods import bounds
from yizhen.scoring.small_area import FEWEST

FLAGS = {
    "low": _("使用不足"),
    "over": _("超负荷"),
    "new": _("投用不满一期"),
    "fine": pgettext_lazy("watches", "正常"),
    "": _("没有使用数据"),
}


@dataclass(frozen=True)
class Thresholds:
    """Percent of capacity below which a facility is idle and above which it is overrun."""

    low: Decimal = Decimal(30)
    high: Decimal = Decimal(100)


@dataclass(frozen=True)
class Reading:
    """A facility's use as it may be shown. ``share`` is in percent; None together with ``used`` where few persons are hidden."""

    flag: str
    share: Decimal | None
    used: Decimal | None
    hidden: bool = False

    @property
    def words(self) -> Any:
        """The flag in the page's language."""
        return FLAGS[self.flag]


def read(
    capacity: Decimal, used: Decimal | None, period: str, opened_on: date, limits: Thresholds, *, people: bool
) -> Reading:
    """Return what a use figure says of a facility.

    A period in which it opened is not a whole one and is not flagged. One to four persons are hidden, with their share.
    """
    if used is None:
        return Reading("", None, None)
    share = used / capacity * 100
    flag = "fine"
    if opened_on > bounds(period)[0]:
        flag = "new"
    elif share < limits.low:
        flag = "low"
    elif share > limits.high:
        flag = "over"
    if people and 0 < used < FEWEST:
        return Reading(flag, None, None, hidden=True)
    return Reading(flag, share, used)
