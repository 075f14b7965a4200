"""Papers of a meeting: what is printed before it, what is written after it, and both to take away."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yizhen.appraisals.actions.papers import take_letter, take_paper
from yizhen.appraisals.models import Campaign, CampaignState, Result
from yizhen.appraisals.papers.letter import letter as letter_to
from yizhen.appraisals.papers.pack import DOCUMENTS, letter_name, letters, offline_pack, page, ready
from yizhen.appraisals.papers.printed import PAGES
from yizhen.appraisals.papers.rectification import rectification_sheet
from yizhen.appraisals.papers.words import counted_results, issued_on
from yizhen.appraisals.rules import may_manage, may_see_result
from yizhen.documents.official import write_official
from yizhen.documents.workbook import write_workbook
from yizhen.web.downloads import attachment

from .common import campaign_or_404, published_campaign, reader, stamp_of


def _letters_for(request: HttpRequest, campaign: Campaign) -> list[Result]:
    return [result for result in counted_results(campaign) if may_see_result(reader(request), result.speaker)]


@login_required
def papers(request: HttpRequest, pk: int) -> HttpResponse:
    """List the papers: all for those who run the campaign, the own letter for a speaker."""
    campaign = campaign_or_404(request, pk)
    manage = may_manage(reader(request), campaign)
    found = _letters_for(request, campaign)
    if not manage and not found:
        raise PermissionDenied(_("这里还没有给您的材料。"))
    if campaign.state == CampaignState.DRAFT:
        raise PermissionDenied(_("请先发布本次评议。"))
    exist = ready(campaign)
    return render(
        request,
        "appraisals/papers.html",
        {
            "campaign": campaign,
            "manage": manage,
            "classes": campaign.config["classes"],
            "exist": exist,
            "letters": found,
            "issued": campaign.state == CampaignState.ISSUED,
            "lots": campaign.speakers.filter(position__isnull=False).exists(),
            "submitted": campaign.speakers.filter(report__submitted_at__isnull=False).count(),
            "speakers": campaign.speakers.count(),
        },
    )


@login_required
def printed(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Show a page to print, whole or for one class."""
    campaign = published_campaign(request, pk)
    if name not in PAGES:
        raise Http404
    return HttpResponse(page(campaign, PAGES[name], _chosen(request, campaign)))


def _chosen(request: HttpRequest, campaign: Campaign) -> dict[str, Any] | None:
    code = request.GET.get("class", "")
    if not code:
        return None
    row: dict[str, Any] | None = next((row for row in campaign.config["classes"] if row["code"] == code), None)
    if row is None:
        raise Http404
    return row


@login_required
def document(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Hand out one of the documents that exist by now."""
    campaign = published_campaign(request, pk)
    if name not in ready(campaign):
        raise Http404
    title, describe = DOCUMENTS[name]
    content = write_official(describe(campaign))
    take_paper(reader(request), campaign, name)
    return attachment(content, f"{title}.docx")


@login_required
def rectification(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out the rectification list as a workbook, marked with who and when."""
    campaign = published_campaign(request, pk)
    if "rectification" not in ready(campaign):
        raise Http404
    content = write_workbook([rectification_sheet(campaign, stamp_of(reader(request)))])
    take_paper(reader(request), campaign, "rectification")
    return attachment(content, "整改清单.xlsx")


@login_required
def letter(request: HttpRequest, pk: int, speaker: int) -> HttpResponse:
    """Hand out one speaker's letter: to those who may see the result, so to the person once it is issued."""
    campaign = campaign_or_404(request, pk)
    found = next((result for result in _letters_for(request, campaign) if result.speaker_id == speaker), None)
    if found is None:
        raise PermissionDenied(_("结果尚未产生，或尚未反馈给您。"))
    content = write_official(letter_to(found, issued_on(campaign)))
    take_letter(reader(request), found.speaker)
    return attachment(content, f"反馈函-{letter_name(found)}")


@login_required
def all_letters(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out all letters as one .zip."""
    campaign = published_campaign(request, pk)
    if not counted_results(campaign):
        raise Http404
    content = letters(campaign)
    take_paper(reader(request), campaign, "letters")
    return attachment(content, "反馈函.zip")


@login_required
def pack(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out the offline pack for the night before."""
    campaign = published_campaign(request, pk)
    content = offline_pack(campaign, stamp_of(reader(request)))
    take_paper(reader(request), campaign, "pack")
    return attachment(content, f"会议材料-{campaign.pk}.zip")
