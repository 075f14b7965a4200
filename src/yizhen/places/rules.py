"""Who may see and change places. An account is read by its role and scope only, so that places stay below people."""

from typing import Any

import rules

from .models import Division

DESCRIBERS = {"city_office", "county", "system_admin"}
DRAWERS = {"city_office", "county", "township_office"}
CLOSERS = {"city_office", "county"}


@rules.predicate
def may_describe(user: Any, division: Division) -> bool:
    """Return whether the user may set a place's category and population."""
    return bool(user.is_active and user.role in DESCRIBERS and division.code.startswith(user.scope_id or "-"))


@rules.predicate
def may_draw_grid(user: Any, village: Division) -> bool:
    """Return whether the user may draw grids under a village."""
    return bool(user.is_active and user.role in DRAWERS and village.code.startswith(user.scope_id or "-"))


@rules.predicate
def may_redraw(user: Any) -> bool:
    """Return whether the user may record that places were merged, split, renamed or given a new code."""
    return bool(user.is_active and user.role == "city_office")


@rules.predicate
def may_keep_calendar(user: Any) -> bool:
    """Return whether the user may take over a year's table of holidays: the city's office."""
    return bool(user.is_active and user.role == "city_office")


@rules.predicate
def may_close(user: Any, division: Division) -> bool:
    """Return whether the user may declare that offices in a place were closed."""
    return bool(user.is_active and user.role in CLOSERS and division.code.startswith(user.scope_id or "-"))
