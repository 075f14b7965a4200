"""Sums that public bodies owe small and medium firms: registered with their clock, settled by somebody else than the debtor.

Source: 保障中小企业款项支付条例（2025 年修订）arts. 3, 9, 10.
"""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.clocks import Deadline, DeadlineRule, Unit, WorkCalendar, compute_deadline
from yizhen.growth.models import Enterprise, PublicPayment
from yizhen.growth.models.payment import MOST_DAYS, USUAL_DAYS
from yizhen.people.asking import key_of, taken
from yizhen.people.models import Account
from yizhen.people.models import Unit as Department
from yizhen.people.turns import in_turn
from yizhen.places.calendars import calendar_for

from .rules import may_change, may_settle

SOURCE = "保障中小企业款项支付条例第九条 · Regulations on Payments to Small and Medium Firms art. 9"


@event("growth.payment_registered")
class PaymentRegistered:
    """A sum that a public body owes a firm was entered."""

    debtor: str
    due_on: str


@event("growth.payment_settled")
class PaymentSettled:
    """A sum was paid."""

    paid_on: str


def payment_deadline(began_on: date, agreed_days: int | None, calendar: WorkCalendar | None = None) -> Deadline:
    """Return until when a public body pays: 30 days, or what was agreed up to 60; the first day is not counted.

    Raises:
        ValueError: when more than 60 days were agreed, or none.
    """
    days = USUAL_DAYS if agreed_days is None else agreed_days
    if not 1 <= days <= MOST_DAYS:
        raise ValueError("a public body pays within 60 days")
    rule = DeadlineRule("payment_begins", days, Unit.NATURAL_DAY, result="paid", source=SOURCE)
    return compute_deadline(rule, began_on, calendar)


@in_turn
def register_payment(
    actor: Account, enterprise: Enterprise, *, client_id: str, debtor: Department, began_on: date,
    agreed_days: int | None = None, **fields: Any,
) -> PublicPayment:  # fmt: skip
    """Enter what a public body owes a firm, once.

    Raises:
        PermissionDenied: when the actor is not in the firm's circle.
        ValidationError: keyed by field.
    """
    if not may_change(actor, enterprise):
        raise PermissionDenied(_("您不能登记这家企业的应收款。"))
    key = key_of(actor, client_id)
    if before := taken(PublicPayment, key):
        return before
    if began_on > timezone.localdate():
        raise ValidationError({"began_on": _("不能晚于今天。")})
    made = PublicPayment(
        client_id=key, enterprise=enterprise, debtor=debtor, began_on=began_on, agreed_days=agreed_days,
        registered_by=actor, **fields,
    )  # fmt: skip
    made.full_clean(exclude=["registered_by", "enterprise", "debtor", "due_on", "clock"])
    deadline = payment_deadline(began_on, agreed_days, calendar_for(enterprise.division))
    made.due_on, made.clock = deadline.due, deadline.as_json()
    made.save(force_insert=True)
    happened = PaymentRegistered(debtor=debtor.code, due_on=made.due_on.isoformat())
    record(actor, happened, f"growth.payment:{made.pk}", scope=enterprise.division_id)
    return made


@transaction.atomic
def settle_payment(actor: Account, payment: PublicPayment, *, paid_on: date, paid_source: str) -> PublicPayment:
    """Record that a sum has arrived, on the firm's word and paper, never on the debtor's.

    Raises:
        PermissionDenied: when the actor is the debtor, or not in the firm's circle.
        ValidationError: keyed by field; when it is settled already.
    """
    payment = PublicPayment.objects.select_for_update().get(pk=payment.pk)
    if not may_settle(actor, payment):
        raise PermissionDenied(_("到账由企业所在地方核实，欠款单位不能自己销账。"))
    if payment.paid_on is not None:
        raise ValidationError(_("这笔款已经付清。"))
    if not payment.began_on <= paid_on <= timezone.localdate():
        raise ValidationError({"paid_on": _("要在起算日以后，不能晚于今天。")})
    if not paid_source.strip():
        raise ValidationError({"paid_source": _("请写到账凭据，例如银行回单编号。")})
    payment.paid_on, payment.paid_source, payment.settled_by = paid_on, paid_source.strip()[:120], actor
    payment.save(update_fields=["paid_on", "paid_source", "settled_by"])
    happened = PaymentSettled(paid_on=paid_on.isoformat())
    record(actor, happened, f"growth.payment:{payment.pk}", scope=payment.enterprise.division_id)
    return payment
