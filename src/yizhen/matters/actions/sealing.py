"""Keeping who asked apart, and letting those who need to know look, with a purpose."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.models import Accused, Matter, SealedOpening, SealedRecord
from yizhen.matters.rules import may_open_sealed
from yizhen.matters.sealing import opened, sealed
from yizhen.people.models import Account, Unit
from yizhen.places.models import Division

LONGEST = 1_000
KEPT_DAYS = 365  # after the final close (Personal Information Protection Law art. 19; default of this project)


@event("matters.sealed_record_opened")
class SealedRecordOpened:
    """Somebody looked at who asked."""

    number: str
    purpose: str


@event("matters.sealed_records_deleted")
class SealedRecordsDeleted:
    """Records past their time were deleted."""

    count: int


def seal(matter: Matter, text: str, *, units: list[Unit] | None = None, places: list[Division] | None = None) -> None:
    """Keep who asked with a matter, encrypted, and whom the material speaks of. Called inside the opening transaction.

    Raises:
        ValidationError: keyed ``requester``, when it is too long.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise ValidationError({"requester": _("最多 %(n)d 个字。") % {"n": LONGEST}})
    if text:
        SealedRecord.objects.get_or_create(matter=matter, defaults={"box": sealed(text)})
    for unit in units or []:
        Accused.objects.get_or_create(matter=matter, unit=unit)
    for place in places or []:
        Accused.objects.get_or_create(matter=matter, division=place)


@transaction.atomic
def look_into_sealed(actor: Account, matter: Matter, purpose: str) -> str:
    """Return who asked, and keep that the actor looked and why.

    Raises:
        PermissionDenied: when the actor does not handle, file or verify the matter.
        ValidationError: keyed ``purpose``, when none is given.
    """
    if not may_open_sealed(actor, matter):
        raise PermissionDenied(_("您不能查看诉求人信息。"))
    purpose = purpose.strip()
    if len(purpose) < 4:
        raise ValidationError({"purpose": _("请写明查看的用途，例如“电话告知受理”。")})
    found = SealedRecord.objects.get(matter=matter)
    SealedOpening.objects.create(matter=matter, by=actor, role=actor.role, purpose=purpose[:200])
    record(
        actor,
        SealedRecordOpened(number=matter.number, purpose=purpose[:200]),
        f"matters.matter:{matter.pk}",
        scope=matter.division_id,
    )
    return opened(bytes(found.box))


@transaction.atomic
def forget_sealed() -> int:
    """Delete records of matters that were closed or dismissed for good more than a year ago, and say how many."""
    limit = timezone.localdate() - timedelta(days=KEPT_DAYS)
    old = SealedRecord.objects.filter(
        matter__state="closed", matter__closed_on__lt=limit
    ) | SealedRecord.objects.filter(matter__state="withdrawn", matter__opened_at__date__lt=limit)
    count = old.count()
    if count:
        SealedRecord.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
        record(None, SealedRecordsDeleted(count=count), "matters.sealed")
    return count
