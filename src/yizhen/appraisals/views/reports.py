"""Duty reports: reading with citations, writing, versions, and what a figure rests on."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.appraisals.actions import conduct
from yizhen.appraisals.actions import reports as actions
from yizhen.appraisals.citations import read_figures, rendered
from yizhen.appraisals.forms import read_day
from yizhen.appraisals.models import CampaignState, DutyReport, Finding, ReportVersion
from yizhen.appraisals.queries import reports_visible_to
from yizhen.appraisals.rules import may_manage, may_read_drafts, may_write
from yizhen.indicators.queries import observations_visible_to

from .common import number_of, reader, texts_of


def _report(request: HttpRequest, pk: int) -> DutyReport:
    return get_object_or_404(reports_visible_to(reader(request)), pk=pk)


@login_required
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a report: figures are links to what they rest on."""
    return _shown(request, _report(request, pk))


def _shown(request: HttpRequest, found: DutyReport, **extra: Any) -> HttpResponse:
    user = reader(request)
    number = request.GET.get("version", "")
    versions = found.versions.all()
    if not may_read_drafts(user, found) and (latest := versions.first()):
        versions = versions.filter(number=latest.number)  # colleagues read what was submitted, never its drafts
    version = versions.filter(number=number_of(number)).first() if number.isdecimal() else versions.first()
    figures = actions.figures_of(found)
    address = reverse("appraisals:citation", args=[found.pk, "CODE"])
    findings: dict[str, list[Finding]] = {}
    for one in found.findings.all():
        findings.setdefault(one.section, []).append(one)
    sections = [
        (
            section,
            rendered(version.text_of(section), figures, address) if version else "",
            findings.get(section["code"], []),
        )
        for section in found.speaker.campaign.config["outline"]
    ]
    collecting = found.speaker.campaign.state == CampaignState.PUBLISHED
    manage = may_manage(user, found.speaker.campaign)
    return render(
        request,
        "appraisals/report.html",
        {
            "report": found,
            "version": version,
            "versions": versions,
            "sections": sections,
            "figures": read_figures(version.sections, figures) if version else None,
            "may_write": may_write(user, found),
            "may_return": manage and found.is_locked and collecting,
            "may_inspect": manage and collecting,
            "outcomes": Finding.OUTCOMES.items(),
            "promises": actions.promises_of(found),
            **extra,
        },
        status=400 if extra else 200,
    )


@require_POST
@login_required
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what a pre-inspection on site found about a claim; it stands beside the claim for every reader."""
    found = _report(request, pk)
    data = request.POST
    try:
        conduct.add_finding(
            reader(request),
            found,
            section=data.get("section", ""),
            claim=data.get("claim", ""),
            outcome=data.get("outcome", ""),
            text=data.get("text", ""),
            seen_on=read_day(data.get("seen_on", "")),
        )
    except ValidationError as error:
        return _shown(request, found, finding_errors=texts_of(error), typed=data)
    return redirect("appraisals:report", pk=pk)


@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a report: outline, text, and the figures and gaps that the data proposes."""
    user = reader(request)
    found = _report(request, pk)
    if not may_write(user, found):
        raise PermissionDenied(_("报告已提交锁定，或不归您撰写。"))
    latest = found.versions.first()
    texts = latest.sections if latest else actions.draft_sections(found)
    base = latest.number if latest else 0
    conflict: ReportVersion | None = None
    errors: dict[str, Any] = {}
    if request.method == "POST":
        texts = {key: request.POST.get(f"section.{key}", "") for key in _codes(found)}
        base = number_of(request.POST.get("base"))
        try:
            saved = actions.save_report(user, found, texts, base=base)
        except actions.EditConflict as problem:
            conflict, base = problem.latest, problem.latest.number
        except ValidationError as problem:
            errors = problem.message_dict
        else:
            if request.POST.get("then") == "submit":
                return _submit(request, found)
            messages.success(request, _("已保存第 %(n)s 版。") % {"n": saved.number})
            return redirect("appraisals:report_edit", pk=pk)
    figures = actions.figures_of(found)
    return render(
        request,
        "appraisals/report_edit.html",
        {
            "report": found,
            "sections": [
                (s, texts.get(s["code"], ""), errors.get(s["code"])) for s in found.speaker.campaign.config["outline"]
            ],
            "base": base,
            "figures": sorted(figures.values(), key=lambda content: content["code"]),
            "ideas": actions.propose(found),
            "promises": actions.promises_of(found),
            "checked": read_figures(texts, figures),
            "conflict": conflict,
            "saved": latest,
        },
        status=409 if conflict else 400 if errors else 200,
    )


def _codes(found: DutyReport) -> list[str]:
    return [section["code"] for section in found.speaker.campaign.config["outline"]]


def _submit(request: HttpRequest, found: DutyReport) -> HttpResponse:
    try:
        actions.submit_report(reader(request), found)
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
        return redirect("appraisals:report_edit", pk=found.pk)
    messages.success(request, _("报告已提交并锁定。"))
    return redirect("appraisals:report", pk=found.pk)


@require_POST
@login_required
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a submitted report back to its author."""
    found = _report(request, pk)
    try:
        actions.return_report(reader(request), found, request.POST.get("remark", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已退回作者修改。"))
    return redirect("appraisals:report", pk=pk)


@login_required
def citation(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Answer "where from?" for a figure in a report: source, date, parts, peers and city, as frozen."""
    found = _report(request, pk)
    figure = get_object_or_404(found.speaker.figures, indicator_id=code)
    now = (
        observations_visible_to(reader(request))
        .filter(indicator=code, division=found.speaker.division_id, period=figure.content["period"])
        .first()
    )
    revised = now is not None and str(now.value) != str(Decimal(str(figure.content["value"])).quantize(now.value))
    return render(
        request,
        "appraisals/citation.html",
        {"report": found, "figure": figure, "content": figure.content, "now": now, "revised": revised},
    )
