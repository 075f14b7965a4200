"""Micro-grids, the worker of a grid, the list of services, and demands that it lets a grid refuse."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.grids.letters import refusal_text
from yizhen.matters.grids.queries import kinds_for_grids, services_in_force
from yizhen.matters.grids.rules import may_answer_refusal, may_keep_services, may_post, may_refuse_demand
from yizhen.matters.kinds.registry import kinds_in_force
from yizhen.matters.models import GridPost, GridRefusal, MicroGrid, ServiceItem
from yizhen.people.asking import key_of, taken
from yizhen.people.models import Account, Unit
from yizhen.places.models import Division
from yizhen.places.queries import city_code


@event("matters.micro_grid_drawn")
class MicroGridDrawn:
    """A micro-grid was drawn."""

    grid: str
    number: int


@event("matters.micro_grid_retired")
class MicroGridRetired:
    """A micro-grid was given up."""

    grid: str
    number: int


@event("matters.grid_worker_posted")
class GridWorkerPosted:
    """It was posted who answers for a grid."""

    grid: str


@event("matters.service_listed")
class ServiceListed:
    """An item was published in the list of services of grids."""

    code: str


@event("matters.service_withdrawn")
class ServiceWithdrawn:
    """An item was taken out of the list of services of grids."""

    code: str


@event("matters.grid_demand_refused")
class GridDemandRefused:
    """A grid refused a demand that the list does not hold."""

    number: str
    unit: str


@event("matters.grid_refusal_answered")
class GridRefusalAnswered:
    """A department answered the refusal of a grid."""

    number: str


def _posting(actor: Account, grid: Division) -> Division:
    if not may_post(actor, grid):
        raise PermissionDenied(_("由乡镇（街道）划微网格、公示网格员。"))
    return Division.objects.select_for_update().get(pk=grid.pk, level="grid")


@transaction.atomic
def draw_micro_grid(actor: Account, grid: Division, *, name: str, covers: str, households: int | None) -> MicroGrid:
    """Draw a micro-grid. The one that stands is returned when the same one is sent again.

    Raises:
        PermissionDenied: when the actor does not keep the township's grids.
        ValidationError: keyed by field.
    """
    grid = _posting(actor, grid)
    name, covers = name.strip(), covers.strip()
    before = MicroGrid.objects.filter(grid=grid, name=name, retired_on__isnull=True).first()
    if before is not None and (before.covers, before.households) == (covers, households):
        return before
    last = MicroGrid.objects.filter(grid=grid).aggregate(last=Max("number"))["last"] or 0
    made = MicroGrid(grid=grid, number=last + 1, name=name, covers=covers, households=households)
    made.full_clean()
    made.save()
    told = MicroGridDrawn(grid=grid.code, number=made.number)
    record(actor, told, f"matters.microgrid:{made.pk}", scope=grid.code)
    return made


@transaction.atomic
def retire_micro_grid(actor: Account, micro: MicroGrid) -> MicroGrid:
    """Give a micro-grid up; its number stays used. Doing so again changes nothing.

    Raises:
        PermissionDenied: when the actor does not keep the township's grids.
    """
    grid = _posting(actor, micro.grid)
    micro = MicroGrid.objects.get(pk=micro.pk)
    if micro.retired_on is None:
        micro.retired_on = timezone.localdate()
        micro.save(update_fields=["retired_on"])
        told = MicroGridRetired(grid=grid.code, number=micro.number)
        record(actor, told, f"matters.microgrid:{micro.pk}", scope=grid.code)
    return micro


@transaction.atomic
def post_worker(
    actor: Account, grid: Division, worker: Account, *, shown_name: str, phone: str, supervision_phone: str, covers: str
) -> GridPost:
    """Post who answers for a grid; whoever answered before does so no longer. The same posting again changes nothing.

    Raises:
        PermissionDenied: when the actor does not keep the township's grids.
        ValidationError: keyed by field; when the worker is none, or answers for another grid.
    """
    grid = _posting(actor, grid)
    if worker.role != "grid_worker" or not worker.is_active or worker.scope_id[:12] != grid.code[:12]:
        raise ValidationError({"worker": _("请选择这个村（社区）的网格员。")})
    if GridPost.objects.filter(worker=worker, until__isnull=True).exclude(grid=grid).exists():
        raise ValidationError({"worker": _("这名网格员已管另一个网格，一名网格员只管一个网格。")})
    given = {
        "shown_name": shown_name.strip(), "phone": phone.strip(), "supervision_phone": supervision_phone.strip(),
        "covers": covers.strip(),
    }  # fmt: skip
    before = GridPost.objects.filter(grid=grid, until__isnull=True).first()
    if before is not None:
        if before.worker_id == worker.pk and all(getattr(before, name) == text for name, text in given.items()):
            return before
        before.until = timezone.localdate()
        before.save(update_fields=["until"])
    post = GridPost(grid=grid, worker=worker, since=timezone.localdate(), **given)
    post.full_clean(exclude=["grid", "worker"])
    post.save()
    record(actor, GridWorkerPosted(grid=grid.code), f"matters.gridpost:{post.pk}", scope=grid.code)
    return post


@transaction.atomic
def list_service(actor: Account, *, code: str, kinds: list[str], **given: Any) -> ServiceItem:
    """Publish an item in the city's list of services, from today.

    Raises:
        PermissionDenied: when the actor does not keep the list.
        ValidationError: keyed by field; when the code was used, or a kind is unknown.
    """
    if not may_keep_services(actor):
        raise PermissionDenied(_("由市级公布和调整网格服务事项清单。"))
    city = Division.objects.select_for_update().get(pk=city_code(actor.scope_id))
    unknown = set(kinds) - set(kinds_in_force())
    if unknown:
        raise ValidationError({"kinds": _("没有这个种类：%(kinds)s。") % {"kinds": "、".join(sorted(unknown))}})
    item = ServiceItem(city=city, code=code.strip(), kinds=sorted(kinds), since=timezone.localdate(), **given)
    item.full_clean()
    item.save()
    record(actor, ServiceListed(code=item.code), f"matters.serviceitem:{item.pk}", scope=city.code)
    return item


@transaction.atomic
def withdraw_service(actor: Account, item: ServiceItem, because: str) -> ServiceItem:
    """Take an item out of the list from today, with the reason. Doing so again changes nothing.

    Raises:
        PermissionDenied: when the actor does not keep the list.
        ValidationError: when no reason is given.
    """
    if not may_keep_services(actor) or not actor.covers(item.city_id):
        raise PermissionDenied(_("由市级公布和调整网格服务事项清单。"))
    item = ServiceItem.objects.select_for_update().get(pk=item.pk)
    if not because.strip():
        raise ValidationError({"because": _("请写明理由。")})
    if item.until is None:
        item.until, item.withdrawn_because = timezone.localdate(), because.strip()[:200]
        item.save(update_fields=["until", "withdrawn_because"])
        record(actor, ServiceWithdrawn(code=item.code), f"matters.serviceitem:{item.pk}", scope=item.city_id)
    return item


def check_grid_list(division: Division, kind: str) -> None:
    """Refuse to send a matter to a grid when the city's list does not hold its kind.

    Raises:
        ValidationError: keyed ``recipient``.
    """
    if division.level != "grid":
        return
    allowed = kinds_for_grids(city_code(division.code))
    if allowed is not None and kind not in allowed:
        text = _("网格服务事项清单里没有这一种事项，不能派给网格。请派给村（社区）或者乡镇（街道）。")
        raise ValidationError({"recipient": text})


@transaction.atomic
def refuse_demand(
    actor: Account, grid: Division, unit: Unit, *, asked: str, channel: str, asked_on: date, client_id: str
) -> GridRefusal:
    """Refuse what a department demanded of a grid outside the list; the reply is written here.

    The same ``client_id`` of the same account gives the same refusal.

    Raises:
        PermissionDenied: when the actor is not of the grid, its village or its township.
        ValidationError: keyed by field; when the city has no list that could be cited.
    """
    if not may_refuse_demand(actor, grid):
        raise PermissionDenied(_("由网格、村（社区）或者乡镇（街道）拒绝清单外的要求。"))
    grid = Division.objects.select_for_update().get(pk=grid.pk, level="grid")
    key = key_of(actor, client_id)
    if before := taken(GridRefusal, key):
        return before
    today = timezone.localdate()
    items = list(services_in_force(city_code(grid.code), today))
    if not items:
        raise ValidationError(_("本市还没有公布网格服务事项清单，不能据此拒绝。"))
    if asked_on > today:
        raise ValidationError({"asked_on": _("提要求的日子不能在以后。")})
    asked = asked.strip()
    prefix = f"{grid.code}-{today.year}-J"
    count = GridRefusal.objects.filter(grid=grid, number__startswith=prefix).count()
    refusal = GridRefusal(
        number=f"{prefix}{count + 1:03d}",
        grid=grid,
        unit=unit,
        asked=asked,
        channel=channel,
        asked_on=asked_on,
        text=refusal_text(grid, asked, channel, asked_on, items),
        refused_on=today,
        by=actor,
        client_id=key,
    )
    refusal.full_clean(exclude=["grid", "unit", "by"])
    refusal.save()
    told = GridDemandRefused(number=refusal.number, unit=unit.code)
    record(actor, told, f"matters.gridrefusal:{refusal.pk}", scope=grid.code)
    return refusal


@transaction.atomic
def answer_refusal(actor: Account, refusal: GridRefusal, answer: str) -> GridRefusal:
    """Answer the refusal of a grid, once. The same answer again changes nothing.

    Raises:
        PermissionDenied: when the actor is not of the department.
        ValidationError: when nothing is said, or something else was said before.
    """
    if not may_answer_refusal(actor, refusal):
        raise PermissionDenied(_("由提要求的部门答复。"))
    refusal = GridRefusal.objects.select_for_update().get(pk=refusal.pk)
    answer = answer.strip()[:500]
    if not answer:
        raise ValidationError({"answer": _("请写明答复。")})
    if refusal.answer:
        if refusal.answer == answer:
            return refusal
        raise ValidationError({"answer": _("已经答复过，不能再改。")})
    refusal.answer, refusal.answered_on, refusal.answered_by = answer, timezone.localdate(), actor
    refusal.save(update_fields=["answer", "answered_on", "answered_by"])
    told = GridRefusalAnswered(number=refusal.number)
    record(actor, told, f"matters.gridrefusal:{refusal.pk}", scope=refusal.grid_id)
    return refusal
