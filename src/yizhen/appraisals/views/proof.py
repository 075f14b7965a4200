"""Proof: recount kits, the program that recounts them, the scrutineers' word, and the secrecy test."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from yizhen.appraisals import recount
from yizhen.appraisals.actions.kit import confirm_kit
from yizhen.appraisals.config import digest
from yizhen.appraisals.kit import kit_digest, public_kit, sealed_kit
from yizhen.appraisals.models import Campaign, CampaignState
from yizhen.appraisals.rules import kit_is_public, may_confirm_kit, may_have_kit, may_see_all_results
from yizhen.appraisals.secrecy import LIMITS, certificate
from yizhen.people.models import Account
from yizhen.web.downloads import attachment

from .common import campaign_or_404, number_of, reader, texts_of


def _campaign_of(token: str) -> Campaign:
    return get_object_or_404(Campaign.objects.exclude(state=CampaignState.DRAFT), token=token)


def _kept_kit(campaign: Campaign) -> bytes:
    """Return the public kit, made once a minute at most: anybody may ask for it, a hall of people at once.

    Roots are over random bytes, so a kit cannot be another campaign's.
    """
    roots = campaign.rounds.order_by("number").values_list("state", "root")
    name = f"kit:{digest([campaign.pk, campaign.config_hash, [list(row) for row in roots]])}"
    content: bytes | None = cache.get(name)
    if content is None:
        content = public_kit(campaign)
        cache.set(name, content, 60)
    return content


@require_safe
def program(_request: HttpRequest) -> HttpResponse:
    """Hand out the recount program: one file, the one that runs here."""
    return attachment(Path(recount.__file__).read_bytes(), "recount.py")


@require_safe
def kit(request: HttpRequest, token: str) -> HttpResponse:
    """Hand out the public recount kit to whoever the campaign's rules let have it."""
    campaign = _campaign_of(token)
    known = isinstance(request.user, Account) and may_have_kit(request.user, campaign)
    if not (known or kit_is_public(campaign)):
        raise PermissionDenied(_("复核包还没有公开：要等计票以后，并且本次评议的规则公开结果。"))
    return attachment(_kept_kit(campaign), f"yizhen-{campaign.token}-kit.json")


@require_safe
def public_proof(request: HttpRequest, token: str) -> HttpResponse:
    """Say on a phone, without an account, how anybody can recount, and hand out the kit when it is public."""
    campaign = _campaign_of(token)
    told = kit_is_public(campaign)
    return render(
        request,
        "appraisals/public_proof.html",
        {"campaign": campaign, "told": told, "digest": kit_digest(_kept_kit(campaign)) if told else ""},
    )


@login_required
def proof(request: HttpRequest, pk: int) -> HttpResponse:
    """Show office and scrutineers the kits, how to recount, and who has confirmed; take a scrutineer's confirmation."""
    campaign, user = campaign_or_404(request, pk), reader(request)
    if not may_see_all_results(user, campaign):
        raise PermissionDenied(_("只有组织部门和监票人可以看这一页。"))
    if request.method == "POST":
        try:
            confirm_kit(user, campaign, request.POST.get("digest", "")[:200])
            messages.success(request, _("已确认，并写入审计链。"))
            return redirect("appraisals:proof", pk=pk)
        except ValidationError as error:
            for text in texts_of(error):
                messages.error(request, text)
    context: dict[str, Any] = {"campaign": campaign, "confirms": may_confirm_kit(user, campaign)}
    if campaign.is_counted:
        context |= {
            "digest": kit_digest(public_kit(campaign)),
            "rounds": campaign.live_rounds.filter(state="counted"),
            "confirmations": campaign.kit_confirmations.all(),
            "public": kit_is_public(campaign),
        }
    return render(request, "appraisals/proof.html", context)


@require_safe
@login_required
def sheets(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Hand out a round's whole sheets to a scrutineer, sealed to the round's key."""
    campaign, user = campaign_or_404(request, pk), reader(request)
    if not may_confirm_kit(user, campaign):
        raise PermissionDenied(_("整张票只供监票人核对，并且封着：两份密钥才能打开。"))
    round_ = get_object_or_404(campaign.live_rounds, number=number, state="counted")
    if not round_.public_key:
        raise Http404(_("这一轮全用纸质票，没有密钥可封；请核对纸票本身。"))
    return attachment(sealed_kit(round_), f"yizhen-{campaign.token}-sheets-{number}.sealed.json")


ROUND_STATES = {
    "open": gettext_lazy("正在投票"),
    "closed": gettext_lazy("已结束，未计票"),
    "counted": gettext_lazy("已计票"),
    "void": gettext_lazy("本轮无效"),
}


@login_required
def secrecy(request: HttpRequest, pk: int) -> HttpResponse:
    """Let office and scrutineers run the attacks on a round, and show the certificate for print."""
    campaign, user = campaign_or_404(request, pk), reader(request)
    if not may_see_all_results(user, campaign):
        raise PermissionDenied(_("只有组织部门和监票人可以看这一页。"))
    rounds = [round_ for round_ in campaign.rounds.order_by("number") if round_.state in ROUND_STATES]
    context: dict[str, Any] = {"campaign": campaign, "rounds": rounds, "limits": LIMITS}
    if request.method == "POST":
        round_ = get_object_or_404(campaign.rounds, number=number_of(request.POST.get("round")), state__in=ROUND_STATES)
        context |= {
            "certificate": certificate(round_),
            "number": round_.number,
            "state_name": ROUND_STATES[round_.state],
        }
    elif rounds:
        context["number"] = rounds[-1].number
    return render(request, "appraisals/secrecy.html", context)
