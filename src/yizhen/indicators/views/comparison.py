"""Pages that put places side by side."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.indicators import actions
from yizhen.indicators.comparison import Comparison, compare_places, funnel_lines
from yizhen.indicators.forms import NeighbourForm
from yizhen.indicators.neighbours import context_choices, neighbourhood, rule_of
from yizhen.indicators.periods import words
from yizhen.indicators.queries import gap_rows, indicators_visible_to
from yizhen.indicators.rules import may_define
from yizhen.places.models import Division
from yizhen.places.queries import city_code, townships_visible_to
from yizhen.web.downloads import attachment
from yizhen.web.errors import ErrorsAt
from yizhen.web.templatetags.yizhen import label, unit

from .reader import in_chinese, signed_in

FINDINGS = {
    "within": gettext_lazy("可能只是偶然"),
    "warn": gettext_lazy("有些偏离，还不能说不是偶然"),
    "low": gettext_lazy("低于平均，不像偶然"),
    "high": gettext_lazy("高于平均，不像偶然"),
    "": "",
}


@login_required
def compare(request: HttpRequest, code: str) -> HttpResponse:
    """Show all townships in one period, unranked, with what chance may have done where few are counted."""
    user = signed_in(request)
    found = get_object_or_404(indicators_visible_to(user), code=code)
    made = compare_places(user, found, request.GET.get("period"))
    return render(
        request,
        "indicators/compare.html",
        {"made": made, "indicator": found, "findings": FINDINGS, "chart": _funnel_chart(made)},
    )


@login_required
def compare_table(request: HttpRequest, code: str) -> HttpResponse:
    """Hand out the same table as a workbook."""
    user = signed_in(request)
    found = get_object_or_404(indicators_visible_to(user), code=code)
    made = compare_places(user, found, request.GET.get("period"))
    head = [
        _("区划代码"), _("地方"), _("分类"), _("分子"), _("分母"), f"{_('数值')} ({unit(found.unit)})", _("95% 区间下限"),
        _("95% 区间上限"), _("向同类靠拢后"), _("和平均比"), _("来源"), _("数据日期"),
    ]  # fmt: skip
    rows = [
        [
            row.figure.division_id, label(row.figure.division), label(row.figure.division.category or ""),
            row.figure.numerator, row.figure.denominator, row.figure.value, row.low, row.high, row.shrunk,
            str(FINDINGS[row.finding]), label(row.figure.source), row.figure.as_of.isoformat(),
        ]
        for row in made.rows
    ]  # fmt: skip
    footer = f"{label(found)} · {made.period} · {label(found.source)}"
    return attachment(
        write_workbook([Sheet(found.code, [head, *rows], footer)]), f"yizhen-{found.code}-{made.period}.xlsx"
    )


def _funnel_chart(made: Comparison) -> dict[str, object] | None:
    if made.watched is None or made.source is None:
        return None
    return {
        "kind": "funnel",
        "title": f"{label(made.indicator)} · {words(made.period, chinese=in_chinese())}",
        "unit": unit(made.indicator.unit),
        "source": label(made.source.source),
        "date": made.source.as_of.isoformat(),
        "average": made.average,
        "lines": funnel_lines(made.watched),
        "points": [
            {
                "name": label(row.figure.division),
                "base": float(row.figure.denominator or 0),
                "value": float(row.figure.value),
                "far": row.finding in {"low", "high"},
            }
            for row in made.rows
        ],
        "words": {
            "source": _("来源"), "date": _("数据日期"), "unit": _("单位"), "average": _("平均"),
            "base": made.indicator.denominator_zh if in_chinese() else _("分母"), "warn": _("虚线：20 次里有 19 次在内"),
            "act": _("实线：500 次里有 499 次在内"),
        },
    }  # fmt: skip


@login_required
def neighbours(request: HttpRequest, code: str) -> HttpResponse:
    """Show a township's nearest ones and what makes them so; the city's office declares the variables here."""
    user = signed_in(request)
    place = get_object_or_404(townships_visible_to(user), code=code)
    city = city_code(place.code)
    rule = rule_of(city)
    form = None
    if may_define(user):
        form = NeighbourForm(
            request.POST or None,
            choices=context_choices(),
            initial={"variables": rule.variables, "number": rule.number},
        )
    elif request.method == "POST":
        raise PermissionDenied(_("只有市级评议办可以维护指标目录。"))
    if request.method == "POST" and form is not None and form.is_valid():
        with ErrorsAt(form):
            actions.declare_neighbours(user, Division.objects.get(pk=city), **form.cleaned_data)
            return redirect("indicators:neighbours", code=code)
    made = neighbourhood(user, place)
    return render(
        request,
        "indicators/neighbours.html",
        {
            "made": made,
            "division": place,
            "form": form,
            "rows": gap_rows(user, place, peers=[one.division.code for one in made.near]) if made.near else [],
            "behind": {},
        },
        status=400 if form is not None and form.errors else 200,
    )
