"""Signs that figures may be made rather than earned, what the unit said to them, and what a second office thought."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yizhen.people.models import Unit
from yizhen.places.models import Division

SIGNALS = {
    "burst": _("考核前扎堆办结"),
    "last_minute": _("压线办结"),
    "copied_text": _("办结说明雷同"),
    "copied_file": _("佐证材料雷同"),
    "few_channels": _("评价来源过于集中"),
    "too_flat": _("平得不像真的"),
    "exclusions": _("不计入的比例偏高"),
    "reopened": _("办结后又重新打开"),
}


class Signal(models.Model):
    """One sign in one unit and period. The statistic is frozen as it was found; each answer is given once.

    Nobody but the unit sees it before ``opens_on``, unless the unit has explained it. It counts matters, never persons.
    """

    code = models.CharField(max_length=16, choices=list(SIGNALS.items()))
    period = models.CharField(max_length=7)
    division = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    statistic = models.JSONField()
    found_on = models.DateField()
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    opens_on = models.DateField()
    explanation = models.TextField(max_length=2000, blank=True)
    explained_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    explained_on = models.DateField(null=True)
    accepted = models.BooleanField(null=True)
    decision = models.TextField(max_length=2000, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(null=True)

    class Meta:
        ordering = ["-period", "code", "pk"]
        constraints = [
            models.CheckConstraint(
                name="signal_is_of_a_place_or_a_unit",
                condition=Q(division__isnull=False, unit__isnull=True) | Q(division__isnull=True, unit__isnull=False),
            ),
            models.CheckConstraint(name="signal_code_is_known", condition=Q(code__in=list(SIGNALS))),
            models.UniqueConstraint(fields=["code", "period", "division"], name="signal_is_found_once_in_a_place"),
            models.UniqueConstraint(fields=["code", "period", "unit"], name="signal_is_found_once_in_a_unit"),
            models.CheckConstraint(name="signal_opens_after_it_was_found", condition=Q(opens_on__gt=F("found_on"))),
            models.CheckConstraint(
                name="signal_explanation_is_whole",
                condition=Q(explained_by__isnull=True, explained_on__isnull=True, explanation="")
                | (Q(explained_by__isnull=False, explained_on__isnull=False) & ~Q(explanation="")),
            ),
            models.CheckConstraint(
                name="signal_decision_is_whole",
                condition=Q(accepted__isnull=True, decided_by__isnull=True, decided_on__isnull=True, decision="")
                | (Q(accepted__isnull=False, decided_by__isnull=False, decided_on__isnull=False) & ~Q(decision="")),
            ),
            models.CheckConstraint(
                name="signal_is_decided_by_a_second_office",
                condition=Q(decided_by__isnull=True)
                | (
                    (Q(explained_by__isnull=True) | ~Q(decided_by=F("explained_by")))
                    & (Q(found_by__isnull=True) | ~Q(decided_by=F("found_by")))
                ),
                violation_error_message="说明的人和计算的人不得认定 · Neither who explained nor who computed it decides",
            ),
            models.CheckConstraint(
                name="signal_is_decided_after_the_unit_was_heard",
                condition=Q(decided_on__isnull=True) | Q(explained_on__isnull=False) | Q(decided_on__gte=F("opens_on")),
                violation_error_message="先听单位说明 · The unit is heard first",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.period} {self.division_id or self.unit_id}"

    @property
    def name(self) -> Any:
        """What was found, in the page's language."""
        return SIGNALS[self.code]

    @property
    def is_open(self) -> bool:
        """Whether others than the unit may see it: it has explained, or had five working days to."""
        return self.explained_on is not None or self.opens_on <= timezone.localdate()

    @property
    def of(self) -> Any:
        """The township or the department."""
        return self.division or self.unit


class VerdictCount(models.Model):
    """How many verdicts on a unit's matters came in on a day from one of 32 shares of all network addresses.

    Nothing leads back: the share comes from a key that is made anew each day in memory and never written down, it is
    shared by a thirty-second of all addresses, and no row knows its matters. ``unit`` is P and a township's code, or U and
    a department's.
    """

    unit = models.CharField(max_length=24)
    day = models.DateField()
    share = models.PositiveSmallIntegerField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["day", "unit", "share"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "day", "share"], name="verdict_count_is_one_a_share"),
            models.CheckConstraint(name="verdict_share_is_one_of_32", condition=Q(share__lt=32)),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.day} {self.count}"
