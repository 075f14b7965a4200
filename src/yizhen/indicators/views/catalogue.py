"""Pages of the catalogue: the list, an indicator, a figure."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.indicators import actions
from yizhen.indicators.forms import IndicatorForm
from yizhen.indicators.models import DOMAINS
from yizhen.indicators.periods import words
from yizhen.indicators.queries import gap_rows, indicators_visible_to, observations_visible_to
from yizhen.indicators.registry import crossings_visible_to
from yizhen.indicators.rules import may_define, may_import, may_watch
from yizhen.places.queries import divisions_visible_to, peer_group
from yizhen.web.downloads import attachment
from yizhen.web.errors import ErrorsAt
from yizhen.web.templatetags.yizhen import label, unit

from .reader import in_chinese, signed_in


@login_required
def catalogue(request: HttpRequest) -> HttpResponse:
    """Show the catalogue by domain."""
    user = signed_in(request)
    indicators = list(indicators_visible_to(user))
    groups = [(name, [i for i in indicators if i.domain == code]) for code, name in DOMAINS.items()]
    return render(
        request,
        "indicators/catalogue.html",
        {"groups": groups, "may_define": may_define(user), "may_import": may_import(user)},
    )


@login_required
def define(request: HttpRequest) -> HttpResponse:
    """Add an indicator; a forbidden negative metric is refused with the reason."""
    user = signed_in(request)
    if not may_define(user):
        raise PermissionDenied(_("只有市级评议办可以维护指标目录。"))
    form = IndicatorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with ErrorsAt(form):
            made = actions.define_indicator(user, **form.cleaned_data)
            messages.success(request, _("已加入指标目录。"))
            return redirect("indicators:indicator", code=made.code)
    return render(request, "indicators/define.html", {"form": form}, status=400 if form.errors else 200)


@login_required
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """Show one indicator: its definition and every place's latest figure, inside peer groups and unranked."""
    user = signed_in(request)
    found = get_object_or_404(indicators_visible_to(user), code=code)
    latest: dict[str, object] = {}
    for figure in (
        observations_visible_to(user).select_related("division__category").filter(indicator=found).order_by("period")
    ):
        latest[figure.division_id] = figure
    figures = sorted(latest.values(), key=lambda f: (f.division.category_id or "", f.division_id))  # type: ignore[attr-defined]
    return render(
        request,
        "indicators/indicator.html",
        {
            "indicator": found,
            "figures": figures,
            "may_watch": may_watch(user, found),
            "may_publish": may_define(user) and bool(found.chance),
            "crossings": crossings_visible_to(user, found),
        },
    )


@require_POST
@login_required
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Open an indicator to residents, or close it."""
    user = signed_in(request)
    found = get_object_or_404(indicators_visible_to(user), code=code)
    try:
        actions.publish_indicator(user, found, public=request.POST.get("public") == "1")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("indicators:indicator", code=code)


@login_required
def figure(request: HttpRequest, code: str, division: str) -> HttpResponse:
    """Answer "where from?" for one figure: parts, source, date, batch, trend, peers, city."""
    user = signed_in(request)
    place = get_object_or_404(divisions_visible_to(user).select_related("category"), code=division)
    rows = gap_rows(user, place, [code])
    if not rows:
        found = get_object_or_404(indicators_visible_to(user), code=code)
        return render(request, "indicators/no_figure.html", {"indicator": found, "division": place}, status=404)
    row = rows[0]
    peers = observations_visible_to(user).filter(
        indicator_id=code, division__in=peer_group(place), period=row.own.period
    )
    chart = {
        "kind": "trend",
        "title": f"{label(place)} · {label(row.indicator)}",
        "unit": unit(row.indicator.unit),
        "source": label(row.own.source),
        "date": row.own.as_of.isoformat(),
        "periods": [point.period for point in row.trend],
        "values": [float(point.value) for point in row.trend],
        "city": float(row.city.value) if row.city else None,
        "words": {"own": _("本地"), "city": _("市均"), "source": _("来源"), "date": _("数据日期"), "unit": _("单位")},
    }
    return render(
        request,
        "indicators/figure.html",
        {
            "row": row,
            "division": place,
            "peers": peers,
            "chart": chart,
            "period": words(row.own.period, chinese=in_chinese()),
        },
    )


@login_required
def figure_table(request: HttpRequest, code: str, division: str) -> HttpResponse:
    """Hand out the series of a figure as a workbook: what the picture shows, with its parts, dates and sources."""
    user = signed_in(request)
    place = get_object_or_404(divisions_visible_to(user).select_related("category"), code=division)
    row = next(iter(gap_rows(user, place, [code])), None)
    if row is None:
        raise Http404
    head = [
        _("期间"),
        f"{label(row.indicator)} ({unit(row.indicator.unit)})",
        _("分子"),
        _("分母"),
        _("来源"),
        _("数据日期"),
        _("备注"),
    ]
    rows = [
        [one.period, one.value, one.numerator, one.denominator, label(one.source), one.as_of.isoformat(), one.note]
        for one in row.trend
    ]
    footer = f"{label(place)} · {label(row.indicator)}"
    return attachment(write_workbook([Sheet(code, [head, *rows], footer)]), f"yizhen-{code}-{division}.xlsx")
