"""Forms of the places room."""

import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yizhen.web.fields import DayInput, NamedChoice

from .models import CHANGES, CODE_LENGTHS, Category, Division
from .redrawing import NewPlace


class GridForm(forms.Form):
    """A new grid under a village."""

    name = forms.CharField(label=_("网格名称"), max_length=60)


class DescribeForm(forms.Form):
    """Category and population of a place."""

    category = NamedChoice(label=_("分类（同类可比）"), queryset=Category.objects.all(), required=False)
    population = forms.IntegerField(label=_("常住人口（人）"), min_value=1, max_value=2_000_000_000, required=False)
    population_year = forms.IntegerField(label=_("年份"), min_value=1990, max_value=2100, required=False)
    population_source = forms.CharField(label=_("来源"), max_length=80, required=False)


class ChangeForm(forms.Form):
    """A merger, split, new code or new name."""

    kind = forms.ChoiceField(label=_("变更"), choices=list(CHANGES.items()))
    before = forms.CharField(label=_("原来的区划代码，用逗号或换行隔开"), widget=forms.Textarea(attrs={"rows": 2}))
    after = forms.CharField(
        label=_("之后的地方，一行一个：代码 名称"),
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "990181104 新柳镇"}),
        help_text=_("沿用原来的代码，就写原来的代码；新的代码不能是用过的。"),
    )
    on = forms.DateField(label=_("生效日"), widget=DayInput())
    basis = forms.CharField(label=_("依据（批准文件）"), max_length=120)

    def __init__(self, *args: Any, places: QuerySet[Division], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places

    def clean_before(self) -> list[Division]:
        """Read the codes; an unknown one is named."""
        codes = [code for code in re.split(r"[\s,，、;；]+", self.cleaned_data["before"]) if code]
        found = {place.code: place for place in self.places.filter(code__in=codes)}
        if unknown := [code for code in codes if code not in found]:
            raise forms.ValidationError(gettext("没有区划代码 %(codes)s。") % {"codes": "、".join(unknown[:5])})
        return list(found.values())

    def clean_after(self) -> list[NewPlace]:
        """Read codes with names, one a line."""
        made = []
        for number, line in enumerate(self.cleaned_data["after"].splitlines(), start=1):
            if not line.strip():
                continue
            code, _space, name = line.strip().partition(" ")
            if not code.isascii() or not code.isdigit() or len(code) not in CODE_LENGTHS.values() or not name.strip():
                raise forms.ValidationError(gettext("第 %(n)s 行应写成：代码 名称。") % {"n": number})
            made.append(NewPlace(code, name.strip()))
        return made
