"""Results: the declared table beside what the statistics say, what each number rests on, export, feedback."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.appraisals.actions import results as actions
from yizhen.appraisals.config import NOT_INFORMED
from yizhen.appraisals.models import Campaign, CampaignState, Opinion, Result
from yizhen.appraisals.queries import FirmRow, firm_rows, rectification_of_campaign, result_rows, results_visible_to
from yizhen.appraisals.rules import may_manage, may_see_all_results
from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.people.middleware import staff_mode_required
from yizhen.scoring.tally import suppress_small
from yizhen.web.templatetags.yizhen import label

from .common import campaign_or_404, reader, texts_of


def _counted(request: HttpRequest, pk: int) -> Campaign:
    campaign = campaign_or_404(request, pk)
    if not results_visible_to(reader(request), campaign):
        raise PermissionDenied(_("结果尚未产生，或尚未反馈给您。"))
    return campaign


@login_required
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the declared results in the order of speaking, with intervals. Rank is off."""
    user = reader(request)
    campaign = _counted(request, pk)
    rows = result_rows(user, campaign)
    round_ = campaign.current_round
    assert round_ is not None
    bounds = [value for row in rows for value in (row.low, row.high, float(row.result.total or 0) or None) if value]
    floor = max(0.0, min(bounds, default=0.0) - 3)
    span = max(1.0, min(100.0, max(bounds, default=100.0) + 3) - floor)
    dots = [
        {
            "row": row,
            "low": ((row.low or 0) - floor) / span * 100 if row.low is not None else None,
            "width": ((row.high or 0) - (row.low or 0)) / span * 100 if row.low is not None else None,
            "at": (float(row.result.total) - floor) / span * 100 if row.result.total is not None else None,
        }
        for row in rows
    ]
    return render(
        request,
        "appraisals/results.html",
        {
            "campaign": campaign,
            "round": round_,
            "rows": rows,
            "dots": dots,
            "axis": [round(floor + span * step / 4, 1) for step in range(5)],
            "classes": campaign.config["classes"],
            "round_classes": {row.code: row for row in round_.classes.all()},
            "any_hidden": any(hidden for row in rows for _c, _s, hidden in row.class_scores),
            "manage": may_manage(user, campaign),
            "all": may_see_all_results(user, campaign),
            "firm": firm_rows(user, campaign),
            "opinions": Opinion.objects.filter(round=round_).count() if may_manage(user, campaign) else 0,
        },
    )


@login_required
def result(request: HttpRequest, pk: int, speaker: int) -> HttpResponse:
    """Show one speaker's result and what it rests on: counts, weights, the sum written out, rule and root."""
    user = reader(request)
    campaign = _counted(request, pk)
    found = next((row for row in result_rows(user, campaign) if row.result.speaker_id == speaker), None)
    if found is None:
        raise PermissionDenied(_("结果尚未产生，或尚未反馈给您。"))
    whole = may_see_all_results(user, campaign)
    return render(
        request,
        "appraisals/result.html",
        {
            "campaign": campaign,
            "row": found,
            "result": found.result,
            # Below the least number of sheets there is no result, and no distribution that would be one.
            "distribution": _distribution(campaign, found.result, exact=whole)
            if whole or found.result.total is not None
            else [],
            "sum": _sum(campaign, found.result),
            "classes": {row["code"]: row for row in campaign.config["classes"]},
            "round": found.result.round,
            "opinions": Opinion.objects.filter(round=found.result.round, speaker=speaker)
            if may_manage(user, campaign)
            else [],
            "comment": getattr(found.result.speaker, "comment", None),
        },
    )


def _distribution(campaign: Campaign, result: Result, *, exact: bool) -> list[dict[str, Any]]:
    """Return item → grades over all classes together; small counts are shown as "<5" to all but the top body."""
    rows = []
    for item in campaign.config["items"]:
        per_class = result.counts[item["code"]].values()
        numbers = {grade["code"]: sum(row[grade["code"]] for row in per_class) for grade in campaign.config["grades"]}
        numbers[NOT_INFORMED] = sum(row[NOT_INFORMED] for row in per_class)
        numbers["abstained"] = sum(row["abstained"] for row in per_class)
        rows.append({"item": item, "cells": list(numbers.values()) if exact else suppressed(list(numbers.values()))})
    return rows


def suppressed(numbers: list[int]) -> list[int | str]:
    """Return a row of counts with small ones as "<5" (统计法 art. 28).

    A single small one takes the next smallest with it: subtraction from the row's total would give it back.
    """
    shown: list[int | str] = [suppress_small(number) for number in numbers]
    if sum(isinstance(cell, str) for cell in shown) == 1:
        others = [index for index, cell in enumerate(shown) if isinstance(cell, int) and cell > 0]
        if others:
            shown[min(others, key=lambda index: numbers[index])] = "※"
    return shown


