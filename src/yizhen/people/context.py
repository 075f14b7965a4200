"""What every page knows about its reader."""

from typing import Any

from django.http import HttpRequest


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Return the reader's account and whether staff mode is on; nothing on anonymous ballot addresses."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"me": None, "staff_mode_until": 0}
    return {"me": user, "staff_mode_until": getattr(request, "staff_mode_until", 0)}
