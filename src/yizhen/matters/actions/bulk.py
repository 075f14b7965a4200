"""Taking one step for many matters: each in its own transaction, with a row that says what became of it."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.colours import Colour
from yizhen.matters.desk.bulk import LIMIT, VERBS, BulkStep, needs_text, why_not
from yizhen.matters.models import BulkItem, BulkRun, Matter
from yizhen.people.models import Account

from .lifecycle import take_step
from .supervision import issue_notice


@event("matters.bulk_begun")
class BulkBegun:
    """A step was asked for many matters at once; each one's own step is recorded by itself."""

    step: str
    matters: int


def take_bulk(actor: Account, step: BulkStep, matters: Sequence[Matter], *, text: str = "", client_id: str) -> BulkRun:
    """Take a step for each of the matters and return the run with what was done and what was not, and why.

    The rows are written first, then each matter is led on in a transaction of its own: one that fails stops no other, and
    the same ``client_id`` (double tap, lost network, a crash in between) goes on where the run stood.

    Raises:
        ValidationError: before anything is done; keyed by field, and without a field when there is nothing or too much
            to do, or ``client_id`` came before with another content.
    """
    run = _begin(actor, step, matters, text.strip(), client_id)
    for pk in list(run.items.filter(outcome=BulkItem.WAITING).values_list("pk", flat=True)):
        _take_one(actor, run, pk)
    return run


@transaction.atomic
def _begin(actor: Account, step: BulkStep, matters: Sequence[Matter], text: str, client_id: str) -> BulkRun:
    Account.objects.select_for_update().get(pk=actor.pk)  # the second of two taps waits, and finds the first one's run
    before = BulkRun.objects.filter(by=actor, client_id=client_id).first()
    if before is not None:
        held = set(before.items.values_list("matter_id", flat=True))
        if (before.step, before.text, held) != (step, text, {matter.pk for matter in matters}):
            raise ValidationError(_("这份表单已经提交过，内容不能再改。请重新打开页面填写。"), code="submitted_before")
        return before
    if not matters:
        raise ValidationError(_("请先选事项。"))
    if len(matters) > LIMIT:
        raise ValidationError(_("一次最多 %(n)s 件。") % {"n": LIMIT})
    if not text and any(needs_text(actor, step, matter) for matter in matters):
        raise ValidationError({"text": _("请写明情况或理由。")})
    run = BulkRun(by=actor, client_id=client_id, step=step, text=text)
    run.full_clean(exclude=["by"])
    run.save()
    BulkItem.objects.bulk_create(BulkItem(run=run, matter=matter) for matter in matters)
    record(actor, BulkBegun(step=step, matters=len(matters)), f"matters.bulk:{run.pk}", scope=actor.scope_id)
    return run


@transaction.atomic
def _take_one(actor: Account, run: BulkRun, pk: int) -> None:
    item = BulkItem.objects.select_for_update().get(pk=pk)
    if item.outcome != BulkItem.WAITING:
        return
    matter = Matter.objects.select_for_update().get(pk=item.matter_id)
    try:
        _step(actor, BulkStep(run.step), matter, run.text)
    except PermissionDenied as error:
        item.outcome, item.why = BulkItem.REFUSED, str(error)[:300]
    except ValidationError as error:
        item.outcome, item.why = BulkItem.REFUSED, " ".join(error.messages)[:300]
    else:
        item.outcome = BulkItem.DONE
    item.save(update_fields=["outcome", "why"])


def _step(actor: Account, step: BulkStep, matter: Matter, text: str) -> None:
    if reason := why_not(actor, step, matter):
        raise ValidationError(reason)
    if step == BulkStep.REMIND:
        issue_notice(actor, matter, Colour.BLUE)
    else:
        take_step(actor, matter, VERBS[step], text=text)
