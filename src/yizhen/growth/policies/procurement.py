"""The share of procurement that is reserved for small firms: computed and shown with what is missing. Its one writer.

Source: 中小企业促进法 art. 40: at least 30 % of a unit's yearly procurement budget for small and medium firms, without what
they cannot supply; of that at least 60 % for small and micro firms.
"""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.growth.models import ProcurementBudget
from yizhen.people.models import Account, Unit

from .rules import may_enter_procurement

RESERVED, SMALL = Decimal("0.3"), Decimal("0.6")
NOTHING = Decimal(0)


@event("growth.procurement_entered")
class ProcurementEntered:
    """A unit's procurement of a year was entered or corrected."""

    unit: str
    year: int
    values: dict[str, str | None]


@dataclass(frozen=True)
class Share:
    """A unit's reserved shares (0 to 1, None where not known) and what is missing of each, in the budget's unit."""

    base: Decimal
    reserved: Decimal | None
    small: Decimal | None
    missing_reserved: Decimal | None
    missing_small: Decimal | None

    @property
    def percent_reserved(self) -> Decimal | None:
        """The reserved share in percent, to a tenth, downwards: 29.97 % is not yet 30 %."""
        return _percent(self.reserved)

    @property
    def percent_small(self) -> Decimal | None:
        """The share for small and micro firms in percent, to a tenth, downwards."""
        return _percent(self.small)

    @property
    def state(self) -> str:
        """``met``, ``short`` or ``unknown``; a budget of nothing asks for nothing."""
        if self.base == 0:
            return "met"
        missing = (self.missing_reserved, self.missing_small)
        if any(one is not None and one > 0 for one in missing):
            return "short"
        return "unknown" if None in missing else "met"


def _percent(value: Decimal | None) -> Decimal | None:
    return None if value is None else (100 * value).quantize(Decimal("0.1"), ROUND_DOWN)


def share(total: Decimal, unavailable: Decimal, reserved: Decimal | None, reserved_small: Decimal | None) -> Share:
    """Return the reserved shares of a budget, and what is missing to 30 % and to 60 % of that.

    What is missing for small and micro firms is measured on what should be reserved, where too little is.

    Example:
        >>> share(Decimal(1000), Decimal(0), Decimal(240), Decimal(150)).missing_reserved
        Decimal('60.0')
    """
    base = total - unavailable
    due = base * RESERVED
    due_small = SMALL * max(reserved or NOTHING, due)
    return Share(
        base,
        None if reserved is None or base == 0 else reserved / base,
        None if reserved_small is None or not reserved else reserved_small / reserved,
        None if reserved is None else max(due - reserved, NOTHING),
        None if reserved_small is None else max(due_small - reserved_small, NOTHING),
    )


def share_of(budget: ProcurementBudget) -> Share:
    """Return the shares of a unit's budget."""
    return share(budget.total, budget.unavailable, budget.reserved, budget.reserved_small)


@transaction.atomic
def enter_procurement(actor: Account, unit: Unit, *, year: int, **fields: Any) -> ProcurementBudget:
    """Enter a unit's procurement of a year, or correct it: every version is in the record.

    Raises:
        PermissionDenied: when the actor does not enter for this unit.
        ValidationError: keyed by field.
    """
    if not may_enter_procurement(actor, unit):
        raise PermissionDenied(_("采购预留份额由本单位或者市级填报。"))
    Unit.objects.select_for_update().get(pk=unit.pk)  # two windows take turns
    made = ProcurementBudget.objects.filter(unit=unit, year=year).first() or ProcurementBudget(unit=unit, year=year)
    for name, value in fields.items():
        setattr(made, name, value)
    made.by = actor
    made.full_clean(exclude=["unit", "by"])
    made.save()
    values = {name: None if value is None else str(value) for name, value in fields.items()}
    happened = ProcurementEntered(unit=unit.pk, year=year, values=values)
    record(actor, happened, f"growth.procurement:{made.pk}", scope=unit.division_id)
    return made
