"""Running the hall: the beginning, lots, whose turn it is, the countdown, what the screens show."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.appraisals.actions.campaigns import locked, subject
from yizhen.appraisals.models import Campaign, CampaignState, Phase, Session, SessionStep, Speaker
from yizhen.appraisals.models.session import SLIDES
from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.people.models import Account

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


@event("appraisals.screen_changed")
class ScreenChanged:
    """What the projector shows, or a notice to the hall, changed."""

    slide: str
    message: str


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
    record(actor, PhaseChanged(phase=phase, place=speaker.key), subject(campaign), scope=campaign.division_id)
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


def next_speaker(campaign: Campaign) -> Speaker | None:
    """Return who speaks next: the first in the drawn order who has not been heard and does not speak now."""
    waiting = campaign.speakers.filter(heard=False, position__isnull=False).order_by(F("position"))
    current = campaign.session.speaker_id if campaign.session.phase != Phase.WAITING else None
    return waiting.exclude(pk=current or 0).first()
