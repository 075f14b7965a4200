"""Taking back the host's last step. Every step keeps what it changed (``note_step``); here is how each goes back."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yizhen.appraisals.actions.ballot import reopen_ballot, undo_opening
from yizhen.appraisals.actions.campaigns import locked, subject
from yizhen.appraisals.actions.rectification import unassign_problem
from yizhen.appraisals.actions.session import bump, set_positions
from yizhen.appraisals.models import (
    Campaign,
    CampaignState,
    LeaderComment,
    Problem,
    Question,
    Round,
    SessionStep,
    Speaker,
)
from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.people.models import Account

STEP_NAMES = {
    "begin": gettext_lazy("宣布开会"),
    "lots": gettext_lazy("抽签"),
    "floor": gettext_lazy("换环节"),
    "timer": gettext_lazy("改计时"),
    "question": gettext_lazy("记录问题"),
    "answer": gettext_lazy("处理问题"),
    "comment": gettext_lazy("保存点评"),
    "assign": gettext_lazy("转为整改"),
    "screen": gettext_lazy("换画面或通知"),
    "open": gettext_lazy("开启投票"),
    "close": gettext_lazy("结束投票"),
}


@event("appraisals.step_undone")
class StepUndone:
    """The host took a step back."""

    what: str
    place: str


def last_step(campaign: Campaign) -> SessionStep | None:
    """Return the step that undo would take back."""
    return campaign.session.steps.filter(undone_at__isnull=True).first()


@transaction.atomic
def undo(actor: Account, campaign: Campaign, number: int) -> SessionStep:
    """Take back the host's last step: the countdown stands as before, as if the time between had passed in it.

    Args:
        actor: who runs the campaign.
        campaign: the campaign.
        number: the step the host saw on the button, so that a double tap does not take back two.

    Raises:
        ValidationError: when there is no such last step, or it cannot be taken back any more (a sheet came in, the
            ballot is counted, the place has accepted the rectification item).
    """
    campaign = locked(actor, campaign, CampaignState.IN_SESSION, CampaignState.PUBLISHED)
    step = last_step(campaign)
    if step is None or step.number != number:
        raise ValidationError(_("这一步已经撤销，或后面又有了新的步骤，请刷新再看。"))
    BACK[step.what](actor, campaign, step.before)
    kept = dict(step.before["session"])
    kept["ends_at"] = datetime.fromisoformat(kept["ends_at"]) if kept["ends_at"] else None
    bump(campaign, **kept)
    step.undone_at = timezone.now()
    step.save(update_fields=["undone_at"])
    record(actor, StepUndone(what=step.what, place=step.place), subject(campaign), scope=campaign.division_id)
    return step


def _nothing_more(_actor: Account, _campaign: Campaign, _before: dict[str, Any]) -> None:
    """Take back what only changed the session."""


def _begin(_actor: Account, campaign: Campaign, _before: dict[str, Any]) -> None:
    campaign.state = CampaignState.PUBLISHED
    campaign.save(update_fields=["state"])


def _lots(_actor: Account, campaign: Campaign, before: dict[str, Any]) -> None:
    set_positions(campaign, {int(pk): position for pk, position in before["positions"].items()})


def _floor(_actor: Account, campaign: Campaign, before: dict[str, Any]) -> None:
    for pk, heard in before["heard"].items():
        Speaker.objects.filter(pk=int(pk), campaign=campaign).update(heard=heard)


def _question(_actor: Account, _campaign: Campaign, before: dict[str, Any]) -> None:
    Question.objects.filter(pk=before["question"]).delete()


def _answer(_actor: Account, _campaign: Campaign, before: dict[str, Any]) -> None:
    values = dict(before["values"])
    day = values["follow_up_on"]
    values["follow_up_on"] = date.fromisoformat(day) if day else None
    Question.objects.filter(pk=before["question"]).update(**values)


def _comment(_actor: Account, _campaign: Campaign, before: dict[str, Any]) -> None:
    problems = Problem.objects.filter(pk__in=before["problems"])
    if problems.filter(matter__isnull=False).exists():
        raise ValidationError(_("点名的问题已经转为整改事项，请先撤销那一步。"))
    problems.delete()
    LeaderComment.objects.filter(pk=before["comment"]).update(strengths=before["strengths"])


def _assign(actor: Account, _campaign: Campaign, before: dict[str, Any]) -> None:
    unassign_problem(actor, Problem.objects.get(pk=before["problem"]))


def _open(actor: Account, campaign: Campaign, _before: dict[str, Any]) -> None:
    undo_opening(actor, campaign)


def _close(actor: Account, campaign: Campaign, before: dict[str, Any]) -> None:
    reopen_ballot(actor, campaign, Round.objects.get(pk=before["round"]))


BACK: dict[str, Callable[[Account, Campaign, dict[str, Any]], None]] = {
    "begin": _begin,
    "lots": _lots,
    "floor": _floor,
    "timer": _nothing_more,
    "screen": _nothing_more,
    "question": _question,
    "answer": _answer,
    "comment": _comment,
    "assign": _assign,
    "open": _open,
    "close": _close,
}
