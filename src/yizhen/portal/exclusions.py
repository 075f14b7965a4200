"""Exclusions from the rates: the public count, and the appeal by code."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.matters.actions import follow_hash
from yizhen.matters.actions.exclusion import appeal_exclusion
from yizhen.matters.exclusions import public_counts
from yizhen.matters.models.exclusion import REASONS, Exclusion


def excluded(request: HttpRequest) -> HttpResponse:
    """Show how many matters are left out of the rates, by township and reason: counts only, small ones hidden."""
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else timezone.localdate().year
    rows = [
        {"place": row.division, "total": row.total, "counts": list(zip(REASONS.values(), row.counts, strict=True))}
        for row in public_counts(year)
    ]
    return render(request, "portal/excluded.html", {"rows": rows, "year": year})


def appeal(request: HttpRequest) -> HttpResponse:
    """Show whoever holds the code why his or her matter is left out, and take an appeal."""
    code = request.POST.get("code", "")[:40]
    error = ""
    if request.method == "POST" and request.POST.get("appeal"):
        try:
            appeal_exclusion(code, request.POST.get("text", "")[:1000])
        except ValidationError as problem:
            error = " ".join(problem.messages)
        except Exclusion.DoesNotExist:
            pass  # said below
    found = (
        Exclusion.objects.select_related("matter").filter(matter__follow_hash=follow_hash(code), granted=True).first()
        if code.strip()
        else None
    )
    if request.method == "POST" and found is None:
        error = _("没有这个编码，或者这件诉求照常计入。")
    return render(
        request,
        "portal/appeal.html",
        {"exclusion": found, "code": code, "error": error},
        status=400 if error else 200,
    )
