"""Filing and deciding objections to results."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.appraisals.models import CampaignState, Objection, Speaker
from yizhen.appraisals.objecting import deciding_deadline, filing_deadline
from yizhen.appraisals.rules import is_person_concerned, may_judge
from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.people.models import Account

LONGEST = 800


@event("appraisals.objection_filed")
class ObjectionFiled:
    """The person concerned objected to the own result."""

    speaker: int
    due_on: str


@event("appraisals.objection_decided")
class ObjectionDecided:
    """An objection was decided by somebody who had no part in the campaign."""

    speaker: int
    state: str


def subject(objection: Objection) -> str:
    """Return how the audit chain names an objection."""
    return f"appraisals.objection:{objection.pk}"


@transaction.atomic
def file_objection(actor: Account, speaker: Speaker, text: str) -> Objection:
    """File the one objection that the person concerned may make to the own result, within 30 days of its issue.

    Raises:
        PermissionDenied: when the actor is not the person concerned.
        ValidationError: keyed by field, when results are not issued, it is too late, one was filed, or text is missing.
    """
    if not is_person_concerned(actor, speaker):
        raise PermissionDenied(_("只有述职人本人可以对本人的结果提出异议。"))
    campaign = speaker.campaign
    deadline = filing_deadline(campaign)
    if campaign.state != CampaignState.ISSUED or deadline is None:
        raise ValidationError(_("结果还没有反馈，不能提出异议。"))
    today = timezone.localdate()
    if today > deadline.due:
        raise ValidationError(_("提出异议的期限已过。"))
    text = text.strip()
    if not text:
        raise ValidationError({"text": _("请写明对哪一项有异议、理由是什么。")})
    if len(text) > LONGEST:
        raise ValidationError({"text": _("最多 %(n)s 个字。") % {"n": LONGEST}})
    decided = deciding_deadline(today)
    try:
        with transaction.atomic():
            objection = Objection.objects.create(
                speaker=speaker,
                text=text,
                filed_by=actor,
                filed_at=timezone.now(),
                due_on=decided.due,
                clock=decided.as_json(),
                made_by_id=campaign.created_by_id,
                issued_by_id=campaign.issued_by_id,
            )
    except IntegrityError as error:
        raise ValidationError(_("已经提出过异议，等待决定或已有决定。")) from error
    filed = ObjectionFiled(speaker=speaker.pk, due_on=decided.due.isoformat())
    record(actor, filed, subject(objection), scope=speaker.division_id)
    return objection


@transaction.atomic
def decide_objection(actor: Account, objection: Objection, state: str, text: str) -> Objection:
    """Decide an objection with reasons. The declared result stays as counted; what follows is in the decision.

    Raises:
        PermissionDenied: when the actor had a part in the campaign, or is no organisation office over the place.
        ValidationError: keyed by field, when it is decided already, the verdict is unknown, or reasons are missing.
    """
    if not may_judge(actor, objection.speaker):
        raise PermissionDenied(_("异议由没有参与本次评议的组织部门决定：发起、计票、反馈的人回避。"))
    objection = Objection.objects.select_for_update().select_related("speaker").get(pk=objection.pk)
    if objection.state != "filed":
        raise ValidationError(_("这件异议已有决定。"))
    text = text.strip()
    if state not in {"upheld", "dismissed"}:
        raise ValidationError({"state": _("请选择异议成立或不成立。")})
    if not text:
        raise ValidationError({"decision": _("请写明决定的理由。")})
    if len(text) > LONGEST:
        raise ValidationError({"decision": _("最多 %(n)s 个字。") % {"n": LONGEST}})
    objection.state, objection.decision = state, text
    objection.decided_by, objection.decided_at = actor, timezone.now()
    objection.save(update_fields=["state", "decision", "decided_by", "decided_at"])
    decided = ObjectionDecided(speaker=objection.speaker_id, state=state)
    record(actor, decided, subject(objection), scope=objection.speaker.division_id)
    return objection
