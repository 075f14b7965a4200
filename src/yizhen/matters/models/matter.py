"""The matter: one noun for tasks, requests and rectification items."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from yizhen.clocks import Deadline, light
from yizhen.matters.kinds import KINDS, WORK_LINES, MatterKind
from yizhen.matters.lifecycle import STATE_NAMES, State, Verb
from yizhen.people.models import Unit
from yizhen.places.models import Division

from .kind import FrozenKind, frozen_kind

if TYPE_CHECKING:
    from .look_back import LookBack


class NumberSeries(models.Model):
    """The last number given in a year and kind."""

    prefix = models.CharField(primary_key=True, max_length=12)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.prefix}{self.last}"


class Matter(models.Model):
    """Anything that must be done by a place, or by a department (the addressee).

    Title and text are frozen by a trigger; corrections are events.

    The unit of work is the matter, never the person: a resident's request has no requester, only the hash of a code.
    """

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=24)
    frozen = models.ForeignKey(FrozenKind, models.PROTECT, null=True, editable=False, related_name="+")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    fields = models.JSONField(default=dict, blank=True)
    results = models.JSONField(default=dict, blank=True)
    title = models.CharField(max_length=120)
    text = models.TextField(max_length=4000)
    division = models.ForeignKey(Division, models.PROTECT, db_index=False, related_name="matters")
    work_line = models.CharField(max_length=16, choices=[(code, code) for code in WORK_LINES])
    dispatcher = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, db_index=False, related_name="dispatched"
    )
    addressee = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, db_index=False, related_name="received")
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    follow_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    basis = models.CharField(max_length=120, blank=True)
    owner = models.CharField(max_length=60, blank=True)
    accountable = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=80, blank=True, db_index=True)
    indicator = models.CharField(max_length=24, blank=True)
    state = models.CharField(max_length=12, choices=[(state.value, state.value) for state in State], default=State.NEW)
    disposition = models.CharField(max_length=24, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField()
    warning_on = models.DateField()
    clock = models.JSONField()
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    done_on = models.DateField(null=True, blank=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_on = models.DateField(null=True, blank=True)
    look_back_on = models.DateField(null=True, blank=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    held_above = models.BooleanField(default=False)
    review = models.PositiveSmallIntegerField(default=0)
    client_id = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["due_on", "number"]
        indexes = [  # the first three serve their foreign keys as well
            models.Index(fields=["division", "state"]),
            models.Index(fields=["dispatcher", "state"]),
            models.Index(fields=["addressee", "state"]),
            models.Index(fields=["due_on", "number"]),
            models.Index(fields=["state", "due_on", "number"]),
            models.Index(fields=["kind", "due_on", "number"]),
            models.Index(fields=["state", "look_back_on"]),
            models.Index(fields=["opened_at"]),
            models.Index(fields=["division", "kind", "opened_at"]),  # what came back in the same place
        ]
        constraints = [
            models.CheckConstraint(
                name="matter_doer_never_closes",
                condition=Q(verified_by__isnull=True) | Q(done_by__isnull=True) | ~Q(verified_by=F("done_by")),
                violation_error_message="办理人不得核验自己的事项 · The doer cannot verify",
            ),
            models.CheckConstraint(
                name="matter_closed_was_verified",
                condition=~Q(state="closed") | Q(verified_by__isnull=False),
                violation_error_message="未经核验不得销号 · Not closed without verification",
            ),
            models.CheckConstraint(
                name="matter_look_back_follows_closing",
                condition=Q(look_back_on__isnull=True) | Q(state="closed", look_back_on__gt=F("closed_on")),
            ),
            models.CheckConstraint(
                name="matter_common_problem_has_addressee",
                condition=~Q(kind="common_problem") | Q(addressee__isnull=False),
                violation_error_message="共性问题须交给一个部门 · A common problem is addressed to a department",
            ),
            models.CheckConstraint(name="matter_is_not_its_own_parent", condition=~Q(parent=F("pk"))),
            models.CheckConstraint(name="matter_is_reviewed_twice_at_most", condition=Q(review__lte=2)),
            models.CheckConstraint(name="matter_state_is_known", condition=Q(state__in=[s.value for s in State])),
            models.CheckConstraint(name="matter_warning_not_after_due", condition=Q(warning_on__lte=F("due_on"))),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def kind_info(self) -> MatterKind:
        """The configuration of the matter's kind, as it stood when the matter was filed."""
        return frozen_kind(self.frozen_id) if self.frozen_id else KINDS[self.kind]

    @property
    def state_name(self) -> Any:
        """The state in the page's language."""
        return STATE_NAMES[State(self.state)]

    @property
    def work_line_name(self) -> Any:
        """The work line in the page's language."""
        return WORK_LINES[self.work_line]

    @property
    def deadline(self) -> Deadline:
        """The stored deadline with its derivation."""
        return Deadline.from_json(self.clock)

    @property
    def light(self) -> str:
        """Green, yellow or red: derived from the stored clock when asked. None while withdrawn or suspended."""
        if self.state in {State.WITHDRAWN, State.SUSPENDED}:
            return ""
        return light(self.due_on, timezone.localdate(), done_on=self.done_on).value

    @property
    def days_left(self) -> int:
        """Calendar days until the due date; negative when it has passed."""
        return (self.due_on - timezone.localdate()).days

    @property
    def last_report(self) -> str:
        """What was last reported done, in the handler's words; "" while nothing was."""
        return next((event.text for event in reversed(self.events.all()) if event.verb == Verb.REPORT_DONE), "")

    @property
    def look_back_plan(self) -> list[tuple[int, date, "LookBack | None"]]:
        """The look-backs since the last closing: days after it, the day, and what was found there (None: not yet)."""
        if self.closed_on is None:
            return []
        done = {found.number: found for found in self.look_backs.all() if found.spell == self.reopened}
        plan = []
        for number, days in enumerate(self.kind_info.look_back_days, start=1):
            found = done.get(number)
            planned = self.closed_on + timedelta(days=days)
            pending = self.look_back_on if number == len(done) + 1 else None
            plan.append((days, found.due_on if found else pending or planned, found))
        return plan

    @property
    def next_look_back(self) -> int | None:
        """How many days after closing the next look-back is planned; None when there is none to come."""
        return next((days for days, _day, found in self.look_back_plan if found is None), None)

    def is_late_on(self, day: date) -> bool:
        """Return whether the matter was late, or still open after its due date, on a day."""
        return (self.done_on or day) > self.due_on
