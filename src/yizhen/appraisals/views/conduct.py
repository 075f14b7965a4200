"""What keeps a campaign fair, as pages: conflicts of interest, versions of the rules, who may do what when."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from yizhen.appraisals.actions import conduct as actions
from yizhen.appraisals.conflicts import recusals
from yizhen.appraisals.rights import matrix
from yizhen.appraisals.versions import version_changes

from .common import campaign_or_404, managed_campaign, reader, speaker_of, texts_of


@login_required
def conflicts(request: HttpRequest, pk: int) -> HttpResponse:
    """List the conflicts of interest that names and declared relations show; pin, add or override one."""
    campaign = managed_campaign(request, pk)
    if request.method == "POST":
        try:
            actions.decide_conflict(
                reader(request),
                speaker_of(campaign, request.POST.get("speaker")),
                party=request.POST.get("party", ""),
                what=request.POST.get("what", ""),
                note=request.POST.get("note", ""),
            )
        except ValidationError as error:
            messages.error(request, " ".join(texts_of(error)))
        return redirect("appraisals:conflicts", pk=pk)
    found = recusals(campaign)
    return render(
        request,
        "appraisals/conflicts.html",
        {
            "campaign": campaign,
            "found": found,
            "speakers": campaign.speakers.select_related("division", "unit", "official"),
            "roll": campaign.roll.values_list("label", flat=True),
        },
    )


@login_required
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Show every version of the rules with its hash, its reason and what it changed."""
    campaign = campaign_or_404(request, pk)
    return render(request, "appraisals/versions.html", {"campaign": campaign, "versions": version_changes(campaign)})


@login_required
def rights(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who may do what in which phase: the same table that the rules are checked against."""
    campaign = campaign_or_404(request, pk)
    return render(request, "appraisals/rights.html", {"campaign": campaign, **matrix()})
