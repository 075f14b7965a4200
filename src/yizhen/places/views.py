"""Pages of the places room."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from .actions import describe_division, draw_grid
from .forms import ChangeForm, DescribeForm, GridForm
from .queries import changes_visible_to, divisions_visible_to, townships_visible_to
from .redrawing import redraw_places
from .rules import may_describe, may_draw_grid, may_redraw


@login_required
def places(request: HttpRequest) -> HttpResponse:
    """List counties with their townships; villages of one's own scope on request."""
    user = request.user
    text = request.GET.get("q", "").strip()[:40]
    counties = list(divisions_visible_to(user).filter(level__in=["prefecture", "county"]))
    townships = townships_visible_to(user)
    villages = divisions_visible_to(user).filter(level__in=["village", "grid"])
    if text:
        townships = townships.filter(name_zh__icontains=text) | townships.filter(code__startswith=text)
        villages = villages.filter(name_zh__icontains=text) | villages.filter(code__startswith=text)
    groups = [(county, [t for t in townships if t.parent_id == county.code]) for county in counties]
    return render(
        request,
        "places/places.html",
        {
            "groups": [(county, found) for county, found in groups if found or not text],
            "villages": villages[:200] if text else [],
            "village_count": villages.count(),
            "q": text,
        },
    )


@login_required
def describe(request: HttpRequest, code: str) -> HttpResponse:
    """Set a place's category and population."""
    division = get_object_or_404(divisions_visible_to(request.user), code=code)
    if not may_describe(request.user, division):
        raise PermissionDenied(_("您无权修改这个地方的资料。"))
    initial = {
        "category": division.category_id,
        "population": division.population,
        "population_year": division.population_year,
        "population_source": division.population_source,
    }
    form = DescribeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            describe_division(request.user, division, **form.cleaned_data)
        except ValidationError as error:
            for field, texts in error.message_dict.items():
                form.add_error(field, texts)
        else:
            messages.success(request, _("已保存。"))
            return redirect("places:places")
    return render(
        request, "places/describe.html", {"division": division, "form": form}, status=400 if form.errors else 200
    )


@login_required
def grids(request: HttpRequest, code: str) -> HttpResponse:
    """Show a village's grids and draw new ones."""
    village = get_object_or_404(divisions_visible_to(request.user), code=code, level="village")
    form = GridForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            draw_grid(request.user, village, form.cleaned_data["name"])
        except ValidationError as error:
            for field, texts in error.message_dict.items():
                form.add_error(field if field in form.fields else None, texts)
        else:
            messages.success(request, _("已划定。"))
            return redirect("places:grids", code=code)
    return render(
        request,
        "places/grids.html",
        {
            "village": village,
            "grids": village.children.order_by("code"),
            "form": form,
            "may_draw": may_draw_grid(request.user, village),
        },
        status=400 if form.errors else 200,
    )


@login_required
def changes(request: HttpRequest) -> HttpResponse:
    """List how the map has changed; the city's office records a change."""
    user = request.user
    form = ChangeForm(request.POST or None, places=divisions_visible_to(user)) if may_redraw(user) else None
    if request.method == "POST" and form is None:
        raise PermissionDenied(_("由市级评议办登记区划变更。"))
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            redraw_places(user, form.cleaned_data.pop("kind"), **form.cleaned_data)
        except ValidationError as error:
            for field, texts in error.message_dict.items():
                form.add_error(field if field in form.fields else None, texts)
        else:
            messages.success(request, _("已登记。"))
            return redirect("places:changes")
    return render(
        request,
        "places/changes.html",
        {"changes": changes_visible_to(user)[:200], "form": form},
        status=400 if form is not None and form.errors else 200,
    )
