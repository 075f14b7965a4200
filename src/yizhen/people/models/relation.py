"""Relations that officials have declared, so that relatives recuse themselves."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .official import Official

RELATIONS = {
    "spouse": _("配偶"),
    "lineal": _("直系血亲"),
    "collateral": _("三代以内旁系血亲"),
    "in_law": _("近姻亲"),
    "other": _("其他可能影响公正的关系"),
}


class Relation(models.Model):
    """A person whom an official has declared as a relative: a name, no more (civil servants law art. 76; PIPL art. 6).

    Kept to find conflicts of interest at ballots, at tellers' tables and in matters, and for nothing else.
    """

    official = models.ForeignKey(Official, models.CASCADE, related_name="relations")
    name = models.CharField(max_length=40)
    relation = models.CharField(max_length=12, choices=list(RELATIONS.items()))
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    declared_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["official", "name"]
        constraints = [
            models.UniqueConstraint(fields=["official", "name"], name="relation_declared_once"),
            models.CheckConstraint(name="relation_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return f"{self.official} – {self.name}"
