"""Bulk steps: which may be taken for many matters at once, and why the others each need a look of their own."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yizhen.matters.colours import COLOUR_NAMES, Colour
from yizhen.matters.lifecycle import STATE_NAMES, VERB_NAMES, State, Verb
from yizhen.matters.models import Matter
from yizhen.matters.queries import matters_visible_to
from yizhen.matters.rules import may_issue_notice, possible_steps
from yizhen.matters.supervision import is_overdue, needed_colour
from yizhen.people.models import Account

LIMIT = 100


class BulkStep(StrEnum):
    """What may be done to many matters at once."""

    ACCEPT = "accept"
    INSIST = "insist"
    WITHDRAW = "withdraw"
    REMIND = "remind"


VERBS = {BulkStep.ACCEPT: Verb.ACCEPT, BulkStep.INSIST: Verb.INSIST, BulkStep.WITHDRAW: Verb.WITHDRAW}
STEP_NAMES: dict[BulkStep, Any] = {step: VERB_NAMES[verb] for step, verb in VERBS.items()} | {
    BulkStep.REMIND: gettext_lazy("发蓝色提醒")
}
OWN_LOOK = (
    (VERB_NAMES[Verb.REPORT_DONE], gettext_lazy("每件做了什么、结果怎样都不同，要逐件写明并附佐证。")),
    (VERB_NAMES[Verb.OBJECT], gettext_lazy("退回的理由要对着那一件的要求写。")),
    (gettext_lazy("核验、返工"), gettext_lazy("要到现场或对着佐证逐件看过；一起点“通过”就等于没有核验。")),
    (gettext_lazy("评价"), gettext_lazy("只有诉求人自己知道解决没有，别人不能代，更不能成批代。")),
    (gettext_lazy("回头看"), gettext_lazy("是否反弹要一处一处去看。")),
)


@dataclass(frozen=True)
class Offer:
    """One step for the chosen matters: for which it is possible, and why not for the others."""

    step: BulkStep
    fits: list[Matter]
    against: list[tuple[Matter, str]]
    needs_text: bool

    @property
    def name(self) -> Any:
        """The step in the page's language."""
        return STEP_NAMES[self.step]

    @property
    def fits_all(self) -> bool:
        """Whether the step is possible for every chosen matter."""
        return bool(self.fits) and not self.against


def chosen_among(user: Account, numbers: Iterable[str]) -> list[Matter]:
    """Return the visible matters of these numbers in the order of their numbers, with their notices."""
    return list(
        matters_visible_to(user)
        .filter(number__in=set(numbers))
        .prefetch_related("notices", "recusals")
        .order_by("number")
    )


def offers_for(user: Account, matters: list[Matter]) -> list[Offer]:
    """Return the steps that are possible for at least one of the chosen matters."""
    found = []
    for step in BulkStep:
        reasons = [(matter, why_not(user, step, matter)) for matter in matters]
        fits = [matter for matter, why in reasons if not why]
        if fits:
            against = [(matter, why) for matter, why in reasons if why]
            found.append(Offer(step, fits, against, any(needs_text(user, step, matter) for matter in fits)))
    return found


def needs_text(user: Account, step: BulkStep, matter: Matter) -> bool:
    """Return whether the table asks for a text with this step."""
    return any(one.text_required for one in possible_steps(user, matter) if one.verb == VERBS.get(step))


def why_not(user: Account, step: BulkStep, matter: Matter) -> str:
    """Return why a step cannot be taken for a matter now, in the page's language; "" when it can."""
    if step == BulkStep.REMIND:
        return _why_no_reminder(user, matter)
    if VERBS[step] in {one.verb for one in possible_steps(user, matter)}:
        return ""
    return _("现在是“%(state)s”，或不归您办这一步。") % {"state": STATE_NAMES[State(matter.state)]}


def _why_no_reminder(user: Account, matter: Matter) -> str:
    today = timezone.localdate()
    if not may_issue_notice(user, matter):
        return _("只有派件方和上级可以督办这件事项。")
    if not is_overdue(matter, today):
        return _("没有超期，或已报办结，或这一类事项不这样督办。")
    colour = needed_colour(matter, today)
    if colour == Colour.BLUE:
        return ""
    if colour is None:
        return _("已经发过督办单，答复期限还没有到。")
    return _("下一步是%(colour)s，要逐件看过再发。") % {"colour": COLOUR_NAMES[colour]}
