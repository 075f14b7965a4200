"""Drawing matters for call-back, and recording what their requesters said."""

import secrets

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.call_backs import digest_of, frame, may_draw, may_record, sample, strata_of
from yizhen.matters.lifecycle import State, Verb
from yizhen.matters.models import Matter
from yizhen.matters.models.call_back import CallBack, Draw
from yizhen.matters.periods import period_of
from yizhen.matters.rules import is_verifier
from yizhen.people.models import Account

from .lifecycle import take_step

MOST = 200  # per township


@event("matters.call_backs_drawn")
class CallBacksDrawn:
    """Closed matters were drawn for call-back: with the seed and the frame's digest anybody can draw them again."""

    period: str
    seed: str
    per_township: int
    frame_size: int
    frame_digest: str
    drawn: int


@event("matters.call_back_recorded")
class CallBackRecorded:
    """What a requester said was recorded. The words stay in the room."""

    number: str
    reached: bool


@transaction.atomic
def draw_call_backs(actor: Account, period: str, per_township: int) -> Draw:
    """Draw so many closed matters of each township of the actor's scope, or all. One draw a period; it cannot be redone.

    Raises:
        PermissionDenied: when the actor is neither city nor county.
        ValidationError: when the period is not over, was drawn before, or nothing was closed in it.
    """
    if not may_draw(actor):
        raise PermissionDenied(_("回访由市或县抽样。"))
    if not 1 <= per_township <= MOST:
        raise ValidationError({"per_township": _("每个乡镇抽 1 至 %(n)d 件。") % {"n": MOST}})
    span = period_of(period)
    if span.last >= timezone.localdate():
        raise ValidationError({"period": _("这段时间还没有结束，不能抽样。")})
    if Draw.objects.filter(scope=actor.scope, period=period).exists():
        raise ValidationError({"period": _("这段时间已经抽过，不能重抽。")})
    strata = strata_of(frame(actor.scope, span))
    numbers = [number for each in strata.values() for number in each]
    if not numbers:
        raise ValidationError({"period": _("这段时间没有销号的诉求。")})
    seed = secrets.token_hex(16)
    drawn = sample(strata, seed, per_township)
    made = Draw.objects.create(
        scope=actor.scope,
        period=period,
        seed=seed,
        per_township=per_township,
        frame_size=len(numbers),
        frame_digest=digest_of(numbers),
        drawn_by=actor,
        drawn_at=timezone.now(),
    )
    CallBack.objects.bulk_create(
        CallBack(draw=made, matter=matter) for matter in Matter.objects.filter(number__in=drawn).order_by("number")
    )
    said = CallBacksDrawn(
        period=period, seed=seed, per_township=per_township, frame_size=len(numbers),
        frame_digest=made.frame_digest, drawn=len(drawn),
    )  # fmt: skip
    record(actor, said, f"matters.draw:{made.pk}", scope=actor.scope_id)
    return made


@transaction.atomic
def record_call_back(
    actor: Account,
    call_back: CallBack,
    *,
    reached: bool,
    solved: bool | None = None,
    satisfied: bool | None = None,
    text: str = "",
) -> CallBack:
    """Record what the requester said, once. "Not solved" reopens the matter where its kind is looked back upon.

    Raises:
        PermissionDenied: when the actor did or verified the work, or is neither city nor county of the place.
        ValidationError: when somebody was reached and "solved" is not said, or "not solved" has no words.
    """
    call_back = CallBack.objects.select_for_update(of=("self",)).select_related("matter").get(pk=call_back.pk)
    if not may_record(actor, call_back):
        raise PermissionDenied(_("回访由没有办理也没有核验过的人记录，只记一次。"))
    if reached and solved is None:
        raise ValidationError({"solved": _("请选择解决了没有。")})
    text = text.strip()[:500]
    if reached and solved is False and not text:
        raise ValidationError({"text": _("没解决的，请写一句诉求人怎么说。")})
    call_back.reached = reached
    call_back.solved, call_back.satisfied = (solved, satisfied) if reached else (None, None)
    call_back.text, call_back.asked_by, call_back.asked_on = text, actor, timezone.localdate()
    call_back.save()
    record(
        actor,
        CallBackRecorded(number=call_back.matter.number, reached=reached),
        f"matters.matter:{call_back.matter_id}",
        scope=call_back.matter.division_id,
    )
    matter = call_back.matter
    looked_back = bool(matter.kind_info.look_back_days) and matter.state == State.CLOSED
    if call_back.solved is False and looked_back and is_verifier(actor, matter):
        take_step(actor, matter, Verb.LOOK_BACK_REOPENS, text=_("回访：没解决。%(text)s") % {"text": text})
    return call_back
