"""Running the hall: check-in, lots, the countdown, questions, comments."""

import hashlib
import secrets
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.appraisals.actions.campaigns import locked, subject
from yizhen.appraisals.models import (
    Campaign,
    CampaignState,
    LeaderComment,
    Phase,
    Problem,
    Question,
    RollEntry,
    Session,
    Speaker,
)
from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.actions import open_matter
from yizhen.matters.models import Matter
from yizhen.people.models import Account

TIMED = {Phase.REPORT: "report", Phase.QUESTIONS: "questions", Phase.COMMENT: "comment"}


@event("appraisals.session_began")
class SessionBegan:
    """The session began: reports are locked as they are."""

    reports: int


@event("appraisals.lots_drawn")
class LotsDrawn:
    """The order of speaking was drawn."""

    seed: str
    order: list[str]


@event("appraisals.phase_changed")
class PhaseChanged:
    """The hall moved on."""

    phase: str
    place: str


@event("appraisals.timer_changed")
class TimerChanged:
    """The countdown was paused, resumed or changed."""

    what: str


@event("appraisals.attendance_marked")
class AttendanceMarked:
    """People were checked in or out. How many, never who with which card."""

    class_code: str
    present: int
    handed_out: int


@event("appraisals.question_put")
class QuestionPut:
    """A question was put or answered."""

    answered: bool


@event("appraisals.comment_made")
class CommentMade:
    """A leader's comment was entered."""

    problems: int


@event("appraisals.problem_assigned")
class ProblemAssigned:
    """A problem became a rectification item."""

    matter: str


def bump(campaign: Campaign, **changes: Any) -> Session:
    """Change the session and let every page know."""
    session = Session.objects.select_for_update().get(campaign=campaign)
    for name, value in changes.items():
        setattr(session, name, value)
    session.version += 1
    session.save()
    return session


@transaction.atomic
def begin_session(actor: Account, campaign: Campaign) -> Campaign:
    """Open the session: from now on no report can be changed; what was not submitted stands as last saved."""
    campaign = locked(actor, campaign, CampaignState.PUBLISHED)
    campaign.state = CampaignState.IN_SESSION
    campaign.save(update_fields=["state"])
    bump(campaign)
    submitted = campaign.speakers.filter(report__submitted_at__isnull=False).count()
    record(actor, SessionBegan(reports=submitted), subject(campaign), scope=campaign.division_id)
    return campaign


def lot_order(seed: str, codes: list[str]) -> list[str]:
    """Return the order that a seed draws: by SHA-256 of seed and place code. Anybody can check it."""
    return sorted(codes, key=lambda code: hashlib.sha256(f"{seed}|{code}".encode()).hexdigest())


@transaction.atomic
def draw_lots(actor: Account, campaign: Campaign, seed: str = "") -> list[Speaker]:
    """Draw the order of speaking from a public seed (thrown dice, say) or a random one, before anybody has spoken.

    Raises:
        ValidationError: when somebody has been heard already.
    """
    campaign = locked(actor, campaign, CampaignState.PUBLISHED, CampaignState.IN_SESSION)
    if campaign.speakers.filter(heard=True).exists() or campaign.session.phase != Phase.WAITING:
        raise ValidationError(_("已经有人开始述职，不能再抽签。"))
    seed = seed.strip()[:80] or secrets.token_hex(8)
    speakers = {speaker.division_id: speaker for speaker in campaign.speakers.all()}
    order = lot_order(seed, sorted(speakers))
    campaign.speakers.update(position=None)
    for position, code in enumerate(order, start=1):
        campaign.speakers.filter(division_id=code).update(position=position)
    bump(campaign, lot_seed=seed)
    record(actor, LotsDrawn(seed=seed, order=order), subject(campaign), scope=campaign.division_id)
    return list(campaign.speakers.all())


