"""What is posted about grids: who answers, how to reach him or her, and what a grid does. No account needed."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from yizhen.matters.grids.queries import grids_with_posts, services_in_force
from yizhen.places.models import Division
from yizhen.places.queries import city_code
from yizhen.web.qr import qr_svg


def grids(request: HttpRequest) -> HttpResponse:
    """List the grids of a township with their workers."""
    places = list(Division.objects.filter(level="township", retired_on=None).select_related("parent").order_by("code"))
    asked = request.GET.get("place", "")
    place = next((one for one in places if one.code == asked), places[0] if places else None)
    context = {"places": places, "place": place, "grids": grids_with_posts(place.code) if place else []}
    return render(request, "portal/grids.html", context)


def grid(request: HttpRequest, code: str) -> HttpResponse:
    """Show one grid as it hangs on the notice board."""
    found = grids_with_posts(code).filter(code=code).first()
    if found is None:
        raise Http404
    context = {
        "grid": found,
        "post": next(iter(found.post_now), None),  # type: ignore[attr-defined]
        "items": services_in_force(city_code(code)),
        "qr": qr_svg(request.build_absolute_uri()),
    }
    return render(request, "portal/grid.html", context)
