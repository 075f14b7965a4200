"""The audit administrator's page."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yizhen.web.paging import paged

from .actions import first_broken_link
from .queries import records_visible_to


@login_required
def chain(request: HttpRequest) -> HttpResponse:
    """Show the chain, newest first, and whether it is whole."""
    if getattr(request.user, "role", "") != "audit_admin":
        raise PermissionDenied(_("只有审计管理员可以查看审计记录。"))
    records = records_visible_to(request.user)
    if text := request.GET.get("q", "").strip()[:80]:
        records = records.filter(event__icontains=text) | records.filter(subject__icontains=text)
    page = paged(request, records, 50)
    return render(request, "audit/chain.html", {"page": page, "broken": first_broken_link(), "q": text})
