"""The writers of calendars: tables of a year, and closures. Nothing is changed, so that no stored deadline moves."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.clocks import digest_of

from .calendar_table import CheckedTable
from .models import CalendarDay, CalendarVersion, Division, LocalClosure
from .rules import may_close, may_keep_calendar

LONGEST = 60  # days of one closure


@event("places.calendar_imported")
class CalendarImported:
    """A year's table of holidays and make-up workdays was taken over."""

    year: int
    version: int
    days: int
    digest: str
    source: str


@event("places.closure_declared")
class ClosureDeclared:
    """Offices in a place were closed by an order."""

    first: str
    last: str
    reason: str
    basis: str


@event("places.closure_withdrawn")
class ClosureWithdrawn:
    """A closure was entered by mistake, and counts no longer."""

    first: str
    last: str


@transaction.atomic
def import_calendar(
    actor: Any, city: Division, table: CheckedTable, *, source: str, published_on: date
) -> CalendarVersion:
    """Keep a checked table as the next version of its year; the same content again gives the version that stands.

    Raises:
        PermissionDenied: when the actor is not the office of this city.
        ValidationError: when a cell is wrong, or the notice is missing or lies in the future.
    """
    if actor is not None and not (may_keep_calendar(actor) and actor.scope_id == city.code):
        raise PermissionDenied(_("放假安排由市级评议办导入。"))
    if not table.is_whole:
        raise ValidationError(_("还有错误的单元格，整份表都没有写入。请改好后重新上传。"))
    if not source.strip():
        raise ValidationError({"source": _("请写明依据的通知。")})
    if published_on > timezone.localdate():
        raise ValidationError({"published_on": _("通知日期不能晚于今天。")})
    Division.objects.select_for_update().get(pk=city.pk)
    last = CalendarVersion.objects.filter(city=city, year=table.year).order_by("-version").first()
    digest = digest_of(table.days)
    if last is not None and last.digest == digest:
        return last
    made = CalendarVersion(
        city=city, year=table.year, version=last.version + 1 if last else 1, source=source.strip(), published_on=published_on,
        digest=digest, by=actor,
    )  # fmt: skip
    made.full_clean(exclude=["city", "by"])
    made.save(force_insert=True)
    CalendarDay.objects.bulk_create(
        CalendarDay(version=made, day=row.day, kind=row.kind.value, name=row.name) for row in table.days
    )
    told = CalendarImported(
        year=made.year, version=made.version, days=len(table.days), digest=digest, source=made.source
    )
    record(actor, told, f"places.calendar:{made.pk}", scope=city.code)
    return made


@transaction.atomic
def declare_closure(
    actor: Any, division: Division, *, first: date, last: date, reason: str, basis: str
) -> LocalClosure:
    """Record that offices in a place, and in all places within, are closed from one day to another.

    Raises:
        PermissionDenied: when the actor is neither the city's nor the county's office over the place.
        ValidationError: keyed by field: days the wrong way round or too many, no reason, no order.
    """
    if actor is not None and not may_close(actor, division):
        raise PermissionDenied(_("当地停工由本级市、县登记。"))
    errors = {}
    if last < first:
        errors["last"] = _("最后一天不能早于第一天。")
    elif (last - first).days >= LONGEST:
        errors["last"] = _("一次最多 %(n)s 天。") % {"n": LONGEST}
    if not reason.strip():
        errors["reason"] = _("请写明停工的原因。")
    if not basis.strip():
        errors["basis"] = _("请写明批准停工的文件。")
    if errors:
        raise ValidationError(errors)
    made = LocalClosure(division=division, first=first, last=last, reason=reason.strip(), basis=basis.strip(), by=actor)
    made.full_clean(exclude=["division", "by"])
    made.save(force_insert=True)
    told = ClosureDeclared(first=str(first), last=str(last), reason=made.reason, basis=made.basis)
    record(actor, told, f"places.closure:{made.pk}", scope=division.code)
    return made


@transaction.atomic
def withdraw_closure(actor: Any, closure: LocalClosure) -> LocalClosure:
    """Withdraw a closure that was entered by mistake: from now on it counts no longer, deadlines keep what they had.

    Raises:
        PermissionDenied: when the actor may not declare closures of the place.
    """
    closure = LocalClosure.objects.select_for_update(of=("self",)).select_related("division").get(pk=closure.pk)
    if not may_close(actor, closure.division):
        raise PermissionDenied(_("当地停工由本级市、县登记。"))
    if closure.withdrawn_at is not None:
        return closure
    closure.withdrawn_at, closure.withdrawn_by = timezone.now(), actor
    closure.save(update_fields=["withdrawn_at", "withdrawn_by"])
    told = ClosureWithdrawn(first=str(closure.first), last=str(closure.last))
    record(actor, told, f"places.closure:{closure.pk}", scope=closure.division_id)
    return closure
