"""Housing for talents and policies that reached them: counts with a source and a day, never a list of people."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yizhen.people.models import Unit
from yizhen.places.models import Division

CHANNELS = {
    "meeting": _("宣讲会"),
    "visit": _("上门送政策"),
    "message": _("短信或政务平台推送"),
    "window": _("窗口办事时当面告知"),
    "firm": _("经用人单位转达"),
}


class HousingReport(models.Model):
    """How many flats for talents a township has on a day: let, vacant, and how many people wait."""

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="talent_housing")
    as_of = models.DateField(_("数据日期"))
    units = models.PositiveIntegerField(_("人才公寓总套数"))
    let = models.PositiveIntegerField(_("已入住（套）"))
    vacant = models.PositiveIntegerField(_("空置可住（套）"))
    waiting = models.PositiveIntegerField(_("在排队（人）"))
    source = models.CharField(_("数据来源"), max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["division", "-as_of", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="housing_let_and_vacant_within_units",
                condition=Q(units__gte=F("let") + F("vacant")),
                violation_error_message=_("已入住加空置不能多于总套数。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.division_id} {self.as_of}"


class Delivery(models.Model):
    """A policy that was handed on to a group: when, how, how many it reached and how many said that they got it."""

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="policy_deliveries")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="policy_deliveries")
    policy = models.CharField(_("政策名称"), max_length=120)
    document = models.CharField(_("文号"), max_length=60, blank=True)
    text = models.TextField(_("讲清楚的要点"), max_length=1000)
    whom = models.CharField(_("对象（写哪一类人，不写名字）"), max_length=80)
    delivered_on = models.DateField(_("送达日期"))
    channel = models.CharField(_("怎样送达"), max_length=12, choices=list(CHANNELS.items()))
    reached = models.PositiveIntegerField(_("送达（人）"))
    confirmed = models.PositiveIntegerField(_("确认收到并看懂（人）"), null=True, blank=True)
    confirmed_on = models.DateField(_("确认数截至"), null=True, blank=True)
    source = models.CharField(_("数据来源"), max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-delivered_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="delivery_confirmed_within_reached",
                condition=Q(confirmed__isnull=True) | Q(confirmed__lte=F("reached")),
                violation_error_message=_("确认的人数不能多于送达的人数。"),
            ),
            models.CheckConstraint(
                name="delivery_confirmed_has_its_day",
                condition=Q(confirmed__isnull=True, confirmed_on__isnull=True)
                | Q(confirmed__isnull=False, confirmed_on__gte=F("delivered_on")),
                violation_error_message=_("确认数要写截至哪一天，不早于送达日期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy} {self.delivered_on}"

    @property
    def channel_name(self) -> Any:
        """The channel in the page's language."""
        return CHANNELS[self.channel]
