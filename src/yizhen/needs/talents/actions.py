"""The writers of talents' housing and deliveries."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.needs.consultations.wording import names_somebody
from yizhen.needs.models import Delivery, HousingReport
from yizhen.people.asking import key_of, taken
from yizhen.people.models import Account
from yizhen.people.turns import in_turn
from yizhen.places.models import Division
from yizhen.web.changed import ChangedSince

from .rules import may_confirm, may_enter


@event("needs.housing_reported")
class HousingReported:
    """A township's flats for talents were counted."""

    as_of: str


@event("needs.policy_delivered")
class PolicyDelivered:
    """A policy was handed on to a group."""

    policy: str


@event("needs.delivery_confirmed")
class DeliveryConfirmed:
    """How many confirmed a delivery was entered."""

    confirmed: int
    confirmed_on: str


@in_turn
def report_housing(actor: Account, *, client_id: str, division: Division, **counts: Any) -> HousingReport:
    """Keep a township's flats as of a day; a correction is a new report. The same ``client_id`` gives the same one.

    Raises:
        PermissionDenied: when the actor enters nothing in this place.
        ValidationError: keyed by field.
    """
    if not (may_enter(actor) and actor.covers(division.code) and division.level == "township"):
        raise PermissionDenied(_("您不能填这个地方的数。"))
    key = key_of(actor, client_id)
    if known := taken(HousingReport, key):
        return known
    if counts["as_of"] > timezone.localdate():
        raise ValidationError({"as_of": _("不能晚于今天。")})
    made = HousingReport(client_id=key, division=division, by=actor, at=timezone.now(), **counts)
    made.full_clean(exclude=["division", "by"])
    made.save(force_insert=True)
    record(actor, HousingReported(as_of=str(made.as_of)), f"needs.housing:{made.pk}", scope=division.code)
    return made


@in_turn
def deliver_policy(actor: Account, *, client_id: str, division: Division, **said: Any) -> Delivery:
    """Keep that a policy was handed on to a group: how many it reached, nobody by name. Once for each ``client_id``.

    Raises:
        PermissionDenied: when the actor enters nothing in this place.
        ValidationError: keyed by field.
    """
    if not (may_enter(actor) and actor.covers(division.code)):
        raise PermissionDenied(_("您不能填这个地方的数。"))
    key = key_of(actor, client_id)
    if known := taken(Delivery, key):
        return known
    errors = {
        name: _("请不要写电话和身份证号：这里只记人数，不记名单。")
        for name in ("text", "whom")
        if names_somebody(said[name])
    }
    if said["delivered_on"] > timezone.localdate():
        errors["delivered_on"] = _("不能晚于今天。")
    if errors:
        raise ValidationError(errors)
    unit = actor.unit if actor.role == "department" else None
    made = Delivery(client_id=key, division=division, unit=unit, by=actor, at=timezone.now(), **said)
    made.full_clean(exclude=["division", "unit", "by"])
    made.save(force_insert=True)
    record(actor, PolicyDelivered(policy=made.policy), f"needs.delivery:{made.pk}", scope=division.code)
    return made


@transaction.atomic
def confirm_delivery(
    actor: Account, delivery: Delivery, *, confirmed: int, confirmed_on: date, before: int | None
) -> Delivery:
    """Enter how many said that a policy reached them, as of a day.

    Raises:
        PermissionDenied: when another office delivered it.
        ValidationError: keyed by field; when somebody else has entered another count since ``before`` was shown.
    """
    found = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if not may_confirm(actor, found):
        raise PermissionDenied(_("这是别的单位送达的。"))
    if found.confirmed != before:
        raise ChangedSince(found, {"confirmed": confirmed, "confirmed_on": confirmed_on}, before=found.confirmed)
    if confirmed_on > timezone.localdate():
        raise ValidationError({"confirmed_on": _("不能晚于今天。")})
    found.confirmed, found.confirmed_on = confirmed, confirmed_on
    found.full_clean(exclude=["division", "unit", "by"])
    found.save(update_fields=["confirmed", "confirmed_on"])
    told = DeliveryConfirmed(confirmed=confirmed, confirmed_on=str(confirmed_on))
    record(actor, told, f"needs.delivery:{found.pk}", scope=found.division_id)
    return found
