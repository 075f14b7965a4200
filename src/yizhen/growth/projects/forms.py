"""Forms of the growth room."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yizhen.growth.models import Project, Realised
from yizhen.people.models import Account, Unit
from yizhen.people.queries import units_visible_to
from yizhen.places.queries import townships_visible_to
from yizhen.web.changed import SeenForm
from yizhen.web.fields import DayInput, NamedChoice, OnceField

from .three_content import Rule

FIELDS = (
    "name_zh", "name_en", "investment", "land", "tax_per_mu", "research", "grade", "energy", "jobs", "safety_land",
    "fair_competition", "firm_promise", "source",
)  # fmt: skip


class ProjectForm(SeenForm):
    """What a project promises."""

    class Meta:
        model = Project
        fields = FIELDS
        widgets = {
            "safety_land": forms.Select(choices=[("", _("还没预审")), ("True", _("通过")), ("False", _("不通过"))]),
        }


class RegisterForm(ProjectForm):
    """A new project: where, and which department is in charge."""

    client_id = OnceField()
    division = NamedChoice(label=_("乡镇（街道）"), queryset=None)
    department = NamedChoice(label=_("主管部门（由它筛选）"), queryset=None, required=False)

    field_order = ("client_id", "division", "department", *FIELDS)

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = townships_visible_to(user).filter(code__startswith=user.scope_id, retired_on=None).order_by("code")
        self.fields["division"].queryset = places  # type: ignore[attr-defined]
        units = units_visible_to(user) if user.role != "department" else Unit.objects.none()
        self.fields["department"].queryset = units  # type: ignore[attr-defined]
        if user.role == "department":
            del self.fields["department"]
        elif len(places) == 1:
            self.fields["division"].initial = places[0].pk


class RealisedForm(forms.ModelForm):
    """What a project brought in a year."""

    class Meta:
        model = Realised
        fields = ("year", "tax", "jobs", "source", "as_of")
        widgets = {"as_of": DayInput()}


NAMES = {
    "tax_full": _("亩均税收满分线（万元/亩·年）"),
    "tax_points": _("税收含量满分"),
    "research_full": _("研发强度满分线（%）"),
    "research_points": _("创新含量满分"),
    "excellent": _("绿色含量：优"),
    "good": _("绿色含量：良"),
    "fair": _("绿色含量：中"),
    "poor": _("绿色含量：差"),
    "energy_limit": _("能耗线（吨标准煤/万元）"),
    "energy_minus": _("超过能耗线减分"),
    "pass_mark": _("通过分"),
}


class RuleForm(forms.Form):
    """A version of the screening rule."""

    basis = forms.CharField(label=_("依据"), max_length=200)

    def __init__(self, rule: Rule, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in NAMES.items():
            self.fields[name] = forms.DecimalField(
                label=words, min_value=Decimal(0), max_digits=6, decimal_places=3, initial=getattr(rule, name)
            )
        self.order_fields([*NAMES, "basis"])

    @property
    def rule(self) -> Rule:
        """The thresholds that were typed."""
        return Rule(**{name: self.cleaned_data[name] for name in NAMES})
