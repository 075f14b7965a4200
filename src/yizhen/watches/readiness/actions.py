"""The writers of readiness: counts, emergencies, and the purge after them with its certificate.

No audit record of this file holds what is deleted later: it tells that something was entered, of which sort and where.
"""

import hashlib
import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.people.asking import key_of, taken
from yizhen.people.models import Account
from yizhen.people.turns import in_turn
from yizhen.places.models import Division
from yizhen.places.queries import city_code
from yizhen.watches.models import Certificate, Emergency, Readiness, Situation
from yizhen.watches.models.readiness import BASIS
from yizhen.watches.series.checking import AHEAD

from .rules import may_lead, may_open, may_record

EXCLUDED = ["by", "division", "emergency"]
TOO_MANY = gettext_lazy("可用的不能多于总量。")


@event("watches.readiness_recorded")
class ReadinessRecorded:
    """A count of a resource was recorded; the numbers are not told here."""

    kind: str
    emergency: int | None


@event("watches.situation_reported")
class SituationReported:
    """A place reported during an emergency; the words are not told here."""

    emergency: int


@event("watches.emergency_opened")
class EmergencyOpened:
    """An emergency was opened."""

    title: str
    kind: str
    basis: str


@event("watches.emergency_ended")
class EmergencyEnded:
    """An emergency was ended; its detailed records are to be deleted by a day."""

    purge_by: str


@event("watches.purged")
class EmergencyPurged:
    """The detailed records of an emergency were deleted."""

    certificate: str
    counts: dict[str, int]
    digest: str


@in_turn
def open_emergency(actor: Account, *, client_id: str, **fields: Any) -> Emergency:
    """Open an emergency over the city, once: the same ``client_id`` gives the same emergency.

    Raises:
        PermissionDenied: when the actor is neither the city's office nor a department.
        ValidationError: keyed by field.
    """
    if not may_open(actor):
        raise PermissionDenied(_("突发事件由市级或者主管部门启动、结束。"))
    key = key_of(actor, client_id)
    if before := taken(Emergency, key):
        return before
    made = Emergency(
        client_id=key, division_id=city_code(actor.scope_id), office=actor.unit if actor.role == "department" else None,
        started_at=timezone.now(), started_by=actor, **fields,
    )  # fmt: skip
    made.full_clean(exclude=["division", "office", "started_by"])
    made.save(force_insert=True)
    happened = EmergencyOpened(title=made.title, kind=made.kind, basis=made.basis)
    record(actor, happened, f"watches.emergency:{made.pk}", scope=made.division_id)
    return made


@transaction.atomic
def end_emergency(actor: Account, emergency: Emergency) -> Emergency:
    """End an emergency: nothing more is recorded for it, and the days for the purge begin to run.

    Raises:
        PermissionDenied: when the actor does not lead it.
        ValidationError: when it has ended already.
    """
    emergency = Emergency.objects.select_for_update().get(pk=emergency.pk)
    if not may_lead(actor, emergency):
        raise PermissionDenied(_("突发事件由市级或者主管部门启动、结束。"))
    if emergency.ended_at is not None:
        raise ValidationError(_("这件突发事件已经结束。"))
    emergency.ended_at, emergency.ended_by = timezone.now(), actor
    emergency.save(update_fields=["ended_at", "ended_by"])
    happened = EmergencyEnded(purge_by=str(emergency.purge_by))
    record(actor, happened, f"watches.emergency:{emergency.pk}", scope=emergency.division_id)
    return emergency


def _going_on(emergency: Emergency | None) -> None:
    """Lock an emergency that something is recorded for.

    Raises:
        ValidationError: when it has ended.
    """
    if emergency is None:
        return
    locked = Emergency.objects.select_for_update().get(pk=emergency.pk)
    if locked.ended_at is not None:
        raise ValidationError(_("这件突发事件已经结束，不能再报。"))


