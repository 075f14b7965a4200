"""Pages of sampled call-back: results for all, the list for who calls."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.matters.actions.call_backs import draw_call_backs, record_call_back
from yizhen.matters.call_backs import call_backs_of, draws_visible_to, may_draw, may_record, results, sees_results
from yizhen.matters.models.call_back import CallBack
from yizhen.matters.periods import asked_for, offered
from yizhen.people.models import Account

ANSWERS = {"yes": True, "no": False}


def _user(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


@login_required
def call_backs(request: HttpRequest) -> HttpResponse:
    """Show what call-backs found; city and county may draw a period that is over."""
    user, period = _user(request), asked_for(request.GET.get("period", ""))
    if not sees_results(user):
        raise PermissionDenied(_("回访结果由市、县和乡镇（街道）查看。"))
    if request.method == "POST":
        many = request.POST.get("per_township", "")
        try:
            made = draw_call_backs(user, period.code, int(many) if many.isdecimal() and len(many) < 5 else 0)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("已抽样，种子和抽样框摘要已记入审计。"))
            return redirect("matters:draw", pk=made.pk)
    context = {
        "rows": results(user, period),
        "draws": draws_visible_to(user),
        "may_draw": may_draw(user),
        "period": period,
        "periods": offered(),
    }
    return render(request, "matters/call_backs.html", context)


@login_required
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """List what was drawn, for who calls back."""
    user = _user(request)
    found = get_object_or_404(draws_visible_to(user), pk=pk)
    rows = [(one, may_record(user, one)) for one in call_backs_of(user, found)]
    return render(request, "matters/draw.html", {"draw": found, "rows": rows})


@require_POST
@login_required
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Record an answer."""
    user = _user(request)
    visible = CallBack.objects.filter(draw__in=draws_visible_to(user)).select_related("matter")
    found = get_object_or_404(visible, pk=pk)
    try:
        record_call_back(
            user,
            found,
            reached=request.POST.get("reached") == "yes",
            solved=ANSWERS.get(request.POST.get("solved", "")),
            satisfied=ANSWERS.get(request.POST.get("satisfied", "")),
            text=request.POST.get("text", ""),
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已记录。"))
    return redirect("matters:draw", pk=found.draw_id)
