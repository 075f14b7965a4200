"""The door: check-in by code or list, cards handed out, and whose row a person has to leave."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yizhen.appraisals.actions import arrivals
from yizhen.appraisals.config import is_paper
from yizhen.appraisals.conflicts import recusals
from yizhen.appraisals.models import Campaign
from yizhen.appraisals.queries import attendance as attendance_rows
from yizhen.web.templatetags.yizhen import label

from .common import number_of, published_campaign, reader, texts_of


@login_required
def attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """Check people in and note that a card was handed out: never which card."""
    campaign = published_campaign(request, pk)
    if request.method == "POST" and "badge" in request.POST:
        return _badge(request, campaign)
    if request.method == "POST":
        entries = [number_of(value) for value in request.POST.getlist("entry")]
        what = request.POST.get("what", "")
        changes: dict[str, Any] = {
            "present": {"present": True},
            "absent": {"present": False},
            "card": {"present": True, "handed_out": True},
            "no_card": {"handed_out": False},
        }.get(what, {})
        try:
            if changes and entries:
                arrivals.mark_attendance(reader(request), campaign, entries, **changes)
        except ValidationError as error:
            messages.error(request, " ".join(texts_of(error)))
        return redirect(request.get_full_path())
    chosen = request.GET.get("class", campaign.config["classes"][0]["code"])
    sought = request.GET.get("q", "").strip()
    listed = campaign.roll.filter(label__icontains=sought) if sought else campaign.roll.filter(class_code=chosen)
    leave = _rows_to_leave(campaign, [entry.label for entry in listed])
    return render(
        request,
        "appraisals/attendance.html",
        {
            "campaign": campaign,
            "classes": attendance_rows(campaign),
            "chosen": chosen,
            "sought": sought,
            "entries": [(entry, leave.get(entry.label, [])) for entry in listed],
            "paper": {row["code"] for row in campaign.config["classes"] if is_paper(row)},
            "frozen": arrivals.frozen_attendance(campaign),
        },
    )


def _badge(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Check in whoever's code was scanned or typed, and come back to the field for the next one."""
    address = f"{request.path}?class={request.GET.get('class', campaign.config['classes'][0]['code'])}"
    badge, hand_out = request.POST["badge"], "handed_out" in request.POST
    again = hand_out and campaign.roll.filter(badge=badge.strip().upper(), card_handed_out=True).exists()
    try:
        entry = arrivals.check_in(reader(request), campaign, badge, handed_out=hand_out)
    except ValidationError as error:
        messages.error(request, " ".join(texts_of(error)))
        return redirect(f"{address}#badge")
    leave = _rows_to_leave(campaign, [entry.label]).get(entry.label, [])
    if again:
        messages.warning(request, _("%(who)s 已经领过票，不要再发。") % {"who": f"{entry.class_code} {entry.label}"})
        return redirect(f"{request.path}?class={entry.class_code}#badge")
    text = f"✓ {entry.class_code} {entry.label}"
    messages.success(request, text + (_(" · 请回避：%(rows)s") % {"rows": "、".join(leave)} if leave else ""))
    return redirect(f"{request.path}?class={entry.class_code}#badge")


def _rows_to_leave(campaign: Campaign, labels: list[str]) -> dict[str, list[str]]:
    """Return person → the rows to be marked as recused, each with its reason."""
    found: dict[str, list[str]] = {}
    for recusal in recusals(campaign, labels):
        if not recusal.overridden:
            found.setdefault(recusal.party, []).append(f"{label(recusal.speaker.subject)}({recusal.reason_name})")
    return found
