"""The ballot's addresses: anonymous, cookie-less, unlogged (ADR 1); and the pages for keys and cards."""

import base64
import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from yizhen.appraisals.actions import ballot as actions
from yizhen.appraisals.actions import results as counting
from yizhen.appraisals.config import is_paper
from yizhen.appraisals.models import Card
from yizhen.appraisals.rules import may_hold_key, may_manage
from yizhen.appraisals.sealing import OPINION_BYTES, SHEET_BYTES, short_receipt
from yizhen.people.middleware import staff_mode_required
from yizhen.web.qr import qr_svg

from .common import campaign_or_404, number_of, reader, texts_of

BODY_LIMIT = 256 * 1024
NOT_SCRUBBED = gettext_lazy("数据库里的旧痕迹还没有清干净（有别的程序正在读库）。计票前会再清一次；请勿备份。")


def phone(request: HttpRequest) -> HttpResponse:
    """Serve the ballot page: the card's code stays behind the # and reaches the server only in the body of a request."""
    return render(request, "appraisals/ballot.html")


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        value = json.loads(request.body[:BODY_LIMIT])
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


@csrf_exempt
@require_POST
def form(request: HttpRequest) -> JsonResponse:
    """Return the sheet for a card: rows, items, grades and the key to seal to. Reads only."""
    card = actions.find_card(str(_body(request).get("code", ""))[:40])
    if card is None:
        return JsonResponse({"state": "unknown_card"}, status=404)
    return JsonResponse(_form_of(card))


def _form_of(card: Card) -> dict[str, Any]:
    round_ = card.round
    campaign = round_.campaign
    state = (
        card.state if card.state != "fresh" else {"open": "ready", "prepared": "not_open"}.get(round_.state, "closed")
    )
    chosen = campaign.speakers.filter(pk__in=round_.speaker_ids).select_related("division", "official", "unit")
    rows = {speaker.pk: speaker for speaker in chosen}
    ordered = sorted(rows.values(), key=lambda speaker: (speaker.position or 999, speaker.division_id))
    class_row = next(row for row in campaign.config["classes"] if row["code"] == card.class_code)
    return {
        "state": {"used": "card_used"}.get(state, state),
        "title": campaign.title,
        "token": campaign.token,
        "more": campaign.live_rounds.exclude(pk=round_.pk).filter(state="prepared").exists(),
        "round": round_.pk,
        "key": round_.public_key,
        "class": card.class_code,
        "class_zh": class_row["zh"],
        "class_en": class_row["en"],
        "speakers": [
            {
                "id": speaker.pk,
                "position": speaker.position,
                "name": speaker.person,
                "title": speaker.title,
                "place_zh": speaker.subject.name_zh,
                "place_en": speaker.subject.name_en or speaker.subject.name_zh,
            }
            for speaker in ordered
        ],
        "layout": round_.layout,
        "items": campaign.config["items"],
        "grades": campaign.config["grades"],
        "opinion_chars": int(campaign.config["rules"].get("opinion_chars", 200)),
        "sheet_bytes": SHEET_BYTES,
        "opinion_bytes": OPINION_BYTES,
    }


@csrf_exempt
@require_POST
def cast(request: HttpRequest) -> JsonResponse:
    """Take a sealed sheet. The answer is the receipt, or why this sheet was not counted."""
    body = _body(request)
    try:
        sealed = base64.b64decode(str(body.get("sheet", "")), validate=True)
        opinions = [base64.b64decode(str(text), validate=True) for text in list(body.get("opinions", []))[:100]]
    except (ValueError, TypeError):
        return JsonResponse({"state": "malformed"}, status=400)
    outcome = actions.cast_sheet(str(body.get("code", ""))[:40], sealed, opinions, number_of(body.get("round")) or None)
    status = {"counted": 200, "already_counted": 200, "unknown_card": 404, "malformed": 400}.get(outcome.state, 409)
    return JsonResponse(
        {
            "state": outcome.state,
            "receipt": outcome.receipt,
            "short": short_receipt(outcome.receipt) if outcome.receipt else "",
        },
        status=status,
    )


