"""Middleware and log filters that keep the ballot's addresses free of identity."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.urls import is_valid_path

BALLOT_PREFIXES = ("/b/",)
FORM_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}


class AnonymousPaths:
    """Drops cookies and client addresses before anything else can read them on ballot addresses (ADR 1)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer without cookies, addresses or caches on ballot addresses."""
        if not request.path.startswith(BALLOT_PREFIXES):
            return self.get_response(request)
        language = request.COOKIES.get("django_language")
        request.META.pop("HTTP_COOKIE", None)
        request.COOKIES = {"django_language": language} if language else {}
        for name in ("REMOTE_ADDR", "HTTP_X_FORWARDED_FOR", "HTTP_USER_AGENT", "HTTP_REFERER"):
            request.META.pop(name, None)
        request.META["REMOTE_ADDR"] = "0.0.0.0"  # noqa: S104  # a value that says nothing, not an address to bind
        response = self.get_response(request)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response


class NoBallotLines(logging.Filter):
    """Keeps any log record about a ballot address out of every handler."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record may be written."""
        request = getattr(record, "request", None)
        path = getattr(request, "path", "") or ""
        return not path.startswith(BALLOT_PREFIXES)


class ChineseFirst:
    """Shows Chinese until somebody chooses English: an office browser's language says little about its reader."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Drop the browser's wish, so that only the language cookie counts."""
        request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
        return self.get_response(request)


class RefuseNul:
    """Answers 400 to NUL characters: PostgreSQL cannot store them, and no person types them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the address, the query and the fields of forms."""
        if request.path.startswith(BALLOT_PREFIXES):
            return self.get_response(request)
        found = "\0" in request.path_info or any(
            "\0" in text for texts in request.GET.lists() for text in (texts[0], *texts[1])
        )
        if not found and request.method == "POST" and request.content_type in FORM_TYPES:
            found = any("\0" in text for texts in request.POST.lists() for text in (texts[0], *texts[1]))
        return HttpResponseBadRequest("400 · NUL") if found else self.get_response(request)


class BackToThePage:
    """Leads a browser from an address that only takes forms to the page above it.

    Who changes the language where a form was refused, or signs in again after sending one, comes to such an address.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Send readers of pages on; programs are told that the method is not allowed."""
        response = self.get_response(request)
        if (
            response.status_code != 405
            or request.method != "GET"
            or "text/html" not in request.headers.get("Accept", "")
        ):
            return response
        above = request.path_info
        while above != "/":
            above = above.rstrip("/").rpartition("/")[0] + "/"
            if is_valid_path(above):
                break
        return HttpResponseRedirect(above)
