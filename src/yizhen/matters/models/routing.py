"""Versions of a city's dispatch rules, and the cases that prove them."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yizhen.matters.routing.rules import Rule, Thing
from yizhen.people.models import Unit
from yizhen.places.models import Division

STATES = {"draft": _("草稿"), "frozen": _("已生效")}


class RoutingRuleSet(models.Model):
    """One version of a city's rules. A draft is free; put in force, nothing of it changes any more (triggers refuse).

    The version in force is the frozen one of the highest number.
    """

    city = models.ForeignKey(Division, models.PROTECT, related_name="routing_rule_sets")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, default="draft", choices=list(STATES.items()))
    reason = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["city", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["city", "number"], name="routing_versions_are_numbered"),
            models.UniqueConstraint(fields=["city"], condition=Q(state="draft"), name="routing_has_one_draft"),
            models.CheckConstraint(
                name="routing_in_force_is_reasoned",
                condition=Q(state="draft", frozen_at__isnull=True)
                | Q(state="frozen", frozen_at__isnull=False) & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.city_id} {self.number}"

    @property
    def is_frozen(self) -> bool:
        """Whether nothing of it can change any more."""
        return self.state == "frozen"

    @property
    def is_draft(self) -> bool:
        """Whether it may still be changed."""
        return not self.is_frozen

    @property
    def state_name(self) -> Any:
        """The state in words."""
        return STATES[self.state]


class RoutingRule(models.Model):
    """One rule of a version; what is empty is not looked at (see :class:`yizhen.matters.routing.rules.Rule`)."""

    rule_set = models.ForeignKey(RoutingRuleSet, models.CASCADE, related_name="rules")
    order = models.PositiveSmallIntegerField()
    active = models.BooleanField(default=True)
    kind = models.CharField(max_length=24, blank=True)
    work_line = models.CharField(max_length=16, blank=True)
    place = models.CharField(max_length=15, blank=True)
    months = models.JSONField(default=list, blank=True)
    weekdays = models.JSONField(default=list, blank=True)
    hour_from = models.PositiveSmallIntegerField(null=True, blank=True)
    hour_to = models.PositiveSmallIntegerField(null=True, blank=True)
    any_of = models.JSONField(default=list, blank=True)
    none_of = models.JSONField(default=list, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    basis = models.CharField(max_length=200)

    class Meta:
        ordering = ["rule_set", "order"]
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "order"], name="routing_rules_are_ordered"),
            models.CheckConstraint(name="routing_rule_has_a_basis", condition=~Q(basis="")),
            models.CheckConstraint(
                name="routing_hours_are_of_a_day",
                condition=Q(hour_from__isnull=True, hour_to__isnull=True)
                | Q(hour_from__isnull=False, hour_to__isnull=False, hour_from__lte=23, hour_to__lte=24)
                & ~Q(hour_from=F("hour_to")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_set_id}/{self.order} → {self.unit_id}"

    def as_rule(self) -> Rule:
        """Return the rule as the matcher reads it."""
        hours = None if self.hour_from is None or self.hour_to is None else (self.hour_from, self.hour_to)
        return Rule(
            self.unit_id,
            self.pk or 0,
            self.active,
            self.kind,
            self.work_line,
            self.place,
            frozenset(self.months),
            frozenset(self.weekdays),
            hours,
            tuple(self.any_of),
            tuple(self.none_of),
        )


class RoutingCase(models.Model):
    """One case: something that comes in, and the department it belongs to (none: people decide).

    A case that came from the version before is ``inherited``: what it expects changes only as the version is put in force,
    with a reason, and ``expected_before`` says what it was.
    """

    rule_set = models.ForeignKey(RoutingRuleSet, models.CASCADE, related_name="cases")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=24)
    work_line = models.CharField(max_length=16)
    place = models.ForeignKey(Division, models.PROTECT, related_name="+")
    on = models.DateField()
    hour = models.PositiveSmallIntegerField(validators=[MinValueValidator(0), MaxValueValidator(23)])
    text = models.CharField(max_length=400)
    expected = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    inherited = models.BooleanField(default=False)
    changed_reason = models.CharField(max_length=200, blank=True)
    expected_before = models.CharField(max_length=24, blank=True)

    class Meta:
        ordering = ["rule_set", "number"]
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "number"], name="routing_cases_are_numbered"),
            models.CheckConstraint(name="routing_case_has_words", condition=~Q(text="")),
            models.CheckConstraint(name="routing_case_hour_is_of_a_day", condition=Q(hour__lte=23)),
        ]

    def __str__(self) -> str:
        return f"{self.rule_set_id}/{self.number} → {self.expected_id or '—'}"

    def as_thing(self) -> Thing:
        """Return the case as the matcher reads it."""
        return Thing(self.kind, self.work_line, self.place_id, self.moment, self.text)

    @property
    def moment(self) -> datetime:
        """The day and hour, local, as an office says it."""
        return datetime(self.on.year, self.on.month, self.on.day, self.hour)  # noqa: DTZ001
