"""Study and meetings of a township: planned for a day, held or not, and how many came; never who."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yizhen.places.models import Division

MEETING_SORTS = {
    "study": _("理论学习"),
    "organisation_life": _("组织生活"),
    "warning_education": _("警示教育"),
}
MOST = 2_000  # who came to one meeting of a township


class Meeting(models.Model):
    """One planned study or meeting. It is held on a day with a number of people, or not held for a reason.

    A number and no names: there is no list of attendance, and nobody checks in.
    """

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="meetings")
    sort = models.CharField(_("种类"), max_length=20, choices=list(MEETING_SORTS.items()))
    planned_on = models.DateField(_("计划日期"))
    subject = models.CharField(_("主题"), max_length=120)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    held = models.BooleanField(null=True, blank=True)
    held_on = models.DateField(_("召开日期"), null=True, blank=True)
    attendees = models.PositiveSmallIntegerField(_("到会人数"), null=True, blank=True)
    reason = models.CharField(_("没开的原因"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["division", "planned_on", "pk"]
        indexes = [models.Index(fields=["division", "planned_on"])]
        constraints = [
            models.CheckConstraint(name="meeting_has_its_subject", condition=~Q(subject="")),
            models.CheckConstraint(
                name="meeting_is_held_or_says_why_not",
                condition=Q(held__isnull=True, held_on__isnull=True, attendees__isnull=True, recorded_by__isnull=True, reason="")
                | Q(held=True, held_on__isnull=False, attendees__isnull=False, attendees__gte=1, attendees__lte=MOST, recorded_by__isnull=False, reason="")
                | (Q(held=False, held_on__isnull=True, attendees__isnull=True, recorded_by__isnull=False) & ~Q(reason="")),
                violation_error_message="开了的填日期和人数，没开的填原因 · Held with a day and a number, or not held with a reason",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.division_id} {self.planned_on} {self.subject}"

    @property
    def sort_name(self) -> Any:
        """The sort in the page's language."""
        return MEETING_SORTS[self.sort]
