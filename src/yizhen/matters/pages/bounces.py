"""The page of dispatches that came back."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yizhen.matters.bounces import bounces_by_dispatcher
from yizhen.matters.rules import may_assign

from .reader import reader

PERIODS = {"90": gettext_lazy("近 90 天"), "365": gettext_lazy("近一年"), "": gettext_lazy("全部")}


@login_required
def bounces(request: HttpRequest) -> HttpResponse:
    """Show what came back, by the department that had sent it."""
    user = reader(request)
    if not may_assign(user):
        raise PermissionDenied(_("退回统计供派件的市、县和部门查看。"))
    period = request.GET.get("days", "365")
    period = period if period in PERIODS else "365"
    today = timezone.localdate()
    since = today - timedelta(days=int(period)) if period else None
    context = {
        "rows": bounces_by_dispatcher(user, since),
        "periods": PERIODS.items(),
        "period": period,
        "since": since,
        "today": today,
    }
    return render(request, "matters/bounces.html", context)
