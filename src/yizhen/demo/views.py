"""The demo's heap of cards: what lies on the table in a hall. Exists only where the demo was made."""

import json
import random
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from yizhen.appraisals.models import Campaign, Card
from yizhen.appraisals.sealing import card_hash
from yizhen.people.models import Account

from .campaigns import HEAP, cast_all


def _heap() -> dict[str, Any]:
    path = Path(settings.DATA_DIR) / HEAP
    if not path.exists():
        raise Http404
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


@login_required
def heap(request: HttpRequest) -> HttpResponse:
    """Show the unused cards of today's session, and let the other voters of the demo vote."""
    user = request.user
    if not isinstance(user, Account) or not user.is_demo:
        raise Http404
    content = _heap()
    campaign = get_object_or_404(Campaign, pk=content["campaign"])
    round_ = campaign.current_round
    fresh = set(Card.objects.filter(round=round_, state="fresh").values_list("code_hash", flat=True))
    codes = {
        row["code"]: [code for code in content["codes"][row["code"]] if card_hash(code, round_.pk) in fresh]
        for row in campaign.config["classes"]
    }
    if request.method == "POST" and user.role == "city_office" and round_.state == "open":
        handed = {row.code: row.issued for row in round_.classes.all()}
        used = {code: len(content["codes"][code]) - len(left) for code, left in codes.items()}
        rest = {code: left[: max(handed[code] - used[code], 0)] for code, left in codes.items()}
        counted = cast_all(round_, rest, random.Random())
        messages.success(request, _("其余 %(n)s 名演示投票人已投票。") % {"n": counted})
        return redirect("demo:heap")
    # All cards, used or not: a heap that shrinks by class would tell the turnout of each class while the ballot is open.
    shown = [(row, content["codes"][row["code"]]) for row in campaign.config["classes"]]
    return render(request, "demo/heap.html", {"campaign": campaign, "round": round_, "heap": shown})
