"""The door in front of Django's middleware: what a hall of phones asks for at once is answered here.

The ballot's two POST addresses and the status poll need no session, no account, no cookie but the language's and no
page. So they are answered before any middleware runs, by the same functions as their views. What the middleware
promises on these addresses is kept by reading nothing: of a request, the door looks at the method, the path, the body,
the tag and the language, and never at an address, a browser's name, a referrer or a session; it logs nothing (ADR 1).
"""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.utils.translation import override

from yizhen.appraisals.status import Status, read_status
from yizhen.appraisals.status_board import Board

from . import ballot

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]

STATUS = re.compile(r"/now/([-\w]{1,40})/status", re.ASCII)
LANGUAGE = re.compile(r"(?:^|;\s*)django_language=([-\w]+)")
HEADERS = [
    ("Content-Type", "application/json"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "SAMEORIGIN"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Content-Security-Policy", "default-src 'none'"),
]
REASONS = {200: "OK", 304: "Not Modified", 400: "Bad Request", 404: "Not Found", 409: "Conflict"}
UNAVAILABLE = "Service Unavailable"
NO_STORE = ("Cache-Control", "no-store")


class Door:
    """A WSGI application that answers the hall's phones and leaves everything else to the site behind it."""

    def __init__(self, site: App) -> None:
        self.site = site
        self.halls: Board[Status] = Board()
        self.sheets = ballot.Sheets(seconds=1.0)
        self.languages = {code for code, _name in settings.LANGUAGES}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        if method == "POST" and path in {"/b/cast", "/b/form"}:
            status, content = self._ballot(path, environ)
            headers = [NO_STORE]
        elif method == "GET" and path.startswith("/now/") and (found := STATUS.fullmatch(path)):
            status, content, headers = self._status(found[1], environ)
        else:
            return self.site(environ, start_response)
        length = [] if status == 304 else [("Content-Length", str(len(content)))]
        start_response(f"{status} {REASONS.get(status, UNAVAILABLE)}", [*HEADERS, *headers, *length])
        return [content]

    def _language(self, environ: Environ) -> str:
        """The language that somebody chose on this device; Chinese until then."""
        chosen = LANGUAGE.search(environ.get("HTTP_COOKIE", ""))
        return chosen[1] if chosen and chosen[1] in self.languages else settings.LANGUAGE_CODE

    def _ballot(self, path: str, environ: Environ) -> tuple[int, bytes]:
        body = _body(environ)
        try:
            _renew_connection()
            cast = path == "/b/cast"
            status, answer = ballot.answer_cast(body) if cast else ballot.answer_form(body, self.sheets)
        except Exception:  # a traceback would be a line, with a time, about a sheet
            status, answer = 503, {"state": "later"}
        if status == 503:
            with override(self._language(environ)):
                answer["message"] = str(ballot.LATER)
        return status, json.dumps(answer).encode()

    def _status(self, token: str, environ: Environ) -> tuple[int, bytes, list[tuple[str, str]]]:
        try:
            _renew_connection()
            language = self._language(environ)
            with override(language):
                found = self.halls.get((token, language), lambda: read_status(token))
        except Error:  # the database is away: the page asks again
            return 503, b'{"error": "later"}', [NO_STORE]
        if found is None:
            return 404, b'{"error": "unknown"}', [NO_STORE]
        headers = [("ETag", found.tag), ("Cache-Control", "no-cache"), ("Vary", "Cookie")]
        if environ.get("HTTP_IF_NONE_MATCH") == found.tag:
            return 304, b"", headers
        return 200, found.body(), headers


def _renew_connection() -> None:
    """Drop a connection that broke or grew old, as Django does before a request."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def _body(environ: Environ) -> bytes:
    length = environ.get("CONTENT_LENGTH") or "0"
    wanted = int(length) if length.isdecimal() and len(length) < 12 else 0
    content: bytes = environ["wsgi.input"].read(min(wanted, ballot.BODY_LIMIT)) if wanted else b""
    return content
