"""The writers of industrial parks."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.growth.models import Park, ParkFigure, ParkTarget
from yizhen.people.asking import key_of, taken
from yizhen.people.models import Account
from yizhen.people.turns import in_turn
from yizhen.places.models import Division
from yizhen.web.changed import refuse_stale

from .rules import may_keep, may_register, may_set_target

VALUES = ("output", "tax", "jobs", "land", "energy", "firms", "source", "as_of")
LAST_YEAR = 2100


@event("growth.park_registered")
class ParkRegistered:
    """A park was entered."""

    name: str


@event("growth.park_changed")
class ParkChanged:
    """A park's name or leading industry was changed."""

    fields: list[str]


@event("growth.park_target_set")
class ParkTargetSet:
    """A version of a park's target was set."""

    number: int
    output: str
    year: int
    basis: str


@event("growth.park_figure_entered")
class ParkFigureEntered:
    """A park's figures of a year were entered or corrected."""

    year: int
    number: int
    reason: str


@in_turn
def register_park(actor: Account, *, client_id: str, division: Division, **fields: Any) -> Park:
    """Enter a park once: the same ``client_id`` gives the same park.

    Raises:
        PermissionDenied: when the actor keeps no parks in this township.
        ValidationError: keyed by field.
    """
    if division.level != "township" or not may_register(actor, division.code):
        raise PermissionDenied(_("您不能在这个地方登记集中区。"))
    key = key_of(actor, client_id)
    if before := taken(Park, key):
        return before
    park = Park(client_id=key, division=division, registered_by=actor, registered_at=timezone.now(), **fields)
    park.full_clean(exclude=["registered_by"])
    park.save(force_insert=True)
    record(actor, ParkRegistered(name=park.name_zh), f"growth.park:{park.pk}", scope=division.code)
    return park


@transaction.atomic
def change_park(actor: Account, park: Park, *, seen: str = "", **fields: Any) -> Park:
    """Change a park's names or its leading industry. ``seen`` is the state in which the form had read it.

    Raises:
        PermissionDenied: when the actor does not keep it.
        ValidationError: keyed by field.
    """
    park = Park.objects.select_for_update().get(pk=park.pk)
    if not may_keep(actor, park):
        raise PermissionDenied(_("您不能修改这个集中区。"))
    refuse_stale(park, seen, fields)
    changed = [name for name, value in fields.items() if getattr(park, name) != value]
    for name in changed:
        setattr(park, name, fields[name])
    park.full_clean(exclude=["registered_by"])
    if changed:
        park.save(update_fields=changed)
        record(actor, ParkChanged(fields=changed), f"growth.park:{park.pk}", scope=park.division_id)
    return park


@transaction.atomic
def set_target(actor: Account, park: Park, *, output: Decimal, year: int, basis: str) -> ParkTarget:
    """Set a park's target: the next version; the ones before stay. The same target again is the same version.

    Raises:
        PermissionDenied: when the actor is neither the county nor the city above it.
        ValidationError: keyed by field.
    """
    if not may_set_target(actor, park):
        raise PermissionDenied(_("目标由县（市、区）或者市级确定。"))
    Park.objects.select_for_update().get(pk=park.pk)
    last = ParkTarget.objects.filter(park=park).first()
    basis = basis.strip()
    if last is not None and (last.output, last.year, last.basis) == (output, year, basis):
        return last
    if not timezone.localdate().year <= year <= LAST_YEAR:
        raise ValidationError({"year": _("不能早于今年。")})
    made = ParkTarget(
        park=park, number=last.number + 1 if last else 1, output=output, year=year, basis=basis, by=actor, at=timezone.now()
    )  # fmt: skip
    made.full_clean(exclude=["by"])
    made.save(force_insert=True)
    happened = ParkTargetSet(number=made.number, output=str(output), year=year, basis=basis)
    record(actor, happened, f"growth.park:{park.pk}", scope=park.division_id)
    return made


@transaction.atomic
def enter_figure(
    actor: Account, park: Park, *, year: int, seen: int = 0, reason: str = "", **values: Any
) -> ParkFigure:
    """Enter a park's figures of a year, or correct them with a reason: the old values stay as an earlier version.

    ``seen`` is the number of the version that the actor had before the eyes (0: none): who corrects what somebody else has
    corrected since is told so. The same values again change nothing.

    Raises:
        PermissionDenied: when the actor does not keep this park.
        ValidationError: keyed by field; when the year is to come, has a newer version, or is corrected without a reason.
    """
    if not may_keep(actor, park):
        raise PermissionDenied(_("您不能填这个集中区的数。"))
    Park.objects.select_for_update().get(pk=park.pk)
    last = ParkFigure.objects.filter(park=park, year=year).first()
    if last is not None and all(getattr(last, name) == values.get(name) for name in VALUES):
        return last
    today = timezone.localdate()
    if year > today.year:
        raise ValidationError({"year": _("这一年还没到。")})
    if values["as_of"] > today:
        raise ValidationError({"as_of": _("不能晚于今天。")})
    if last is not None and last.number != seen:
        raise ValidationError(
            {"year": _("这一年已有数（第 %(n)s 版）。请从它的“更正”进去改，并写原因。") % {"n": last.number}}
        )
    if last is not None and not reason.strip():
        raise ValidationError({"reason": _("更正要写原因。")})
    made = ParkFigure(
        park=park, year=year, number=last.number + 1 if last else 1, reason=reason.strip() if last else "", by=actor, at=timezone.now(),
        **values,
    )  # fmt: skip
    made.full_clean(exclude=["by"])
    made.save(force_insert=True)
    happened = ParkFigureEntered(year=year, number=made.number, reason=made.reason)
    record(actor, happened, f"growth.park:{park.pk}", scope=park.division_id)
    return made