def _sum(campaign: Campaign, result: Result) -> list[dict[str, Any]]:
    """Return the terms of the weighted sum that may be shown."""
    hidden = set(result.declared["hidden_classes"])
    return [
        {
            "class": row,
            "score": None if row["code"] in hidden else result.declared["class_scores"].get(row["code"]),
            "weight": row["weight"],
            "valid": None if row["code"] in hidden else result.declared["valid_by_class"].get(row["code"]),
            "hidden": row["code"] in hidden,
        }
        for row in campaign.config["classes"]
    ]


@login_required
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out the visible results as .xlsx, with the same suppression as the page, marked with who and when."""
    user = reader(request)
    campaign = _counted(request, pk)
    rows = result_rows(user, campaign)
    classes = campaign.config["classes"]
    head = [
        _("次序"),
        _("述职人"),
        _("职务"),
        _("总分"),
        _("区间下限"),
        _("区间上限"),
        _("优秀率 %"),
        _("负面率 %"),
        *[f"{row['code']} {label(row)}" for row in classes],
        _("说明"),
    ]
    body = [
        [
            row.result.speaker.position,
            row.result.speaker.person,
            row.result.speaker.title,
            row.result.total,
            row.low,
            row.high,
            row.excellent_rate,
            row.negative_rate,
            *[_("不足人数不显示") if hidden else score for _c, score, hidden in row.class_scores],
            " ".join(row.flags),
        ]
        for row in rows
    ]
    round_ = campaign.current_round
    stamp = f"{user} · {timezone.localtime():%Y-%m-%d %H:%M}"
    notes = [
        [_("规则哈希"), campaign.config_hash],
        [_("票根哈希"), round_.root if round_ else ""],
        [_("导出"), stamp],
        [_("说明"), _("总分由冻结的规则决定；区间为95%置信区间，只说明单个总分的把握，不能用是否重叠来比较两位。")],
    ]
    firm = [
        [row.speaker.subject.name_zh, _sure(row), row.sheets, row.gap, row.above, row.open_, row.below]
        for row in firm_rows(user, campaign)
    ]
    firm_head = [
        _("述职人"),
        _("与下一位"),
        _("改几张票"),
        _("差几分"),
        _("高于几位"),
        _("分不出几位"),
        _("低于几位"),
    ]
    pages = [Sheet(_("评议结果"), [head, *body], footer=stamp), Sheet(_("依据"), notes, footer=stamp)]
    if firm:
        pages.append(Sheet(_("差别有多牢"), [firm_head, *firm], footer=stamp))
    content = write_workbook(pages)
    response = HttpResponse(content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = f'attachment; filename="results-{campaign.pk}.xlsx"'
    return response


def _sure(row: FirmRow) -> str:
    if row.following is None:
        return ""
    if row.sure is None:
        return _("不作判断")
    return _("差别可信") if row.sure else _("分不出来")


@require_POST
@login_required
@staff_mode_required
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue the results: problems become rectification items, speakers may see their own."""
    campaign = campaign_or_404(request, pk)
    try:
        actions.issue_results(reader(request), campaign)
    except ValidationError as error:
        messages.error(request, " ".join(texts_of(error)))
    else:
        messages.success(request, _("已反馈。点评指出的问题都已转为整改事项。"))
    return redirect("appraisals:feedback", pk=pk)


@login_required
def feedback(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the rectification that came out of a campaign, by state."""
    campaign = campaign_or_404(request, pk)
    items = list(rectification_of_campaign(campaign))
    columns = [
        (_("待接收"), [m for m in items if m.state == "new"]),
        (_("办理中"), [m for m in items if m.state == "handling"]),
        (_("待核验"), [m for m in items if m.state == "handled"]),
        (_("已销号"), [m for m in items if m.state == "closed"]),
    ]
    return render(
        request,
        "appraisals/feedback.html",
        {
            "campaign": campaign,
            "columns": columns,
            "total": len(items),
            "manage": may_manage(reader(request), campaign),
            "counted": campaign.state == CampaignState.COUNTED,
        },
    )


@login_required
def opinions(request: HttpRequest, pk: int) -> HttpResponse:
    """Show opinions to the organisation office alone, which summarises them: style identifies authors."""
    campaign = campaign_or_404(request, pk)
    if not may_manage(reader(request), campaign):
        raise PermissionDenied(_("意见原文只供组织部门归纳，不外传。"))
    round_ = campaign.current_round
    if round_ is None:
        raise Http404
    return render(
        request,
        "appraisals/opinions.html",
        {
            "campaign": campaign,
            "opinions": round_.opinions.select_related("speaker__division").order_by("speaker_id", "id"),
        },
    )
