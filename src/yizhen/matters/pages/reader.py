"""Who is asking for a page."""

from django.http import HttpRequest

from yizhen.people.models import Account


def reader(request: HttpRequest) -> Account:
    """Return the account that asks; the page is for those who have signed in."""
    assert isinstance(request.user, Account)
    return request.user
