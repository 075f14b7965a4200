"""A watch: what is measured, where, by whom, and how often a reading is expected."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yizhen.matters.kinds import WORK_LINES
from yizhen.people.models import Unit
from yizhen.places.models import Division

SORTS = {"price": _("价格"), "stock": _("物资库存"), "water": _("水位"), "jobs": _("就业岗位"), "other": _("其他")}
YEAR_HOURS = 8784


class Watch(models.Model):
    """One quantity that is watched in one or more places.

    ``office`` is in charge of it, ``division`` the city or county that it belongs to, ``measure`` the unit of its readings. A
    reading is expected every so many hours; without one for twice as long, nothing is known (no data), whatever it was before.
    """

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    name_zh = models.CharField(_("名称"), max_length=40)
    name_en = models.CharField(_("英文名称"), max_length=80, blank=True)
    sort = models.CharField(_("种类"), max_length=8, choices=list(SORTS.items()))
    measure = models.CharField(_("计量单位"), max_length=16)
    every_hours = models.PositiveSmallIntegerField(
        _("每隔多少小时应有一次读数"), validators=[MinValueValidator(1), MaxValueValidator(YEAR_HOURS)]
    )
    source = models.CharField(_("数据来源"), max_length=120)
    work_line = models.CharField(_("工作条线"), max_length=16, choices=list(WORK_LINES.items()), default="livelihood")
    office = models.ForeignKey(Unit, models.PROTECT, related_name="watches", verbose_name=_("负责部门"))
    division = models.ForeignKey(Division, models.PROTECT, related_name="watches")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["sort", "pk"]
        constraints = [
            models.CheckConstraint(
                name="watch_expects_readings", condition=Q(every_hours__gte=1, every_hours__lte=YEAR_HOURS)
            )
        ]

    def __str__(self) -> str:
        return self.name_zh

    @property
    def sort_name(self) -> Any:
        """The sort in the page's language."""
        return SORTS[self.sort]

    @property
    def every(self) -> timedelta:
        """How often a reading is expected."""
        return timedelta(hours=self.every_hours)

    @property
    def silence(self) -> timedelta:
        """Without a reading for so long, nothing is known."""
        return 2 * self.every


class Series(models.Model):
    """A watch in one place."""

    watch = models.ForeignKey(Watch, models.PROTECT, related_name="series")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["watch", "division"]
        verbose_name_plural = "series"
        constraints = [models.UniqueConstraint(fields=["watch", "division"], name="watch_has_one_series_a_place")]

    def __str__(self) -> str:
        return f"{self.watch_id} {self.division_id}"


class Token(models.Model):
    """What a device or another system shows to send readings of one watch. Shown once; its hash alone is kept.

    ``minute`` and ``used`` count its requests of the current minute.
    """

    watch = models.ForeignKey(Watch, models.PROTECT, related_name="tokens")
    label = models.CharField(_("给哪台设备或者哪个系统"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    minute = models.DateTimeField(null=True, blank=True)
    used = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.label
