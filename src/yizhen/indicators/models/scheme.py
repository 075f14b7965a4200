"""Differentiated assessment: weights by category, and what is added, taken off or vetoed, with basis, cap and end."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yizhen.people.models import Unit
from yizhen.places.models import Category, Division

from .index import IndexVersion

ITEM_KINDS = {"bonus": _("加分"), "deduction": _("扣分"), "veto": _("一票否决")}
ENTRY_STATES = {"entered": _("待审批"), "approved": _("已认定"), "refused": _("未认定")}


class AssessmentScheme(models.Model):
    """How townships of each category are assessed: a frozen index, weights of its parts by category, and items.

    Frozen, it keeps its result and its hash, and nothing of it changes (triggers refuse). The weights of each category
    sum to 100 then (a trigger refuses others).
    """

    code = models.SlugField(primary_key=True, max_length=24)
    division = models.ForeignKey(Division, models.PROTECT, related_name="assessment_schemes")
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120)
    index = models.ForeignKey(IndexVersion, models.PROTECT, related_name="schemes")
    bonus_cap = models.DecimalField(max_digits=5, decimal_places=2, default=5)
    deduction_cap = models.DecimalField(max_digits=5, decimal_places=2, default=5)
    state = models.CharField(max_length=8, default="draft", choices=[("draft", "draft"), ("frozen", "frozen")])
    sha256 = models.CharField(max_length=64, blank=True)
    result = models.JSONField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["division", "code"]
        constraints = [
            models.CheckConstraint(
                name="scheme_caps_are_points", condition=Q(bonus_cap__range=(0, 100), deduction_cap__range=(0, 100))
            ),
            models.CheckConstraint(
                name="scheme_frozen_is_hashed_and_reasoned",
                condition=Q(state="draft", sha256="", frozen_at__isnull=True)
                | Q(state="frozen", result__isnull=False, frozen_at__isnull=False) & ~Q(sha256="") & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh

    @property
    def is_frozen(self) -> bool:
        """Whether nothing of it can change any more."""
        return self.state == "frozen"


class SchemeWeight(models.Model):
    """What a part of the index weighs for one category of townships, in percent."""

    scheme = models.ForeignKey(AssessmentScheme, models.CASCADE, related_name="weights")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    part = models.CharField(max_length=24)
    weight = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["scheme", "category", "part"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "category", "part"], name="scheme_weighs_a_part_once"),
            models.CheckConstraint(name="scheme_weight_is_a_percentage", condition=Q(weight__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.category_id} {self.part} {self.weight}"


class SchemeItem(models.Model):
    """A reason to add, take off or veto. It has its basis, who approves it, how much at most, and when it ends.

    ``cap`` is how many points it may come to for one place; for a veto, the most that a place can still reach, or nothing
    when it leaves the comparison altogether.
    """

    scheme = models.ForeignKey(AssessmentScheme, models.CASCADE, related_name="items")
    kind = models.CharField(max_length=10, choices=list(ITEM_KINDS.items()))
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120)
    basis = models.CharField(max_length=200)
    cap = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    approver = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    expires_on = models.DateField()

    class Meta:
        ordering = ["scheme", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "name_zh"], name="scheme_items_differ"),
            models.CheckConstraint(name="scheme_item_has_a_basis", condition=~Q(basis="")),
            models.CheckConstraint(
                name="scheme_item_is_capped",
                condition=Q(kind="veto", cap__isnull=True) | Q(cap__gte=0, cap__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh

    @property
    def kind_name(self) -> Any:
        """The kind in words."""
        return ITEM_KINDS[self.kind]


class SchemeEntry(models.Model):
    """An item held for or against a place: entered by one person, decided by another, and then as it is."""

    item = models.ForeignKey(SchemeItem, models.PROTECT, related_name="entries")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    points = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    happened_on = models.DateField()
    reason = models.CharField(max_length=200)
    evidence = models.CharField(max_length=400)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=8, default="entered", choices=list(ENTRY_STATES.items()))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["item", "division", "pk"]
        verbose_name_plural = "scheme entries"
        constraints = [
            models.CheckConstraint(name="scheme_entry_has_points", condition=Q(points__range=(0, 100))),
            models.CheckConstraint(
                name="scheme_entry_has_reason_and_evidence", condition=~Q(reason="") & ~Q(evidence="")
            ),
            models.CheckConstraint(
                name="scheme_entry_is_decided_by_another",
                condition=Q(state="entered", decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(state="entered")
                & ~Q(decided_by=F("entered_by")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.item_id} {self.division_id}"

    @property
    def state_name(self) -> Any:
        """The state in words."""
        return ENTRY_STATES[self.state]
