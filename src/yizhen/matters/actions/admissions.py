"""The writers of admissions: a department asks, the city office decides, and what is granted joins the duty list."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.duties.clocks import decision_due, earliest_start
from yizhen.matters.duties.gate import DutyKind
from yizhen.matters.duties.queries import list_in_force, terms_of
from yizhen.matters.duties.rules import may_ask_admission, may_decide_admission, may_keep_duties
from yizhen.matters.models import AdmissionRequest, AdmissionTerms, DutyItem, NumberSeries
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import city_code


@event("matters.admission_asked")
class AdmissionAsked:
    """A department asked for work to be admitted to communities."""

    number: str
    due_on: str


@event("matters.admission_decided")
class AdmissionDecided:
    """The city office decided on an admission; ``item`` is the code of the duty item that it made."""

    number: str
    granted: bool
    in_time: bool
    item: str


@event("matters.admission_terms_set")
class AdmissionTermsSet:
    """A city set its working days for admissions."""

    lead_days: int
    decide_days: int
    source: str


@transaction.atomic
def ask_admission(
    actor: Account,
    *,
    name_zh: str,
    purpose: str,
    basis: str,
    work_line: str,
    starts_on: date,
    ends_on: date,
    minutes: int,
    funds: Decimal,
    client_id: str,
    name_en: str = "",
) -> AdmissionRequest:
    """Ask for work to be admitted to villages and communities; the same ``client_id`` gives the same request.

    Raises:
        PermissionDenied: when the actor is no department.
        ValidationError: keyed by field; ``starts_on`` when it is asked for too late.
    """
    if not may_ask_admission(actor) or actor.unit is None:
        raise PermissionDenied(_("由市直部门申请准入。"))
    today = timezone.localdate()
    city = Division.objects.get(pk=city_code(actor.scope_id))
    series = _series(f"A{today.year}-")
    before = AdmissionRequest.objects.filter(client_id=client_id, department=actor.unit).first()
    if before is not None:
        return before
    terms = terms_of(city.code)
    earliest, due = earliest_start(terms, today), decision_due(terms, today)
    if starts_on < earliest.due:
        raise ValidationError(
            {
                "starts_on": _("须在开展前 %(n)s 个工作日申请，今天申请最早 %(day)s 开始。")
                % {"n": terms.lead_days, "day": earliest.due.isoformat()}
            }
        )
    if ends_on < starts_on:
        raise ValidationError({"ends_on": _("结束日早于开始日。")})
    series.last += 1
    made = AdmissionRequest(
        number=f"{series.prefix}{series.last:03d}",
        division=city,
        department=actor.unit,
        name_zh=name_zh.strip(),
        name_en=name_en.strip(),
        purpose=purpose.strip(),
        basis=basis.strip(),
        work_line=work_line,
        starts_on=starts_on,
        ends_on=ends_on,
        minutes=minutes,
        funds=funds,
        applied_by=actor,
        applied_on=today,
        lead_clock=earliest.as_json(),
        clock=due.as_json(),
        due_on=due.due,
        client_id=client_id,
    )
    made.full_clean(exclude=["division", "department", "applied_by"])
    made.save()
    series.save(update_fields=["last"])
    record(actor, AdmissionAsked(number=made.number, due_on=str(made.due_on)), _subject(made), scope=city.code)
    return made


def _series(prefix: str) -> NumberSeries:
    NumberSeries.objects.get_or_create(prefix=prefix)
    return NumberSeries.objects.select_for_update().get(prefix=prefix)


def _subject(request: AdmissionRequest) -> str:
    return f"matters.admission:{request.pk}"


@transaction.atomic
def decide_admission(actor: Account, request: AdmissionRequest, *, granted: bool, reason: str = "") -> AdmissionRequest:
    """Grant a request, which becomes a cooperating item of the list with an expiry, or refuse it with the reason.

    Raises:
        PermissionDenied: when the actor may not decide, or asked himself.
        ValidationError: when it was decided before, a reason is missing, or there is no list to take the item.
    """
    if not may_decide_admission(actor, request):
        raise PermissionDenied(_("由市级评议办审定，申请人不能审定自己的申请。"))
    request = (
        AdmissionRequest.objects.select_for_update(of=("self",))
        .select_related("department", "division")
        .get(pk=request.pk)
    )
    if request.state != "applied":
        raise ValidationError(_("这份申请已经审定。"))
    if not granted and not reason.strip():
        raise ValidationError({"reason": _("不予进入须写明理由。")})
    today = timezone.localdate()
    if granted:
        request.item = _admit(request, today)
    request.state = "granted" if granted else "refused"
    request.decided_by, request.decided_on, request.reason = actor, today, reason.strip()
    request.full_clean(exclude=["division", "department", "applied_by", "decided_by"])
    request.save()
    told = AdmissionDecided(
        number=request.number,
        granted=granted,
        in_time=today <= request.due_on,
        item=request.item.code if request.item else "",
    )
    record(actor, told, _subject(request), scope=request.division_id)
    return request


def _admit(request: AdmissionRequest, today: date) -> DutyItem:
    edition = list_in_force(request.division_id, today)
    if edition is None:
        raise ValidationError(_("还没有生效的清单，请先导入。"))
    return DutyItem.objects.create(
        duty_list=edition,
        code=request.number,
        name_zh=request.name_zh,
        name_en=request.name_en,
        kind=DutyKind.COOPERATING,
        work_line=request.work_line,
        lead=request.department,
        basis=request.basis,
        starts_on=request.starts_on,
        ends_on=request.ends_on,
    )


@transaction.atomic
def set_admission_terms(actor: Account, *, lead_days: int, decide_days: int, source: str) -> AdmissionTerms:
    """Set a city's working days for admissions and the rule they come from; requests on the way keep their clocks.

    Raises:
        PermissionDenied: when the actor does not keep the list.
        ValidationError: keyed by field.
    """
    if not may_keep_duties(actor):
        raise PermissionDenied(_("履职事项清单由市级评议办维护。"))
    terms = AdmissionTerms.objects.select_for_update().filter(division=actor.scope).first()
    terms = terms or AdmissionTerms(division=actor.scope)
    terms.lead_days, terms.decide_days, terms.source = lead_days, decide_days, source.strip()
    terms.full_clean(exclude=["division"])
    terms.save()
    told = AdmissionTermsSet(lead_days=lead_days, decide_days=decide_days, source=terms.source)
    record(actor, told, f"matters.admissionterms:{terms.pk}", scope=actor.scope_id)
    return terms