@login_required
def key(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the scrutineer make the round's key in his own browser, and later open the sheets with it."""
    campaign = campaign_or_404(request, pk)
    round_ = campaign.current_round
    user = reader(request)
    if round_ is None or not may_hold_key(user, round_):
        raise PermissionDenied(_("只有监票人可以生成和保管密钥。"))
    if request.method == "POST":
        try:
            if request.POST.get("what") == "count":
                if not actions.scrub_storage():
                    messages.warning(request, NOT_SCRUBBED)
                counting.count_rounds(user, campaign, request.POST.getlist("share"))
                messages.success(request, _("计票完成。"))
                return redirect("appraisals:results", pk=pk)
            actions.set_key(user, round_, request.POST.get("public_key", ""), request.POST.getlist("holder"))
            messages.success(request, _("公钥已登记。三份密钥请分开保管：任意两份才能计票，丢一份不要紧。"))
            return redirect("appraisals:key", pk=pk)
        except ValidationError as error:
            for text in texts_of(error):
                messages.error(request, text)
    return render(
        request,
        "appraisals/key.html",
        {
            "campaign": campaign,
            "round": round_,
            "turnout": actions.turnout(campaign),
            "classes": round_.classes.all(),
            "paper_missing": counting.unsettled_paper(round_) if round_.state == "closed" else [],
        },
    )


@require_POST
@login_required
@staff_mode_required
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke a card that somebody has brought back, so that he draws another one."""
    campaign = campaign_or_404(request, pk)
    try:
        class_code = actions.revoke_card(reader(request), campaign, request.POST.get("code", "")[:40])
    except ValidationError as error:
        messages.error(request, " ".join(texts_of(error)))
    else:
        messages.success(request, _("已作废。请他从 %(code)s 类的票卡里另抽一张。") % {"code": class_code})
    return redirect("appraisals:cards", pk=pk)


@login_required
@staff_mode_required
def cards(request: HttpRequest, pk: int) -> HttpResponse:
    """Make cards of a class and show them once, for printing. Each card carries its class and nothing else."""
    campaign = campaign_or_404(request, pk)
    user = reader(request)
    if not may_manage(user, campaign):
        raise PermissionDenied(_("只有本次评议的组织部门可以这样做。"))
    printed: list[dict[str, Any]] = []
    class_code = request.POST.get("class", "")
    if request.method == "POST":
        try:
            codes = actions.make_cards(user, campaign, class_code, int(request.POST.get("number", "0") or 0))
        except (ValidationError, ValueError) as error:
            for text in texts_of(error) if isinstance(error, ValidationError) else [_("请填写张数。")]:
                messages.error(request, text)
        else:
            address = request.build_absolute_uri("/b/")
            printed = [
                {
                    "code": "-".join(code[i : i + 4] for i in range(0, len(code), 4)),
                    "address": f"{address}#{code}",
                    "qr": qr_svg(f"{address}#{code}"),
                }
                for code in codes
            ]
    round_ = campaign.current_round
    made = {
        row["code"]: round_.cards.filter(class_code=row["code"]).exclude(state="revoked").count() if round_ else 0
        for row in campaign.config["classes"]
    }
    on_phones = [row for row in campaign.config["classes"] if not is_paper(row)]
    entitled = {row["code"]: campaign.roll.filter(class_code=row["code"]).count() for row in campaign.config["classes"]}
    return render(
        request,
        "appraisals/cards.html",
        {
            "campaign": campaign,
            "printed": printed,
            "chosen": next((row for row in campaign.config["classes"] if row["code"] == class_code), None),
            "classes": [(row, made[row["code"]], entitled[row["code"]]) for row in on_phones],
            "ballot_address": request.build_absolute_uri("/b/"),
        },
    )
