"""Emergency plans in versions, and who is on duty: posts and the telephones of offices, never persons."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yizhen.people.models import Unit
from yizhen.places.models import Division

KINDS = {
    "flood": _("防汛抗旱"),
    "fire": _("火灾"),
    "geology": _("地质灾害"),
    "weather": _("极端天气"),
    "traffic": _("交通事故"),
    "works": _("生产安全事故"),
    "health": _("公共卫生"),
    "supply": _("供水供电供气中断"),
    "public": _("社会安全"),
}
PARTS = {"day": _("白班"), "night": _("夜班")}
NOTICE_DAYS = 30  # before a plan runs out


class Plan(models.Model):
    """An emergency plan (突发事件应急预案), one version of it; the next one ``follows`` it, and none is ever changed.

    The text stands here, or ``document`` says which document it is and where it is kept.
    Source: Emergency Response Law (突发事件应对法, 2024) arts. 26–28.
    """

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="plans")
    office = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="plans")
    follows = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="followed_by")
    number = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(_("名称"), max_length=60)
    kinds = models.JSONField(_("哪些事件"), default=list)
    text = models.TextField(_("正文"), max_length=20_000, blank=True)
    document = models.CharField(_("文号和存放处"), max_length=120, blank=True)
    valid_from = models.DateField(_("施行日期"))
    valid_until = models.DateField(_("有效期至"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["division", "pk"]
        constraints = [
            models.CheckConstraint(
                name="plan_has_text_or_document",
                condition=~Q(text="") | ~Q(document=""),
                violation_error_message=_("请写正文，或者写文号和存放处。"),
            ),
            models.CheckConstraint(
                name="plan_runs_out_after_it_begins",
                condition=Q(valid_until__gt=F("valid_from")),
                violation_error_message=_("有效期要晚于施行日期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} #{self.number}"

    @property
    def kind_names(self) -> list[Any]:
        """The kinds of events in the page's language."""
        return [KINDS[code] for code in self.kinds if code in KINDS]

    @property
    def light(self) -> str:
        """Red when it has run out, yellow in its last month. Derived when asked."""
        left = (self.valid_until - timezone.localdate()).days
        return "red" if left < 0 else "yellow" if left <= NOTICE_DAYS else "green"


class Contact(models.Model):
    """A post that a plan names, with the telephone of its office."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="contacts")
    post = models.CharField(max_length=40)
    telephone = models.CharField(max_length=20)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.post


class Roster(models.Model):
    """The duty roster of a place's own office, or of a department."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    office = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["division", "office"]
        constraints = [
            models.UniqueConstraint(
                fields=["division"], condition=Q(office__isnull=True), name="place_has_one_duty_roster"
            ),
            models.UniqueConstraint(
                fields=["division", "office"], condition=Q(office__isnull=False), name="office_has_one_duty_roster"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.division_id} {self.office_id or ''}"


class Shift(models.Model):
    """Which post is on duty on a day, in the day or at night, and at which telephone; without a post nobody is."""

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="shifts")
    day = models.DateField()
    part = models.CharField(max_length=8, choices=list(PARTS.items()))
    post = models.CharField(max_length=40, blank=True)
    telephone = models.CharField(max_length=20, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["roster", "day", "part"]
        constraints = [
            models.UniqueConstraint(fields=["roster", "day", "part"], name="shift_is_there_once"),
            models.CheckConstraint(
                name="shift_has_post_and_telephone",
                condition=Q(post="", telephone="") | (~Q(post="") & ~Q(telephone="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.roster_id} {self.day} {self.part}"


class Handover(models.Model):
    """What one shift tells the next."""

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    roster = models.ForeignKey(Roster, models.PROTECT, related_name="handovers")
    day = models.DateField(_("日期"))
    part = models.CharField(_("班次"), max_length=8, choices=list(PARTS.items()))
    text = models.TextField(_("交接内容"), max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.roster_id} {self.day} {self.part}"

    @property
    def part_name(self) -> Any:
        """The shift in the page's language."""
        return PARTS[self.part]


def week_of(day: date) -> list[date]:
    """Return the seven days, Monday first, of the week in which a day lies."""
    return [date.fromordinal(day.toordinal() - day.weekday() + one) for one in range(7)]
