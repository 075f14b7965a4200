"""What is there for talents, open to everybody: housing, policies and how many they reached, a door for suggestions."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yizhen.needs.talents.queries import latest_housing, public_deliveries, shown_housing, shown_reach

LATEST = 20


def talents(request: HttpRequest) -> HttpResponse:
    """Show housing by township and the latest policies that were handed on: counts, small ones hidden."""
    context = {
        "housing": [shown_housing(one) for one in latest_housing()],
        "deliveries": [shown_reach(one) for one in public_deliveries()[:LATEST]],
    }
    return render(request, "portal/talents.html", context)
