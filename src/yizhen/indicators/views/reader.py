"""Who reads, and in which language."""

from django.http import HttpRequest
from django.utils.translation import get_language

from yizhen.people.models import Account


def signed_in(request: HttpRequest) -> Account:
    """Return the account that asks; the page is behind a sign-in."""
    assert isinstance(request.user, Account)
    return request.user


def in_chinese() -> bool:
    """Return whether the page is written in Chinese."""
    return (get_language() or "zh").startswith("zh")
