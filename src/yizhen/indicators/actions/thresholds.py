"""The writers of thresholds, and the watch that opens a matter when a figure crosses one."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.indicators.models import Crossing, Observation, Threshold
from yizhen.indicators.periods import bounds, words
from yizhen.indicators.rules import may_watch
from yizhen.matters.actions import open_matter
from yizhen.people.models import Account


@event("indicators.threshold_set")
class ThresholdSet:
    """A threshold was set on an indicator, or taken away."""

    indicator: str
    side: str
    level: str
    release: str
    active: bool


@event("indicators.threshold_crossed")
class ThresholdCrossed:
    """A figure crossed a threshold and opened a matter."""

    indicator: str
    period: str
    value: str
    matter: str


@transaction.atomic
def set_threshold(actor: Account | None, **fields: Any) -> Threshold:
    """Set a line on an indicator; the one on the same side is replaced. What is there already is looked at now.

    Raises:
        PermissionDenied: when the actor is neither the city office nor the indicator's source.
        ValidationError: keyed by field: the release lies on the wrong side, or the indicator counts problems found.
    """
    indicator = fields["indicator"]
    if actor is not None and not may_watch(actor, indicator):
        raise PermissionDenied(_("由市级评议办或来源部门设置警戒线。"))
    if indicator.measures:
        raise ValidationError(
            {"level": _("投诉、信访、隐患的数量不设警戒线：一设线，基层就会少登记。可以对办结率、整改率设线。")}
        )
    before = list(Threshold.objects.filter(indicator=indicator, side=fields.get("side", ""), is_active=True))
    Threshold.objects.filter(pk__in=[one.pk for one in before]).update(is_active=False)
    made = Threshold(by=actor, **fields)
    made.full_clean()
    made.save()
    # Who is beyond the old line has its matter: the new line opens no second one.
    Crossing.objects.filter(threshold__in=before, released_in="").update(threshold=made)
    record(actor, _said(made), f"indicators.indicator:{indicator.pk}")
    watch([indicator.pk])
    return made


def _said(threshold: Threshold) -> ThresholdSet:
    return ThresholdSet(
        indicator=threshold.indicator_id,
        side=threshold.side,
        level=str(threshold.level),
        release=str(threshold.release),
        active=threshold.is_active,
    )


@transaction.atomic
def drop_threshold(actor: Account, threshold: Threshold) -> Threshold:
    """Take a threshold away; matters that it has opened go on.

    Raises:
        PermissionDenied: when the actor is neither the city office nor the indicator's source.
    """
    if not may_watch(actor, threshold.indicator):
        raise PermissionDenied(_("由市级评议办或来源部门设置警戒线。"))
    if threshold.is_active:
        threshold.is_active = False
        threshold.save(update_fields=["is_active"])
        record(actor, _said(threshold), f"indicators.indicator:{threshold.indicator_id}")
    return threshold


def watch(indicators: Iterable[str]) -> list[Crossing]:
    """Hold the townships' latest figures against the thresholds on these indicators; returns what was newly crossed.

    A place that is beyond a line stays so until a later figure lies beyond the release: a value that trembles about
    the line opens one matter. Called in the transaction that wrote the figures.
    """
    thresholds = list(
        Threshold.objects.filter(indicator__in=set(indicators), is_active=True).select_related("indicator__source")
    )
    if not thresholds:
        return []
    latest: dict[tuple[str, str], Observation] = {}
    for figure in Observation.objects.filter(
        indicator__in={one.indicator_id for one in thresholds}, division__level="township", division__retired_on=None
    ).select_related("division"):
        key = (figure.indicator_id, figure.division_id)
        if key not in latest or bounds(latest[key].period)[1] < bounds(figure.period)[1]:
            latest[key] = figure
    open_now = {
        (one.threshold_id, one.division_id): one
        for one in Crossing.objects.select_for_update().filter(threshold__in=thresholds, released_in="")
    }
    made = []
    for threshold in thresholds:
        for (indicator, place), figure in sorted(latest.items()):
            if indicator != threshold.indicator_id:
                continue
            crossing = open_now.get((threshold.pk, place))
            if crossing is not None:
                if threshold.is_released_by(figure.value):
                    crossing.released_in = figure.period
                    crossing.save(update_fields=["released_in"])
            elif threshold.is_crossed_by(figure.value):
                made += _cross(threshold, figure)
    return made


def _cross(threshold: Threshold, figure: Observation) -> list[Crossing]:
    if Crossing.objects.filter(threshold=threshold, division=figure.division, period=figure.period).exists():
        return []  # this period has opened its matter: a correction opens no second one
    indicator = threshold.indicator
    shown, level = (f"{number.normalize():f}" for number in (figure.value, threshold.level))
    side = "低于" if threshold.side == "below" else "高于"
    matter = open_matter(
        None,
        kind="assigned_task",
        title=f"{indicator.name_zh}{side}警戒线",
        text=f"{figure.division.name_zh}{words(figure.period)}的{indicator.name_zh}为 {shown}{indicator.unit}，{side}警戒线 {level}{indicator.unit}。{threshold.text_zh}",
        division=figure.division,
        work_line=indicator.domain,
        client_id=f"threshold:{threshold.pk}:{figure.division_id}:{figure.period}",
        due_on=timezone.localdate() + timedelta(days=threshold.days),
        dispatcher=indicator.source,
        basis=f"{indicator.code} 警戒线",
        indicator=indicator.code,
    )
    crossing = Crossing.objects.create(
        threshold=threshold, division=figure.division, period=figure.period, value=figure.value, matter=matter
    )
    record(
        None,
        ThresholdCrossed(indicator=indicator.code, period=figure.period, value=shown, matter=matter.number),
        f"indicators.indicator:{indicator.code}",
        scope=figure.division_id,
    )
    return [crossing]
