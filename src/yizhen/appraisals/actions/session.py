"""Running the hall: check-in, lots, the countdown, questions, comments."""

import hashlib
import secrets
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max, Q
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
    SessionStep,
    Speaker,
)
from yizhen.appraisals.models.session import SLIDES
from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.actions import open_matter
from yizhen.matters.models import Matter
from yizhen.people.models import Account

PROPOSALS = 60  # waiting for the host at once: a flood from one phone must not bury the rest
MESSAGE_LIMIT = 120
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


@event("appraisals.screen_changed")
class ScreenChanged:
    """What the projector shows, or a notice to the hall, changed."""

    slide: str
    message: str


@event("appraisals.question_proposed")
class QuestionProposed:
    """A question came from a phone and waits for the host. From whose is not known."""

    waiting: int


KEPT = ("phase", "speaker_id", "ends_at", "paused_seconds", "lot_seed", "slide", "message")


def note_step(campaign: Campaign, what: str, place: str = "", **more: Any) -> SessionStep:
    """Keep what a step of the host is about to change, so that it can be taken back. Call it before the change."""
    session = Session.objects.select_for_update().get(campaign=campaign)
    before = {name: getattr(session, name) for name in KEPT}
    before["ends_at"] = session.ends_at.isoformat() if session.ends_at else None
    last = session.steps.aggregate(last=Max("number"))["last"] or 0
    return SessionStep.objects.create(
        session=session, number=last + 1, what=what, place=place, before={"session": before, **more}
    )


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
    note_step(campaign, "begin")
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

    Each batch is drawn for itself; the batches follow one another.

    Raises:
        ValidationError: when somebody has been heard already.
    """
    campaign = locked(actor, campaign, CampaignState.PUBLISHED, CampaignState.IN_SESSION)
    if campaign.speakers.filter(heard=True).exists() or campaign.session.phase != Phase.WAITING:
        raise ValidationError(_("已经有人开始述职，不能再抽签。"))
    seed = seed.strip()[:80] or secrets.token_hex(8)
    speakers = {speaker.key: speaker for speaker in campaign.speakers.all()}
    positions = {str(speaker.pk): speaker.position for speaker in speakers.values()}
    note_step(campaign, "lots", positions=positions)
    batches = sorted({speaker.batch for speaker in speakers.values()})
    order = [
        key
        for batch in batches
        for key in lot_order(seed, sorted(key for key, speaker in speakers.items() if speaker.batch == batch))
    ]
    set_positions(campaign, {speakers[key].pk: position for position, key in enumerate(order, start=1)})
    bump(campaign, lot_seed=seed)
    record(actor, LotsDrawn(seed=seed, order=order), subject(campaign), scope=campaign.division_id)
    return list(campaign.speakers.all())


def set_positions(campaign: Campaign, positions: dict[int, int | None]) -> None:
    """Give the speakers their places in the order. All are taken away first: two may not share one even for a moment."""
    campaign.speakers.update(position=None)
    for pk, position in positions.items():
        campaign.speakers.filter(pk=pk).update(position=position)


def frozen_attendance(campaign: Campaign) -> bool:
    """Return whether present and handed out stand as they are: while a ballot is open, and after the last one."""
    states = set(campaign.live_rounds.values_list("state", flat=True))
    return "open" in states or "prepared" not in states


@transaction.atomic
def check_in(actor: Account, campaign: Campaign, badge: str, *, handed_out: bool = False) -> RollEntry:
    """Check a person in by the code on the attendance list or name plate, scanned or typed.

    Raises:
        ValidationError: keyed ``badge``, when nobody on the roll has this code, or the roll is frozen.
    """
    entry = campaign.roll.filter(badge=badge.strip().upper()).first()
    if entry is None:
        raise ValidationError({"badge": _("名单上没有这个签到码。")})
    mark_attendance(actor, campaign, [entry.pk], present=True, handed_out=True if handed_out else None)
    entry.refresh_from_db()
    return entry


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
    if frozen_attendance(campaign):
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
    own = [one for one in campaign.live_rounds if speaker.pk in one.speaker_ids]
    if any(one.state != "prepared" for one in own) or campaign.rounds.filter(state="open").exists():
        raise ValidationError(_("投票已经开启，不能再回到述职。"))
    minutes = int(campaign.config["minutes"][TIMED[phase]])
    note_step(campaign, "floor", str(speaker.subject), heard={str(speaker.pk): speaker.heard})
    session = bump(
        campaign,
        speaker=speaker,
        phase=phase,
        slide="auto",
        ends_at=timezone.now() + timedelta(minutes=minutes),
        paused_seconds=None,
    )
    if phase == Phase.COMMENT:
        Speaker.objects.filter(pk=speaker.pk).update(heard=True)
    record(actor, PhaseChanged(phase=phase, place=speaker.division_id), subject(campaign), scope=campaign.division_id)
    return session


@transaction.atomic
def change_timer(actor: Account, campaign: Campaign, what: str) -> Session:
    """Pause or resume the countdown, or add or take a minute."""
    campaign = locked(actor, campaign, CampaignState.IN_SESSION)
    session = Session.objects.select_for_update().get(campaign=campaign)
    left = session.remaining
    if left is None:
        raise ValidationError(_("现在没有倒计时。"))
    running = session.ends_at is not None
    minute = {"add": 60, "less": -60}.get(what, 0)
    if what not in {"pause", "resume", "add", "less"} or (what, running) in {("pause", False), ("resume", True)}:
        return session
    note_step(campaign, "timer")
    if what == "resume":
        session = bump(campaign, ends_at=timezone.now() + timedelta(seconds=left), paused_seconds=None)
    elif session.ends_at is not None and minute:
        session = bump(campaign, ends_at=session.ends_at + timedelta(seconds=minute))
    else:
        session = bump(campaign, ends_at=None, paused_seconds=round(left) + minute)
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
    step = note_step(campaign, "question", str(speaker.subject))
    question.save()
    step.before["question"] = question.pk
    step.save()
    bump(campaign)
    record(actor, QuestionPut(answered=False), f"appraisals.question:{question.pk}", scope=speaker.division_id)
    return question


@transaction.atomic
def propose_question(campaign: Campaign, text: str) -> Question:
    """Take a question from a phone in the hall; it is shown to nobody before the host has taken it. Nobody is named.

    Raises:
        ValidationError: when the host takes none from phones now, nobody has the floor, or too many are waiting.
    """
    session = Session.objects.select_for_update().get(campaign=campaign)
    speaker = session.speaker
    if not session.phone_questions or speaker is None or session.phase not in (Phase.REPORT, Phase.QUESTIONS):
        raise ValidationError(_("现在不收手机提问。"))
    waiting = speaker.questions.filter(proposed=True, dropped=False).count()
    if waiting >= PROPOSALS:
        raise ValidationError(_("待选的问题已经很多，请向工作人员递条。"))
    question = Question(speaker=speaker, text=text.strip(), source="floor", proposed=True)
    if (same := speaker.questions.filter(text=question.text, source="floor").first()) is not None:
        return same
    question.full_clean()
    question.save()
    bump(campaign)
    record(None, QuestionProposed(waiting=waiting + 1), subject(campaign), scope=campaign.division_id)
    return question


@transaction.atomic
def take_question(actor: Account, question: Question, what: str, *, follow_up_on: date | None = None) -> Question:
    """Take a proposed question into the queue, drop one, or leave it to be answered in writing by a day.

    Args:
        actor: who runs the campaign.
        question: the question.
        what: ``take``, ``drop`` or ``later``.
        follow_up_on: the day for ``later``.

    Raises:
        ValidationError: keyed ``follow_up_on``, when the day is missing or past.
    """
    campaign = locked(actor, question.speaker.campaign, CampaignState.PUBLISHED, CampaignState.IN_SESSION)
    if what == "later" and (follow_up_on is None or follow_up_on < timezone.localdate()):
        raise ValidationError({"follow_up_on": _("请填写书面答复的日期，不早于今天。")})
    note_step(campaign, "answer", str(question.speaker.subject), **_question_state(question))
    if what == "take":
        question.proposed = False
    elif what == "drop":
        question.dropped = True
    else:
        question.proposed, question.follow_up_on = False, follow_up_on
    question.save()
    bump(campaign)
    record(actor, QuestionPut(answered=False), f"appraisals.question:{question.pk}", scope=question.speaker.division_id)
    return question


def _question_state(question: Question) -> dict[str, Any]:
    return {
        "question": question.pk,
        "values": {
            "answered": question.answered,
            "commitment": question.commitment,
            "proposed": question.proposed,
            "dropped": question.dropped,
            "follow_up_on": question.follow_up_on.isoformat() if question.follow_up_on else None,
        },
    }


@transaction.atomic
def answer_question(actor: Account, question: Question, *, commitment: str = "") -> Question:
    """Mark a question as answered, with what was promised."""
    campaign = locked(actor, question.speaker.campaign, CampaignState.IN_SESSION)
    note_step(campaign, "answer", str(question.speaker.subject), **_question_state(question))
    question.proposed = False
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
    step = note_step(campaign, "comment", str(speaker.subject), comment=comment.pk, strengths=comment.strengths)
    added = []
    if strengths.strip():
        comment.strengths = strengths.strip()[:800]
        comment.save()
    for problem in problems:
        named = Problem(comment=comment, **problem)
        if comment.problems.filter(fact=named.fact, requirement=named.requirement).exists():
            continue  # a double tap
        named.full_clean(exclude=["comment", "matter"])
        named.save()
        added.append(named.pk)
    step.before["problems"] = added
    step.save()
    bump(campaign)
    record(actor, CommentMade(problems=len(problems)), f"appraisals.speaker:{speaker.pk}", scope=speaker.division_id)
    return comment


@transaction.atomic
def set_screen(
    actor: Account,
    campaign: Campaign,
    *,
    slide: str | None = None,
    message: str | None = None,
    wifi: dict[str, str] | None = None,
    phone_questions: bool | None = None,
) -> Session:
    """Choose what the projector shows, send a notice to all screens and phones, name the hall's network.

    Raises:
        ValidationError: keyed by field.
    """
    campaign = locked(actor, campaign, CampaignState.PUBLISHED, CampaignState.IN_SESSION, CampaignState.COUNTED)
    changes: dict[str, Any] = {}
    if slide is not None:
        if slide not in SLIDES:
            raise ValidationError({"slide": _("没有这种画面。")})
        changes["slide"] = slide
    if message is not None:
        if len(message.strip()) > MESSAGE_LIMIT:
            raise ValidationError({"message": _("通知最多 %(n)s 个字。") % {"n": MESSAGE_LIMIT}})
        changes["message"] = message.strip()
    if wifi is not None:
        name, password = wifi.get("name", "").strip(), wifi.get("password", "").strip()
        if len(name.encode()) > 32 or len(password) > 63:
            raise ValidationError({"wifi": _("网络名最多 32 字节，密码最多 63 个字。")})
        changes["wifi"] = {"name": name, "password": password} if name else {}
    if phone_questions is not None:
        changes["phone_questions"] = phone_questions
    if slide is not None or message is not None:
        note_step(campaign, "screen")
    session = bump(campaign, **changes)
    record(
        actor,
        ScreenChanged(slide=session.slide, message=session.message),
        subject(campaign),
        scope=campaign.division_id,
    )
    return session


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
        addressee=speaker.unit,
    )
    if campaign.state == CampaignState.IN_SESSION:
        note_step(campaign, "assign", str(speaker.subject), problem=problem.pk)
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
