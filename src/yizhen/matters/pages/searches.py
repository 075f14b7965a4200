"""Saved searches and the digest."""

from datetime import date, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.matters import actions
from yizhen.matters.desk.filters import Filters
from yizhen.matters.desk.searches import as_plain_text, digest, standings
from yizhen.matters.forms_desk import DigestForm, SavedSearchForm
from yizhen.matters.models import SavedSearch
from yizhen.web.errors import ErrorsAt

from .reader import reader

LONGEST = 92  # days that a digest looks back


@login_required
def searches(request: HttpRequest) -> HttpResponse:
    """List the own saved searches with their numbers now; save the filters that the address carries."""
    user = reader(request)
    filters = Filters.of(request.POST if request.method == "POST" else request.GET)
    form = SavedSearchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with ErrorsAt(form):
            actions.save_search(user, filters=filters, **form.cleaned_data)
            messages.success(request, _("已存好。超过您定的线时，“今天”和“等我办的”会告诉您。"))
            return redirect("matters:searches")
    context = {
        "form": form,
        "filters": filters,
        "standings": standings(user, SavedSearch.objects.filter(owner=user)),
    }
    return render(request, "matters/searches.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def drop_search(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop a saved search of the user's own."""
    user = reader(request)
    actions.drop_search(user, get_object_or_404(SavedSearch, owner=user, pk=pk))
    messages.success(request, _("常用查询已删去。"))
    return redirect("matters:searches")


@login_required
def changes(request: HttpRequest) -> HttpResponse:
    """Show what changed since a day (today), by saved search: to print, and as text to copy."""
    user, today = reader(request), timezone.localdate()
    form = DigestForm(request.GET if "since" in request.GET else {"since": today})
    since = form.cleaned_data["since"] if form.is_valid() else today
    since = min(max(since, today - timedelta(days=LONGEST)), today)
    chapters, more = digest(user, SavedSearch.objects.filter(owner=user), since)
    context = {
        "form": form,
        "since": since,
        "chapters": chapters,
        "more": more,
        "text": as_plain_text(chapters, since),
        "days": _choices(today),
    }
    return render(request, "matters/digest.html", context)


def _choices(today: date) -> list[tuple[str, date]]:
    """Return the usual days to look back to."""
    return [
        (_("今天"), today),
        (_("昨天起"), today - timedelta(days=1)),
        (_("本周"), today - timedelta(days=today.weekday())),
        (_("近三十天"), today - timedelta(days=30)),
    ]
