"""Who may manage accounts."""

import rules

from .models import Account, Official


@rules.predicate
def may_open_account(actor: Account, role: str) -> bool:
    """Return whether the actor may open an account of a role.

    The system administrator opens accounts of business roles; administrators are made only by the first-run wizard,
    so that nobody can make himself a second administrator.
    """
    return actor.is_active and actor.role == "system_admin" and not role.endswith("_admin")


@rules.predicate
def may_switch_account(actor: Account, account: Account) -> bool:
    """Return whether the actor may suspend or resume an account: the security administrator, never his own."""
    return actor.is_active and actor.role == "security_admin" and actor.pk != account.pk


@rules.predicate
def may_enter_staff_mode(actor: Account) -> bool:
    """Return whether the account has a staff mode: those who can publish, open ballots or change accounts."""
    return actor.is_active and actor.role in {"city_office", "county", "system_admin", "security_admin"}


@rules.predicate
def may_declare(actor: Account, official: Official) -> bool:
    """Return whether the account may see and declare an official's relatives: himself, or the organisation office."""
    if not actor.is_active:
        return False
    if official.account_id == actor.pk:
        return True
    divisions = official.appointments.values_list("division_id", flat=True)
    return actor.role == "city_office" and all(actor.covers(code) for code in divisions)
