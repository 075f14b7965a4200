"""The readers of the data catalogue and of the register of forms."""

from django.db.models import Count, Q, QuerySet

from yizhen.people.models import Account
from yizhen.places.queries import city_code

from .models import Collection, Crossing, DataField, FieldValue, FormRefusal, Indicator, RegisteredForm


def fields_visible_to(user: Account) -> QuerySet[DataField]:
    """Return the data catalogue: open to every business account; what a field holds is another matter."""
    if not user.is_active or user.is_admin:
        return DataField.objects.none()
    return DataField.objects.select_related("owner", "indicator")


def field_values_visible_to(user: Account) -> QuerySet[FieldValue]:
    """Return the values that the user may read, as their fields say; drafts only to whoever the place answers to."""
    values = FieldValue.objects.select_related("field", "division")
    if not user.is_active or user.is_admin or user.is_for_ballots:
        return values.none()
    values = values.filter(division__code__startswith=city_code(user.scope_id))
    approved = Q(state="approved")
    shared = Q(field__readers="all") & approved & Q(division__level__in=["prefecture", "county", "township"])
    if user.role == "department":
        return values.filter(Q(field__owner=user.unit_id) | (Q(field__readers="all") & approved))
    covered = Q(division__code__startswith=user.scope_id)
    return values.filter(
        shared | (covered & ~Q(field__readers="owner")) | Q(division=user.scope_id, field__readers="owner")
    )


def forms_visible_to(user: Account) -> QuerySet[RegisteredForm]:
    """Return the register: every business account sees what was decided; applications only who applied or decides."""
    forms = RegisteredForm.objects.select_related("department").annotate(
        lines=Count("items"), asked=Count("items", filter=Q(items__asks=True))
    )
    if not user.is_active or user.is_admin:
        return forms.none()
    forms = forms.filter(department__division__code__startswith=city_code(user.scope_id))
    forms = forms.order_by("code")  # what is grouped is not ordered by itself
    if user.role == "city_office":
        return forms
    own = Q(department=user.unit_id) if user.unit_id else Q(pk=None)
    return forms.filter(~Q(state="applied") | own)


def refusals_visible_to(user: Account) -> QuerySet[FormRefusal]:
    """Return replies to unregistered forms: one's own scope's, and those to one's own department."""
    refusals = FormRefusal.objects.select_related("division", "department", "form")
    if not user.is_active or user.is_admin or user.is_for_ballots:
        return refusals.none()
    if user.role == "department":
        return refusals.filter(department=user.unit_id)
    return refusals.filter(division__code__startswith=user.scope_id)


def collections_visible_to(user: Account) -> QuerySet[Collection]:
    """Return the collections that the user has to do with: fills, approves, owns, or oversees."""
    collections = Collection.objects.select_related("form__department", "scope")
    if not user.is_active or user.is_admin or user.is_for_ballots or user.role == "grid_worker":
        return collections.none()
    if user.role == "city_office":
        return collections.filter(scope__code__startswith=user.scope_id)
    if user.role == "department":
        return collections.filter(form__department=user.unit_id)
    return collections.filter(submissions__division__code__startswith=user.scope_id).distinct()


def crossings_visible_to(user: Account, indicator: Indicator) -> QuerySet[Crossing]:
    """Return the places of the user's scope that are beyond a threshold of an indicator now."""
    if not user.is_active or user.is_admin or user.is_for_ballots:
        return Crossing.objects.none()
    return (
        Crossing.objects.filter(
            threshold__indicator=indicator,
            threshold__is_active=True,
            released_in="",
            division__code__startswith=user.scope_id,
        )
        .select_related("threshold", "division", "matter")
        .order_by("division")
    )
