"""Conditions as ``demo_city.json`` and other plain tables write them, read into the house's own. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from .conditions import Condition

_READ: dict[str, Callable[[Any], Condition]] = {
    "scale": lambda value: Condition("scale", "in", value),
    "industry": lambda value: Condition("industry", "in", value),
    "tax_credit": lambda value: Condition("tax_credit", "in", value),
    "tenant_of": lambda value: Condition("tenant_of", "in", [value]),
    "energy_intensity": lambda value: Condition("energy", "in", [value]),
    "loan_due_within_days": lambda value: Condition("loan_due_on", "within_days", value),
    "employees_max": lambda value: Condition("employees", "max", value),
    "layoff_rate_max": lambda value: Condition("layoff_percent", "max", round(100 * value, 6)),
    "social_insurance_paid_months_min": lambda value: Condition("insured_months", "min", value),
    "equipment_invest_min_wan": lambda value: Condition("equipment_wan", "min", value),
}


def conditions_of(table: Mapping[str, Any]) -> tuple[Condition, ...]:
    """Return the conditions of a table; what it names otherwise stays under its own name, so that it is refused by it.

    Example:
        >>> conditions_of({"employees_max": 20})
        (Condition(fact='employees', operator='max', value=20),)
    """
    return tuple(
        _READ[name](value) if name in _READ else Condition(name, "in", value if isinstance(value, list) else [value])
        for name, value in table.items()
    )
