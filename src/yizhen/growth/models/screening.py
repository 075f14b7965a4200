"""Versions of the screening rule, and screenings under them: neither is ever changed."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from yizhen.growth.projects.three_content import Rule, rule_of
from yizhen.places.models import Division

from .project import Project

DECISIONS = {"proceed": _("可以推进"), "improve": _("改进后再报"), "reject": _("不通过"), "incomplete": _("材料不全")}


class ScreeningRule(models.Model):
    """The thresholds of a city's rule, one version of them."""

    city = models.ForeignKey(Division, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    values = models.JSONField()
    basis = models.CharField(_("依据"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["city", "number"]
        constraints = [models.UniqueConstraint(fields=["city", "number"], name="screening_rules_are_numbered")]

    def __str__(self) -> str:
        return f"{self.city_id} #{self.number}"

    @property
    def rule(self) -> Rule:
        """The thresholds as numbers."""
        return rule_of(self.values)


class Screening(models.Model):
    """A project's score under a version of the rule, with the facts as they stood."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="screenings")
    rule = models.ForeignKey(ScreeningRule, models.PROTECT, related_name="screenings")
    facts = models.JSONField()
    tax = models.DecimalField(max_digits=5, decimal_places=1)
    innovation = models.DecimalField(max_digits=5, decimal_places=1)
    green = models.DecimalField(max_digits=5, decimal_places=1)
    total = models.DecimalField(max_digits=5, decimal_places=1)
    decision = models.CharField(max_length=12, choices=[(code, code) for code in DECISIONS])
    text = models.CharField(max_length=400)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.project_id} {self.total}"

    @property
    def decision_name(self) -> Any:
        """The decision in the page's language."""
        return DECISIONS[self.decision]
