"""What a person sees first."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.queries import records_visible_to
from yizhen.clocks import Light
from yizhen.indicators.burden import burden
from yizhen.indicators.filling import due_approvals, due_fillings
from yizhen.indicators.models import DOMAINS
from yizhen.indicators.queries import gap_rows, indicators_visible_to
from yizhen.matters.bounces import bounces_by_dispatcher
from yizhen.matters.desk.searches import alerts_for
from yizhen.matters.desk.waiting import Waiting
from yizhen.matters.duties.year import year_of
from yizhen.matters.lights import has_light
from yizhen.matters.queries import due_from, look_backs_due, matters_visible_to
from yizhen.matters.searching import search as search_matters
from yizhen.matters.supervision import needed_notices, notices_to_answer
from yizhen.people.models import Account
from yizhen.people.queries import accounts_visible_to, has_administrators
from yizhen.places.queries import divisions_visible_to, peer_group, townships_visible_to

from . import queries
from .boards import pages_for

SHOWN = 12  # of each sort that waits; the queue has all of them


def _user(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


def today(request: HttpRequest) -> HttpResponse:
    """Show what is due from me (red first), and the next session with what it still needs."""
    if not request.user.is_authenticated:
        if not has_administrators() and not Account.objects.exists():
            return redirect("people:first_run")
        return redirect("people:sign_in")
    user = _user(request)
    if user.is_admin:
        return render(
            request,
            "console/today_admin.html",
            {"accounts": accounts_visible_to(user).count(), "records": records_visible_to(user).count()},
        )
    campaign = queries.coming_campaign(user)
    due = due_from(user)
    return render(
        request,
        "console/today.html",
        {
            "due": due[:SHOWN],
            "due_count": due.count(),
            "red": due.filter(has_light(Light.RED, timezone.localdate())).count(),
            "look_backs": look_backs_due(user)[:SHOWN],
            "needed": needed_notices(user, most=SHOWN),
            "to_answer": notices_to_answer(user)[:SHOWN],
            "all": {what.value: counts.total() for what, counts in Waiting(user).counts.items()},
            "alerts": alerts_for(user),
            "campaign": campaign,
            "needs": queries.needs_of(user, campaign) if campaign else [],
            "reports": queries.my_reports(user),
            "fillings": due_fillings(user, timezone.localdate()),
            "approvals": due_approvals(user),
            "township": townships_visible_to(user).filter(code=user.scope_id).first(),
            "commands": user.role in {"city_office", "county"},
        },
    )


@login_required
def headquarters(request: HttpRequest) -> HttpResponse:
    """Show the townships with what is stuck, and who overloads whom."""
    user = _user(request)
    if user.role not in {"city_office", "county"}:
        raise PermissionDenied(_("这一页供市、县使用。"))
    return render(
        request,
        "console/headquarters.html",
        {
            "rows": queries.headquarters(user),
            "bounces": bounces_by_dispatcher(user),
            "meter": burden(user, timezone.localdate()),
            "inspections": year_of(user, timezone.localdate().year),
        },
    )


@login_required
def township(request: HttpRequest, code: str) -> HttpResponse:
    """Show a township: profile, gap rows, threads, boards and promises."""
    user = _user(request)
    division = get_object_or_404(townships_visible_to(user), code=code)
    rows = gap_rows(user, division)
    context = {
        "division": division,
        "groups": [(name, [row for row in rows if row.indicator.domain == domain]) for domain, name in DOMAINS.items()],
        "rows": rows,
        "peers": peer_group(division),
        "own": user.covers(division.code),
        "behind": queries.matters_behind(user, division),
    }
    if not user.is_admin and (user.covers(division.code) or user.role == "department"):
        context.update(queries.front_command(user, division))
    return render(request, "console/township.html", context)


@login_required
def search(request: HttpRequest) -> HttpResponse:
    """Search what the reader may see: filtered first, then searched."""
    user = _user(request)
    text = request.GET.get("q", "").strip()[:60]
    found = {
        "matters": search_matters(matters_visible_to(user), text)[:20] if text else [],
        "places": divisions_visible_to(user).filter(name_zh__icontains=text)[:20] if text else [],
        "indicators": indicators_visible_to(user).filter(name_zh__icontains=text)[:20] if text else [],
    }
    return render(request, "console/search.html", {"q": text, **found})


@login_required
def boards(request: HttpRequest) -> HttpResponse:
    """Show the pages of the four boards that the user may open, and the way to the townships' command posts."""
    user = _user(request)
    if user.is_admin or user.is_for_ballots:
        raise PermissionDenied(_("四块板供办事的单位使用。"))
    townships = townships_visible_to(user).filter(code__startswith=user.scope_id, retired_on=None).order_by("code")
    context = {"boards": pages_for(user), "townships": townships}
    return render(request, "console/boards.html", context)
