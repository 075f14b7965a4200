"""The page of rates, and its workbook."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.matters.actions import set_rate_weights
from yizhen.matters.periods import asked_for, offered
from yizhen.matters.rates import (
    AFTER,
    EVENTS,
    THREE,
    Row,
    counties_to_choose,
    may_set_weights,
    rate_table,
    sees_rates,
    unit_rows,
    weights_of,
)
from yizhen.matters.spans import Rate
from yizhen.places.models import Division
from yizhen.places.queries import city_code
from yizhen.web.downloads import attachment
from yizhen.web.errors import ErrorsAt
from yizhen.web.templatetags.yizhen import label

from .reader import signed_in


@login_required
def rates(request: HttpRequest) -> HttpResponse:
    """Show the rates of a period by township."""
    user = signed_in(request)
    if not sees_rates(user):
        raise PermissionDenied(_("比率由市、县和乡镇（街道）查看。"))
    counties = counties_to_choose(user)
    asked = request.GET.get("county", "")
    county = next((one for one in counties if one.code == asked), counties[0] if counties else None)
    table = rate_table(user, asked_for(request.GET.get("period", "")), county.code if county else "")
    units = unit_rows(user, table.period)
    parts = []
    for title, kind, measures in (
        (_("群众诉求的三率"), "three", THREE),
        (_("网格事件（GB/T 30428）"), "events", EVENTS),
        (_("销号以后"), "after", AFTER),
    ):
        city = getattr(table.city, kind)
        lines = [(row, _beside(measures, getattr(row, kind), city)) for row in table.rows]
        groups = [(row, _beside(measures, getattr(row, kind), city)) for row in table.groups]
        of_units = [(row, _beside(measures, getattr(row, kind), {})) for row in units]
        whole = _beside(measures, city, {})
        parts.append(
            {"title": title, "measures": measures.values(), "lines": lines, "city": whole, "three": kind == "three"}
            | {"groups": groups, "units": of_units}
        )
    context = {"table": table, "parts": parts, "period": table.period, "periods": offered()}
    context |= {"counties": counties, "county": county}
    return render(request, "matters/rates.html", context)


def _beside(measures: Mapping[str, tuple[Any, Any]], own: Mapping[str, Rate], city: Mapping[str, Rate]) -> list[Any]:
    """Return (name, rate, the city's value) of each measure."""
    return [
        (name, own[code], city[code].value if code in city else None) for code, (name, _formula) in measures.items()
    ]


class WeightsForm(forms.Form):
    """What each of the three rates counts for, in percent."""

    response = forms.IntegerField(label=gettext_lazy("响应率 %"), min_value=0, max_value=100)
    resolution = forms.IntegerField(label=gettext_lazy("解决率 %"), min_value=0, max_value=100)
    satisfaction = forms.IntegerField(label=gettext_lazy("满意率 %"), min_value=0, max_value=100)
    source = forms.CharField(label=gettext_lazy("依据（文号）"), max_length=120)


@login_required
def weights(request: HttpRequest) -> HttpResponse:
    """Set what each of the three rates counts for; who may not is told so."""
    user = signed_in(request)
    if not may_set_weights(user):
        raise PermissionDenied(_("由市级评议办定权重。"))
    now = weights_of(Division.objects.get(pk=city_code(user.scope_id)))
    kept = {name: getattr(now, name) for name in WeightsForm.base_fields} if now.pk else None
    form = WeightsForm(request.POST or None, initial=kept)
    if request.method == "POST" and form.is_valid():
        with ErrorsAt(form):
            set_rate_weights(user, **form.cleaned_data)
            messages.success(request, _("权重已定，从现在起用。"))
            return redirect("matters:rates")
    return render(request, "matters/weights.html", {"form": form, "now": now}, status=400 if form.errors else 200)


@login_required
def rates_workbook(request: HttpRequest) -> HttpResponse:
    """Hand the table out with counts, denominators and intervals."""
    user = signed_in(request)
    if not sees_rates(user):
        raise PermissionDenied(_("比率由市、县和乡镇（街道）查看。"))
    table = rate_table(user, asked_for(request.GET.get("period", "")))
    measures = {**THREE, **EVENTS, **AFTER}
    head = [_("区划代码"), _("地方"), _("件数"), _("每万人件数（只作背景）")]
    for name, _formula in measures.values():
        head += [f"{name} %", _("分子"), _("分母"), _("95% 下限"), _("95% 上限")]
    rows: list[list[object]] = [list(head), *(_cells(row) for row in (*table.rows, *table.groups, table.city))]
    footer = f"{table.period.name} · {label(table.city.place)}"
    return attachment(write_workbook([Sheet(_("比率"), rows, footer)]), f"yizhen-rates-{table.period.code}.xlsx")


def _cells(row: Row) -> list[object]:
    cells: list[object] = [row.place.code, str(label(row.place)), row.volume, _or_empty(row.per_ten_thousand)]
    for rate in (*row.three.values(), *row.events.values(), *row.after.values()):
        cells += [_or_empty(rate.value), rate.count, rate.should, _or_empty(rate.low), _or_empty(rate.high)]
    return cells


def _or_empty(value: float | None) -> float | str:
    return "" if value is None else round(value, 2)
