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
from yizhen.appraisals.actions import carding, scrubbing
from yizhen.appraisals.actions import results as counting
from yizhen.appraisals.config import is_paper
from yizhen.appraisals.double_entry import unsettled_paper
from yizhen.appraisals.models import CampaignState, Card, Round
from yizhen.appraisals.rules import may_hold_key
from yizhen.appraisals.sealing import OPINION_BYTES, SHEET_BYTES, card_hash, short_receipt
from yizhen.appraisals.status_board import Board
from yizhen.people.middleware import staff_mode_required
from yizhen.web.qr import qr_svg

from .common import campaign_or_404, managed_campaign, number_of, reader, texts_of

BODY_LIMIT = 256 * 1024
LATER = gettext_lazy("服务器暂时存不下这张票，没有计入。票封好存在本机，会自动重试；请告诉工作人员。")
NOT_SCRUBBED = gettext_lazy("数据库里的旧痕迹还没有清干净（有别的程序正在读库）。计票前会再清一次；请勿备份。")


def phone(request: HttpRequest) -> HttpResponse:
    """Serve the ballot page: the card's code stays behind the # and reaches the server only in the body of a request."""
    return render(request, "appraisals/ballot.html")


def _read(content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content[:BODY_LIMIT])
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


@csrf_exempt
@require_POST
def form(request: HttpRequest) -> JsonResponse:
    """Return the sheet for a card: rows, items, grades and the key to seal to. Reads only."""
    status, answer = answer_form(request.body)
    return JsonResponse(answer, status=status)


def answer_form(content: bytes, sheets: "Sheets | None" = None) -> tuple[int, dict[str, Any]]:
    """Answer a request for the sheet of a card: the status and what is to be said."""
    found = (sheets or Sheets()).of(str(_read(content).get("code", ""))[:40])
    return (404, {"state": "unknown_card"}) if found is None else (200, found)


class Sheets:
    """The sheets to fill in. What they rest on is kept for some seconds, except the state of a card."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.rounds: Board[list[int]] = Board(seconds)
        self.current: Board[int] = Board(seconds)
        self.forms: Board[dict[str, Any]] = Board(seconds)

    def of(self, code: str) -> dict[str, Any] | None:
        """Return a card's sheet in the round that its hall is at, else in its latest; None for an unknown card."""
        rounds = self.rounds.get("live", actions.live_rounds) or []
        cards = _cards_of(code, rounds)
        if not cards and (now := actions.live_rounds()) != rounds:  # a round that was made this second
            cards = _cards_of(code, now)
        if not cards:
            return None
        latest = max(cards)
        chosen = latest if len(cards) == 1 else self.current.get(latest, lambda: _current_pk(latest))
        round_id = chosen if chosen in cards else latest
        class_code, state = cards[round_id]
        form = self.forms.get((round_id, class_code), lambda: _form_of(round_id, class_code))
        return form and {**form, "state": form["state"] if state == "fresh" else CARD_STATES[state]}


def _cards_of(code: str, rounds: list[int]) -> dict[int, tuple[str, str]]:
    """Return round → class and state of a card."""
    hashes = [card_hash(code, pk) for pk in rounds]
    rows = Card.objects.filter(code_hash__in=hashes).values_list("round_id", "class_code", "state")
    return {round_id: (class_code, state) for round_id, class_code, state in rows}


CARD_STATES = {"used": "card_used", "revoked": "revoked"}
ROUND_STATES = {"open": "ready", "prepared": "not_open"}


def _current_pk(round_id: int) -> int | None:
    current = Round.objects.select_related("campaign__session").get(pk=round_id).campaign.current_round
    return current and current.pk


