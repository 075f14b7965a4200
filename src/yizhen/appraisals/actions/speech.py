"""What is said after a report: questions, leaders' comments, problems that become rectification items."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.appraisals.actions.campaigns import locked, subject
from yizhen.appraisals.actions.session import bump, note_step
from yizhen.appraisals.models import (
    Campaign,
    CampaignState,
    LeaderComment,
    Phase,
    Problem,
    Question,
    Session,
    Speaker,
)
from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.actions import open_matter
from yizhen.matters.models import Matter
from yizhen.people.models import Account

PROPOSALS = 60  # waiting for the host at once: a flood from one phone must not bury the rest


@event("appraisals.question_put")
class QuestionPut:
    """A question was put or answered."""

    answered: bool


@event("appraisals.comment_made")
class CommentMade:
    """A leader's comment was entered."""

    problems: int


@event("appraisals.problem_assigned")
class ProblemAssigned:
    """A problem became a rectification item."""

    matter: str


@event("appraisals.question_proposed")
class QuestionProposed:
    """A question came from a phone and waits for the host. From whose is not known."""

    waiting: int


@transaction.atomic
def put_question(actor: Account, speaker: Speaker, *, text: str, source: str) -> Question:
    """Enter a question from the floor or from before the meeting."""
    campaign = locked(actor, speaker.campaign, CampaignState.PUBLISHED, CampaignState.IN_SESSION)
    question = Question(speaker=speaker, text=text.strip(), source=source)
    if (same := speaker.questions.filter(text=question.text, source=source).first()) is not None:
        return same  # a double tap
    question.full_clean()
    step = note_step(campaign, "question", str(speaker.subject))
    question.save()
    step.before["question"] = question.pk
    step.save()
    bump(campaign)
    record(actor, QuestionPut(answered=False), f"appraisals.question:{question.pk}", scope=speaker.division_id)
    return question


@transaction.atomic
def propose_question(campaign: Campaign, text: str) -> Question:
    """Take a question from a phone in the hall; it is shown to nobody before the host has taken it. Nobody is named.

    Raises:
        ValidationError: when the host takes none from phones now, nobody has the floor, or too many are waiting.
    """
    session = Session.objects.select_for_update().get(campaign=campaign)
    speaker = session.speaker
    if not session.phone_questions or speaker is None or session.phase not in (Phase.REPORT, Phase.QUESTIONS):
        raise ValidationError(_("现在不收手机提问。"))
    waiting = speaker.questions.filter(proposed=True, dropped=False).count()
    if waiting >= PROPOSALS:
        raise ValidationError(_("待选的问题已经很多，请向工作人员递条。"))
    question = Question(speaker=speaker, text=text.strip(), source="floor", proposed=True)
    if (same := speaker.questions.filter(text=question.text, source="floor").first()) is not None:
        return same
    question.full_clean()
    question.save()
    bump(campaign)
    record(None, QuestionProposed(waiting=waiting + 1), subject(campaign), scope=campaign.division_id)
    return question


@transaction.atomic
def take_question(actor: Account, question: Question, what: str, *, follow_up_on: date | None = None) -> Question:
    """Take a proposed question into the queue, drop one, or leave it to be answered in writing by a day.

    Args:
        actor: who runs the campaign.
        question: the question.
        what: ``take``, ``drop`` or ``later``.
        follow_up_on: the day for ``later``.

    Raises:
        ValidationError: keyed ``follow_up_on``, when the day is missing or past.
    """
    campaign = locked(actor, question.speaker.campaign, CampaignState.PUBLISHED, CampaignState.IN_SESSION)
    if what == "later" and (follow_up_on is None or follow_up_on < timezone.localdate()):
        raise ValidationError({"follow_up_on": _("请填写书面答复的日期，不早于今天。")})
    note_step(campaign, "answer", str(question.speaker.subject), **_question_state(question))
    if what == "take":
        question.proposed = False
    elif what == "drop":
        question.dropped = True
    else:
        question.proposed, question.follow_up_on = False, follow_up_on
    question.save()
    bump(campaign)
    record(actor, QuestionPut(answered=False), f"appraisals.question:{question.pk}", scope=question.speaker.division_id)
    return question


