"""Who may do what with enterprises."""

from yizhen.growth.models import Enterprise, PublicPayment
from yizhen.people.models import Account

READING = {"township_head", "township_office", "department", "county", "city_office"}


def may_read(user: Account) -> bool:
    """Return whether enterprises are shown to that role at all; which ones is told by the queries."""
    return user.is_active and user.role in READING


def may_register(user: Account) -> bool:
    """Return whether the user enters enterprises, one or a table: within the scope, a department its own."""
    return may_read(user)


def may_change(user: Account, enterprise: Enterprise) -> bool:
    """Return whether the user keeps a firm's facts, visits and requests: its township, county, city, its department in
    charge, or the post that serves it.
    """
    if not may_read(user):
        return False
    if enterprise.officer_id == user.pk:
        return True
    if user.role == "department":
        return enterprise.department_id is not None and enterprise.department_id == user.unit_id
    return user.covers(enterprise.division_id)


def may_assign_officer(user: Account, enterprise: Enterprise) -> bool:
    """Return whether the user says which post serves a firm: its township, county or city, no department."""
    return may_read(user) and user.role != "department" and user.covers(enterprise.division_id)


def may_serve(user: Account, enterprise: Enterprise) -> bool:
    """Return whether a post can serve a firm: it reads enterprises, and its scope holds the firm's place."""
    return may_read(user) and user.covers(enterprise.division_id)


def may_settle(user: Account, payment: PublicPayment) -> bool:
    """Return whether the user records that a sum was paid: who keeps the firm's facts, never the debtor itself."""
    if user.unit_id is not None and user.unit_id == payment.debtor_id:
        return False
    return may_change(user, payment.enterprise)
