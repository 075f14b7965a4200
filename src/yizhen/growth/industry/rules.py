"""Who may do what with distinctive industries and the figures of sectors."""

from yizhen.growth.models import IndustryDeclaration, StepReport
from yizhen.growth.projects.rules import READING
from yizhen.people.models import Account

TOWNSHIP = {"township_head", "township_office"}
CONFIRMING = {"county", "city_office"}


def may_read(user: Account) -> bool:
    """Return whether declared industries are shown to the user at all: townships, departments, counties and the city."""
    return user.is_active and user.role in READING


def may_declare(user: Account, code: str) -> bool:
    """Return whether the user declares the industry of a township, its steps and its communities: the township itself."""
    return user.is_active and user.role in TOWNSHIP and user.scope_id == code


def may_confirm(user: Account, declaration: IndustryDeclaration) -> bool:
    """Return whether the user confirms a declaration or sends it back: the county or the city above the township."""
    return (
        user.is_active
        and user.role in CONFIRMING
        and declaration.decision == ""
        and user.pk != declaration.declared_by_id
        and user.covers(declaration.division_id)
    )


def may_check(user: Account, report: StepReport) -> bool:
    """Return whether the user checks what came of a step: the county or the city, never who reported it."""
    return (
        user.is_active
        and user.role in CONFIRMING
        and report.passed is None
        and user.pk != report.by_id
        and user.covers(report.step.declaration.division_id)
    )


def may_import(user: Account) -> bool:
    """Return whether the user enters figures of sectors: townships their own, counties and the city those in their scope."""
    return user.is_active and user.role in TOWNSHIP | CONFIRMING


def may_note_outside(user: Account) -> bool:
    """Return whether the user keeps the list of places outside the city: the city's office."""
    return user.is_active and user.role == "city_office"


def sees_figures(user: Account, code: str) -> bool:
    """Return whether a township's figures by sector are shown to the user in full: within the scope alone.

    Others see shares of declared industries, and not even these where fewer than three units stand behind (统计法 art. 28).
    """
    return may_read(user) and user.covers(code)
