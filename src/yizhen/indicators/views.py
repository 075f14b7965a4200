"""Pages of the indicators room."""

from collections import Counter

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.people.models import Account
from yizhen.places.queries import divisions_visible_to, peer_group
from yizhen.web.downloads import attachment
from yizhen.web.templatetags.yizhen import label, unit

from . import actions, workbook
from .comparison import Comparison, compare_places, funnel_lines
from .forms import IndicatorForm, WorkbookForm
from .models import DOMAINS
from .periods import words
from .queries import batches_visible_to, gap_rows, indicators_visible_to, observations_visible_to
from .rules import may_define, may_import


def _user(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


@login_required
def catalogue(request: HttpRequest) -> HttpResponse:
    """Show the catalogue by domain."""
    user = _user(request)
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
    user = _user(request)
    if not may_define(user):
        raise PermissionDenied(_("只有市级评议办可以维护指标目录。"))
    form = IndicatorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.define_indicator(user, **form.cleaned_data)
        except ValidationError as error:
            for field, texts in error.message_dict.items():
                form.add_error(field if field in form.fields else None, texts)
        else:
            messages.success(request, _("已加入指标目录。"))
            return redirect("indicators:indicator", code=made.code)
    return render(request, "indicators/define.html", {"form": form}, status=400 if form.errors else 200)


@login_required
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """Show one indicator: its definition and every place's latest figure, inside peer groups and unranked."""
    user = _user(request)
    found = get_object_or_404(indicators_visible_to(user), code=code)
    latest: dict[str, object] = {}
    for figure in (
        observations_visible_to(user).select_related("division__category").filter(indicator=found).order_by("period")
    ):
        latest[figure.division_id] = figure
    figures = sorted(latest.values(), key=lambda f: (f.division.category_id or "", f.division_id))  # type: ignore[attr-defined]
    return render(request, "indicators/indicator.html", {"indicator": found, "figures": figures})


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
    user = _user(request)
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
    user = _user(request)
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
        "title": f"{label(made.indicator)} · {words(made.period, chinese=_chinese())}",
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
            "base": made.indicator.denominator_zh if _chinese() else _("分母"), "warn": _("虚线：20 次里有 19 次在内"),
            "act": _("实线：500 次里有 499 次在内"),
        },
    }  # fmt: skip


@login_required
def figure(request: HttpRequest, code: str, division: str) -> HttpResponse:
    """Answer "where from?" for one figure: parts, source, date, batch, trend, peers, city."""
    user = _user(request)
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
            "period": words(row.own.period, chinese=_chinese()),
        },
    )


@login_required
def import_workbook(request: HttpRequest) -> HttpResponse:
    """Take a workbook and check it; nothing is written before the dry run has been seen."""
    user = _user(request)
    if not may_import(user):
        raise PermissionDenied(_("只有市级评议办和数据来源部门可以导入。"))
    form = WorkbookForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = actions.check_workbook(user, file.name, file.read())
        except ValidationError as error:
            for field, texts in error.message_dict.items():
                form.add_error(field, texts)
        else:
            return redirect("indicators:batch", pk=batch.pk)
    return render(
        request,
        "indicators/import.html",
        {"form": form, "batches": batches_visible_to(user)[:20]},
        status=400 if form.errors else 200,
    )


@login_required
def template(request: HttpRequest) -> HttpResponse:
    """Hand out the workbook template for the user's scope."""
    user = _user(request)
    if not may_import(user):
        raise PermissionDenied(_("只有市级评议办和数据来源部门可以导入。"))
    indicators = list(indicators_visible_to(user))
    if user.role == "department":
        indicators = [found for found in indicators if found.source_id == user.unit_id]
    divisions = list(divisions_visible_to(user).filter(code__startswith=user.scope_id))
    return attachment(workbook.template(indicators, divisions), "yizhen-observations.xlsx")


@login_required
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the dry run: new, changed (which fields), same, errors by cell."""
    found = get_object_or_404(batches_visible_to(_user(request)), pk=pk)
    rows = actions.compare(found) if found.state == "checked" else []
    counts = Counter(row["status"] for row in rows)
    return render(
        request,
        "indicators/batch.html",
        {
            "batch": found,
            "rows": sorted(rows, key=lambda row: (row["status"] != "error", row["number"]))[:500],
            "counts": {status: counts[status] for status in ("error", "new", "changed", "same")},
            "changes": found.changes.select_related("indicator", "division")[:500],
        },
    )


@require_POST
@login_required
def commit(request: HttpRequest, pk: int) -> HttpResponse:
    """Commit a checked batch."""
    found = get_object_or_404(batches_visible_to(_user(request)), pk=pk)
    try:
        actions.commit_batch(_user(request), found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已导入。需要时可以整批撤销。"))
    return redirect("indicators:batch", pk=pk)


@require_POST
@login_required
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a committed batch."""
    found = get_object_or_404(batches_visible_to(_user(request)), pk=pk)
    try:
        actions.undo_batch(_user(request), found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已撤销，数据恢复到导入之前。"))
    return redirect("indicators:batch", pk=pk)
