"""Staff mode and the idle limit."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode


class StaffMode:
    """Tells each request whether staff mode is on, and signs idle accounts out.

    Staff mode must be entered and times out by itself, so that a page left open cannot publish or open a ballot.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note the time of this request, and until when staff mode lasts."""
        now = time.time()
        request.staff_mode_until = 0.0  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            seen = request.session.get("seen", now)
            if now - seen > settings.IDLE_SECONDS:
                logout(request)
                return self.get_response(request)
            if now - seen > 60 or "seen" not in request.session:
                request.session["seen"] = now
            until = request.session.get("staff_mode_until", 0.0)
            if until > now:
                request.staff_mode_until = until  # type: ignore[attr-defined]
        return self.get_response(request)


def staff_mode_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Send the user to enter staff mode first; what was filled in stays in the browser's history."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if getattr(request, "staff_mode_until", 0.0) > time.time():
            return view(request, *args, **kwargs)
        back = request.get_full_path() if request.method == "GET" else request.META.get("HTTP_REFERER", "/")
        return cast(HttpResponse, redirect(reverse("people:staff_mode") + "?" + urlencode({"next": back})))

    return guarded
