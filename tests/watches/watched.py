"""A watch with readings, for tests: the water level of a lock in 柳岸镇, upper level 5, cleared at 4.5."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from tests.factories import LIUAN, place, unit
from yizhen.watches.models import Threshold, Watch
from yizhen.watches.series.actions import define_watch, set_threshold, take_readings
from yizhen.watches.series.checking import Sent

LEVELS = {
    "side": "upper", "level": Decimal(5), "clear": Decimal("4.5"), "count": 1, "minutes": 0, "days": 3,
    "text_zh": "巡堤查险。", "basis": "防汛预案（虚构）",
}  # fmt: skip


def watched(actor, *places: str, client_id: str = "w", **changes) -> Watch:
    fields = {
        "name_zh": "闸上水位", "sort": "water", "measure": "米", "every_hours": 24, "work_line": "safety",
        "source": "水文站（虚构）", "office": unit(),
    }  # fmt: skip
    codes = places or (LIUAN,)
    return define_watch(actor, client_id=client_id, places=[place(code) for code in codes], **{**fields, **changes})


def levels(actor, watch: Watch, **changes) -> Threshold:
    return set_threshold(actor, watch, **{**LEVELS, **changes})


def ago(minutes: float) -> datetime:
    return timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=minutes)


def sent(value, minutes: float = 0, place_code: str = LIUAN, **more) -> Sent:
    return Sent(place_code, ago(minutes), None if value is None else Decimal(str(value)), **more)


def take(actor, watch: Watch, *values, start: int = 600, step: int = 10, way: str = "form"):
    """Take readings in the order of their times, one call each."""
    for number, value in enumerate(values):
        take_readings(actor, watch, [sent(value, start - step * number)], way=way)
