"""What becomes of an opinion: decided by the organisation office, in its own words, before the results are issued."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .ballot import Opinion

DECISIONS = {
    "public": _("公开"),
    "to_person": _("只转本人"),
    "withheld": _("不转达"),
}


class OpinionDecision(models.Model):
    """One decision about an opinion; the latest counts. Append-only.

    ``text`` is the moderator's summary, never the original: style identifies authors. Empty when withheld.
    """

    opinion = models.ForeignKey(Opinion, models.PROTECT, related_name="decisions")
    decision = models.CharField(max_length=10, choices=list(DECISIONS.items()))
    text = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="opinion_decision_has_text_unless_withheld",
                condition=Q(decision="withheld", text="") | (Q(decision__in=["public", "to_person"]) & ~Q(text="")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.opinion_id} {self.decision}"
