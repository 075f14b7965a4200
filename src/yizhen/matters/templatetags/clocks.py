"""Template filters that draw a deadline."""

from datetime import date
from typing import Any

from django import template

from yizhen.clocks import Deadline, Unit
from yizhen.matters.clock_words import (
    SUSPENSION_NAMES,
    StripCell,
    amount_in_words,
    legend_of,
    runs_in_words,
    source_in_words,
    strip_of,
)

register = template.Library()


@register.filter
def clock_cells(deadline: Deadline) -> list[StripCell]:
    """Return the small squares of a deadline."""
    return strip_of(deadline)


@register.filter
def clock_legend(deadline: Deadline) -> list[tuple[str, Any, Any]]:
    """Return what the squares of a deadline need explained."""
    return legend_of(deadline)


@register.filter
def clock_runs(deadline: Deadline) -> list[tuple[date, date, str]]:
    """Return the derivation in sentences."""
    return runs_in_words(deadline)


@register.filter
def clock_amount(amount: int, unit: Unit) -> str:
    """Return an amount with its unit in words."""
    return amount_in_words(amount, Unit(unit))


@register.filter
def suspension_name(code: str) -> Any:
    """Return the name of a reason for halting a clock."""
    return SUSPENSION_NAMES.get(code, code)


@register.filter
def clock_source(source: str) -> str:
    """Return a source in the page's language."""
    return source_in_words(source)
