"""Objections: the person concerned files one, somebody without a part in the campaign decides it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yizhen.appraisals.actions.objections import LONGEST, decide_objection, file_objection
from yizhen.appraisals.declaring import rule_in_words
from yizhen.appraisals.models import Objection, Speaker
from yizhen.appraisals.objecting import filing_deadline
from yizhen.appraisals.queries import ResultRow, objections_visible_to, shown_rows
from yizhen.appraisals.rules import is_person_concerned, may_decide, may_object, may_read_objection

from .common import campaign_or_404, reader, speaker_of, texts_of


@login_required
def objections(request: HttpRequest, pk: int) -> HttpResponse:
    """List the objections of a campaign that the reader may see."""
    campaign = campaign_or_404(request, pk)
    listed = objections_visible_to(reader(request), campaign)
    return render(request, "appraisals/objections.html", {"campaign": campaign, "objections": listed})


@login_required
def objection(request: HttpRequest, pk: int, speaker: int) -> HttpResponse:
    """Show, file or decide the objection to one speaker's result, by what the reader may do."""
    user = reader(request)
    campaign = campaign_or_404(request, pk)
    who = speaker_of(campaign, speaker)
    found = Objection.objects.filter(speaker=who).select_related("speaker__campaign", "decided_by").first()
    if found is None and not is_person_concerned(user, who):
        raise PermissionDenied(_("没有异议，或您不是当事人。"))
    if found is not None and not may_read_objection(user, found):
        raise PermissionDenied(_("异议只有当事人、本次评议的组织部门和处理异议的人可以看。"))
    failed: dict[str, Any] = {}
    if request.method == "POST":
        failed = _post(request, who, found)
        if not failed:
            return redirect("appraisals:objection", pk=pk, speaker=speaker)
    return render(
        request,
        "appraisals/objection.html",
        {
            "campaign": campaign,
            "speaker": who,
            "objection": found,
            "row": _row_of(who),
            "rule_words": rule_in_words(campaign.config),
            "concerned": is_person_concerned(user, who),
            "may_object": may_object(user, who),
            "may_decide": found is not None and may_decide(user, found),
            "object_until": filing_deadline(campaign),
            "longest": LONGEST,
            "failed": failed,
        },
        status=400 if failed else 200,
    )


def _row_of(speaker: Speaker) -> ResultRow | None:
    """Return the declared result that is objected to, small numbers suppressed."""
    results = speaker.results.select_related("speaker__division", "speaker__campaign", "round").order_by("-round")
    found = results.first()
    return shown_rows(speaker.campaign, [found], exact=False)[0] if found else None


def _post(request: HttpRequest, speaker: Speaker, found: Objection | None) -> dict[str, Any]:
    user, text = reader(request), request.POST.get("text", "")
    try:
        if found is None:
            file_objection(user, speaker, text)
            messages.success(request, _("异议已提交。决定作出后会在这里看到。"))
        else:
            decide_objection(user, found, request.POST.get("state", ""), text)
            messages.success(request, _("决定已作出，当事人可以看到。"))
    except ValidationError as error:
        return {"text": text, "state": request.POST.get("state", ""), "message": " ".join(texts_of(error))}
    return {}
