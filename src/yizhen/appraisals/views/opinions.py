"""Moderating opinions: one list, three buttons, in the organisation office's own words."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yizhen.appraisals.actions.opinions import LONGEST, decide_opinion
from yizhen.appraisals.models import DECISIONS, Campaign, CampaignState, Opinion
from yizhen.appraisals.queries import opinions_to_moderate
from yizhen.appraisals.rules import may_manage

from .common import campaign_or_404, number_of, reader, texts_of


@login_required
def opinions(request: HttpRequest, pk: int) -> HttpResponse:
    """Show opinions to the organisation office alone, which decides what becomes of each; posting decides one."""
    campaign = campaign_or_404(request, pk)
    if not may_manage(reader(request), campaign):
        raise PermissionDenied(_("意见原文只供组织部门归纳，不外传。"))
    if campaign.current_round is None:
        raise Http404
    failed: dict[str, Any] = {}
    if request.method == "POST":
        failed = _decide(request, campaign)
        if not failed:
            following = next(
                (o.pk for o, done in opinions_to_moderate(reader(request), campaign) if done is None), None
            )
            anchor = f"#o-{following}" if following else "#done"
            return HttpResponseRedirect(reverse("appraisals:opinions", args=[pk]) + anchor)
    rows = opinions_to_moderate(reader(request), campaign)
    return render(
        request,
        "appraisals/opinions.html",
        {
            "campaign": campaign,
            "rows": rows,
            "undecided": sum(decision is None for _opinion, decision in rows),
            "open": campaign.state == CampaignState.COUNTED,
            "decisions": DECISIONS,
            "summaries": sorted({decision.text for _opinion, decision in rows if decision and decision.text}),
            "longest": LONGEST,
            "failed": failed,
        },
        status=400 if failed else 200,
    )


def _decide(request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    """Decide one opinion; return what was typed and what is wrong with it, or nothing."""
    opinions = Opinion.objects.filter(round__campaign=campaign).select_related("round")
    opinion = get_object_or_404(opinions, pk=_key_of(request.POST.get("opinion")))
    text = request.POST.get("text", "")
    try:
        decide_opinion(reader(request), opinion, request.POST.get("decision", ""), text)
    except ValidationError as error:
        return {"opinion": opinion.pk, "text": text, "message": " ".join(texts_of(error))}
    messages.success(request, _("已处理一条意见。"))
    return {}


def _key_of(value: Any) -> int:
    """Return a random key from a form: they have up to nineteen digits."""
    text = str(value)
    return int(text) if text.isdecimal() and len(text) < 20 else number_of(value)
