"""The live session: check-in, host console, projector, the phone's "now" page and the status they all poll."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.appraisals.actions import arrivals, ballot, reports, scrubbing, speech
from yizhen.appraisals.actions import session as actions
from yizhen.appraisals.actions.undo import STEP_NAMES, last_step, undo
from yizhen.appraisals.config import is_paper
from yizhen.appraisals.conflicts import recusals
from yizhen.appraisals.forms import read_day, read_problems
from yizhen.appraisals.models import Campaign, CampaignState, Phase, Problem, Question, Session
from yizhen.appraisals.models.session import PHASE_NAMES, SLIDES
from yizhen.appraisals.queries import announced_rows, speakers_with_reports
from yizhen.appraisals.queries import attendance as attendance_rows
from yizhen.appraisals.rules import may_manage
from yizhen.appraisals.status import read_status
from yizhen.matters.kinds import WORK_LINES
from yizhen.people.middleware import staff_mode_required
from yizhen.web.qr import qr_svg
from yizhen.web.templatetags.yizhen import label

from .ballot import NOT_SCRUBBED
from .common import campaign_or_404, number_of, reader, speaker_of, texts_of


def _managed(request: HttpRequest, pk: int) -> Campaign:
    campaign = campaign_or_404(request, pk)
    if not may_manage(reader(request), campaign):
        raise PermissionDenied(_("只有本次评议的组织部门可以这样做。"))
    if campaign.state == CampaignState.DRAFT:
        raise PermissionDenied(_("请先发布本次评议。"))
    return campaign


@login_required
def attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """Check people in and note that a card was handed out: never which card."""
    campaign = _managed(request, pk)
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
    leave: dict[str, list[str]] = {}
    for recusal in recusals(campaign, [entry.label for entry in listed]):
        if not recusal.overridden:
            leave.setdefault(recusal.party, []).append(f"{label(recusal.speaker.subject)}({recusal.reason_name})")
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
    leave = [
        f"{label(recusal.speaker.subject)}({recusal.reason_name})"
        for recusal in recusals(campaign, [entry.label])
        if not recusal.overridden
    ]
    if again:
        messages.warning(request, _("%(who)s 已经领过票，不要再发。") % {"who": f"{entry.class_code} {entry.label}"})
        return redirect(f"{request.path}?class={entry.class_code}#badge")
    text = f"✓ {entry.class_code} {entry.label}"
    messages.success(request, text + (_(" · 请回避：%(rows)s") % {"rows": "、".join(leave)} if leave else ""))
    return redirect(f"{request.path}?class={entry.class_code}#badge")


def _console_context(request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    session = Session.objects.select_related("speaker__division", "speaker__official").get(campaign=campaign)
    current = session.speaker
    round_ = campaign.current_round
    step = last_step(campaign)
    return {
        "campaign": campaign,
        "session": session,
        "phase_name": PHASE_NAMES[Phase(session.phase)],
        "current": current,
        "next": actions.next_speaker(campaign),
        "speakers": speakers_with_reports(campaign),
        "questions": current.questions.filter(dropped=False) if current else [],
        "sources": Question.SOURCES.items(),
        "comment": getattr(current, "comment", None) if current else None,
        "round": round_,
        "rounds": list(campaign.live_rounds),
        "last_step": step,
        "last_step_name": STEP_NAMES[step.what] if step else "",
        "slides": SLIDES.items(),
        "has_paper": any(is_paper(row) for row in campaign.config["classes"]),
        "turnout": ballot.turnout(campaign),
        "unheard": campaign.speakers.filter(heard=False).count(),
        "attendance": attendance_rows(campaign),
        "work_lines": WORK_LINES.items(),
        "now_address": request.build_absolute_uri(f"/now/{campaign.token}/"),
        "ballot_address": request.build_absolute_uri("/b/"),
        "figures": sorted((f.content for f in current.figures.all() if f.content["behind"]), key=lambda c: c["code"])
        if current
        else [],
    }


@login_required
def console(request: HttpRequest, pk: int) -> HttpResponse:
    """Run the session from one screen. The strip on top refreshes; forms never do."""
    campaign = _managed(request, pk)
    return render(request, "appraisals/console.html", _console_context(request, campaign))


def _lots(request: HttpRequest, campaign: Campaign) -> None:
    actions.draw_lots(reader(request), campaign, request.POST.get("seed", ""))


def _floor(request: HttpRequest, campaign: Campaign) -> None:
    phase = request.POST.get("phase", "")
    speaker = speaker_of(campaign, request.POST.get("speaker"))
    actions.move_to(reader(request), campaign, speaker, Phase(phase) if phase in set(Phase) else Phase.WAITING)


def _question(request: HttpRequest, campaign: Campaign) -> None:
    speaker = speaker_of(campaign, request.POST.get("speaker"))
    speech.put_question(
        reader(request), speaker, text=request.POST.get("text", ""), source=request.POST.get("source", "leader")
    )


def _answer(request: HttpRequest, campaign: Campaign) -> None:
    question = get_object_or_404(Question, speaker__campaign=campaign, pk=number_of(request.POST.get("question")))
    speech.answer_question(reader(request), question, commitment=request.POST.get("commitment", ""))


def _comment(request: HttpRequest, campaign: Campaign) -> None:
    speaker = speaker_of(campaign, request.POST.get("speaker"))
    speech.make_comment(
        reader(request), speaker, strengths=request.POST.get("strengths", ""), problems=read_problems(request.POST)
    )


def _assign(request: HttpRequest, campaign: Campaign) -> None:
    problem = get_object_or_404(Problem, comment__speaker__campaign=campaign, pk=number_of(request.POST.get("problem")))
    matter = speech.assign_problem(reader(request), problem)
    messages.success(request, _("已转为整改事项 %(number)s。") % {"number": matter.number})


def _take(request: HttpRequest, campaign: Campaign) -> None:
    question = get_object_or_404(Question, speaker__campaign=campaign, pk=number_of(request.POST.get("question")))
    speech.take_question(
        reader(request),
        question,
        request.POST.get("how", "take"),
        follow_up_on=read_day(request.POST.get("follow_up_on", "")),
    )


def _screen(request: HttpRequest, campaign: Campaign) -> None:
    data = request.POST
    actions.set_screen(
        reader(request),
        campaign,
        slide=data.get("slide"),
        message=data.get("message"),
        wifi={"name": data["wifi_name"], "password": data.get("wifi_password", "")} if "wifi_name" in data else None,
        phone_questions=data["phone_questions"] == "on" if "phone_questions" in data else None,
    )


def _undo(request: HttpRequest, campaign: Campaign) -> None:
    step = undo(reader(request), campaign, number_of(request.POST.get("step")))
    messages.success(request, _("已撤销：%(what)s %(place)s") % {"what": STEP_NAMES[step.what], "place": step.place})


def _open(request: HttpRequest, campaign: Campaign) -> None:
    ballot.open_ballot(reader(request), campaign, number_of(request.POST.get("round")) or None)


def _close(request: HttpRequest, campaign: Campaign) -> None:
    ballot.close_ballot(reader(request), campaign, number_of(request.POST.get("round")) or None)
    if not scrubbing.scrub_storage():
        messages.warning(request, NOT_SCRUBBED)


def _begin(request: HttpRequest, campaign: Campaign) -> None:
    actions.begin_session(reader(request), campaign)


def _timer(request: HttpRequest, campaign: Campaign) -> None:
    actions.change_timer(reader(request), campaign, request.POST.get("change", ""))


def _revote(request: HttpRequest, campaign: Campaign) -> None:
    ballot.prepare_revote(reader(request), campaign)


KEEP_TYPED = {"comment", "question", "screen", "take"}
STEPS: dict[str, Callable[[HttpRequest, Campaign], None]] = {
    "begin": _begin,
    "lots": _lots,
    "floor": _floor,
    "timer": _timer,
    "question": _question,
    "answer": _answer,
    "comment": _comment,
    "assign": _assign,
    "take": _take,
    "screen": _screen,
    "undo": _undo,
    "open": _open,
    "close": _close,
    "revote": _revote,
}


@require_POST
@login_required
@staff_mode_required
def do(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one step of the host. A refused comment comes back with what was typed."""
    campaign = _managed(request, pk)
    what = request.POST.get("what", "")
    if what not in STEPS:
        return redirect("appraisals:console", pk=pk)
    try:
        STEPS[what](request, campaign)
    except ValidationError as error:
        for text in texts_of(error):
            messages.error(request, text)
        if what in KEEP_TYPED:
            context = _console_context(request, campaign)
            context["typed"] = request.POST
            context["problem_rows"] = read_problems(request.POST)
            return render(request, "appraisals/console.html", context, status=400)
    return redirect("appraisals:console", pk=pk)


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
        "declared": _declared_slide(campaign),
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


def _declared_slide(campaign: Campaign) -> list[Any]:
    """Return the declared rows for the hall's screen, when the rules say that results are announced on the spot."""
    if campaign.config["rules"].get("announce") != "hall" or campaign.state not in {
        CampaignState.COUNTED,
        CampaignState.ISSUED,
    }:
        return []
    return announced_rows(campaign)


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
