"""Forms of the places room."""

from django import forms
from django.utils.translation import gettext_lazy as _

from yizhen.web.fields import NamedChoice

from .models import Category


class GridForm(forms.Form):
    """A new grid under a village."""

    name = forms.CharField(label=_("网格名称"), max_length=60)


class DescribeForm(forms.Form):
    """Category and population of a place."""

    category = NamedChoice(label=_("分类（同类可比）"), queryset=Category.objects.all(), required=False)
    population = forms.IntegerField(label=_("常住人口（人）"), min_value=1, max_value=2_000_000_000, required=False)
    population_year = forms.IntegerField(label=_("年份"), min_value=1990, max_value=2100, required=False)
    population_source = forms.CharField(label=_("来源"), max_length=80, required=False)
