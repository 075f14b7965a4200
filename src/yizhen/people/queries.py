"""The readers of people."""

from django.db.models import QuerySet

from yizhen.places.queries import city_code

from .models import Account, Official, Unit


def accounts_visible_to(user: Account) -> QuerySet[Account]:
    """Return the accounts that a system or security administrator manages; nobody else sees the list."""
    if user.is_active and user.role in {"system_admin", "security_admin"}:
        return Account.objects.filter(scope__code__startswith=user.scope_id).select_related("scope", "unit")
    return Account.objects.none()


def units_visible_to(user: Account) -> QuerySet[Unit]:
    """Return the departments of the user's city."""
    if not user.is_active:
        return Unit.objects.none()
    return Unit.objects.filter(division__code__startswith=city_code(user.scope_id))


def officials_visible_to(user: Account) -> QuerySet[Official]:
    """Return the officials in office in the user's scope; only the organisation office and counties see any."""
    if not user.is_active or user.role not in {"city_office", "county"}:
        return Official.objects.none()
    return Official.objects.filter(
        appointments__division__code__startswith=user.scope_id, appointments__ended_on__isnull=True
    ).distinct()


def has_administrators() -> bool:
    """Return whether the first-run wizard has done its work."""
    return Account.objects.filter(role="system_admin").exists()
