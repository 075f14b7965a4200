"""Thresholds in versions, and the crossings that stand under them."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yizhen.matters.models import Matter
from yizhen.watches.hysteresis import LOWER, UPPER, Rule

from .reading import Reading
from .watch import Series, Watch

SIDES = {UPPER: pgettext_lazy("watches", "上限"), LOWER: pgettext_lazy("watches", "下限")}
LONGEST_RUN, LONGEST_MINUTES, LONGEST_DAYS = 100, 60 * 24 * 60, 365


class Threshold(models.Model):
    """One version of a threshold on one side of a watch; a later version ends it, and nothing else of it ever changes.

    ``clear`` lies on the calm side of ``level``. ``count`` readings one after the other, over ``minutes`` at least, raise it;
    ``days`` is the time for the matter that is opened, ``text_zh`` what is to be done.
    """

    watch = models.ForeignKey(Watch, models.PROTECT, related_name="thresholds")
    side = models.CharField(_("哪一侧"), max_length=8, choices=list(SIDES.items()))
    number = models.PositiveSmallIntegerField()
    level = models.DecimalField(_("警戒线"), max_digits=14, decimal_places=3)
    clear = models.DecimalField(_("解除线"), max_digits=14, decimal_places=3)
    count = models.PositiveSmallIntegerField(
        _("连续几次读数越线才算"), default=1, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_RUN)]
    )
    minutes = models.PositiveIntegerField(
        _("至少持续多少分钟"), default=0, validators=[MaxValueValidator(LONGEST_MINUTES)]
    )
    days = models.PositiveSmallIntegerField(
        _("事项几天内办结"), validators=[MinValueValidator(1), MaxValueValidator(LONGEST_DAYS)]
    )
    text_zh = models.CharField(_("越线以后要做什么"), max_length=200)
    basis = models.CharField(_("依据"), max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["watch", "side", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["watch", "side", "number"], name="watch_thresholds_are_numbered"),
            models.UniqueConstraint(
                fields=["watch", "side"], condition=Q(ended_at__isnull=True), name="watch_has_one_threshold_a_side"
            ),
            models.CheckConstraint(
                name="watch_threshold_clears_on_the_calm_side",
                condition=Q(side=UPPER, clear__lt=F("level")) | Q(side=LOWER, clear__gt=F("level")),
            ),
            models.CheckConstraint(name="watch_threshold_run_has_readings", condition=Q(count__gte=1)),
            models.CheckConstraint(name="watch_threshold_gives_time", condition=Q(days__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.watch_id} {self.side} #{self.number}"

    @property
    def side_name(self) -> Any:
        """The side in the page's language."""
        return SIDES[self.side]

    def rule(self, every: timedelta) -> Rule:
        """Return the rule by which readings that are expected so often are held against it."""
        return Rule(self.side, self.level, self.clear, self.count, timedelta(minutes=self.minutes), 2 * every)


class Crossing(models.Model):
    """A series beyond one side's threshold, from the reading that raised it to the one that cleared it: one matter.

    It stands under its own version. ``reading`` raised it; ``cleared_by`` is the latest reading when it was cleared.
    """

    series = models.ForeignKey(Series, models.PROTECT, related_name="crossings")
    side = models.CharField(max_length=8, choices=list(SIDES.items()))
    number = models.PositiveIntegerField()
    threshold = models.ForeignKey(Threshold, models.PROTECT, related_name="crossings")
    reading = models.ForeignKey(Reading, models.PROTECT, related_name="+")
    matter = models.OneToOneField(Matter, models.PROTECT, related_name="watch_crossing")
    opened_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by = models.ForeignKey(Reading, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["series", "side", "number"], name="watch_crossings_are_numbered"),
            models.UniqueConstraint(
                fields=["series", "side"], condition=Q(cleared_at__isnull=True), name="watch_crossing_is_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.side} #{self.number}"

    @property
    def side_name(self) -> Any:
        """The side in the page's language."""
        return SIDES[self.side]
