"""Changes of places: mergers, splits, new codes and new names, each with its day and its basis."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .division import Division

CHANGES = {
    "merger": _("合并"),
    "split": _("拆分"),
    "recode": _("变更代码"),
    "rename": _("更名"),
}


class PlaceChange(models.Model):
    """One change of the map. From ``on`` the new places stand; codes that ended are never used again (GB/T 2260)."""

    kind = models.CharField(max_length=8, choices=list(CHANGES.items()))
    on = models.DateField()
    basis = models.CharField(max_length=120)
    name_before = models.CharField(max_length=200)
    name_after = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [models.CheckConstraint(name="place_change_has_a_basis", condition=~Q(basis=""))]

    def __str__(self) -> str:
        return f"{self.on} {self.name_before} → {self.name_after}"

    @property
    def kind_name(self) -> Any:
        """The kind in words."""
        return CHANGES[self.kind]


class Succession(models.Model):
    """One line of a change: what was part of one place is part of another from then on."""

    change = models.ForeignKey(PlaceChange, models.PROTECT, related_name="successions")
    before = models.ForeignKey(Division, models.PROTECT, related_name="successors")
    after = models.ForeignKey(Division, models.PROTECT, related_name="predecessors")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["change", "before", "after"], name="succession_is_told_once")]

    def __str__(self) -> str:
        return f"{self.before_id} → {self.after_id}"
