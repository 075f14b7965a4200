"""A practice note: what a township tried, what it cost, what the numbers did, and what failed."""

from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yizhen.indicators.models import Indicator
from yizhen.matters.kinds import WORK_LINES
from yizhen.places.models import Division

NOTE_STATES = {
    "draft": _("草稿"),
    "checked": _("已核对，待发布"),
    "published": _("已发布"),
    "withdrawn": _("已撤下"),
}
MOMENTS = {"before": _("做之前"), "after": _("做之后")}


class PracticeNote(models.Model):
    """What a township tried. A colleague checks it before it is published; published words and figures are not changed.

    ``contact`` is a post, not a person. ``cost`` is in 10,000 yuan, ``person_days`` counts days of work.
    """

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="practice_notes")
    work_line = models.CharField(_("条线"), max_length=16, choices=list(WORK_LINES.items()))
    title = models.CharField(_("题目"), max_length=80)
    problem = models.TextField(_("遇到什么问题"), max_length=1000)
    steps = models.TextField(_("怎么做的"), max_length=3000)
    cost = models.DecimalField(
        _("花了多少钱（万元）"), max_digits=10, decimal_places=2, validators=[MinValueValidator(0)]
    )
    person_days = models.PositiveIntegerField(_("花了多少人工（人·天）"))
    failed = models.TextField(_("什么没做成、走了什么弯路"), max_length=2000)
    contact = models.CharField(_("联系岗位"), max_length=60)
    state = models.CharField(max_length=10, choices=list(NOTE_STATES.items()), default="draft")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    check_text = models.CharField(max_length=300, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-published_at", "-pk"]
        indexes = [models.Index(fields=["state", "published_at"])]
        constraints = [
            models.CheckConstraint(
                name="note_says_what_failed",
                condition=~Q(failed=""),
                violation_error_message="请写什么没做成：没有弯路的经验没有人信 · Say what failed",
            ),
            models.CheckConstraint(
                name="note_is_checked_by_a_colleague",
                condition=Q(checked_by__isnull=True)
                | (~Q(checked_by=F("written_by")) & (Q(changed_by__isnull=True) | ~Q(checked_by=F("changed_by")))),
                violation_error_message="写的人不能核对 · Who wrote it does not check it",
            ),
            models.CheckConstraint(
                name="note_is_published_after_its_check",
                condition=Q(state="draft") | Q(checked_by__isnull=False, checked_at__isnull=False) & ~Q(check_text=""),
            ),
            models.CheckConstraint(
                name="note_publication_is_whole",
                condition=Q(
                    state__in=["published", "withdrawn"], published_by__isnull=False, published_at__isnull=False
                )
                | Q(state__in=["draft", "checked"], published_by__isnull=True, published_at__isnull=True),
            ),
            models.CheckConstraint(
                name="note_withdrawn_says_why", condition=~Q(state="withdrawn") | ~Q(withdrawn_why="")
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state_name(self) -> Any:
        """The state in the page's language."""
        return NOTE_STATES[self.state]

    @property
    def work_line_name(self) -> Any:
        """The work line in the page's language."""
        return WORK_LINES[self.work_line]


class NoteFigure(models.Model):
    """A figure that a note cites: a frozen copy of an approved observation of its township, with its digest."""

    note = models.ForeignKey(PracticeNote, models.PROTECT, related_name="figures")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    moment = models.CharField(max_length=8, choices=list(MOMENTS.items()))
    period = models.CharField(max_length=8)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["indicator", "-moment"]
        constraints = [
            models.UniqueConstraint(
                fields=["note", "indicator", "moment"],
                name="note_cites_an_indicator_once_a_moment",
                violation_error_message="这个指标的这一头已经引用，先去掉再引用 · Cited already: take it off first",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.note_id} {self.indicator_id} {self.period}"

    @property
    def moment_name(self) -> Any:
        """Before or after, in the page's language."""
        return MOMENTS[self.moment]