def _form_of(round_id: int, class_code: str) -> dict[str, Any] | None:
    round_ = Round.objects.select_related("campaign__session").filter(pk=round_id).first()
    if round_ is None:
        return None
    campaign = round_.campaign
    chosen = campaign.speakers.filter(pk__in=round_.speaker_ids).select_related("division", "official", "unit")
    rows = {speaker.pk: speaker for speaker in chosen}
    ordered = sorted(rows.values(), key=lambda speaker: (speaker.position or 999, speaker.division_id))
    class_row = next(row for row in campaign.config["classes"] if row["code"] == class_code)
    return {
        "state": ROUND_STATES.get(round_.state, "closed"),
        "title": campaign.title,
        "token": campaign.token,
        "more": campaign.live_rounds.exclude(pk=round_.pk).filter(state="prepared").exists(),
        "round": round_.pk,
        "key": round_.public_key,
        "class": class_code,
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
    status, answer = answer_cast(request.body)
    return JsonResponse(answer | ({"message": str(LATER)} if status == 503 else {}), status=status)


CAST_STATUS = {"counted": 200, "already_counted": 200, "unknown_card": 404, "malformed": 400, "later": 503}


def answer_cast(content: bytes) -> tuple[int, dict[str, Any]]:
    """Answer a sheet that was sent: the status and what is to be said. 503 says that nothing was written: send again."""
    body = _read(content)
    try:
        sealed = base64.b64decode(str(body.get("sheet", "")), validate=True)
        opinions = [base64.b64decode(str(text), validate=True) for text in list(body.get("opinions", []))[:100]]
    except (ValueError, TypeError):
        return 400, {"state": "malformed"}
    outcome = actions.cast_sheet(str(body.get("code", ""))[:40], sealed, opinions, number_of(body.get("round")) or None)
    receipt = outcome.receipt
    answer = {"state": outcome.state, "receipt": receipt, "short": short_receipt(receipt) if receipt else ""}
    return CAST_STATUS.get(outcome.state, 409), answer


@login_required
def key(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the scrutineer make the round's key in his own browser, and later open the sheets with it."""
    campaign = campaign_or_404(request, pk)
    round_ = counting.round_for_key(campaign)
    user = reader(request)
    if round_ is None or not may_hold_key(user, round_):
        raise PermissionDenied(_("只有监票人可以生成和保管密钥。"))
    if request.method == "POST":
        try:
            if request.POST.get("what") == "count":
                if not scrubbing.scrub_storage():
                    messages.warning(request, NOT_SCRUBBED)
                counting.count_rounds(user, campaign, request.POST.getlist("share"))
                messages.success(request, _("计票完成。"))
                campaign.refresh_from_db(fields=["state"])
                whole = campaign.state == CampaignState.COUNTED
                return redirect("appraisals:results" if whole else "appraisals:key", pk=pk)
            carding.set_key(user, round_, request.POST.get("public_key", ""), request.POST.getlist("holder"))
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
            "paper_missing": [
                text for one in campaign.live_rounds.filter(state="closed") for text in unsettled_paper(one)
            ]
            if round_.state == "closed"
            else [],
        },
    )


@require_POST
@login_required
@staff_mode_required
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke a card that somebody has brought back, so that he draws another one."""
    campaign = campaign_or_404(request, pk)
    try:
        class_code = carding.revoke_card(reader(request), campaign, request.POST.get("code", "")[:40])
    except ValidationError as error:
        messages.error(request, " ".join(texts_of(error)))
    else:
        messages.success(request, _("已作废。请他从 %(code)s 类的票卡里另抽一张。") % {"code": class_code})
    return redirect("appraisals:cards", pk=pk)


@login_required
@staff_mode_required
def cards(request: HttpRequest, pk: int) -> HttpResponse:
    """Make cards of a class and show them once, for printing. Each card carries its class and nothing else."""
    campaign = managed_campaign(request, pk)
    user = reader(request)
    printed: list[dict[str, Any]] = []
    class_code = request.POST.get("class", "")
    if request.method == "POST":
        try:
            codes = carding.make_cards(user, campaign, class_code, int(request.POST.get("number", "0") or 0))
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
