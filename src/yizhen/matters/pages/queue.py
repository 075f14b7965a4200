"""My queue and the team board."""

from collections import Counter

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yizhen.matters.desk.board import board_of
from yizhen.matters.desk.filters import Filters
from yizhen.matters.desk.searches import alerts_for
from yizhen.matters.desk.waiting import Entry, Waiting, What, When, counted, grouped
from yizhen.matters.exclusions import waiting_for as exclusions_waiting_for
from yizhen.matters.kinds import WORK_LINES
from yizhen.matters.kinds.registry import kinds_in_force
from yizhen.matters.queries import matters_visible_to
from yizhen.matters.rules import may_assign
from yizhen.people.models import Account
from yizhen.places.queries import townships_visible_to
from yizhen.web.templatetags.yizhen import chinese

from .reader import reader

PAGE = 50


@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """Show everything that waits for me in one list, grouped by when it is due; ``what`` shows one sort of it."""
    user = request.user
    assert isinstance(user, Account)
    what = request.GET.get("what", "")
    waiting = Waiting(user, What(what) if what in set(What) else None)
    page: Page[Entry] = Paginator(waiting, PAGE).get_page(request.GET.get("page"))
    everything = sum(waiting.counts.values(), Counter())
    context = {
        "page": page,
        "groups": grouped(waiting.totals(), list(page), waiting.today),
        "sorts": counted(waiting.counts),
        "what": what,
        "total": everything.total(),
        "overdue": everything[When.OVERDUE],
        "exclusions": exclusions_waiting_for(user),
        "alerts": alerts_for(user),
        "may_assign": may_assign(user),
    }
    return render(request, "matters/queue.html", context)


@login_required
def board(request: HttpRequest) -> HttpResponse:
    """Show the open matters of the user's scope in columns by state."""
    user = reader(request)
    chosen = Filters.of({name: request.GET.get(name, "") for name in ("kind", "line", "place")})
    places = townships_visible_to(user).filter(code__startswith=user.scope_id[:9], retired_on=None)
    zh, named = chinese(), places.values_list("code", "name_zh", "name_en")
    context = {
        "columns": board_of(chosen.among(matters_visible_to(user))),
        "chosen": chosen,
        "kinds": [(kind.code, kind.name) for kind in kinds_in_force().values()],
        "lines": WORK_LINES.items(),
        "places": [(code, in_zh if zh else in_en or in_zh) for code, in_zh, in_en in named],
    }
    return render(request, "matters/board.html", context)