@transaction.atomic
def mark_attendance(
    actor: Account,
    campaign: Campaign,
    entries: list[int],
    *,
    present: bool | None = None,
    handed_out: bool | None = None,
) -> int:
    """Mark people present (or not), or that a card was handed to them. Closed once the ballot is open.

    Raises:
        ValidationError: when the ballot has been opened: entitled and present are frozen then.
    """
    campaign = locked(actor, campaign, CampaignState.PUBLISHED, CampaignState.IN_SESSION)
    if campaign.current_round.state != "prepared":
        raise ValidationError(_("投票已经开启，签到人数和发票数已冻结。"))
    chosen = RollEntry.objects.select_for_update().filter(campaign=campaign, pk__in=entries)
    if present is True:
        chosen.update(present=True)
    elif present is False:
        chosen.update(present=False, card_handed_out=False)
    if handed_out is not None:
        chosen.filter(present=True).update(card_handed_out=handed_out)
    bump(campaign)
    for code in sorted(set(chosen.values_list("class_code", flat=True))):
        rows = campaign.roll.filter(class_code=code)
        record(
            actor,
            AttendanceMarked(
                class_code=code,
                present=rows.filter(present=True).count(),
                handed_out=rows.filter(card_handed_out=True).count(),
            ),
            subject(campaign),
            scope=campaign.division_id,
        )
    return chosen.count()


@transaction.atomic
def move_to(actor: Account, campaign: Campaign, speaker: Speaker, phase: Phase) -> Session:
    """Give the floor: report, questions or comment of one speaker, with its countdown.

    Raises:
        ValidationError: when no lots are drawn, or a ballot is open.
    """
    campaign = locked(actor, campaign, CampaignState.IN_SESSION)
    if phase not in TIMED:
        raise ValidationError(_("没有这个环节。"))
    if speaker.campaign_id != campaign.pk or speaker.position is None:
        raise ValidationError(_("请先抽签排定次序。"))
    if campaign.current_round.state != "prepared":
        raise ValidationError(_("投票已经开启，不能再回到述职。"))
    minutes = int(campaign.config["minutes"][TIMED[phase]])
    session = bump(
        campaign,
        speaker=speaker,
        phase=phase,
        ends_at=timezone.now() + timedelta(minutes=minutes),
        paused_seconds=None,
    )
    if phase == Phase.COMMENT:
        Speaker.objects.filter(pk=speaker.pk).update(heard=True)
    record(actor, PhaseChanged(phase=phase, place=speaker.division_id), subject(campaign), scope=campaign.division_id)
    return session


@transaction.atomic
def change_timer(actor: Account, campaign: Campaign, what: str) -> Session:
    """Pause, resume, or add a minute to the countdown."""
    campaign = locked(actor, campaign, CampaignState.IN_SESSION)
    session = Session.objects.select_for_update().get(campaign=campaign)
    left = session.remaining
    if left is None:
        raise ValidationError(_("现在没有倒计时。"))
    running = session.ends_at is not None
    if what == "pause" and running:
        session = bump(campaign, ends_at=None, paused_seconds=round(left))
    elif what == "resume" and not running:
        session = bump(campaign, ends_at=timezone.now() + timedelta(seconds=left), paused_seconds=None)
    elif what == "add" and session.ends_at is not None:
        session = bump(campaign, ends_at=session.ends_at + timedelta(minutes=1))
    elif what == "add":
        session = bump(campaign, paused_seconds=round(left) + 60)
    else:
        return session
    record(actor, TimerChanged(what=what), subject(campaign), scope=campaign.division_id)
    return session


@transaction.atomic
def put_question(actor: Account, speaker: Speaker, *, text: str, source: str) -> Question:
    """Enter a question from the floor or from before the meeting."""
    campaign = locked(actor, speaker.campaign, CampaignState.PUBLISHED, CampaignState.IN_SESSION)
    question = Question(speaker=speaker, text=text.strip(), source=source)
    if (same := speaker.questions.filter(text=question.text, source=source).first()) is not None:
        return same  # a double tap
    question.full_clean()
    question.save()
    bump(campaign)
    record(actor, QuestionPut(answered=False), f"appraisals.question:{question.pk}", scope=speaker.division_id)
    return question


