"""What became of matters after they were closed: whether it held, was opened again, or came back in the same place.

Counted per closing, not per person: a unit whose closings do not hold has closed too early.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from .lifecycle import LOOKING_BACK, REOPENING, State
from .models import Event, LookBack, Matter
from .periods import Period

PLACED = ("grid_event", "hazard", "environment", "flood_drought")  # something is wrong at a spot
AGAIN = timedelta(days=60)
AFTER = {
    "held": (_("回头看没有反弹"), _("没有反弹 ÷ 这段时间做的回头看")),
    "kept_closed": (_("销号后没有重新打开"), _("至今没有重新打开 ÷ 这段时间的销号")),
    "not_repeated": (
        _("同一处没有再出现"),
        _("60 天内同一个网格、村（社区）没有再登记同一种 ÷ 这段时间销号的网格事件、隐患、环境、防汛事项"),
    ),
}
Counts = dict[str, dict[str, tuple[int, int]]]


def counted_after(matters: Q, key: Mapping[str, Any], period: Period) -> Counts:
    """Return measure → key → (count, should) for what was looked at, or closed, in a period.

    Args:
        matters: condition on events and look-backs that their matter (``matter__…``) counts.
        key: one annotation, name → expression: by what is counted.
        period: the days; a closing that was opened again counts on the day of the closing.
    """
    (name,) = key
    found: Counts = {measure: {} for measure in AFTER}
    looks = LookBack.objects.filter(matters, looked_on__range=(period.first, period.last)).order_by()
    for row in looks.annotate(**key).values(name).annotate(n=Count("pk"), good=Count("pk", filter=Q(holds=True))):
        found["held"][row[name]] = row["good"], row["n"]
    begins, ends = period.moments
    reopening = [verb.value for verb in REOPENING]
    later = Event.objects.filter(matter=OuterRef("matter"), sequence__gt=OuterRef("sequence"), verb__in=reopening)
    same = Matter.objects.filter(
        kind=OuterRef("matter__kind"),
        division=OuterRef("matter__division"),
        opened_at__gt=OuterRef("at"),
        opened_at__lte=OuterRef("at") + AGAIN,
    ).exclude(pk=OuterRef("matter"))
    closings = (
        Event.objects.filter(matters, to_state=State.CLOSED, at__gte=begins, at__lt=ends)
        .exclude(verb__in=[verb.value for verb in LOOKING_BACK])
        .order_by()
        .annotate(reopened=Exists(later), repeated=Exists(same), **key)
        .values(name)
    )
    placed = Q(matter__kind__in=PLACED)
    rows = closings.annotate(
        n=Count("pk"),
        kept=Count("pk", filter=Q(reopened=False)),
        at_a_spot=Count("pk", filter=placed),
        gone=Count("pk", filter=placed & Q(repeated=False)),
    )
    for row in rows:
        found["kept_closed"][row[name]] = row["kept"], row["n"]
        if row["at_a_spot"]:
            found["not_repeated"][row[name]] = row["gone"], row["at_a_spot"]
    return found
