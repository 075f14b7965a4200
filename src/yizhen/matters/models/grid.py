"""Grids: micro-grids, the one worker of each grid, the list of what a grid does, and demands refused because of it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yizhen.people.models import Account, Unit
from yizhen.places.models import Division

SERVICE_PARTS = {
    "collect": _("采集"),
    "find": _("巡查发现"),
    "serve": _("上门服务"),
    "mediate": _("化解"),
    "publicise": _("宣传"),
}
CHANNELS = {
    "paper": _("文件"),
    "phone": _("电话、口头"),
    "chat": _("工作群"),
    "system": _("另一个系统"),
}


class MicroGrid(models.Model):
    """A part of a grid: a few buildings or a hamlet. Its number is never used twice in its grid."""

    grid = models.ForeignKey(Division, models.PROTECT, related_name="micro_grids")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    covers = models.CharField(max_length=160)
    households = models.PositiveIntegerField(null=True, blank=True)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["grid", "number"]
        constraints = [
            models.UniqueConstraint(fields=["grid", "number"], name="micro_grid_number_is_used_once"),
            models.UniqueConstraint(
                fields=["grid", "name"],
                condition=Q(retired_on__isnull=True),
                name="micro_grid_name_is_one",
                violation_error_message="这个网格里已有同名微网格 · The grid has a micro-grid of this name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grid_id}-{self.number:02d}"


class GridPost(models.Model):
    """Who answers for a grid and how to reach him or her: what the law wants posted in public, and nothing else.

    One grid, one worker, and one worker in one grid. The telephones are those of the office. Source: Binzhou ordinance on
    grid services art. 6; GB/T 34300-2017.
    """

    grid = models.ForeignKey(Division, models.PROTECT, related_name="grid_posts")
    worker = models.ForeignKey(Account, models.PROTECT, related_name="grid_posts")
    shown_name = models.CharField(max_length=40)
    phone = models.CharField(max_length=20)
    supervision_phone = models.CharField(max_length=20)
    covers = models.CharField(max_length=160)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["grid", "-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["grid"], condition=Q(until__isnull=True), name="grid_has_one_worker",
                violation_error_message="一个网格只有一名网格员 · A grid has one worker",
            ),
            models.UniqueConstraint(
                fields=["worker"], condition=Q(until__isnull=True), name="grid_worker_has_one_grid",
                violation_error_message="一名网格员只管一个网格 · A worker has one grid",
            ),
            models.CheckConstraint(
                name="grid_post_can_be_reached",
                condition=~Q(phone="") & ~Q(supervision_phone="") & ~Q(shown_name="") & ~Q(covers=""),
                violation_error_message="公示的内容都要填 · Everything that is posted must be filled in",
            ),
            models.CheckConstraint(
                name="grid_post_ends_after_it_begins", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.grid_id} {self.shown_name}"


class ServiceItem(models.Model):
    """One item of a city's list of what grids do (网格服务事项清单): published on a day, withdrawn on another, never deleted.

    ``kinds`` are the kinds of matter that may be sent to a grid because of it. Source: Binzhou ordinance art. 10.
    """

    city = models.ForeignKey(Division, models.PROTECT, related_name="service_items")
    code = models.CharField(max_length=16)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=160, blank=True)
    part = models.CharField(max_length=12, choices=list(SERVICE_PARTS.items()))
    basis = models.CharField(max_length=120)
    kinds = models.JSONField(default=list, blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["city", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["city", "code"],
                name="service_item_code_is_used_once",
                violation_error_message="清单里已有这个代码，用过的代码不再用 · The list has used this code already",
            ),
            models.CheckConstraint(name="service_item_part_is_known", condition=Q(part__in=list(SERVICE_PARTS))),
            models.CheckConstraint(
                name="service_item_has_its_basis",
                condition=~Q(basis=""),
                violation_error_message="请写明依据 · State the basis",
            ),
            models.CheckConstraint(
                name="service_item_is_withdrawn_with_a_reason",
                condition=Q(until__isnull=True, withdrawn_because="")
                | Q(until__gte=F("since")) & ~Q(withdrawn_because=""),
                violation_error_message="退出清单须写明理由 · An item is withdrawn with a reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"

    @property
    def part_name(self) -> Any:
        """The part of the list in the page's language."""
        return SERVICE_PARTS[self.part]


class GridRefusal(models.Model):
    """A demand that a grid refused because the list does not hold it: the numbered reply, and the answer to it.

    What was asked, by which department and how; the reply is frozen. The department answers once. Source: 整治形式主义为基层
    减负若干规定 (2024); Binzhou ordinance arts. 10, 11.
    """

    number = models.CharField(max_length=32, unique=True)
    grid = models.ForeignKey(Division, models.PROTECT, related_name="grid_refusals")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="grid_refusals")
    asked = models.CharField(max_length=120)
    channel = models.CharField(max_length=8, choices=list(CHANNELS.items()))
    asked_on = models.DateField()
    text = models.TextField()
    refused_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    client_id = models.CharField(max_length=64, unique=True)
    answer = models.CharField(max_length=500, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="grid_refusal_channel_is_known", condition=Q(channel__in=list(CHANNELS))),
            models.CheckConstraint(
                name="grid_refusal_follows_the_demand",
                condition=Q(refused_on__gte=F("asked_on")),
                violation_error_message="提要求的日子不能在以后 · The demand cannot lie in the future",
            ),
            models.CheckConstraint(
                name="grid_refusal_answer_is_whole",
                condition=Q(answer="", answered_on__isnull=True, answered_by__isnull=True)
                | ~Q(answer="") & Q(answered_on__isnull=False, answered_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def channel_name(self) -> Any:
        """How it was asked, in the page's language."""
        return CHANNELS[self.channel]
