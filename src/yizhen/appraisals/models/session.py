"""The live session: what happens now, questions, leaders' comments."""

from datetime import timedelta
from enum import StrEnum

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .campaign import Campaign, Speaker


class Phase(StrEnum):
    """What the hall is doing."""

    WAITING = "waiting"
    REPORT = "report"
    QUESTIONS = "questions"
    COMMENT = "comment"
    BALLOT = "ballot"
    BALLOT_CLOSED = "ballot_closed"
    RESULTS = "results"


PHASE_NAMES = {
    Phase.WAITING: _("等待开始"),
    Phase.REPORT: _("述职"),
    Phase.QUESTIONS: _("现场提问"),
    Phase.COMMENT: _("领导点评"),
    Phase.BALLOT: _("民主测评"),
    Phase.BALLOT_CLOSED: _("投票结束，等待计票"),
    Phase.RESULTS: _("计票完成"),
}


SLIDES = {
    "auto": _("随会议进程"),
    "wifi": _("无线网络和手机页"),
    "order": _("述职次序"),
    "agenda": _("议程"),
    "message": _("通知"),
    "blank": _("空白"),
}


class Session(models.Model):
    """The state of the hall. ``version`` grows with every change, so that pages can ask "anything new?" cheaply.

    ``slide`` is what the projector shows; ``wifi`` the hall's network as name and password; ``message`` a notice to all.
    """

    campaign = models.OneToOneField(Campaign, models.CASCADE, related_name="session")
    phase = models.CharField(max_length=16, choices=[(p.value, p.value) for p in Phase], default=Phase.WAITING)
    speaker = models.ForeignKey(Speaker, models.SET_NULL, null=True, blank=True, related_name="+")
    ends_at = models.DateTimeField(null=True, blank=True)
    paused_seconds = models.IntegerField(null=True, blank=True)
    lot_seed = models.CharField(max_length=80, blank=True)
    slide = models.CharField(max_length=8, choices=list(SLIDES.items()), default="auto")
    message = models.CharField(max_length=120, blank=True)
    wifi = models.JSONField(default=dict, blank=True)
    phone_questions = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="session_timer_runs_or_is_paused",
                condition=Q(ends_at__isnull=True) | Q(paused_seconds__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"session of {self.campaign}"

    @property
    def remaining(self) -> float | None:
        """Seconds left on the countdown, negative in overtime; None when there is none."""
        if self.paused_seconds is not None:
            return float(self.paused_seconds)
        if self.ends_at is None:
            return None
        return (self.ends_at - timezone.now()) / timedelta(seconds=1)


class SessionStep(models.Model):
    """A step of the host with all that is needed to take it back. Undoing marks it; nothing is deleted."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    what = models.CharField(max_length=16)
    place = models.CharField(max_length=60, blank=True)
    before = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["session", "number"], name="session_step_numbers_differ")]

    def __str__(self) -> str:
        return f"{self.session} #{self.number} {self.what}"


class Question(models.Model):
    """A question put to a speaker. Who asked is a source, not a person.

    ``proposed`` ones came from a phone and wait for the host; a dropped one is kept and not shown to the hall;
    one that time did not allow gets an answer in writing by ``follow_up_on``.
    """

    SOURCES = {
        "floor": _("会场"),
        "leader": _("领导"),
        "deputy": _("两代表一委员"),
        "resident": _("群众"),
        "collected": _("会前征集"),
    }
    speaker = models.ForeignKey(Speaker, models.CASCADE, related_name="questions")
    text = models.CharField(max_length=400)
    source = models.CharField(max_length=12, choices=list(SOURCES.items()))
    proposed = models.BooleanField(default=False)
    dropped = models.BooleanField(default=False)
    answered = models.BooleanField(default=False)
    follow_up_on = models.DateField(null=True, blank=True)
    commitment = models.CharField(max_length=400, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["answered", "proposed", "asked_at"]
        constraints = [models.UniqueConstraint(fields=["speaker", "text", "source"], name="question_is_put_once")]

    def __str__(self) -> str:
        return self.text


class LeaderComment(models.Model):
    """What the leader in charge says after a speech: strengths, and problems with a fact."""

    speaker = models.OneToOneField(Speaker, models.CASCADE, related_name="comment")
    strengths = models.CharField(max_length=800, blank=True)

    def __str__(self) -> str:
        return f"comment on {self.speaker}"


class Problem(models.Model):
    """A problem named in a comment: a fact, what is required, until when. Becomes a rectification item once."""

    comment = models.ForeignKey(LeaderComment, models.CASCADE, related_name="problems")
    fact = models.CharField(max_length=400)
    requirement = models.CharField(max_length=400)
    owner = models.CharField(max_length=60)
    due_on = models.DateField()
    indicator = models.CharField(max_length=24, blank=True)
    work_line = models.CharField(max_length=16, default="livelihood")
    matter = models.OneToOneField("matters.Matter", models.PROTECT, null=True, blank=True, related_name="problem")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["comment", "fact", "requirement"], name="problem_is_named_once"),
            models.CheckConstraint(name="problem_has_fact_and_requirement", condition=~Q(fact="") & ~Q(requirement="")),
        ]

    def __str__(self) -> str:
        return self.fact
