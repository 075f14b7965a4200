"""Acceptance by another than who led the work, and what residents say afterwards."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .project import Project

ANSWERS = {"good": _("办好了"), "partly": _("办了，还差一点"), "poor": _("没办好")}


class Acceptance(models.Model):
    """One inspection of works that were reported done. Never changed."""

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="acceptances")
    passed = models.BooleanField()
    text = models.CharField(_("查了什么、怎样查的"), max_length=400)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="acceptance_says_what_was_seen", condition=~Q(text=""))]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.passed}"


class Verdict(models.Model):
    """What somebody who lives there said of a project: the answer and the day, nothing of who.

    ``client_id`` is a number that the page drew by chance: the same form sent twice counts once. It is the key, so that rows
    read by it have no order of arrival; whoever has the database itself may still see one.
    """

    client_id = models.CharField(max_length=40, primary_key=True, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="verdicts")
    answer = models.CharField(max_length=8, choices=list(ANSWERS.items()))
    day = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(name="verdict_is_one_of_three", condition=Q(answer__in=list(ANSWERS)))]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.answer}"
