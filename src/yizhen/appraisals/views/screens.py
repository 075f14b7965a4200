"""What the hall looks at: the projector, the phone's "now" page, the status that they poll, the receipts."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from yizhen.appraisals.actions import ballot, reports, speech
from yizhen.appraisals.models import Campaign, CampaignState, Phase, Session
from yizhen.appraisals.models.session import PHASE_NAMES
from yizhen.appraisals.queries import announced_rows
from yizhen.appraisals.status import read_status
from yizhen.web.qr import qr_svg

from .common import campaign_or_404, texts_of


@login_required
def projector(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the hall one thing at a time."""
    return render(request, "appraisals/projector.html", _projector_context(request, campaign_or_404(request, pk)))


@login_required
def projector_slide(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the slide alone, when the status says that something changed."""
    return render(request, "appraisals/_slide.html", _projector_context(request, campaign_or_404(request, pk)))


def _projector_context(request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    if campaign.state == CampaignState.DRAFT:
        raise PermissionDenied(_("请先发布本次评议。"))
    session = Session.objects.select_related("speaker__division", "speaker__official").get(campaign=campaign)
    figures = []
    if session.speaker:
        contents = reports.figures_of(session.speaker.report)
        version = session.speaker.report.versions.first()
        cited = reports.read_figures(version.sections, contents).cited if version else ()
        figures = [contents[code] for code in cited if contents[code]["city"]][:6]
    address = request.build_absolute_uri("/b/")
    wifi = session.wifi or {}
    return {
        "campaign": campaign,
        "session": session,
        "slide": session.slide if session.slide != "auto" else session.phase,
        "now_address": request.build_absolute_uri(f"/now/{campaign.token}/"),
        "wifi_qr": qr_svg(wifi_text(wifi["name"], wifi["password"])) if wifi else "",
        "asked": session.speaker.questions.filter(
            proposed=False, dropped=False, answered=False, follow_up_on__isnull=True
        ).first()
        if session.speaker
        else None,
        "declared": announced_rows(campaign) if campaign.is_announced and campaign.is_counted else [],
        "phase_name": PHASE_NAMES[Phase(session.phase)],
        "figures": [{**content, "bar": _bar(content)} for content in figures],
        "speakers": campaign.speakers.select_related("division", "official", "unit").order_by(
            "position", "division_id"
        ),
        "turnout": ballot.turnout(campaign),
        "round": ballot.shown_round(campaign),
        "rounds": list(campaign.live_rounds),
        "ballot_address": address,
        "ballot_qr": qr_svg(address),
        "now_qr": qr_svg(request.build_absolute_uri(f"/now/{campaign.token}/")),
    }


def wifi_text(name: str, password: str) -> str:
    """Return what a QR code says to join a network: phones read it without an app."""

    def escaped(text: str) -> str:
        return "".join(f"\\{character}" if character in '\\;,:"' else character for character in text)

    kind = "WPA" if password else "nopass"
    return f"WIFI:T:{kind};S:{escaped(name)};P:{escaped(password)};;"


def _bar(content: dict[str, Any]) -> dict[str, float]:
    own, city = abs(float(content["value"])), abs(float(content["city"]))
    top = max(own, city) or 1.0
    return {"own": round(own / top * 100, 1), "city": round(city / top * 100, 1)}


def now(request: HttpRequest, token: str) -> HttpResponse:
    """Show on a phone what the hall is doing, and take questions when the host wants them. Needs no account."""
    campaign = get_object_or_404(Campaign.objects.exclude(state=CampaignState.DRAFT), token=token)
    context: dict[str, Any] = {"campaign": campaign, "speakers": campaign.speakers.select_related("division", "unit")}
    if request.method == "POST":
        try:
            speech.propose_question(campaign, request.POST.get("text", ""))
        except ValidationError as error:
            context |= {"error": " ".join(texts_of(error)), "typed": request.POST.get("text", "")}
        else:
            return redirect(f"{request.path}?sent=1")
    context["sent"] = "sent" in request.GET
    return render(request, "appraisals/now.html", context, status=400 if "error" in context else 200)


def status(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the poll of every page: tiny, versioned, 304 when nothing changed. A server's door answers it sooner."""
    found = read_status(token)
    if found is None:
        return JsonResponse({"error": "unknown"}, status=404)
    if request.headers.get("If-None-Match") == found.tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(found.body(), content_type="application/json")
    response["ETag"] = found.tag
    response["Cache-Control"] = "no-cache"
    return response


def receipts(request: HttpRequest, token: str) -> HttpResponse:
    """Publish the receipts after the close: opaque numbers, as many as sheets, with their root."""
    campaign = get_object_or_404(Campaign.objects.exclude(state=CampaignState.DRAFT), token=token)
    ended = [round_ for round_ in campaign.rounds.order_by("number") if round_.state in {"closed", "counted", "void"}]
    listed = [(round_, list(round_.sealed_sheets.values_list("receipt", flat=True))) for round_ in ended]
    return render(request, "appraisals/receipts.html", {"campaign": campaign, "rounds": listed})
