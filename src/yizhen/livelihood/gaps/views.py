"""Pages of livelihood gaps."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from yizhen.livelihood.reader import reader
from yizhen.places.models import Division
from yizhen.places.queries import divisions_visible_to

from .queries import city_page, gap_page


@login_required
def own(request: HttpRequest) -> HttpResponse:
    """Go to the gaps of the user's own place."""
    user = reader(request)
    return redirect("livelihood:gaps", user.scope_id)


@login_required
def gaps(request: HttpRequest, code: str) -> HttpResponse:
    """Show the livelihood gaps of a township, or of a city or county by township."""
    user = reader(request)
    places = divisions_visible_to(user).filter(level__in=["prefecture", "county", "township"])
    place: Division = get_object_or_404(places.select_related("category", "parent"), pk=code)
    listed = places.filter(code__startswith=user.scope_id, retired_on=None)
    context = {"place": place, "places": listed, "division": place, "behind": {}}
    if place.level == "township":
        return render(request, "livelihood/gaps.html", context | {"page": gap_page(user, place)})
    return render(request, "livelihood/city_gaps.html", context | {"page": city_page(user, place)})
