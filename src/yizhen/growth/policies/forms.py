"""Forms of policies: conditions are asked for fact by fact, as a firm's form has them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yizhen.growth.models import FeeItem, Policy, ProcurementBudget, Redemption
from yizhen.growth.models.enterprise import CHOICE_NAMES
from yizhen.people.models import Account, Unit
from yizhen.people.queries import units_visible_to
from yizhen.web.changed import SeenForm
from yizhen.web.fields import DayInput, NamedChoice, OnceField

from .conditions import CHOICE, DATE, FACTS, FLAG, NUMBER, Condition
from .words import fact_name

FIELDS = (
    "code", "name_zh", "name_en", "kind", "target_zh", "benefit_zh", "mode", "clock_days", "basis_zh", "until", "fair_competition",
    "review",
)  # fmt: skip


class PolicyForm(SeenForm):
    """A policy's draft. Every condition that is left empty is none."""

    class Meta:
        model = Policy
        fields = FIELDS
        widgets = {"until": DayInput(), "benefit_zh": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.fields["client_id"] = OnceField()
            if user.role != "department":
                self.fields["department"] = NamedChoice(label=_("主管部门"), queryset=units_visible_to(user))
        else:
            del self.fields["code"]
        kept: dict[tuple[str, str], Any] = {}
        if self.instance.pk:
            kept = {(one.fact, one.operator): one.value for one in self.instance.conditions.all()}
        for name, field, value in _condition_fields(kept):
            self.fields[name], self.initial[name] = field, value

    @property
    def plain_fields(self) -> list[Any]:
        """The fields of the policy itself."""
        return [field for field in self.visible_fields() if not field.name.startswith("if_")]

    @property
    def condition_fields(self) -> list[Any]:
        """The fields of its conditions."""
        return [field for field in self.visible_fields() if field.name.startswith("if_")]

    def clean(self) -> dict[str, Any]:
        """Refuse a condition that no firm can meet: at least more than at most."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for fact, (kind, _choices) in FACTS.items():
            least, most = cleaned.get(f"if_{fact}_min"), cleaned.get(f"if_{fact}_max")
            if kind == NUMBER and least is not None and most is not None and least > most:
                self.add_error(f"if_{fact}_max", gettext("不能小于“至少”的数，否则没有企业能符合。"))
        return cleaned

    def add_error(self, field: str | None, error: Any) -> None:
        """Put what is wrong with conditions as a whole above the form."""
        super().add_error(None if field == "conditions" else field, error)

    def typed_conditions(self) -> list[Condition]:
        """Return the conditions that were typed."""
        found = []
        for fact, (kind, _choices) in FACTS.items():
            given = {
                operator: self.cleaned_data.get(f"if_{fact}_{operator}")
                for operator in ("in", "min", "max", "is", "within_days")
            }
            if kind == CHOICE and given["in"]:
                found.append(Condition(fact, "in", given["in"]))
            if kind == FLAG and given["is"]:
                found.append(Condition(fact, "is", given["is"] == "true"))
            if kind == DATE and given["within_days"] is not None:
                found.append(Condition(fact, "within_days", given["within_days"]))
            if kind == NUMBER:
                found += [
                    Condition(fact, operator, float(value))
                    for operator in ("min", "max")
                    if (value := given[operator]) is not None
                ]
        return found

    def values(self) -> dict[str, Any]:
        """Return what the action takes beside the conditions."""
        return {name: value for name, value in self.cleaned_data.items() if not name.startswith("if_")}


def _condition_fields(kept: dict[tuple[str, str], Any]) -> list[tuple[str, forms.Field, Any]]:
    """Return (name, field, what is kept) of every condition that there can be."""
    made: list[tuple[str, forms.Field, Any]] = []
    for fact, (kind, _choices) in FACTS.items():
        name = fact_name(fact)
        if kind == CHOICE:
            field: forms.Field = forms.MultipleChoiceField(
                label=name,
                required=False,
                choices=list(CHOICE_NAMES[fact].items()),
                widget=forms.CheckboxSelectMultiple,
            )
            made.append((f"if_{fact}_in", field, kept.get((fact, "in"))))
        elif kind == FLAG:
            words = [("", _("不限")), ("true", _("是")), ("false", _("否"))]
            value = kept.get((fact, "is"))
            field = forms.ChoiceField(label=name, required=False, choices=words)
            made.append((f"if_{fact}_is", field, "" if value is None else str(value).lower()))
        elif kind == DATE:
            field = forms.IntegerField(
                label=gettext("%(name)s：今天起多少天以内") % {"name": name},
                required=False,
                min_value=0,
                max_value=3660,
            )
            made.append((f"if_{fact}_within_days", field, kept.get((fact, "within_days"))))
        else:
            for operator, words_of in (("min", gettext("%(name)s：至少")), ("max", gettext("%(name)s：至多"))):
                field = forms.DecimalField(
                    label=words_of % {"name": name}, required=False, min_value=0, max_digits=10, decimal_places=2
                )
                made.append((f"if_{fact}_{operator}", field, _whole(kept.get((fact, operator)))))
    return made


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


class FeeForm(forms.ModelForm):
    """One fee of the burden-reduction checklist."""

    class Meta:
        model = FeeItem
        fields = ("name_zh", "change", "before", "after", "basis_zh")


class ApplyForm(forms.Form):
    """A firm's application for a policy."""

    client_id = OnceField()
    policy = NamedChoice(label=_("政策"), queryset=None)
    applied_on = forms.DateField(label=_("申请日期"), widget=DayInput())

    def __init__(self, policies: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].queryset = policies  # type: ignore[attr-defined]
        self.fields["applied_on"].initial = timezone.localdate()


class PayForm(forms.ModelForm):
    """What was paid, and when."""

    class Meta:
        model = Redemption
        fields = ("paid_on", "amount")
        widgets = {"paid_on": DayInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self.fields[name].required = True


class RefuseForm(forms.Form):
    """Why nothing is granted."""

    reason = forms.CharField(
        label=_("原因（企业看得懂的话）"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明为什么不予兑现。")},
    )  # fmt: skip


class ProcurementForm(forms.ModelForm):
    """A unit's procurement of a year."""

    unit = NamedChoice(label=_("单位"), queryset=None)

    class Meta:
        model = ProcurementBudget
        fields = ("year", "total", "unavailable", "reserved", "reserved_small", "source", "as_of")
        widgets = {"as_of": DayInput()}

    field_order = ("unit", "year", "total", "unavailable", "reserved", "reserved_small", "source", "as_of")

    def __init__(self, units: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["year"].initial = timezone.localdate().year

    def clean_as_of(self) -> Any:
        """Refuse a day to come."""
        day = self.cleaned_data["as_of"]
        if day > timezone.localdate():
            raise ValidationError(_("不能晚于今天。"))
        return day

    def validate_unique(self) -> None:
        """A second entry of a year corrects the first."""


def units_for(user: Account) -> Any:
    """Return the units whose procurement the user enters."""
    if user.role == "department":
        return Unit.objects.filter(pk=user.unit_id)
    return units_visible_to(user).order_by("code") if user.role == "city_office" else Unit.objects.none()
