"""The page of the lifecycle: the transition table, its picture, and what a kind makes of it."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yizhen.matters.diagram import lifecycle_svg
from yizhen.matters.kind_rules import may_read_kinds
from yizhen.matters.kinds.registry import kinds_in_force
from yizhen.matters.kinds.traits import ways_of
from yizhen.matters.lifecycle import STATE_NAMES, TRANSITIONS, VERB_NAMES
from yizhen.matters.lifecycle_words import opening_row, table_rows
from yizhen.people.models import Account


def reader(request: HttpRequest) -> Account:
    """Return who reads, if kinds are shown to him or her.

    Raises:
        PermissionDenied: to administrators.
    """
    assert isinstance(request.user, Account)
    if not may_read_kinds(request.user):
        raise PermissionDenied(_("管理员账号不看业务数据。"))
    return request.user


@login_required
def lifecycle(request: HttpRequest) -> HttpResponse:
    """Show the transition table and its picture, of all kinds or of one."""
    reader(request)
    kinds = kinds_in_force()
    kind = kinds.get(request.GET.get("kind", ""))
    context = {
        "kinds": kinds.values(),
        "kind": kind,
        "opening": opening_row(kind) if kind else None,
        "rows": table_rows(kind),
        "picture": lifecycle_svg(ways_of(kind) if kind else TRANSITIONS, STATE_NAMES, VERB_NAMES, _("事项的一生")),
    }
    return render(request, "matters/lifecycle.html", context)
