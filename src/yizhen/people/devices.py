"""Which account this browser belongs to, in a word that its scripts may read: drafts that wait on a phone are kept by it.

The word is no credential: whoever holds it can do nothing with it. It stays when a session ends by itself, so that work
without a network goes on, and goes when somebody signs out or another account signs in.
"""

from django.conf import settings
from django.http import HttpResponse
from django.utils.crypto import salted_hmac

from .models import Account

COOKIE = "yizhen_device_account"
MONTH = 31 * 24 * 3600  # seconds


def account_key(account: Account) -> str:
    """Return the word for an account: the same on every device, and not to be guessed from another one."""
    return salted_hmac("yizhen.people.devices", str(account.pk), algorithm="sha256").hexdigest()[:32]


def remember(response: HttpResponse, account: Account) -> None:
    """Let the browser know whose it is."""
    response.set_cookie(
        COOKIE, account_key(account), max_age=MONTH, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
    )


def forget(response: HttpResponse) -> None:
    """Let the browser forget whose it is."""
    response.delete_cookie(COOKIE, samesite="Lax")
