"""Fields: what is recorded of a place, each by one owner, and asked by one form."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yizhen.people.models import Unit
from yizhen.places.models import Division

from .indicator import FREQUENCIES, Indicator

FORM_FREQUENCIES = {"weekly": _("每周"), **FREQUENCIES, "ad_hoc": _("临时一次")}

KINDS = {
    "count": _("整数（个、人、户）"),
    "amount": _("数（可带小数）"),
    "text": _("文字"),
    "date": _("日期"),
    "choice": _("选项"),
    "yes_no": _("是／否"),
}
NUMBERS = ("count", "amount")
LEVELS = {"village": _("村（社区）"), "township": _("乡镇（街道）"), "county": _("县（市、区）")}
READERS = {"all": _("全市业务账号"), "scope": _("管辖这个地方的人和牵头部门"), "owner": _("只有牵头部门和填报的地方")}
PARTS = {"": _("不对应"), "value": _("数值"), "numerator": _("分子"), "denominator": _("分母")}
ROLL_UPS = {"": _("不汇总"), "sum": _("逐级相加")}
FIELD_STATES = ("draft", "submitted", "approved")


class DataField(models.Model):
    """One item of the data catalogue (数据目录): one owner, its basis, clock, readers and retention.

    ``due_days`` is the update clock: how many days after a period's end the value should be there. A field that names
    an indicator's part is the same number: where no form asks for it, its values are read from the indicator's
    figures; where one does, what is approved becomes the indicator's figure. Personal data need a stated legal basis, narrow readers
    and an end (个人信息保护法 arts. 6, 13, 19, 34).
    """

    code = models.SlugField(primary_key=True, max_length=24)
    name_zh = models.CharField(max_length=60, unique=True)
    name_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=8, choices=list(KINDS.items()))
    unit = models.CharField(max_length=16, blank=True)
    choices = models.JSONField(default=list, blank=True)
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="data_fields")
    level = models.CharField(max_length=12, choices=list(LEVELS.items()))
    frequency = models.CharField(max_length=12, choices=list(FORM_FREQUENCIES.items()))
    due_days = models.PositiveSmallIntegerField(default=15)
    basis_zh = models.CharField(max_length=120, blank=True)
    personal = models.BooleanField(default=False)
    readers = models.CharField(max_length=8, default="all", choices=list(READERS.items()))
    retention_months = models.PositiveSmallIntegerField(default=0, help_text="0: 长期")
    roll_up = models.CharField(max_length=4, blank=True, choices=list(ROLL_UPS.items()))
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True, related_name="fields")
    part = models.CharField(max_length=12, blank=True, choices=list(PARTS.items()))
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["owner", "code"]
        constraints = [
            models.CheckConstraint(
                name="personal_field_has_basis_readers_and_end",
                condition=Q(personal=False)
                | (~Q(basis_zh="") & ~Q(readers="all") & Q(retention_months__gt=0) & Q(roll_up="")),
                violation_error_message="个人信息须写明法律依据、限定读者并写明保存期限 · "
                "Personal data need a legal basis, limited readers and a retention",
            ),
            models.CheckConstraint(
                name="field_that_rolls_up_is_a_number",
                condition=Q(roll_up="") | Q(kind__in=NUMBERS),
                violation_error_message="只有数才能逐级相加 · Only numbers add up",
            ),
            models.CheckConstraint(
                name="field_part_belongs_to_an_indicator",
                condition=Q(indicator__isnull=True, part="")
                | (Q(indicator__isnull=False) & ~Q(part="") & Q(kind__in=NUMBERS, level="township", personal=False))
                | (Q(indicator__isnull=False) & ~Q(part="") & Q(kind__in=NUMBERS, level="village", roll_up="sum")),
                violation_error_message="对应指标的数据项须是乡镇的数，或逐级相加的村级数 · "
                "A part of an indicator is a township's number, or villages' numbers that add up",
            ),
            models.UniqueConstraint(
                name="indicator_part_has_one_field", fields=["indicator", "part"], condition=Q(indicator__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers."""
        return self.kind in NUMBERS

    @property
    def kind_name(self) -> Any:
        """The kind in words."""
        return KINDS[self.kind]

    @property
    def level_name(self) -> Any:
        """The level at which it is recorded, in words."""
        return LEVELS[self.level]

    @property
    def frequency_name(self) -> Any:
        """The update clock's period in words."""
        return FORM_FREQUENCIES[self.frequency]

    @property
    def readers_name(self) -> Any:
        """Who may read it, in words."""
        return READERS[self.readers]


class FieldValue(models.Model):
    """The one value of a field for a place in a period: numbers as numbers, everything else as text.

    It is a draft until its form is handed in, and authoritative once the level above has approved it.
    ``version`` counts its changes: who writes from an old page is told, and overwrites nothing.
    """

    field = models.ForeignKey(DataField, models.PROTECT, related_name="values")
    division = models.ForeignKey(Division, models.PROTECT, related_name="field_values")
    period = models.CharField(max_length=8)
    number = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    text = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, default="draft", choices=[(state, state) for state in FIELD_STATES])
    version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["field", "division", "period"]
        constraints = [
            models.UniqueConstraint(fields=["field", "division", "period"], name="field_value_is_entered_once"),
            models.CheckConstraint(name="field_value_is_number_or_text", condition=Q(number__isnull=True) | Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.field_id} {self.division_id} {self.period} = {self.shown}"

    @property
    def shown(self) -> str:
        """The value as text; empty when there is none."""
        if self.number is None:
            return self.text
        text = f"{self.number:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    @property
    def is_empty(self) -> bool:
        """Whether nothing is entered."""
        return self.number is None and not self.text


class ValueChange(models.Model):
    """One change of a value, or one remark on it; never changed, never deleted."""

    field = models.ForeignKey(DataField, models.PROTECT, related_name="+")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    period = models.CharField(max_length=8)
    before = models.CharField(max_length=200, blank=True)
    after = models.CharField(max_length=200, blank=True)
    remark = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["field", "division", "period"], name="value_change_of_a_cell")]
        constraints = [
            models.CheckConstraint(
                name="value_change_changes_or_remarks", condition=~Q(before=F("after")) | ~Q(remark="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.field_id} {self.division_id} {self.period}: {self.before} → {self.after}"
