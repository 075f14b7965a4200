"""The writers of projects."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.growth.models import STAGES, Project, Realised, Screening, ScreeningRule
from yizhen.people.asking import key_of, taken
from yizhen.people.models import Account
from yizhen.people.turns import in_turn
from yizhen.places.models import Division
from yizhen.places.queries import city_code
from yizhen.web.changed import refuse_stale

from .queries import rule_in_force
from .rules import NEXT, may_change, may_register, may_screen, may_set_rule
from .three_content import Facts, Rule, as_texts, score

FACTS = ("tax_per_mu", "research", "grade", "energy", "safety_land", "fair_competition")


@event("growth.project_registered")
class ProjectRegistered:
    """A project was entered."""

    name: str


@event("growth.project_changed")
class ProjectChanged:
    """What a project promises was changed before it was signed."""

    fields: list[str]


@event("growth.project_moved")
class ProjectMoved:
    """A project came to another stage."""

    before: str
    after: str
    reason: str


@event("growth.project_screened")
class ProjectScreened:
    """A project was screened."""

    rule: int
    total: str
    decision: str


@event("growth.rule_in_force")
class ScreeningRuleInForce:
    """A version of the screening rule was put in force."""

    number: int
    values: dict[str, str]
    basis: str


@event("growth.realised_entered")
class RealisedEntered:
    """What a project brought in a year was entered."""

    year: int


@in_turn
def register_project(actor: Account, *, client_id: str, division: Division, **fields: Any) -> Project:
    """Enter a project once: the same ``client_id`` gives the same project.

    Raises:
        PermissionDenied: when the actor enters no projects in this place.
        ValidationError: keyed by field.
    """
    if not (may_register(actor) and actor.covers(division.code)):
        raise PermissionDenied(_("您不能在这个地方登记项目。"))
    key = key_of(actor, client_id)
    if before := taken(Project, key):
        return before
    if actor.role == "department":
        fields["department"] = actor.unit
    project = Project(client_id=key, division=division, registered_by=actor, registered_at=timezone.now(), **fields)
    project.full_clean(exclude=["registered_by", "division", "department"])
    project.save(force_insert=True)
    record(actor, ProjectRegistered(name=project.name_zh), f"growth.project:{project.pk}", scope=division.code)
    return project


@transaction.atomic
def change_project(actor: Account, project: Project, *, seen: str = "", **fields: Any) -> Project:
    """Change what a project promises, before it is signed; an earlier screening then no longer lets it proceed.

    ``seen`` is the state in which the form had read it.

    Raises:
        PermissionDenied: when the actor does not lead it.
        ValidationError: keyed by field; when it is signed already, or somebody else has changed it since.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    if not may_change(actor, project):
        raise PermissionDenied(_("您不能修改这个项目。"))
    if project.stage != "lead":
        raise ValidationError(_("签约以后，承诺不能再改。"))
    refuse_stale(project, seen, fields)
    changed = [name for name, value in fields.items() if getattr(project, name) != value]
    for name in changed:
        setattr(project, name, fields[name])
    project.full_clean(exclude=["registered_by", "division", "department"])
    if changed:
        project.changed_by = actor
        project.save(update_fields=[*changed, "changed_by"])
        record(actor, ProjectChanged(fields=changed), f"growth.project:{project.pk}", scope=project.division_id)
    return project


@transaction.atomic
def put_rule_in_force(actor: Account, rule: Rule, basis: str) -> ScreeningRule:
    """Put a version of the city's screening rule in force. Earlier screenings stand under their own version.

    Raises:
        PermissionDenied: when the actor is not the city's office.
        ValidationError: keyed by field.
    """
    if not may_set_rule(actor):
        raise PermissionDenied(_("三含量规则由市级确定。"))
    errors: dict[str, str] = {}
    for name in ("tax_full", "research_full"):
        if getattr(rule, name) <= 0:
            errors[name] = _("必须大于 0。")
    if not rule.excellent >= rule.good >= rule.fair >= rule.poor >= 0:
        errors["excellent"] = _("优、良、中、差的分数要依次不增，且不小于 0。")
    whole = rule.tax_points + rule.research_points + rule.excellent
    if whole != Decimal(100):
        errors["tax_points"] = _("三部分的满分合计要是 100，现在是 %(whole)s。") % {"whole": whole}
    if not 0 < rule.pass_mark <= 100:
        errors["pass_mark"] = _("通过分在 0 与 100 之间。")
    if not basis.strip():
        errors["basis"] = _("请写依据。")
    if errors:
        raise ValidationError(errors)
    return _new_version(
        actor, Division.objects.select_for_update().get(pk=city_code(actor.scope_id)), rule, basis.strip()
    )


def _new_version(actor: Account | None, city: Division, rule: Rule, basis: str) -> ScreeningRule:
    last = ScreeningRule.objects.filter(city=city).order_by("-number").first()
    made = ScreeningRule.objects.create(
        city=city,
        number=last.number + 1 if last else 1,
        values=as_texts(rule),
        basis=basis,
        by=actor,
        at=timezone.now(),
    )
    happened = ScreeningRuleInForce(number=made.number, values=made.values, basis=basis)
    record(actor, happened, f"growth.rule:{made.pk}", scope=city.code)
    return made


