"""Issuing and answering supervision notices."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.colours import COLOUR_NAMES, Colour
from yizhen.matters.models import Matter, SupervisionNotice
from yizhen.matters.rules import is_handler, may_issue_notice
from yizhen.matters.supervision import is_overdue, last_notice, needed_colour
from yizhen.people.models import Account

LONGEST = 60  # days to answer


@event("matters.notice_issued")
class NoticeIssued:
    """A supervision notice was issued."""

    notice: str
    colour: str
    answer_due_on: str
    major: bool


@event("matters.notice_answered")
class NoticeAnswered:
    """A supervision notice was answered."""

    notice: str
    in_time: bool


@transaction.atomic
def issue_notice(
    actor: Account, matter: Matter, colour: Colour, *, days: int | None = None, major_reason: str = ""
) -> SupervisionNotice:
    """Issue the next notice about an overdue matter; the one that was issued already is returned, not issued twice.

    Args:
        actor: whoever sent the matter, or runs appraisals over the place.
        matter: the overdue matter.
        colour: blue first, the next one once the last one's answer day has passed; a major matter may begin at orange.
        days: calendar days to answer; the kind's own when None.
        major_reason: why the matter is major, when it begins at orange.

    Raises:
        PermissionDenied: when the actor may not supervise this matter.
        ValidationError: when it is not overdue, another colour is due, or the last notice may still be answered.
    """
    if not may_issue_notice(actor, matter):
        raise PermissionDenied(_("只有派件方和上级可以督办这件事项。"))
    matter = Matter.objects.select_for_update().get(pk=matter.pk)
    before = matter.notices.filter(spell=matter.reopened, colour=colour).first()
    if before is not None:
        return before
    today = timezone.localdate()
    last = last_notice(matter)
    alone = colour == Colour.ORANGE and last is None and is_overdue(matter, today)
    _check_colour(matter, colour, last, alone=alone)
    if alone and not major_reason.strip():
        raise ValidationError({"major_reason": _("直接发橙色督办单，请写明为什么是重大事项。")})
    days = matter.kind_info.notice_days if days is None else days
    if days is None or not 1 <= days <= LONGEST:
        raise ValidationError({"days": _("答复期限应为 1 至 %(n)s 天。") % {"n": LONGEST}})
    notice = SupervisionNotice(
        matter=matter,
        spell=matter.reopened,
        colour=colour,
        follows=last,
        major_reason=major_reason.strip() if alone else "",
        issued_on=today,
        answer_due_on=today + timedelta(days=days),
        issued_by=actor,
    )
    notice.full_clean(exclude=["matter", "issued_by"])
    notice.save()
    record(
        actor,
        NoticeIssued(notice=notice.number, colour=colour, answer_due_on=str(notice.answer_due_on), major=alone),
        f"matters.matter:{matter.pk}",
        scope=matter.division_id,
    )
    return notice


def _check_colour(matter: Matter, colour: Colour, last: SupervisionNotice | None, *, alone: bool) -> None:
    today = timezone.localdate()
    needed = needed_colour(matter, today)
    if alone or needed == colour:
        return
    if not is_overdue(matter, today):
        raise ValidationError(_("这件事项没有超期，或已报办结，不需要督办单。"))
    if last is not None and today <= last.answer_due_on:
        raise ValidationError(
            _("上一张督办单%(day)s前可以答复，过了这一天仍未办结才能升级。") % {"day": last.answer_due_on.isoformat()}
        )
    if needed is None:
        raise ValidationError(_("红色督办单已发，没有更高的颜色。"))
    raise ValidationError(_("现在该发的是“%(colour)s”。") % {"colour": COLOUR_NAMES[needed]})


@transaction.atomic
def answer_notice(actor: Account, notice: SupervisionNotice, text: str) -> SupervisionNotice:
    """Answer a notice, once. An answer is no closing: the matter still has to be done and verified.

    Raises:
        PermissionDenied: when the actor does not handle the matter.
        ValidationError: when there is no text, or another answer was given.
    """
    if not is_handler(actor, notice.matter):
        raise PermissionDenied(_("督办单由承办方答复。"))
    text = text.strip()
    if not text:
        raise ValidationError({"answer": _("请写明原因、已采取的措施和完成时间。")})
    notice = SupervisionNotice.objects.select_for_update().select_related("matter").get(pk=notice.pk)
    if notice.answered_at is not None:
        if notice.answer == text:
            return notice
        raise ValidationError({"answer": _("这张督办单已经答复，不能再改。")})
    moment = timezone.now()
    notice.answer, notice.answered_at, notice.answered_by = text, moment, actor
    notice.full_clean(exclude=["matter", "issued_by", "answered_by", "follows"])
    notice.save(update_fields=["answer", "answered_at", "answered_by"])
    record(
        actor,
        NoticeAnswered(notice=notice.number, in_time=timezone.localtime(moment).date() <= notice.answer_due_on),
        f"matters.matter:{notice.matter_id}",
        scope=notice.matter.division_id,
    )
    return notice