@transaction.atomic
def answer_question(actor: Account, question: Question, *, commitment: str = "") -> Question:
    """Mark a question as answered, with what was promised."""
    campaign = locked(actor, question.speaker.campaign, CampaignState.IN_SESSION)
    question.answered, question.commitment = True, commitment.strip()[:400]
    question.save()
    bump(campaign)
    record(actor, QuestionPut(answered=True), f"appraisals.question:{question.pk}", scope=question.speaker.division_id)
    return question


@transaction.atomic
def make_comment(actor: Account, speaker: Speaker, *, strengths: str, problems: list[dict[str, Any]]) -> LeaderComment:
    """Enter a leader's comment: strengths, and problems each with a fact, a requirement, an owner and a date.

    Raises:
        ValidationError: keyed ``problems.<n>.<field>``.
    """
    campaign = locked(actor, speaker.campaign, CampaignState.IN_SESSION, CampaignState.COUNTED)
    errors: dict[str, Any] = {}
    today = timezone.localdate()
    for number, problem in enumerate(problems):
        for field in ("fact", "requirement", "owner"):
            if not str(problem.get(field, "")).strip():
                errors[f"problems.{number}.{field}"] = _("必须填写。")
        due_on = problem.get("due_on")
        if not isinstance(due_on, date):
            errors[f"problems.{number}.due_on"] = _("请填写完成期限。")
        elif due_on < today:
            errors[f"problems.{number}.due_on"] = _("期限不能早于今天。")
    if errors:
        raise ValidationError(errors)
    comment, _made = LeaderComment.objects.get_or_create(speaker=speaker)
    if strengths.strip():
        comment.strengths = strengths.strip()[:800]
        comment.save()
    for problem in problems:
        named = Problem(comment=comment, **problem)
        if comment.problems.filter(fact=named.fact, requirement=named.requirement).exists():
            continue  # a double tap
        named.full_clean(exclude=["comment", "matter"])
        named.save()
    bump(campaign)
    record(actor, CommentMade(problems=len(problems)), f"appraisals.speaker:{speaker.pk}", scope=speaker.division_id)
    return comment


@transaction.atomic
def assign_problem(actor: Account, problem: Problem) -> Matter:
    """Turn a problem into a rectification item, once."""
    speaker = problem.comment.speaker
    campaign = locked(actor, speaker.campaign)
    problem = Problem.objects.select_for_update().get(pk=problem.pk)
    if problem.matter is not None:
        return problem.matter
    problem.matter = open_matter(
        actor,
        kind="rectification",
        title=problem.fact[:120],
        text=f"问题：{problem.fact}\n要求：{problem.requirement}",
        division=speaker.division,
        work_line=problem.work_line,
        client_id=_next_client_id(problem),
        due_on=max(problem.due_on, timezone.localdate()),  # results may be issued after the day that was named
        basis=f"{campaign.title} 领导点评",
        owner=problem.owner,
        accountable=speaker.title,
        source=reverse("appraisals:feedback", args=[campaign.pk]),
        indicator=problem.indicator,
    )
    problem.save(update_fields=["matter"])
    record(
        actor,
        ProblemAssigned(matter=problem.matter.number),
        f"appraisals.problem:{problem.pk}",
        scope=speaker.division_id,
    )
    return problem.matter


def _next_client_id(problem: Problem) -> str:
    """Return an id for the problem's next item: one more than were taken back. The problem's row is locked."""
    first = f"problem:{problem.pk}"
    taken_back = Matter.objects.filter(Q(client_id=first) | Q(client_id__startswith=f"{first}:")).count()
    return f"{first}:{taken_back}" if taken_back else first


def next_speaker(campaign: Campaign) -> Speaker | None:
    """Return who speaks next: the first in the drawn order who has not been heard and does not speak now."""
    waiting = campaign.speakers.filter(heard=False, position__isnull=False).order_by(F("position"))
    current = campaign.session.speaker_id if campaign.session.phase != Phase.WAITING else None
    return waiting.exclude(pk=current or 0).first()
