"""What a township is responsible for in a year (全面从严治党主体责任清单), item by item."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yizhen.clocks import light
from yizhen.places.models import Division

ITEM_STATES = {
    "open": _("在办"),
    "reported": _("已报完成，待核对"),
    "checked": _("已核对"),
    "dropped": _("已取消"),
}
FIRST_YEAR, LAST_YEAR = 2000, 2100


class ResponsibilityItem(models.Model):
    """One item of a township's list of a year: what, on which basis, by when, and what shows that it was done.

    The township reports, the organisation office checks, and never the account that reported. What was listed is not
    changed: a wrong item is dropped with a reason and stays on the page. ``returned`` counts how often the check sent it back.
    """

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="responsibility_items")
    year = models.PositiveSmallIntegerField(
        _("年度"), validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
    )
    what = models.CharField(_("责任事项"), max_length=200)
    basis = models.CharField(_("依据"), max_length=120)
    due_on = models.DateField(_("完成时限"))
    listed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    listed_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=list(ITEM_STATES.items()), default="open")
    evidence = models.CharField(_("佐证（做了什么，材料在哪里）"), max_length=500, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    done_on = models.DateField(null=True, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    checked_on = models.DateField(null=True, blank=True)
    said = models.CharField(max_length=300, blank=True)
    returned = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["division", "due_on", "pk"]
        indexes = [models.Index(fields=["division", "year"])]
        constraints = [
            models.CheckConstraint(
                name="item_says_what_and_why",
                condition=~Q(what="") & ~Q(basis=""),
                violation_error_message="请写明事项和依据 · State what and on which basis",
            ),
            models.CheckConstraint(
                name="item_reported_has_its_evidence",
                condition=Q(state__in=["open", "dropped"])
                | (~Q(evidence="") & Q(done_by__isnull=False, done_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="item_checked_by_another",
                condition=Q(checked_by__isnull=True) | Q(done_by__isnull=True) | ~Q(checked_by=F("done_by")),
                violation_error_message="报告完成的人不能核对 · Who reported it does not check it",
            ),
            models.CheckConstraint(
                name="item_checked_has_its_checker",
                condition=~Q(state="checked") | (Q(checked_by__isnull=False, checked_on__isnull=False) & ~Q(said="")),
            ),
            models.CheckConstraint(name="item_dropped_says_why", condition=~Q(state="dropped") | ~Q(said="")),
            models.CheckConstraint(
                name="item_year_is_plausible", condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.division_id} {self.year} {self.what}"

    @property
    def state_name(self) -> Any:
        """The state in the page's language."""
        return ITEM_STATES[self.state]

    def light_on(self, day: date) -> str:
        """Green, yellow or red by its own date; nothing once it is dropped."""
        return "" if self.state == "dropped" else light(self.due_on, day, done_on=self.done_on).value
