"""The catalogue: one authoritative source per figure."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yizhen.indicators.forbidden import MEASURES, NEGATIVE_DIRECTIONS
from yizhen.people.models import Unit

DOMAINS = {
    "development": _("促一方发展"),
    "livelihood": _("富一方百姓"),
    "safety": _("保一方平安"),
    "party_style": _("党建和作风"),
}
DIRECTIONS = {"up": _("越高越好"), "down": _("越低越好"), "target": _("以目标值为好"), "neutral": _("只作背景，不评价")}
CHANCES = {
    "": _("没有偶然（存量、金额、增速）"),
    "share": _("一部分中的多少（办结率、达标率）"),
    "events": _("发生了多少次（事故、病例）"),
}
FREQUENCIES = {"monthly": _("每月"), "quarterly": _("每季度"), "half_yearly": _("每半年"), "yearly": _("每年")}


class Indicator(models.Model):
    """A number with a numerator, a denominator, a source, and a note on how it could be gamed. Entered once.

    ``per`` is the multiplier of a rate (10,000 for "per 10,000 residents", 100 for percent); 0 when the figure is not
    a ratio. ``chance`` says what plays into it where few are counted: "share" for some out of those who are there, "events"
    for things that happen, nothing for stocks and sums, which are what they are. ``public`` figures stand on the residents' pages, small counts suppressed. ``measures`` names a forbidden negative metric; such a figure may only be context.
    """

    code = models.SlugField(primary_key=True, max_length=24)
    name_zh = models.CharField(max_length=60, unique=True)
    name_en = models.CharField(max_length=120)
    domain = models.CharField(max_length=16, choices=list(DOMAINS.items()))
    unit = models.CharField(max_length=16)
    direction = models.CharField(max_length=8, choices=list(DIRECTIONS.items()))
    frequency = models.CharField(max_length=12, choices=list(FREQUENCIES.items()))
    source = models.ForeignKey(Unit, models.PROTECT, related_name="indicators")
    numerator_zh = models.CharField(max_length=80, blank=True)
    denominator_zh = models.CharField(max_length=80, blank=True)
    per = models.PositiveIntegerField(default=0)
    per_resident = models.BooleanField(default=False)
    chance = models.CharField(max_length=8, blank=True, choices=list(CHANCES.items()))
    count_unit = models.CharField(max_length=12, blank=True)
    gaming_risk_zh = models.CharField(max_length=120, blank=True)
    counter_metric_zh = models.CharField(max_length=120, blank=True)
    scored = models.BooleanField(default=True)
    public = models.BooleanField(default=False)
    measures = models.CharField(
        max_length=40, blank=True, choices=[(code, names[0]) for code, names in MEASURES.items()]
    )

    class Meta:
        ordering = ["domain", "code"]
        constraints = [
            models.CheckConstraint(
                name="indicator_never_punishes_problems_found",
                condition=~Q(measures__in=list(MEASURES)) | (Q(scored=False) & ~Q(direction__in=NEGATIVE_DIRECTIONS)),
                violation_error_message="投诉、信访、隐患的数量不得作为负面指标 · Volume of problems may not count against a place",
            ),
            models.CheckConstraint(
                name="indicator_of_chance_is_a_ratio",
                condition=Q(chance="") | Q(chance="share", per=100) | Q(chance="events", per__gt=0),
                violation_error_message="只有比率才有偶然：占比的乘数是 100，次数的乘数大于 0 · "
                "Only ratios have chance in them: 100 for shares, above 0 for events",
            ),
            models.CheckConstraint(
                name="public_indicator_counts_cases",
                condition=Q(public=False) | ~Q(chance=""),
                violation_error_message="公开的只有占比和次数：小于 5 的数才能按规则隐去 · "
                "Only shares and events are published: their small counts can be suppressed",
            ),
            models.CheckConstraint(
                name="indicator_neutral_is_not_scored", condition=~Q(direction="neutral") | Q(scored=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"

    @property
    def domain_name(self) -> Any:
        """The domain in the page's language."""
        return DOMAINS[self.domain]

    @property
    def direction_name(self) -> Any:
        """The direction in words."""
        return DIRECTIONS[self.direction]

    @property
    def frequency_name(self) -> Any:
        """The frequency in words."""
        return FREQUENCIES[self.frequency]
