"""After the comment: taking a rectification item back, and sending common problems to departments."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from yizhen.appraisals.actions.campaigns import locked
from yizhen.appraisals.common_problems import (
    FEWEST,
    departments_for,
    facts_without_names,
    indicator_of,
    line_of,
    speakers_of,
)
from yizhen.appraisals.models import Campaign, CampaignState, CommonTask, Problem
from yizhen.appraisals.queries import named_problems
from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.actions import open_matter, take_step
from yizhen.matters.lifecycle import State, Verb
from yizhen.matters.models import Matter
from yizhen.people.models import Account, Unit

BEFORE_ISSUE = (CampaignState.PUBLISHED, CampaignState.IN_SESSION, CampaignState.COUNTED)
AFTER_DRAFT = (*BEFORE_ISSUE, CampaignState.ISSUED)


@event("appraisals.problem_unassigned")
class ProblemUnassigned:
    """A rectification item was taken back before anybody had accepted it."""

    matter: str


@event("appraisals.common_problem_sent")
class CommonProblemSent:
    """A problem that several speakers share was sent to a department."""

    matter: str
    department: str
    speakers: int


@transaction.atomic
def unassign_problem(actor: Account, problem: Problem) -> Problem:
    """Take back the rectification item of a problem while nobody has accepted it; it may be assigned anew.

    Raises:
        PermissionDenied: when the actor does not run the campaign.
        ValidationError: when the item was accepted, or the results are issued and the item is a promise made in public.
    """
    speaker = problem.comment.speaker
    locked(actor, speaker.campaign, *BEFORE_ISSUE)
    problem = Problem.objects.select_for_update().get(pk=problem.pk)
    if problem.matter_id is None:
        return problem
    matter = Matter.objects.get(pk=problem.matter_id)
    if matter.state != State.NEW:
        raise ValidationError(_("整改事项%(number)s已被接收，不能撤回。") % {"number": matter.number})
    take_step(actor, matter, Verb.WITHDRAW, text="主持人撤回，点评未定。")
    problem.matter = None
    problem.save(update_fields=["matter"])
    record(
        actor,
        ProblemUnassigned(matter=matter.number),
        f"appraisals.problem:{problem.pk}",
        scope=speaker.division_id,
    )
    return problem


@transaction.atomic
def send_common_problem(
    actor: Account,
    campaign: Campaign,
    *,
    problems: list[int],
    units: list[Unit],
    title: str,
    requirement: str,
    client_id: str,
) -> list[Matter]:
    """Send a problem that several speakers share to departments: one matter each. The same ``client_id`` sends once.

    The matter says at how many speakers the problem was named and lists the facts; it names none of them.

    Raises:
        PermissionDenied: when the actor does not run the campaign, or a department is not of its place.
        ValidationError: keyed by field: fewer than two speakers, no department, no title, nothing required.
    """
    campaign = locked(actor, campaign, *AFTER_DRAFT)
    chosen = [problem for problem in named_problems(campaign) if problem.pk in set(problems)]
    errors = {}
    if speakers_of(chosen) < FEWEST:
        errors["problems"] = _("共性问题至少涉及 %(n)s 位述职人，请多勾选几条。") % {"n": FEWEST}
    if not units:
        errors["units"] = _("请至少选择一个部门。")
    if not title.strip():
        errors["title"] = _("请写明是什么问题。")
    if not requirement.strip():
        errors["requirement"] = _("请写明要部门做什么。")
    if errors:
        raise ValidationError(errors)
    if not {unit.pk for unit in units} <= {unit.pk for unit in departments_for(campaign)}:
        raise PermissionDenied(_("只能交给本地的部门。"))
    text = _text(campaign, chosen, requirement)
    return [_send(actor, campaign, chosen, unit, title, text, client_id) for unit in units]


def _text(campaign: Campaign, problems: list[Problem], requirement: str) -> str:
    facts = facts_without_names(campaign, problems)
    listed = "\n".join(f"{number}. {fact}" for number, fact in enumerate(facts, start=1))
    head = f"在“{campaign.title}”中，{speakers_of(problems)} 位述职人的点评提到同类问题："
    return f"{head}\n{listed}\n要求：{requirement.strip()}"[:4000]


def _send(
    actor: Account,
    campaign: Campaign,
    problems: list[Problem],
    unit: Unit,
    title: str,
    text: str,
    client_id: str,
) -> Matter:
    matter = open_matter(
        actor,
        kind="common_problem",
        title=title.strip()[:120],
        text=text,
        division=campaign.division,
        addressee=unit,
        work_line=line_of(problems),
        client_id=f"common:{client_id}:{unit.pk}",
        basis=f"{campaign.title} 共性问题",
        source=reverse("appraisals:common", args=[campaign.pk]),
        indicator=indicator_of(problems),
    )
    task, made = CommonTask.objects.get_or_create(matter=matter, defaults={"campaign": campaign})
    if made:
        task.problems.set(problems)
        record(
            actor,
            CommonProblemSent(matter=matter.number, department=unit.pk, speakers=speakers_of(problems)),
            f"appraisals.campaign:{campaign.pk}",
            scope=campaign.division_id,
        )
    return matter
