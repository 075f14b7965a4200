"""What the public sees of a result: nothing, the group, or the totals, as the frozen rules say."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from yizhen.appraisals.declaring import rule_in_words
from yizhen.appraisals.models import Campaign, CampaignState, Result
from yizhen.appraisals.queries import group_figures, rectification_of_campaign, released_opinions, shown_rows
from yizhen.appraisals.reading import agreement_words, picture


def public_results(request: HttpRequest, token: str) -> HttpResponse:
    """Show on a phone, without an account, what the campaign's rules make public, once the results are issued.

    ``rules.publish``: ``none``; ``group`` figures of all together and what was promised, no personal score; ``all``
    also the declared totals with intervals, in the order of speaking. Ranks never.
    """
    campaign = get_object_or_404(Campaign.objects.exclude(state=CampaignState.DRAFT), token=token)
    round_ = campaign.current_round
    level = campaign.config["rules"].get("publish", "none")
    if campaign.state != CampaignState.ISSUED or round_ is None or level == "none":
        issued = campaign.state == CampaignState.ISSUED
        return render(request, "appraisals/public.html", {"campaign": campaign, "level": "none", "issued": issued})
    rows = []
    if level == "all":
        results = (
            Result.objects.filter(round__campaign=campaign)
            .select_related("speaker__division", "speaker__official", "speaker__unit", "speaker__campaign", "round")
            .order_by("speaker__position", "speaker__division_id")
        )
        rows = shown_rows(campaign, list(results), exact=False)
    dots, axis = picture(rows)
    return render(
        request,
        "appraisals/public.html",
        {
            "campaign": campaign,
            "round": round_,
            "level": level,
            "issued": True,
            "dots": dots,
            "axis": axis,
            "group": group_figures(campaign),
            "agreement": agreement_words(round_.statistics),
            "rule_words": rule_in_words(campaign.config),
            "commitments": rectification_of_campaign(campaign),
            "opinions": released_opinions(campaign, public_only=True),
        },
    )
