"""Calling teams in on a matter, writing down what came of them, and linking departments to places."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.models import LinkedUnit, Matter, TaskTeam
from yizhen.matters.teams.rules import may_end_team, may_form_team, may_link
from yizhen.people.models import Account, Unit
from yizhen.places.models import Division


@event("matters.team_formed")
class TeamFormed:
    """A team was called in on a matter."""

    number: str
    sort: str
    name: str


@event("matters.team_ended")
class TeamEnded:
    """It was written down what came of a team."""

    number: str
    sort: str
    name: str


@event("matters.unit_linked")
class UnitLinked:
    """A department was linked to a place."""

    place: str
    unit: str


@event("matters.unit_unlinked")
class UnitUnlinked:
    """A department's link to a place ended."""

    place: str
    unit: str


@transaction.atomic
def form_team(
    actor: Account,
    matter: Matter,
    sort: str,
    *,
    name: str = "",
    unit: Unit | None = None,
    task: str,
    members: int | None,
) -> TaskTeam:
    """Call a team in on a matter. The team that is at work is returned when the same one is sent again.

    Raises:
        PermissionDenied: when the actor neither handles the matter nor stands over it.
        ValidationError: keyed by field; also when the matter's material accuses the department.
    """
    matter = Matter.objects.select_for_update().get(pk=matter.pk)
    if not may_form_team(actor, matter):
        raise PermissionDenied(_("由承办方或者上级在办结之前组织队伍；封存的事项不组织队伍。"))
    name, task = name.strip(), task.strip()
    if sort == "linked_unit":
        if unit is None:
            raise ValidationError({"unit": _("请选择部门。")})
        name = unit.name_zh
        if matter.accused.filter(unit=unit).exists():
            raise ValidationError({"unit": _("材料反映的就是这个单位，不能叫它来办。")})
    if not name:
        raise ValidationError({"name": _("请写明是哪支队伍。")})
    if not task:
        raise ValidationError({"task": _("请写明请它做什么。")})
    before = TaskTeam.objects.filter(matter=matter, sort=sort, name=name, ended_on__isnull=True).first()
    if before is not None and (before.task, before.members) == (task, members):
        return before
    team = TaskTeam(
        matter=matter,
        sort=sort,
        name=name,
        unit=unit if sort == "linked_unit" else None,
        task=task,
        members=members,
        formed_on=timezone.localdate(),
        formed_by=actor,
    )
    team.full_clean()
    team.save()
    record(
        actor,
        TeamFormed(number=matter.number, sort=sort, name=name),
        f"matters.matter:{matter.pk}",
        scope=matter.division_id,
    )
    return team


@transaction.atomic
def end_team(actor: Account, team: TaskTeam, result: str) -> TaskTeam:
    """Write down what came of a team, once. The same result sent again changes nothing.

    Raises:
        PermissionDenied: when the actor neither handles the matter nor stands over it.
        ValidationError: when nothing is said, or something else was said before.
    """
    team = TaskTeam.objects.select_for_update(of=("self",)).select_related("matter").get(pk=team.pk)
    if not may_end_team(actor, team.matter):
        raise PermissionDenied(_("由承办方或者上级写明队伍做成了什么。"))
    result = result.strip()
    if not result:
        raise ValidationError({"result": _("请写明做成了什么，没做成也照实写。")})
    if team.ended_on is not None:
        if team.result == result[:500]:
            return team
        raise ValidationError({"result": _("已经写过，不能再改。")})
    team.ended_on, team.result, team.ended_by = timezone.localdate(), result[:500], actor
    team.save(update_fields=["ended_on", "result", "ended_by"])
    record(
        actor,
        TeamEnded(number=team.matter.number, sort=team.sort, name=team.name),
        f"matters.matter:{team.matter_id}",
        scope=team.matter.division_id,
    )
    return team


@transaction.atomic
def link_unit(actor: Account, division: Division, unit: Unit, basis: str) -> LinkedUnit:
    """Link a department to a county, township or village. The link that stands is returned when sent again.

    Raises:
        PermissionDenied: when the actor does not stand over the place.
        ValidationError: keyed by field, when no basis is stated.
    """
    if not may_link(actor, division):
        raise PermissionDenied(_("由市、县（市、区）确定包联单位。"))
    before = LinkedUnit.objects.filter(division=division, unit=unit, until__isnull=True).first()
    if before is not None:
        return before
    link = LinkedUnit(division=division, unit=unit, basis=basis.strip(), since=timezone.localdate(), by=actor)
    if not link.basis:
        raise ValidationError({"basis": _("请写明依据。")})
    link.full_clean(exclude=["division", "unit", "by"])
    link.save()
    record(
        actor,
        UnitLinked(place=division.code, unit=unit.code),
        f"matters.linkedunit:{link.pk}",
        scope=division.code,
    )
    return link


@transaction.atomic
def unlink_unit(actor: Account, link: LinkedUnit) -> LinkedUnit:
    """End a department's link to a place; ending it again changes nothing.

    Raises:
        PermissionDenied: when the actor does not stand over the place.
    """
    link = LinkedUnit.objects.select_for_update(of=("self",)).select_related("division").get(pk=link.pk)
    if not may_link(actor, link.division):
        raise PermissionDenied(_("由市、县（市、区）确定包联单位。"))
    if link.until is None:
        link.until = timezone.localdate()
        link.save(update_fields=["until"])
        record(
            actor,
            UnitUnlinked(place=link.division_id, unit=link.unit_id),
            f"matters.linkedunit:{link.pk}",
            scope=link.division_id,
        )
    return link
