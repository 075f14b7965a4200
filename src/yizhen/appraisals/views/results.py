"""Results: the declared table beside what the statistics say, what each number rests on, export, feedback."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.appraisals.actions import results as actions
from yizhen.appraisals.actions import scrubbing
from yizhen.appraisals.config import counting_rule
from yizhen.appraisals.declaring import margins_are_exact, method_of, rule_in_words
from yizhen.appraisals.models import Campaign, CampaignState, Result
from yizhen.appraisals.objecting import filing_deadline
from yizhen.appraisals.queries import (
    FirmRow,
    firm_rows,
    group_figures,
    objections_visible_to,
    opinions_to_moderate,
    released_opinions,
    result_rows,
    results_visible_to,
)
from yizhen.appraisals.reading import (
    Estimate,
    agreement_words,
    class_rows,
    class_words,
    picture,
    plain_words,
    refusal,
    source_words,
    unusual_rows,
)
from yizhen.appraisals.rules import is_person_concerned, may_manage, may_object, may_see_all_results
from yizhen.appraisals.suppression import distribution, totals
from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.people.middleware import staff_mode_required
from yizhen.web.downloads import attachment
from yizhen.web.templatetags.yizhen import label

from .common import campaign_or_404, number_of, reader, stamp_of, texts_of


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
    rounds = list(campaign.live_rounds)
    asked = number_of(request.GET.get("round", ""))
    round_ = next((one for one in rounds if one.number == asked), campaign.current_round)
    assert round_ is not None
    dots, axis = picture(rows)
    whole = may_see_all_results(user, campaign)
    statistics = round_.statistics
    return render(
        request,
        "appraisals/results.html",
        {
            "campaign": campaign,
            "round": round_,
            "rounds": rounds,
            "rows": rows,
            "dots": dots,
            "axis": axis,
            "rule_words": rule_in_words(campaign.config),
            "exact": margins_are_exact(counting_rule(campaign.config), method_of(campaign.config)),
            "refusal": refusal(statistics),
            "bands": statistics["bands"] if statistics else None,
            "agreement": agreement_words(statistics),
            "sources": source_words(statistics) if whole else [],
            "unusual": unusual_rows(statistics) if whole else [],
            "looked_at": statistics["unusual"]["looked_at"] if statistics and whole else None,
            "class_means": (means := class_rows(statistics, campaign.config) if whole else []),
            "class_words": class_words(means),
            "objections": objections_visible_to(user, campaign),
            "classes": campaign.config["classes"],
            "round_classes": {row.code: row for row in round_.classes.all()},
            "any_hidden": any(hidden for row in rows for _c, _s, hidden in row.class_scores),
            "manage": may_manage(user, campaign),
            "all": whole,
            "firm": firm_rows(user, campaign, round_),
            "undecided": sum(decision is None for _opinion, decision in opinions_to_moderate(user, campaign))
            if campaign.state == CampaignState.COUNTED
            else 0,
            "group": group_figures(campaign),
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
    reads = may_manage(user, campaign) or is_person_concerned(user, found.result.speaker)
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
            "rule_words": rule_in_words(campaign.config),
            "plain": plain_words(found),
            "refusal": refusal(found.result.round.statistics),
            "reads_opinions": reads,
            "opinions": released_opinions(campaign, found.result.speaker) if reads else [],
            "objection": getattr(found.result.speaker, "objection", None),
            "may_object": may_object(user, found.result.speaker),
            "object_until": filing_deadline(campaign),
            "group": group_figures(campaign),
            "comment": getattr(found.result.speaker, "comment", None),
        },
    )


def _distribution(campaign: Campaign, result: Result, *, exact: bool) -> list[dict[str, Any]]:
    """Return item → grades over all classes together; small counts are shown as "<5" to all but the top body."""
    config = campaign.config
    if not exact:
        return [{"item": item, "cells": cells} for item, cells in distribution(config, result)]
    rows = [(item, totals(config, result.counts[item["code"]])) for item in config["items"]]
    return [{"item": item, "cells": list(numbers.values())} for item, numbers in rows]


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
        _("统计估计"),
        _("估计下限"),
        _("估计上限"),
        _("档"),
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
            *_estimate_cells(row.estimate),
        ]
        for row in rows
    ]
    round_ = campaign.current_round
    stamp = stamp_of(user)
    notes = [
        [_("规则哈希"), campaign.config_hash],
        [_("票根哈希"), round_.root if round_ else ""],
        [_("导出"), stamp],
        [_("说明"), _("总分由冻结的规则决定；区间为95%置信区间，只说明单个总分的把握，不能用是否重叠来比较两位。")],
        *[[_("总分怎么算"), sentence] for sentence in rule_in_words(campaign.config)],
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
    if may_see_all_results(user, campaign):
        pages.append(Sheet(_("统计怎么说"), _statistics_sheet(campaign, round_), footer=stamp))
    content = write_workbook(pages)
    return attachment(content, f"results-{campaign.pk}.xlsx")


def _estimate_cells(estimate: Estimate | None) -> list[Any]:
    if estimate is None:
        return [None, None, None, ""]
    return [estimate.score, estimate.low, estimate.high, f"{estimate.shape} {estimate.band_name}"]


def _statistics_sheet(campaign: Campaign, round_: Any) -> list[list[Any]]:
    """Return what the statistics say beside the declared figures, one fact a row."""
    statistics = round_.statistics if round_ else None
    means = class_rows(statistics, campaign.config)
    rows: list[list[Any]] = [[_("项目"), _("数"), _("说明")]]
    if reason := refusal(statistics):
        rows.append([_("统计估计"), "", reason])
    rows += [[_("评议人的一致性"), "", sentence] for sentence in agreement_words(statistics)]
    rows += [[_("分数差异的来源"), "", sentence] for sentence in source_words(statistics)]
    rows += [[row.name, row.count, " ".join([row.meaning, _odd(row.odd)]).strip()] for row in unusual_rows(statistics)]
    rows += [
        [f"{row['class']['code']} {row['name']}", _("不足人数不显示") if row["mean"] is None else row["mean"], ""]
        for row in means
    ]
    return rows


def _odd(odd: int | str | None) -> str:
    return "" if odd is None else _("其中难以用宽严和巧合解释的：%(n)s。") % {"n": odd}


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
        if not scrubbing.scrub_storage():
            messages.warning(
                request, _("意见原文已删除，但数据库里的旧痕迹还没有清干净（有别的程序正在读库），请过一会儿再备份。")
            )
        messages.success(request, _("已反馈。点评指出的问题都已转为整改事项，意见原文已删除。"))
    return redirect("appraisals:feedback", pk=pk)
