"""The calendar of due dates and look-backs, and its feed."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from yizhen.matters import actions
from yizhen.matters.desk.dates import dated, month_sheet, neighbours
from yizhen.matters.desk.feed import account_of, feed_of
from yizhen.matters.models import CalendarFeed
from yizhen.web.paging import paged

from .reader import reader

YEARS = range(2000, 2100)


@login_required
def calendar(request: HttpRequest) -> HttpResponse:
    """Show a month (``month=2026-11``), or one day of it with everything (``day=2026-11-26``)."""
    user, today = reader(request), timezone.localdate()
    day = _day(request.GET.get("day", ""))
    if day is not None:
        page = paged(request, dated(user, day, day), 50)
        return render(request, "matters/calendar_day.html", {"day": day, "page": page})
    first = _day(request.GET.get("month", "") + "-01") or today.replace(day=1)
    weeks = month_sheet(user, first.year, first.month)
    days = [day for week in weeks for day in week if day.in_month]
    before, after = neighbours(first.year, first.month)
    context = {
        "first": first,
        "weeks": weeks,
        "days": [day for day in days if day.total],
        "total": sum(day.total for day in days),
        "today": today,
        "before": before if before.year in YEARS else None,
        "after": after if after.year in YEARS else None,
        "feed": CalendarFeed.objects.filter(account=user, revoked_at__isnull=True).first(),
    }
    return render(request, "matters/calendar.html", context)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


@require_POST
@login_required
@never_cache
def issue_feed(request: HttpRequest) -> HttpResponse:
    """Issue a feed and show its address, this once."""
    token = actions.issue_feed(reader(request))
    address = request.build_absolute_uri(reverse("matters:feed", args=[token]))
    return render(request, "matters/calendar_feed.html", {"address": address})


@require_POST
@login_required
def revoke_feed(request: HttpRequest) -> HttpResponse:
    """Switch the feed off."""
    actions.revoke_feed(reader(request))
    messages.success(request, _("日历订阅已停用，原来的地址打不开了。"))
    return redirect("matters:calendar")


@require_safe
@never_cache
def feed(request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """Hand out a calendar feed to whoever holds its address; it is not noted that it was read."""
    account = account_of(token)
    if account is None:
        raise Http404
    return HttpResponse(feed_of(account, timezone.now()), content_type="text/calendar; charset=utf-8")