SHIPPED = "系统示例：门槛只是建议 · shipped example: thresholds are proposals"


@transaction.atomic
def screen(actor: Account, project: Project, text: str) -> Screening:
    """Screen a project under the rule in force and keep the score with the facts as they stand.

    Raises:
        PermissionDenied: when the actor registered it, or is neither in charge nor the city's office.
        ValidationError: when something is missing, or no reason is given.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    if not may_screen(actor, project):
        raise PermissionDenied(_("登记或者修改项目的人不能筛选它；筛选由主管部门或者市级的其他人做。"))
    if not text.strip():
        raise ValidationError({"text": _("请写明看了哪些材料。")})
    rule, version = rule_in_force(project.division)
    made = score(project.facts, rule)
    if made.missing and not made.shut:
        raise ValidationError(_("材料不全，不能打分：%(names)s。") % {"names": _("、").join(names_of(made.missing))})
    if version is None:
        city = Division.objects.select_for_update().get(pk=city_code(project.division_id))  # two first ones take turns
        rule, version = rule_in_force(project.division)
        version = version or _new_version(None, city, rule, SHIPPED)
    screening = Screening.objects.create(
        project=project, rule=version, facts=facts_as_texts(project.facts), decision=made.decision, text=text.strip(),
        by=actor, at=timezone.now(), **made.rounded(),
    )  # fmt: skip
    happened = ProjectScreened(rule=version.number, total=str(screening.total), decision=made.decision)
    record(actor, happened, f"growth.project:{project.pk}", scope=project.division_id)
    return screening


def names_of(fields: tuple[str, ...]) -> list[str]:
    """Return fields of a project by the names on its form."""
    return [str(getattr(Project._meta.get_field(name), "verbose_name", name)) for name in fields]


def facts_as_texts(facts: Facts) -> dict[str, Any]:
    """Return facts as they are kept with a screening: numbers as texts without needless noughts."""
    return {
        name: format(value.normalize(), "f") if isinstance(value, Decimal) else value
        for name, value in vars(facts).items()
    }


@transaction.atomic
def move(actor: Account, project: Project, stage: str, reason: str = "") -> Project:
    """Bring a project to its next stage, or give it up with a reason.

    It is signed only when its last screening lets it proceed, on the facts as they stand, and both gates are open.

    Raises:
        PermissionDenied: when the actor does not lead it.
        ValidationError: when this stage is not next, or a gate is shut.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    if not may_change(actor, project):
        raise PermissionDenied(_("您不能修改这个项目。"))
    if stage not in NEXT.get(project.stage, ()):
        raise ValidationError(
            _("项目现在是“%(stage)s”，不能改成这一步。请刷新查看。") % {"stage": STAGES[project.stage]}
        )
    if stage == "dropped" and not reason.strip():
        raise ValidationError({"reason": _("请写明终止的原因。")})
    refused = unsigned_because(project) if stage == "signed" else ""
    if refused:
        raise ValidationError(refused)
    before, project.stage = project.stage, stage
    project.full_clean(exclude=["registered_by", "division", "department"])
    project.save(update_fields=["stage"])
    happened = ProjectMoved(before=before, after=stage, reason=reason.strip())
    record(actor, happened, f"growth.project:{project.pk}", scope=project.division_id)
    return project


def unsigned_because(project: Project) -> str:
    """Return why a project cannot be signed as it stands; empty when it can."""
    last = next(iter(project.screenings.all()), None)
    if last is None:
        return _("还没有筛选，不能签约。")
    if last.facts != facts_as_texts(project.facts):
        return _("筛选以后材料改过，请重新筛选。")
    if not project.safety_land or project.fair_competition != "passed":
        return _("用地、安全、环保预审和公平竞争审查都通过，才能签约。")
    if last.decision != "proceed":
        return _("上一次筛选的结论是“%(decision)s”，不能签约。") % {"decision": last.decision_name}
    return ""


@transaction.atomic
def enter_realised(
    actor: Account, project: Project, *, year: int, tax: Decimal, jobs: int, source: str, as_of: date
) -> Realised:
    """Enter what a project brought in its first, second or third year of production.

    Raises:
        PermissionDenied: when the actor does not lead it.
        ValidationError: keyed by field; when it does not produce yet, or the year was entered.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    if not may_change(actor, project):
        raise PermissionDenied(_("您不能修改这个项目。"))
    if project.stage != "producing":
        raise ValidationError(_("投产以后才填实际数。"))
    if as_of > timezone.localdate():
        raise ValidationError({"as_of": _("不能晚于今天。")})
    made = Realised(project=project, year=year, tax=tax, jobs=jobs, source=source.strip(), as_of=as_of, by=actor)
    made.full_clean(exclude=["by"])
    made.save(force_insert=True)
    record(actor, RealisedEntered(year=year), f"growth.project:{project.pk}", scope=project.division_id)
    return made
