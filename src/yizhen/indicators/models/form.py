"""Registered forms: who asks for what, on what basis, how often, and what it costs to fill."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yizhen.people.models import Unit
from yizhen.places.models import Division

from .field import FORM_FREQUENCIES, KINDS, LEVELS, DataField

TIMES_A_YEAR = {"weekly": 52, "monthly": 12, "quarterly": 4, "half_yearly": 2, "yearly": 1, "ad_hoc": 1}
FORM_STATES = {
    "applied": _("待审"), "approved": _("已登记"), "refused": _("不予登记"), "withdrawn": _("已停用"),
}  # fmt: skip
DECISIONS = {
    "approved_master": _("准予登记：由这张表维护基础数据"),
    "approved_share": _("准予登记：已有的带出，只填缺的"),
    "reduced": _("精简后登记：删去重复的项"),
    "auto_generated": _("不再填报：全部由已有数据生成"),
    "refused": _("不予登记"),
}


class RegisteredForm(models.Model):
    """A form that a department wants filled, as applied for and as decided.

    ``minutes`` is what one filling takes, as the department says and the fillers can contradict. ``asked_fields`` is how
    many fields the application named, before the gate; what is left to fill is its items that ask.
    Basis: 整治形式主义为基层减负若干规定 (2024): no forms outside the register, none twice.
    """

    code = models.SlugField(max_length=24, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120, blank=True)
    department = models.ForeignKey(Unit, models.PROTECT, related_name="forms")
    purpose_zh = models.CharField(max_length=200)
    basis_zh = models.CharField(max_length=120, blank=True)
    level = models.CharField(max_length=12, choices=list(LEVELS.items()))
    frequency = models.CharField(max_length=12, choices=list(FORM_FREQUENCIES.items()))
    minutes = models.PositiveSmallIntegerField()
    expires_on = models.DateField()
    asked_fields = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, default="applied", choices=list(FORM_STATES.items()))
    decision = models.CharField(max_length=16, blank=True, choices=list(DECISIONS.items()))
    reason = models.CharField(max_length=300, blank=True)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    applied_on = models.DateField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="form_decision_fits_its_state",
                condition=Q(state="applied", decision="", decided_on__isnull=True)
                | (Q(state="refused", decision="refused", decided_on__isnull=False) & ~Q(reason=""))
                | (Q(state__in=["approved", "withdrawn"], decided_on__isnull=False) & ~Q(decision__in=["", "refused"])),
            ),
            models.CheckConstraint(
                name="approved_form_has_a_basis",
                condition=~Q(state="approved") | ~Q(basis_zh=""),
                violation_error_message="没有依据的报表不能登记 · A form without a basis cannot be registered",
            ),
            models.CheckConstraint(
                name="form_takes_time",
                condition=Q(minutes__gt=0),
                violation_error_message="填一次至少 1 分钟 · At least 1 minute",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"

    @property
    def state_name(self) -> Any:
        """The state in words."""
        return FORM_STATES[self.state]

    @property
    def decision_name(self) -> Any:
        """The decision in words."""
        return DECISIONS.get(self.decision, "")

    @property
    def frequency_name(self) -> Any:
        """How often it is filled, in words."""
        return FORM_FREQUENCIES[self.frequency]

    @property
    def level_name(self) -> Any:
        """Who fills it, in words."""
        return LEVELS[self.level]

    @property
    def times_a_year(self) -> int:
        """How often it is filled in a year."""
        return TIMES_A_YEAR[self.frequency]

    def is_live(self, today: date) -> bool:
        """Return whether it may be asked today: registered and not expired."""
        return self.state == "approved" and self.expires_on >= today


class FormItem(models.Model):
    """One line of a form. ``asks`` says that this form collects the field; otherwise its known value is shown.

    A line without a field is one that the application proposes to make.
    """

    form = models.ForeignKey(RegisteredForm, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    field = models.ForeignKey(DataField, models.PROTECT, null=True, blank=True, related_name="items")
    name_zh = models.CharField(max_length=60)
    unit = models.CharField(max_length=16, blank=True)
    kind = models.CharField(max_length=8, default="count", choices=list(KINDS.items()))
    difference = models.CharField(max_length=120, blank=True, help_text="和相近的数据项有什么不同")
    required = models.BooleanField(default=True)
    personal = models.BooleanField(default=False)
    asks = models.BooleanField(default=False)

    class Meta:
        ordering = ["form", "position"]
        constraints = [
            models.UniqueConstraint(fields=["form", "position"], name="form_item_has_its_line"),
            models.UniqueConstraint(fields=["form", "field"], name="form_shows_a_field_once"),
            # Asked once: no two forms may collect the same field.
            models.UniqueConstraint(fields=["field"], condition=Q(asks=True), name="field_is_asked_by_one_form"),
            models.CheckConstraint(
                name="form_item_that_asks_has_a_field", condition=Q(asks=False) | Q(field__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form_id}.{self.position} {self.name_zh}"


OPERATORS = ("==", "<=", ">=", "<", ">", "!=")


class ValidationRule(models.Model):
    """A rule between the cells of one form: left, operator, right, as DHIS2 has them. A hint can be explained away."""

    form = models.ForeignKey(RegisteredForm, models.CASCADE, related_name="rules")
    left = models.CharField(max_length=200)
    operator = models.CharField(max_length=2, choices=[(sign, sign) for sign in OPERATORS])
    right = models.CharField(max_length=200)
    message_zh = models.CharField(max_length=120)
    message_en = models.CharField(max_length=160, blank=True)
    hint = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.left} {self.operator} {self.right}"


class FormRefusal(models.Model):
    """A reply to whoever asked for a form that is not in the register, or for what is known already."""

    number = models.CharField(max_length=24, unique=True)
    division = models.ForeignKey(Division, models.PROTECT, related_name="form_refusals")
    department = models.ForeignKey(Unit, models.PROTECT, related_name="refused_forms")
    form = models.ForeignKey(RegisteredForm, models.PROTECT, null=True, related_name="refusals")
    title = models.CharField(max_length=80)
    received_on = models.DateField()
    grounds = models.JSONField(default=list)
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"
