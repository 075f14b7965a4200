"""Forms of distinctive industries."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from yizhen.growth.models import (
    POSITIONS,
    CommunityCount,
    IndustryCommunity,
    IndustryDeclaration,
    OutsideIndustry,
    StepReport,
    UpgradeStep,
)
from yizhen.web.fields import DayInput, OnceField
from yizhen.web.templatetags.yizhen import label

from .sectors import SECTORS


class SectorsField(forms.MultipleChoiceField):
    """Some sectors of the list."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=sector_choices, label=gettext_lazy("由哪些行业组成"), **kwargs)


def sector_choices() -> list[tuple[str, str]]:
    """Return the list of sectors, named in the page's language."""
    return [(code, f"{code} {label(sector)}") for code, sector in SECTORS.items()]


class WithClientId(forms.ModelForm):
    """A form that is taken over once, however often it is sent."""

    client_id = OnceField()


class DeclareForm(WithClientId):
    """A township's declared industry."""

    sectors = SectorsField(help_text=gettext_lazy("按 GB/T 4754-2017，最多选 8 个。"))

    class Meta:
        model = IndustryDeclaration
        fields = ("name_zh", "name_en", "direction", "sectors", "position", "aimed", "reason")
        widgets = {"reason": forms.Textarea(attrs={"rows": 4})}


class StepForm(WithClientId):
    """A step up the chain."""

    class Meta:
        model = UpgradeStep
        fields = ("title", "reaches", "due_on")
        widgets = {"due_on": DayInput()}

    def __init__(self, declaration: IndustryDeclaration, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reachable = range(declaration.position, declaration.aimed + 1)
        self.fields["reaches"] = forms.TypedChoiceField(
            label=self.fields["reaches"].label,
            coerce=int,
            choices=[(position, POSITIONS[position]) for position in reachable],
        )


class ReportForm(WithClientId):
    """What came of a step."""

    class Meta:
        model = StepReport
        fields = ("result", "done_on", "source")
        widgets = {"done_on": DayInput()}


class OutsideForm(WithClientId):
    """A place outside the city."""

    sectors = SectorsField(help_text=gettext_lazy("按 GB/T 4754-2017，最多选 8 个。"))

    class Meta:
        model = OutsideIndustry
        fields = ("place_zh", "place_en", "industry_zh", "industry_en", "sectors", "source", "as_of")
        widgets = {"as_of": DayInput()}


class CountForm(forms.ModelForm):
    """What an industry community holds."""

    class Meta:
        model = CommunityCount
        fields = ("homes", "services", "firms", "source", "as_of")
        widgets = {"as_of": DayInput()}


class CommunityForm(WithClientId):
    """A new industry community, with its first count."""

    homes, services, firms, source, as_of = (
        forms.fields_for_model(CommunityCount, [name], widgets={"as_of": DayInput()})[name]
        for name in ("homes", "services", "firms", "source", "as_of")
    )

    class Meta:
        model = IndustryCommunity
        fields = ("name_zh", "name_en", "address", "industry_zh", "industry_en")
