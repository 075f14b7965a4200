"""The writers of declared industries, their steps, their communities, and the list of places outside the city."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.growth.models import (
    CommunityCount,
    IndustryCommunity,
    IndustryDeclaration,
    OutsideIndustry,
    StepReport,
    UpgradeStep,
)
from yizhen.people.asking import key_of, taken
from yizhen.people.models import Account
from yizhen.people.turns import in_turn
from yizhen.places.models import Division
from yizhen.places.queries import city_code

from .rules import may_check, may_confirm, may_declare, may_note_outside
from .sectors import SECTORS

MOST_SECTORS = 8


@event("growth.industry_declared")
class IndustryDeclared:
    """A township declared its industry."""

    number: int
    name: str
    sectors: list[str]


@event("growth.industry_decided")
class IndustryDecided:
    """A declared industry was confirmed or sent back."""

    number: int
    decision: str


@event("growth.step_planned")
class StepPlanned:
    """A step up the chain was planned."""

    due_on: str
    reaches: int


@event("growth.step_reported")
class StepReported:
    """What came of a step was reported."""

    done_on: str


@event("growth.step_checked")
class StepChecked:
    """What came of a step was looked at."""

    passed: bool


@event("growth.outside_noted")
class OutsideNoted:
    """A place outside the city that is after an industry was noted."""

    place: str


@event("growth.outside_withdrawn")
class OutsideWithdrawn:
    """What was noted of a place outside was withdrawn."""

    place: str


@event("growth.community_entered")
class CommunityEntered:
    """An industry community was entered."""

    name: str


@event("growth.community_counted")
class CommunityCounted:
    """What an industry community holds was counted."""

    number: int


@in_turn
def declare_industry(actor: Account, *, client_id: str, division: Division, **fields: Any) -> IndustryDeclaration:
    """Declare a township's industry: the next version, which waits to be confirmed. Once for each ``client_id``.

    Raises:
        PermissionDenied: when the actor is not that township.
        ValidationError: keyed by field; when a version waits already.
    """
    if division.level != "township" or not may_declare(actor, division.code):
        raise PermissionDenied(_("特色产业由乡镇（街道）自己申报。"))
    key = key_of(actor, client_id)
    if before := taken(IndustryDeclaration, key):
        return before
    Division.objects.select_for_update().get(pk=division.pk)  # two windows take turns
    last = IndustryDeclaration.objects.filter(division=division).order_by("-number").first()
    made = IndustryDeclaration(
        client_id=key, division=division, number=last.number + 1 if last else 1, declared_by=actor,
        declared_at=timezone.now(), **fields,
    )  # fmt: skip
    made.sectors = checked_sectors(made.sectors)
    _save(made, exclude=["declared_by"])
    happened = IndustryDeclared(number=made.number, name=made.name_zh, sectors=made.sectors)
    record(actor, happened, f"growth.industry:{made.pk}", scope=division.code)
    return made


def checked_sectors(codes: Iterable[str]) -> list[str]:
    """Return codes of the list of sectors, sorted, each once.

    Raises:
        ValidationError: at the field ``sectors``, when there is none, too many, or one that the list does not have.
    """
    wanted = sorted(set(codes or ()))
    if unknown := [code for code in wanted if code not in SECTORS]:
        raise ValidationError({"sectors": _("没有这个行业代码：%(codes)s。") % {"codes": _("、").join(unknown)}})
    if not 1 <= len(wanted) <= MOST_SECTORS:
        raise ValidationError({"sectors": _("选 1 到 %(n)s 个行业。") % {"n": MOST_SECTORS}})
    return wanted


@transaction.atomic
def decide_industry(actor: Account, declaration: IndustryDeclaration, decision: str, opinion: str = "") -> None:
    """Confirm a declared industry, or send it back with an opinion.

    Raises:
        PermissionDenied: when the actor is neither the county nor the city above it.
        ValidationError: when it was decided already, or is sent back without a word.
    """
    found = IndustryDeclaration.objects.select_for_update().get(pk=declaration.pk)
    if found.decision:
        raise ValidationError(_("这一版已有结论，请刷新查看。"))
    if not may_confirm(actor, found):
        raise PermissionDenied(_("特色产业由县（市、区）或者市级确认，申报人自己不能确认。"))
    if decision == "returned" and not opinion.strip():
        raise ValidationError({"opinion": _("请写明为什么退回。")})
    found.decision, found.opinion, found.decided_by, found.decided_at = decision, opinion.strip(), actor, timezone.now()
    found.full_clean(exclude=["declared_by", "division", "decided_by"])
    found.save(update_fields=["decision", "opinion", "decided_by", "decided_at"])
    happened = IndustryDecided(number=found.number, decision=decision)
    record(actor, happened, f"growth.industry:{found.pk}", scope=found.division_id)


@in_turn
def plan_step(
    actor: Account, declaration: IndustryDeclaration, *, client_id: str, title: str, reaches: int, due_on: date
) -> UpgradeStep:
    """Plan a step up the chain under a declaration that is in force or waits.

    Raises:
        PermissionDenied: when the actor is not that township.
        ValidationError: keyed by field.
    """
    if not may_declare(actor, declaration.division_id):
        raise PermissionDenied(_("特色产业由乡镇（街道）自己申报。"))
    key = key_of(actor, client_id)
    if before := taken(UpgradeStep, key):
        return before
    if declaration.decision == "returned":
        raise ValidationError(_("这一版已退回，请先重新申报。"))
    if not declaration.position <= reaches <= declaration.aimed:
        raise ValidationError({"reaches": _("在申报的“现在”和“要到”两段之间选。")})
    if due_on < timezone.localdate():
        raise ValidationError({"due_on": _("不能早于今天。")})
    made = UpgradeStep(
        client_id=key, declaration=declaration, title=title.strip(), reaches=reaches, due_on=due_on, by=actor, at=timezone.now()
    )  # fmt: skip
    _save(made, exclude=["by"])
    record(actor, StepPlanned(due_on=due_on.isoformat(), reaches=reaches), f"growth.step:{made.pk}", scope=declaration.division_id)  # fmt: skip
    return made


@in_turn
def report_step(
    actor: Account, step: UpgradeStep, *, client_id: str, result: str, done_on: date, source: str
) -> StepReport:
    """Report what came of a step; it counts as done only when somebody above has looked.

    Raises:
        PermissionDenied: when the actor is not that township.
        ValidationError: keyed by field; when a report waits, or the step is done.
    """
    place = step.declaration.division_id
    if not may_declare(actor, place):
        raise PermissionDenied(_("特色产业由乡镇（街道）自己申报。"))
    key = key_of(actor, client_id)
    if before := taken(StepReport, key):
        return before
    UpgradeStep.objects.select_for_update().get(pk=step.pk)
    if step.reports.filter(passed=True).exists():
        raise ValidationError(_("这一步已核实完成。"))
    if done_on > timezone.localdate():
        raise ValidationError({"done_on": _("不能晚于今天。")})
    made = StepReport(
        client_id=key, step=step, result=result.strip(), done_on=done_on, source=source.strip(), by=actor, at=timezone.now()
    )  # fmt: skip
    _save(made, exclude=["by"])
    record(actor, StepReported(done_on=done_on.isoformat()), f"growth.step:{step.pk}", scope=place)
    return made


@transaction.atomic
def check_step(actor: Account, report: StepReport, *, passed: bool, opinion: str = "") -> None:
    """Say whether a step was really done, as somebody other than who reported it.

    Raises:
        PermissionDenied: when the actor is neither the county nor the city above it.
        ValidationError: when it was checked already, or is refused without a word.
    """
    found = StepReport.objects.select_for_update(of=("self",)).select_related("step__declaration").get(pk=report.pk)
    if found.passed is not None:
        raise ValidationError(_("已核实过，请刷新查看。"))
    if not may_check(actor, found):
        raise PermissionDenied(_("由县（市、区）或者市级核实，报的人自己不能核实。"))
    if not passed and not opinion.strip():
        raise ValidationError({"opinion": _("请写明哪里不符。")})
    found.passed, found.opinion, found.checked_by, found.checked_at = passed, opinion.strip(), actor, timezone.now()
    found.full_clean(exclude=["by", "step", "checked_by"])
    found.save(update_fields=["passed", "opinion", "checked_by", "checked_at"])
    place = found.step.declaration.division_id
    record(actor, StepChecked(passed=passed), f"growth.step:{found.step_id}", scope=place)


@in_turn
def note_outside(actor: Account, *, client_id: str, **fields: Any) -> OutsideIndustry:
    """Note a place outside the city that is after an industry, with source and day.

    Raises:
        PermissionDenied: when the actor is not the city's office.
        ValidationError: keyed by field.
    """
    if not may_note_outside(actor):
        raise PermissionDenied(_("市外的产业名单由市级管理。"))
    key = key_of(actor, client_id)
    if before := taken(OutsideIndustry, key):
        return before
    city = city_code(actor.scope_id)
    made = OutsideIndustry(client_id=key, city_id=city, by=actor, at=timezone.now(), **fields)
    made.sectors = checked_sectors(made.sectors)
    if made.as_of > timezone.localdate():
        raise ValidationError({"as_of": _("不能晚于今天。")})
    _save(made, exclude=["by"])
    record(actor, OutsideNoted(place=made.place_zh), f"growth.outside:{made.pk}", scope=city)
    return made


@transaction.atomic
def withdraw_outside(actor: Account, entry: OutsideIndustry) -> None:
    """Withdraw what no longer holds; it stays readable as withdrawn. Twice is once.

    Raises:
        PermissionDenied: when the actor is not the city's office.
    """
    found = OutsideIndustry.objects.select_for_update().get(pk=entry.pk)
    if not may_note_outside(actor) or not actor.covers(found.city_id):
        raise PermissionDenied(_("市外的产业名单由市级管理。"))
    if found.withdrawn_at is not None:
        return
    found.withdrawn_by, found.withdrawn_at = actor, timezone.now()
    found.save(update_fields=["withdrawn_by", "withdrawn_at"])
    record(actor, OutsideWithdrawn(place=found.place_zh), f"growth.outside:{found.pk}", scope=found.city_id)


COUNTS = ("homes", "services", "firms", "source", "as_of")


@in_turn
def enter_community(actor: Account, *, client_id: str, division: Division, **fields: Any) -> IndustryCommunity:
    """Enter an industry community with its first count.

    Raises:
        PermissionDenied: when the actor is not that township.
        ValidationError: keyed by field.
    """
    if not may_declare(actor, division.code):
        raise PermissionDenied(_("产业社区由所在乡镇（街道）登记。"))
    key = key_of(actor, client_id)
    if before := taken(IndustryCommunity, key):
        return before
    counts = {name: fields.pop(name) for name in COUNTS}
    made = IndustryCommunity(client_id=key, division=division, by=actor, at=timezone.now(), **fields)
    _save(made, exclude=["by"])
    record(actor, CommunityEntered(name=made.name_zh), f"growth.community:{made.pk}", scope=division.code)
    count_community(actor, made, **counts)
    return made


@transaction.atomic
def count_community(actor: Account, community: IndustryCommunity, **counts: Any) -> CommunityCount:
    """Enter what a community holds on a day; the same counts again are the same entry.

    Raises:
        PermissionDenied: when the actor is not that township.
        ValidationError: keyed by field; when the day lies before that of the last count.
    """
    if not may_declare(actor, community.division_id):
        raise PermissionDenied(_("产业社区由所在乡镇（街道）登记。"))
    IndustryCommunity.objects.select_for_update().get(pk=community.pk)
    last = CommunityCount.objects.filter(community=community).first()
    if last is not None and all(getattr(last, name) == counts[name] for name in COUNTS):
        return last
    if counts["as_of"] > timezone.localdate():
        raise ValidationError({"as_of": _("不能晚于今天。")})
    if last is not None and counts["as_of"] < last.as_of:
        raise ValidationError({"as_of": _("不能早于上一次的数据日期。")})
    made = CommunityCount(
        community=community, number=last.number + 1 if last else 1, by=actor, at=timezone.now(), **counts
    )
    _save(made, exclude=["by"])
    happened = CommunityCounted(number=made.number)
    record(actor, happened, f"growth.community:{community.pk}", scope=community.division_id)
    return made


def _save(made: models.Model, exclude: list[str]) -> None:
    made.full_clean(exclude=exclude)
    made.save(force_insert=True)
