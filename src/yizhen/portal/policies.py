"""Policies for firms, open to everybody: what is given, to whom, on which conditions, within how many days. No firm is named."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yizhen.growth.models.policy import KINDS
from yizhen.growth.policies.queries import public_policies
from yizhen.growth.policies.words import condition_words
from yizhen.web.paging import paged

PAGE = 30


def policies(request: HttpRequest) -> HttpResponse:
    """List the policies in force with their conditions and the fees that they abolish, waive or lower."""
    kind = request.GET.get("kind", "")
    found = public_policies()
    if kind in KINDS:
        found = found.filter(kind=kind)
    page = paged(request, found, PAGE)
    rows = [(one, [condition_words(each.condition) for each in one.conditions.all()]) for one in page.object_list]
    return render(request, "portal/policies.html", {"rows": rows, "page": page, "kinds": KINDS.items(), "kind": kind})
