"""The chart of a series: values over time with the levels in force. The table on its page is its twin."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.watches.models import Reading, Series, Threshold
from yizhen.web.templatetags.yizhen import bilingual, day, label, unit

MOST_POINTS = 500


def chart_of(series: Series, readings: Sequence[Reading], thresholds: Sequence[Threshold]) -> dict[str, Any]:
    """Return what draws the chart: ``readings`` are in the order of their times, without corrected ones."""
    watch = series.watch
    levels = []
    for one in thresholds:
        levels.append({"name": f"{one.side_name} · {_('警戒线')}", "value": float(one.level), "raise": True})
        levels.append({"name": f"{one.side_name} · {_('解除线')}", "value": float(one.clear), "raise": False})
    return {
        "title": f"{label(series.division)} · {label(watch)}",
        "unit": unit(watch.measure),
        "source": bilingual(watch.source),
        "date": day(readings[-1].at) if readings else "—",
        "points": [
            [timezone.localtime(one.at).strftime("%Y-%m-%dT%H:%M:%S"), float(one.value)]
            for one in readings
            if one.value is not None
        ],
        "levels": levels,
        "silence": watch.silence.total_seconds() * 1000,
        "words": {"unit": _("单位"), "source": _("来源"), "date": _("数据日期"), "own": label(watch)},
    }