@transaction.atomic
def record_readiness(
    actor: Account, *, division: Division, emergency: Emergency | None, as_of: datetime, **fields: Any
) -> Readiness:
    """Record a count, once: the same numbers of the same institution, resource and time are one.

    Raises:
        PermissionDenied: when the place lies outside the actor's scope, or outside the emergency's.
        ValidationError: keyed by field: more available than there is, a time to come, other numbers of this time.
    """
    if not may_record(actor, division) or (emergency and not division.code.startswith(emergency.division_id)):
        raise PermissionDenied(_("您不能填这个地方的应急资源。"))
    _going_on(emergency)
    now = timezone.now()
    as_of = as_of.astimezone(UTC).replace(second=0, microsecond=0)
    if as_of > now + AHEAD:
        raise ValidationError({"as_of": _("不能晚于现在。")})
    made = Readiness(emergency=emergency, division=division, as_of=as_of, by=actor, at=now, **fields)
    made.facility = made.facility.strip()
    made.clean_fields(exclude=EXCLUDED)
    if made.available > made.capacity:
        raise ValidationError({"available": TOO_MANY})
    place = Division.objects.select_for_update().get(pk=division.pk)  # two of one time take turns
    before = Readiness.objects.filter(
        emergency=emergency, division=place, facility=made.facility, kind=made.kind, as_of=as_of
    ).first()
    if before is not None:
        if (before.capacity, before.available) == (made.capacity, made.available):
            return before
        raise ValidationError({"as_of": _("这个时间已经报过别的数；数变了，请用新的时间再报。")})
    made.save(force_insert=True)
    told = ReadinessRecorded(kind=made.kind, emergency=emergency.pk if emergency else None)
    record(actor, told, f"watches.readiness:{made.pk}", scope=division.code)
    return made


@in_turn
def report_situation(
    actor: Account, emergency: Emergency, *, client_id: str, division: Division, text: str
) -> Situation:
    """Report how things stand in a place, once: the same ``client_id`` gives the same report.

    Raises:
        PermissionDenied: when the place lies outside the actor's scope, or outside the emergency's.
        ValidationError: keyed by field; when the emergency has ended.
    """
    if not may_record(actor, division) or not division.code.startswith(emergency.division_id):
        raise PermissionDenied(_("您不能填这个地方的应急资源。"))
    key = key_of(actor, client_id)
    if before := taken(Situation, key):
        return before
    _going_on(emergency)
    made = Situation(
        client_id=key, emergency=emergency, division=division, text=text.strip(), by=actor, at=timezone.now()
    )
    made.full_clean(exclude=EXCLUDED)
    made.save(force_insert=True)
    record(actor, SituationReported(emergency=emergency.pk), f"watches.situation:{made.pk}", scope=division.code)
    return made


# --- the purge --------------------------------------------------------------------------------------------------------

COLUMNS = {
    Readiness: ("id", "division_id", "facility", "kind", "capacity", "available", "as_of", "source", "by_id", "at"),
    Situation: ("id", "division_id", "text", "by_id", "at"),
}


def canonical(emergency: Emergency) -> tuple[dict[str, int], str]:
    """Return how many detailed records of which sort an emergency has, and the SHA-256 of their canonical form.

    One line a record: a JSON object with sorted keys, without spaces, times in UTC; counts first, then situations, each by id.
    """
    digest, counts = hashlib.sha256(), Counter[str]()
    for model, columns in COLUMNS.items():
        for row in model.objects.filter(emergency=emergency).order_by("pk").values(*columns):  # type: ignore[attr-defined]
            sort = f"readiness:{row['kind']}" if model is Readiness else "situation"
            counts[sort] += 1
            plain = {
                name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
                for name, value in row.items()
            }
            line = json.dumps({"sort": sort, **plain}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            digest.update(line.encode() + b"\n")
    return dict(sorted(counts.items())), digest.hexdigest()


@transaction.atomic
def purge(actor: Account, emergency: Emergency) -> Certificate:
    """Delete the detailed records of an emergency that has ended, and leave the certificate of it. Twice gives the same one.

    Source: Emergency Response Law (突发事件应对法, 2024) arts. 84–85.

    Raises:
        PermissionDenied: when the actor does not lead the emergency.
        ValidationError: when it goes on.
    """
    emergency = Emergency.objects.select_for_update().get(pk=emergency.pk)
    if not may_lead(actor, emergency):
        raise PermissionDenied(_("清除由启动它的单位或者市级做。"))
    before = Certificate.objects.filter(emergency=emergency).first()
    if before is not None:
        return before
    if emergency.ended_at is None or emergency.purge_by is None:
        raise ValidationError(_("突发事件还没有结束，不能清除。"))
    counts, digest = canonical(emergency)
    for model in COLUMNS:
        model.objects.filter(emergency=emergency).delete()  # type: ignore[attr-defined]
    now = timezone.now()
    made = Certificate.objects.create(
        emergency=emergency, number=f"XH{timezone.localtime(now).year}-{emergency.pk:04d}", counts=counts, digest=digest,
        basis=BASIS, due_on=emergency.purge_by, by=actor, by_label=str(actor), at=now,
    )  # fmt: skip
    happened = EmergencyPurged(certificate=made.number, counts=counts, digest=digest)
    record(actor, happened, f"watches.emergency:{emergency.pk}", scope=emergency.division_id)
    return made
