"""The paper channel's pages: count the box, type each sheet twice, settle differences."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yizhen.appraisals.actions import paper as actions
from yizhen.appraisals.config import NOT_INFORMED
from yizhen.appraisals.double_entry import differences, paper_progress, paper_round
from yizhen.appraisals.models import Campaign, PaperSheet, Round
from yizhen.appraisals.rules import may_tell

from .common import campaign_or_404, number_of, reader, texts_of

VOID_NAMES = {
    "spoilt": gettext_lazy("涂改、无法辨认"),
    "marked": gettext_lazy("有可辨认身份的记号"),
    "blank_paper": gettext_lazy("不是本会的票"),
}


def _round_of(request: HttpRequest, pk: int) -> tuple[Campaign, Round]:
    """Return the round that the address names, so that a second tap cannot land on the next one; else the one to type."""
    campaign = campaign_or_404(request, pk)
    if not may_tell(reader(request), campaign):
        raise PermissionDenied(_("只有计票人、监票人可以录入纸质票。"))
    named = request.GET.get("round", "")
    round_ = campaign.live_rounds.filter(number=number_of(named)).first() if named else paper_round(campaign)
    if round_ is None:
        raise Http404
    return campaign, round_


def _address(name: str, round_: Round, **where: Any) -> str:
    return f"{reverse(f'appraisals:{name}', kwargs=where)}?round={round_.number}"


@login_required
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far the paper is, and take the count of a box."""
    campaign, round_ = _round_of(request, pk)
    if request.method == "POST":
        number = request.POST.get("number", "")
        try:
            if not number.isdecimal():
                raise ValidationError({"number": _("请填写张数。")})
            again = number_of(request.POST.get("again")) or None
            actions.count_box(reader(request), round_, request.POST.get("class", ""), number_of(number), again)
        except ValidationError as error:
            messages.error(request, " ".join(texts_of(error)))
            said = urlencode({"class": request.POST.get("class", "")[:8], "again": str(number_of(number))})
            return redirect(f"{_address('paper', round_, pk=pk)}&{said}")
        return redirect(_address("paper", round_, pk=pk))
    return render(
        request,
        "appraisals/paper.html",
        {
            "campaign": campaign,
            "round": round_,
            "rounds": campaign.live_rounds.count(),
            "round_speakers": campaign.speakers.filter(pk__in=round_.speaker_ids).select_related("division", "unit"),
            "rows": [
                {**row, "next": _next_for(request, round_, row["class"]["code"])}
                for row in paper_progress(campaign, round_)
            ],
        },
    )


def _next_for(request: HttpRequest, round_: Round, class_code: str) -> int | None:
    """Return the first sheet that this person still has to type."""
    for sheet in round_.paper_sheets.filter(class_code=class_code, settled=False).prefetch_related("entries"):
        entries = list(sheet.entries.all())
        if len(entries) < 2 and all(entry.by_id != reader(request).pk for entry in entries):
            return sheet.number
    return None


@login_required
def sheet(request: HttpRequest, pk: int, class_code: str, number: int) -> HttpResponse:
    """Type one sheet: blind the first and the second time, with both entries side by side the third."""
    campaign, round_ = _round_of(request, pk)
    found = get_object_or_404(PaperSheet, round=round_, class_code=class_code, number=number)
    third = found.entries.count() >= 2 and not found.settled
    typed: dict[str, dict[str, str]] = {}
    errors: list[str] = []
    if request.method == "POST" and request.POST.get("round", str(round_.pk)) != str(round_.pk):
        return redirect("appraisals:paper", pk=pk)  # the page of a round that somebody else has finished
    if request.method == "POST":
        typed = _typed(request, round_)
        void = request.POST.get("void", "")
        errors = _undecided(request, found) if third and not void else []
        act = actions.settle_paper if third else actions.enter_paper
        marks = actions.read_paper(round_.layout, typed)
        try:
            if errors:
                raise ValidationError(errors)
            act(reader(request), round_, class_code, number, marks, void_reason=void)
        except ValidationError as error:
            errors = texts_of(error)
        else:
            following = _next_for(request, round_, class_code)
            if third or following is None:
                return redirect("appraisals:paper", pk=pk)
            return redirect(_address("paper_sheet", round_, pk=pk, class_code=class_code, number=following))
    return render(
        request,
        "appraisals/paper_sheet.html",
        {
            "campaign": campaign,
            "sheet": found,
            "round": round_,
            "third": third,
            "errors": errors,
            "rows": _rows(campaign, round_, typed, found if third else None),
            "grades": [*campaign.config["grades"], {"code": NOT_INFORMED, "zh": "不了解", "en": "Not informed"}],
            "voids": VOID_NAMES.items(),
            "entries": list(found.entries.all()) if third else [],
            "void": request.POST.get("void", ""),
        },
        status=400 if errors else 200,
    )


def _undecided(request: HttpRequest, third: PaperSheet) -> list[str]:
    """Say so when a cell that was typed in two ways was left without a decision: silence is not a blank."""
    rows = [f"{speaker}.{item}" for speaker, item, _one, _other in differences(third)]
    return [] if all(name in request.POST for name in rows) else [_("还有标黄的格没有定；票上空着的，请选“空白”。")]


def _typed(request: HttpRequest, round_: Round) -> dict[str, dict[str, str]]:
    return {
        str(speaker): {item: request.POST.get(f"{speaker}.{item}", "") for item in round_.layout["items"]}
        for speaker in round_.layout["speakers"]
    }


def _rows(
    campaign: Campaign, round_: Round, typed: dict[str, dict[str, str]], third: PaperSheet | None
) -> list[dict[str, Any]]:
    """Return the sheet's rows as printed: by the order of speaking, each item with what is chosen and what differs."""
    differ = {(speaker, item): (one, other) for speaker, item, one, other in differences(third)} if third else {}
    agreed = third.entries.all()[0].marks if third else {}
    speakers = campaign.speakers.filter(pk__in=round_.speaker_ids).select_related("division", "unit", "official")
    return [
        {
            "speaker": speaker,
            "cells": [
                {
                    "item": item,
                    "name": f"{speaker.pk}.{item['code']}",
                    "chosen": typed.get(key, {}).get(item["code"], "")
                    or ("" if (key, item["code"]) in differ else agreed.get(key, {}).get(item["code"], "")),
                    "differs": differ.get((key, item["code"])),
                }
                for item in campaign.config["items"]
            ],
        }
        for speaker in speakers.order_by("position", "division_id")
        for key in [str(speaker.pk)]
    ]
