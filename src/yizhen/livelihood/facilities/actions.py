"""The writers of facilities."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.indicators.periods import EXAMPLES, bounds, fits
from yizhen.livelihood.models import Facility, FacilityUse, UseRule
from yizhen.people.asking import key_of, taken
from yizhen.people.models import Account
from yizhen.people.turns import in_turn
from yizhen.places.models import Division
from yizhen.places.queries import city_code
from yizhen.web.changed import ChangedSince

from .rules import may_change, may_open, may_set_rule

FREQUENCIES = ("monthly", "quarterly", "half_yearly", "yearly")
RELATIONS = ["division", "unit", "indicator", "by"]


@event("livelihood.facility_opened")
class FacilityOpened:
    """A facility was entered."""

    name: str


@event("livelihood.facility_changed")
class FacilityChanged:
    """What is known of a facility was changed."""

    fields: list[str]


@event("livelihood.use_entered")
class UseEntered:
    """A use figure was entered, or put right with a reason."""

    period: str
    before: str
    after: str
    reason: str


@event("livelihood.use_rule_in_force")
class UseRuleInForce:
    """Thresholds of a kind of facility were put in force."""

    kind: str
    number: int
    low: str
    high: str
    basis: str


@in_turn
def open_facility(actor: Account, *, client_id: str, division: Division, **fields: Any) -> Facility:
    """Enter a facility once: the same ``client_id`` gives the same facility.

    Raises:
        PermissionDenied: when the actor enters none in this place.
        ValidationError: keyed by field.
    """
    if not (may_open(actor) and actor.covers(division.code)):
        raise PermissionDenied(_("您不能在这个地方登记设施。"))
    key = key_of(actor, client_id)
    if before := taken(Facility, key):
        return before
    if actor.role == "department":
        fields["unit"] = actor.unit
    made = Facility(client_id=key, division=division, by=actor, at=timezone.now(), **fields)
    made.full_clean(exclude=RELATIONS)
    made.save(force_insert=True)
    _told(actor, FacilityOpened(name=made.name_zh), made)
    return made


@transaction.atomic
def change_facility(actor: Account, facility: Facility, *, version: int, **fields: Any) -> Facility:
    """Change what is known of a facility, or close it.

    Raises:
        PermissionDenied: when it is neither the actor's township's nor department's.
        ValidationError: keyed by field; when somebody has changed it since ``version``.
    """
    facility = _locked(actor, facility)
    if version != facility.version:
        raise ChangedSince(facility, fields, version=facility.version)
    changed = [name for name, value in fields.items() if getattr(facility, name) != value]
    for name in changed:
        setattr(facility, name, fields[name])
    facility.full_clean(exclude=RELATIONS)
    if changed:
        facility.version += 1
        facility.save(update_fields=[*changed, "version"])
        _told(actor, FacilityChanged(fields=changed), facility)
    return facility


@transaction.atomic
def enter_use(
    actor: Account, facility: Facility, *, period: str, used: Decimal, source: str, as_of: date, reason: str = ""
) -> FacilityUse:
    """Enter how much of a facility was used on an average day of a period; a second time only with the reason.

    Raises:
        PermissionDenied: when it is neither the actor's township's nor department's.
        ValidationError: keyed by field.
    """
    facility = _locked(actor, facility)
    period = period.strip().upper()
    _check(facility, period, as_of)
    made = FacilityUse.objects.filter(facility=facility, period=period).first()
    before = str(made.used) if made else ""
    if made is not None and (made.used, made.source, made.as_of) == (used, source.strip(), as_of):
        return made
    if made is not None and not reason.strip():
        raise ValidationError({"reason": _("这一期已经填过 %(used)s，要更正请写原因。") % {"used": made.used}})
    made = made or FacilityUse(facility=facility, period=period)
    made.used, made.source, made.as_of, made.by = used, source.strip(), as_of, actor
    made.full_clean(exclude=["facility", "by"])
    made.save()
    _told(actor, UseEntered(period=period, before=before, after=str(used), reason=reason.strip()), facility)
    return made


def _check(facility: Facility, period: str, as_of: date) -> None:
    if not any(fits(period, each) for each in FREQUENCIES):
        examples = _("、").join(EXAMPLES[each] for each in FREQUENCIES)
        raise ValidationError({"period": _("周期写成：%(examples)s。") % {"examples": examples}})
    first, last = bounds(period)
    if first > timezone.localdate():
        raise ValidationError({"period": _("这一期还没有开始。")})
    if last < facility.opened_on or (facility.closed_on and first > facility.closed_on):
        raise ValidationError({"period": _("这一期设施没有投用。")})
    if as_of > timezone.localdate():
        raise ValidationError({"as_of": _("不能晚于今天。")})


@transaction.atomic
def set_use_rule(actor: Account, *, kind: str, low: Decimal, high: Decimal, basis: str) -> UseRule:
    """Put thresholds of a kind of facility in force, as its next version.

    Raises:
        PermissionDenied: when the actor is not the city's office.
        ValidationError: keyed by field.
    """
    if not may_set_rule(actor):
        raise PermissionDenied(_("闲置线、超负荷线由市级确定。"))
    city = Division.objects.select_for_update().get(pk=city_code(actor.scope_id))
    last = UseRule.objects.filter(city=city, kind=kind).order_by("-number").first()
    made = UseRule(
        city=city, kind=kind, number=last.number + 1 if last else 1, low=low, high=high, basis=basis.strip(), by=actor,
        at=timezone.now(),
    )  # fmt: skip
    made.full_clean(exclude=["city", "by"])
    made.save(force_insert=True)
    happened = UseRuleInForce(kind=kind, number=made.number, low=str(low), high=str(high), basis=made.basis)
    record(actor, happened, f"livelihood.use_rule:{made.pk}", scope=city.code)
    return made


def _locked(actor: Account, facility: Facility) -> Facility:
    found = Facility.objects.select_for_update(of=("self",)).get(pk=facility.pk)
    if not may_change(actor, found):
        raise PermissionDenied(_("您不能填报这个设施。"))
    return found


def _told(actor: Account, happened: Any, facility: Facility) -> None:
    record(actor, happened, f"livelihood.facility:{facility.pk}", scope=facility.division_id)
