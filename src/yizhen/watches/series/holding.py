"""Holding series against their thresholds: a crossing opens one matter, and ends when the readings have come back."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.actions import open_matter, tell_data_back
from yizhen.watches.hysteresis import CALM, UPPER, Point, Rule, State, play
from yizhen.watches.models import Crossing, Reading, Series, Threshold

from .queries import readings_in_force, thresholds_in_force


@event("watches.crossed")
class ThresholdReached:
    """A series crossed a threshold and opened a matter."""

    threshold: int
    at: str
    value: str
    matter: str


@event("watches.came_back")
class SeriesCameBack:
    """A series came back over the clear level, and its matter was told."""

    crossing: int
    at: str
    value: str
    matter: str


def hold(series: Iterable[Series]) -> list[Crossing]:
    """Hold series against the thresholds of their watches; returns what was newly crossed.

    Called in the transaction that holds their locks. A crossing is judged by its own version of the threshold, and what crosses
    next by the version in force. What has not been read for so long that nothing is known opens nothing.
    """
    wanted = list(series)
    in_force = thresholds_in_force({one.watch for one in wanted})
    standing = {
        (one.series_id, one.side): one
        for one in Crossing.objects.filter(series__in=wanted, cleared_at__isnull=True).select_related(
            "threshold", "matter"
        )
    }
    made: list[Crossing] = []
    for one in wanted:
        for side in ("upper", "lower"):
            crossing = standing.get((one.pk, side))
            if crossing is not None and not _cleared(one, crossing):
                continue
            threshold = next((each for each in in_force.get(one.watch_id, ()) if each.side == side), None)
            if threshold is not None:
                made += _crossed(one, threshold)
    return made


def state_under(series: Series, rule: Rule) -> State:
    """Return the state of a series under a rule: from the readings after the last calm one, which decide it. Two queries."""
    readings = readings_in_force(series)
    calm = readings.filter(value__lte=rule.clear) if rule.side == UPPER else readings.filter(value__gte=rule.clear)
    last = calm.order_by("-at").values_list("at", flat=True).first()
    if last is not None:
        readings = readings.filter(at__gt=last)
    points = readings.values_list("at", "value")
    return play((Point(at, value) for at, value in points if value is not None), rule, CALM)


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _latest(series: Series) -> Reading | None:
    return readings_in_force(series).order_by("-at").first()


def _crossed(series: Series, threshold: Threshold) -> list[Crossing]:
    raised = state_under(series, threshold.rule(series.watch.every)).raised
    if raised is None:
        return []
    latest, now = _latest(series), timezone.now()
    if latest is None or now - latest.at > series.watch.silence:
        return []
    reading = readings_in_force(series).get(at=raised.at)
    number = Crossing.objects.filter(series=series, side=threshold.side).count() + 1
    watch, place = series.watch, series.division
    side, beyond = ("上限", "达到或高于") if threshold.side == UPPER else ("下限", "达到或低于")
    local = timezone.localtime(raised.at)
    # What lies in no township is for the office in charge to handle itself; a county or the city then verifies it.
    below = place.level in {"township", "village", "grid"}
    matter = open_matter(
        None,
        kind="assigned_task",
        title=f"{watch.name_zh}越过警戒线",
        text=f"{place.name_zh}{local:%Y-%m-%d %H:%M}的{watch.name_zh}为 {_plain(raised.value)}{watch.measure}，"
        f"{beyond}警戒线 {_plain(threshold.level)}{watch.measure}。{threshold.text_zh}",
        division=place,
        work_line=watch.work_line,
        client_id=f"watch:{series.pk}:{threshold.side}:{number}",
        due_on=timezone.localdate() + timedelta(days=threshold.days),
        dispatcher=watch.office if below else None,
        addressee=None if below else watch.office,
        basis=f"{watch.name_zh}{side}第 {threshold.number} 版（{threshold.basis}）"[:120],
        source=f"/watches/{watch.pk}/{place.code}/",
    )
    crossing = Crossing.objects.create(
        series=series, side=threshold.side, number=number, threshold=threshold, reading=reading, matter=matter,
        opened_at=now,
    )  # fmt: skip
    happened = ThresholdReached(
        threshold=threshold.pk, at=raised.at.isoformat(), value=str(reading.value), matter=matter.number
    )
    record(None, happened, f"watches.series:{series.pk}", scope=series.division_id)
    return [crossing]


def _cleared(series: Series, crossing: Crossing) -> bool:
    """Return whether a standing crossing has ended; if it has, keep that and tell its matter."""
    if state_under(series, crossing.threshold.rule(series.watch.every)).raised is not None:
        return False
    latest = _latest(series)
    crossing.cleared_at, crossing.cleared_by = timezone.now(), latest
    crossing.save(update_fields=["cleared_at", "cleared_by"])
    if latest is None:
        text = "越线的读数已经更正或者撤回，数据不再越线。"
    else:
        measure, clear = series.watch.measure, crossing.threshold.clear
        text = (
            f"{timezone.localtime(latest.at):%Y-%m-%d %H:%M} 的读数为 {_plain(latest.value)}{measure}，"
            f"数据已不在警戒线外（解除线 {_plain(clear)}{measure}）。"
        )
    tell_data_back(crossing.matter, text + "是否办结，仍由核验方核验。")
    happened = SeriesCameBack(
        crossing=crossing.pk,
        at=latest.at.isoformat() if latest else "",
        value=str(latest.value) if latest else "",
        matter=crossing.matter.number,
    )
    record(None, happened, f"watches.series:{series.pk}", scope=series.division_id)
    return True
