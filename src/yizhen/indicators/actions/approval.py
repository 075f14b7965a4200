"""The writers of approval: from below, and back with a reason."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.indicators.filling import steps_below
from yizhen.indicators.models import Approval, Collection, DataField, Submission, ValueChange
from yizhen.indicators.rules import may_approve
from yizhen.people.models import Account
from yizhen.places.models import Division

from .deriving import derive_figures, forget_figures
from .filling import locked, set_values
from .thresholds import watch


@event("indicators.level_approved")
class LevelApproved:
    """A level approved what lies under it."""

    form: str
    period: str
    missing: list[str]
    figures: int


@event("indicators.form_returned")
class FormReturned:
    """A form was returned to be mended."""

    form: str
    period: str
    reason: str


@transaction.atomic
def approve(actor: Account, collection: Collection, division: Division, missing_reason: str = "") -> Approval:
    """Approve what lies under a place, from below: a township its villages, a county its townships, then the city.

    Those who fill count from their first approval on. A second approval of the same level changes nothing.

    Raises:
        PermissionDenied: when it is not the actor's level, or the actor handed in something under it.
        ValidationError: when a level below has not approved, nothing is in, or somebody is missing and no reason is given.
    """
    collection = (
        Collection.objects.select_for_update(of=("self",)).select_related("form__department").get(pk=collection.pk)
    )
    if not may_approve(actor, collection, division) or division.level == collection.form.level:
        raise PermissionDenied(_("由本级核准自己下面的地方。"))
    under = list(collection.submissions.filter(division__code__startswith=division.code).select_related("division"))
    below = steps_below(collection, division)
    have = Approval.objects.filter(collection=collection, division=division).first()
    late = have is not None and not below and any(one.state == "submitted" for one in under)
    if have is not None and not late:
        return have
    _check_doer(actor, collection, under)
    missing = [one for one in under if one.state not in {"submitted", "approved"}]
    if have is None:
        _check_complete(collection, below, under, missing, missing_reason)
    made = have or Approval(collection=collection, division=division)
    made.by, made.missing = actor, [one.division_id for one in missing]
    made.missing_reason = (missing_reason.strip()[:200] or made.missing_reason or _("下级已说明")) if missing else ""
    made.save()
    if not below:
        ready = [one.division_id for one in under if one.state == "submitted"]
        collection.submissions.filter(division_id__in=ready, state="submitted").update(state="approved")
        set_values(collection, ready, "approved")
    figures = derive_figures(made)
    watch(
        DataField.objects.filter(code__in=collection.asked, indicator__isnull=False).values_list("indicator", flat=True)
    )
    record(
        actor,
        LevelApproved(form=collection.form.code, period=collection.period, missing=made.missing, figures=figures),
        f"indicators.collection:{collection.pk}",
        scope=division.code,
    )
    return made


def _check_doer(actor: Account, collection: Collection, under: list[Submission]) -> None:
    """Refuse whoever handed in, or wrote a cell of, what is to be approved."""
    waiting = [one.division_id for one in under if one.state == "submitted"]
    wrote = ValueChange.objects.filter(
        by=actor, field__in=collection.asked, division__in=waiting, period=collection.period
    ).exists()
    if wrote or any(one.submitted_by_id == actor.pk and one.state == "submitted" for one in under):
        raise PermissionDenied(_("自己填写、报送的，要由别人核准。"))


def _check_complete(
    collection: Collection, below: list[str], under: list[Submission], missing: list[Submission], reason: str
) -> None:
    waiting = set(below) - set(collection.approvals.values_list("division_id", flat=True))
    if waiting:
        names = "、".join(Division.objects.filter(code__in=waiting).values_list("name_zh", flat=True))
        raise ValidationError(_("下面一级还没有核准：%(names)s。") % {"names": names})
    if len(missing) == len(under):
        raise ValidationError(_("还没有一个地方报送。"))
    if missing and not below and not reason.strip():
        names = "、".join(one.division.name_zh for one in missing[:8])
        raise ValidationError(
            {
                "missing_reason": _("还有 %(n)s 个地方没有报送（%(names)s）。要先核准，请写明理由。")
                % {"n": len(missing), "names": names}
            }
        )


@transaction.atomic
def give_back(actor: Account, submission: Submission, reason: str) -> Submission:
    """Return a place's form with a reason: it opens again, and what was approved over it no longer stands.

    Raises:
        PermissionDenied: when the place does not lie under the actor's level.
        ValidationError: when no reason is given, nothing was handed in, or a level above the actor's has approved.
    """
    # The collection first, as approval locks it: or what is being approved could be returned in between.
    Collection.objects.select_for_update().get(pk=submission.collection_id)
    submission = locked(submission)
    collection = submission.collection
    level = Division.objects.get(pk=actor.scope_id)
    if not submission.division_id.startswith(level.code) or not may_approve(actor, collection, level):
        raise PermissionDenied(_("由上级退回。"))
    if level.code == submission.division_id:
        raise PermissionDenied(_("由上级退回。"))
    if not reason.strip():
        raise ValidationError({"reason": _("请写明为什么退回、要改什么。")})
    if submission.state not in {"submitted", "approved"}:
        raise ValidationError(_("还没有报送，不用退回。"))
    over = [
        one
        for one in collection.approvals.select_related("division")
        if submission.division_id.startswith(one.division_id)
    ]
    if any(len(one.division_id) < len(level.code) for one in over):
        raise ValidationError(_("上级已经核准，请由上级退回。"))
    for one in over:
        forget_figures(one)
        one.delete()
    submission.state, submission.return_reason = "returned", reason.strip()[:200]
    submission.save()
    set_values(collection, [submission.division_id], "draft")
    record(
        actor,
        FormReturned(form=collection.form.code, period=collection.period, reason=submission.return_reason),
        f"indicators.submission:{submission.pk}",
        scope=submission.division_id,
    )
    return submission
