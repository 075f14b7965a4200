"""Large type, for whoever wants it: remembered in a plain cookie, or in the address where cookies are off."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

COOKIE, FOR = "large", 365 * 24 * 60 * 60  # seconds


def large(request: HttpRequest) -> HttpResponse:
    """Switch large type on or off and go back to the page."""
    wanted = request.GET.get("on") == "1"
    path, _mark, asked = request.GET.get("next", "").partition("?")
    if not (path.startswith("/ask/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)):
        path, asked = reverse("portal:ask"), ""
    query = QueryDict(asked, mutable=True)
    query.pop(COOKIE, None)
    if wanted:
        query[COOKIE] = "1"
    response = redirect(f"{path}?{query.urlencode()}" if query else path)
    if wanted:
        response.set_cookie(COOKIE, "1", max_age=FOR, httponly=True, samesite="Lax")
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
    return response
