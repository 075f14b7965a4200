"""Handing out papers: what leaves the system is on record."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from yizhen.appraisals.actions.campaigns import subject
from yizhen.appraisals.models import Campaign, Speaker
from yizhen.appraisals.rules import may_manage, may_see_result
from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.people.models import Account


@event("appraisals.paper_taken")
class PaperTaken:
    """A paper with names or results was handed out; ``place`` is whose letter it was, else empty."""

    paper: str
    place: str


@transaction.atomic
def take_paper(actor: Account, campaign: Campaign, paper: str) -> None:
    """Put on record that a paper of the whole meeting leaves.

    Raises:
        PermissionDenied: when the actor does not run the campaign.
    """
    if not may_manage(actor, campaign):
        raise PermissionDenied(_("只有本次评议的组织部门可以这样做。"))
    record(actor, PaperTaken(paper=paper, place=""), subject(campaign), scope=campaign.division_id)


@transaction.atomic
def take_letter(actor: Account, speaker: Speaker) -> None:
    """Put on record that a speaker's letter leaves.

    Raises:
        PermissionDenied: when the actor may not see this result.
    """
    if not may_see_result(actor, speaker):
        raise PermissionDenied(_("结果尚未产生，或尚未反馈给您。"))
    campaign = speaker.campaign
    taken = PaperTaken(paper="letter", place=speaker.key)
    record(actor, taken, subject(campaign), scope=campaign.division_id)
