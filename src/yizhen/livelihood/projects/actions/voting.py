"""Recording a deputies' vote as its totals. What is chosen is reckoned from them, and typed by nobody."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.livelihood.models import Project, Tally, Vote
from yizhen.livelihood.projects.outcome import outcome, quorum
from yizhen.livelihood.projects.rules import may_record_vote
from yizhen.people.asking import key_of, taken
from yizhen.people.models import Account
from yizhen.people.turns import in_turn
from yizhen.places.models import Division

from .events import ProjectMoved, VoteRecorded
from .keep import told


@in_turn
def record_vote(actor: Account, *, client_id: str, division: Division, votes: Mapping[int, int], **fields: Any) -> Vote:
    """Record the totals of a vote once, and list what it chose.

    Args:
        actor: who records it.
        client_id: the form's number; the same one gives the same vote.
        division: the place whose congress voted; candidates lie in it.
        votes: project → votes for it.
        fields: those of :class:`Vote`.

    Raises:
        PermissionDenied: when the actor records no votes of this congress.
        ValidationError: keyed by field, ``votes_<project>`` for a candidate's; without a quorum; totals above the ballots.
    """
    if not may_record_vote(actor, division):
        raise PermissionDenied(_("票决结果由同级人大所在的办公室或者市级录入。"))
    key = key_of(actor, client_id)
    if before := taken(Vote, key):
        return before
    vote = Vote(client_id=key, division=division, by=actor, at=timezone.now(), **fields)
    vote.full_clean(exclude=["division", "by"])
    candidates = list(Project.objects.select_for_update(of=("self",)).filter(pk__in=votes).order_by("pk"))
    _check(vote, candidates, votes)
    vote.save(force_insert=True)
    found = outcome(votes, vote.seats, vote.entitled)
    for project in candidates:
        chosen = project.pk in found.chosen
        Tally.objects.create(vote=vote, project=project, votes=votes[project.pk], chosen=chosen)
        if chosen:
            project.stage = "listed"
            project.save(update_fields=["stage"])
            told(actor, ProjectMoved(before="candidate", after="listed", reason=vote.minutes), project)
    happened = VoteRecorded(
        minutes=vote.minutes, votes={str(pk): number for pk, number in votes.items()}, chosen=sorted(found.chosen)
    )
    record(actor, happened, f"livelihood.vote:{vote.pk}", scope=division.code)
    return vote


def _check(vote: Vote, candidates: list[Project], votes: Mapping[int, int]) -> None:
    errors: dict[str, str] = {}
    if vote.held_on > timezone.localdate():
        errors["held_on"] = _("不能晚于今天。")
    if not quorum(vote.entitled, vote.present):
        errors["present"] = _("实到不足应到的三分之二，会议不能举行（地方组织法）。")
    if not candidates or len(candidates) != len(votes):
        errors["votes"] = _("至少要有一个候选项目。")
    for project in candidates:
        if project.stage != "candidate" or not project.division_id.startswith(vote.division_id):
            errors[f"votes_{project.pk}"] = _("“%(name)s”不是这一级的候选项目，请刷新查看。") % {
                "name": project.name_zh
            }
        elif not 0 <= votes[project.pk] <= vote.valid:
            errors[f"votes_{project.pk}"] = _("一个项目的票数不能多于有效票 %(n)s 张。") % {"n": vote.valid}
    if not errors and sum(votes.values()) > vote.seats * vote.valid:
        errors["seats"] = _("各项票数合计 %(sum)s，多于 %(valid)s 张有效票每张选 %(seats)s 项。") % {
            "sum": sum(votes.values()), "valid": vote.valid, "seats": vote.seats,
        }  # fmt: skip
    if errors:
        raise ValidationError(errors)