def _question_state(question: Question) -> dict[str, Any]:
    return {
        "question": question.pk,
        "values": {
            "answered": question.answered,
            "commitment": question.commitment,
            "proposed": question.proposed,
            "dropped": question.dropped,
            "follow_up_on": question.follow_up_on.isoformat() if question.follow_up_on else None,
        },
    }


@transaction.atomic
def answer_question(actor: Account, question: Question, *, commitment: str = "") -> Question:
    """Mark a question as answered, with what was promised."""
    campaign = locked(actor, question.speaker.campaign, CampaignState.IN_SESSION)
    note_step(campaign, "answer", str(question.speaker.subject), **_question_state(question))
    question.proposed = False
    question.answered, question.commitment = True, commitment.strip()[:400]
    question.save()
    bump(campaign)
    record(actor, QuestionPut(answered=True), f"appraisals.question:{question.pk}", scope=question.speaker.division_id)
    return question


@transaction.atomic
def make_comment(actor: Account, speaker: Speaker, *, strengths: str, problems: list[dict[str, Any]]) -> LeaderComment:
    """Enter a leader's comment: strengths, and problems each with a fact, a requirement, an owner and a date.

    Raises:
        ValidationError: keyed ``problems.<n>.<field>``.
    """
    campaign = locked(actor, speaker.campaign, CampaignState.IN_SESSION, CampaignState.COUNTED)
    errors: dict[str, Any] = {}
    today = timezone.localdate()
    for number, problem in enumerate(problems):
        for field in ("fact", "requirement", "owner"):
            if not str(problem.get(field, "")).strip():
                errors[f"problems.{number}.{field}"] = _("必须填写。")
        due_on = problem.get("due_on")
        if not isinstance(due_on, date):
            errors[f"problems.{number}.due_on"] = _("请填写完成期限。")
        elif due_on < today:
            errors[f"problems.{number}.due_on"] = _("期限不能早于今天。")
    if errors:
        raise ValidationError(errors)
    comment, _made = LeaderComment.objects.get_or_create(speaker=speaker)
    step = note_step(campaign, "comment", str(speaker.subject), comment=comment.pk, strengths=comment.strengths)
    added = []
    if strengths.strip():
        comment.strengths = strengths.strip()[:800]
        comment.save()
    for problem in problems:
        named = Problem(comment=comment, **problem)
        if comment.problems.filter(fact=named.fact, requirement=named.requirement).exists():
            continue  # a double tap
        named.full_clean(exclude=["comment", "matter"])
        named.save()
        added.append(named.pk)
    step.before["problems"] = added
    step.save()
    bump(campaign)
    record(actor, CommentMade(problems=len(problems)), f"appraisals.speaker:{speaker.pk}", scope=speaker.division_id)
    return comment


@transaction.atomic
def assign_problem(actor: Account, problem: Problem) -> Matter:
    """Turn a problem into a rectification item, once."""
    speaker = problem.comment.speaker
    campaign = locked(actor, speaker.campaign)
    problem = Problem.objects.select_for_update().get(pk=problem.pk)
    if problem.matter is not None:
        return problem.matter
    problem.matter = open_matter(
        actor,
        kind="rectification",
        title=problem.fact[:120],
        text=f"问题：{problem.fact}\n要求：{problem.requirement}",
        division=speaker.division,
        work_line=problem.work_line,
        client_id=_next_client_id(problem),
        due_on=max(problem.due_on, timezone.localdate()),  # results may be issued after the day that was named
        basis=f"{campaign.title} 领导点评",
        owner=problem.owner,
        accountable=speaker.title,
        source=reverse("appraisals:feedback", args=[campaign.pk]),
        indicator=problem.indicator,
        addressee=speaker.unit,
    )
    if campaign.state == CampaignState.IN_SESSION:
        note_step(campaign, "assign", str(speaker.subject), problem=problem.pk)
    problem.save(update_fields=["matter"])
    record(
        actor,
        ProblemAssigned(matter=problem.matter.number),
        f"appraisals.problem:{problem.pk}",
        scope=speaker.division_id,
    )
    return problem.matter


def _next_client_id(problem: Problem) -> str:
    """Return an id for the problem's next item: one more than were taken back. The problem's row is locked."""
    first = f"problem:{problem.pk}"
    taken_back = Matter.objects.filter(Q(client_id=first) | Q(client_id__startswith=f"{first}:")).count()
    return f"{first}:{taken_back}" if taken_back else first
