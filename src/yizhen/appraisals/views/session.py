"""The live session: check-in, host console, projector, the phone's "now" page and the status they all poll."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.appraisals.actions import ballot, scrubbing, speech
from yizhen.appraisals.actions import session as actions
from yizhen.appraisals.actions.undo import STEP_NAMES, last_step, undo
from yizhen.appraisals.config import has_paper
from yizhen.appraisals.forms import read_day, read_problems
from yizhen.appraisals.models import Campaign, Phase, Problem, Question, Session
from yizhen.appraisals.models.session import PHASE_NAMES, SLIDES
from yizhen.appraisals.queries import attendance as attendance_rows
from yizhen.appraisals.queries import speakers_with_reports
from yizhen.matters.kinds import WORK_LINES
from yizhen.people.middleware import staff_mode_required

from .ballot import NOT_SCRUBBED
from .common import number_of, published_campaign, reader, speaker_of, texts_of


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
        "has_paper": has_paper(campaign.config),
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
    campaign = published_campaign(request, pk)
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
    campaign = published_campaign(request, pk)
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
