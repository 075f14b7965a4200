"""Pages of thresholds."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.indicators import actions
from yizhen.indicators.forms import ThresholdForm
from yizhen.indicators.models import Crossing, Threshold
from yizhen.indicators.queries import indicators_visible_to
from yizhen.indicators.rules import may_watch
from yizhen.web.errors import ErrorsAt

from .reader import signed_in


@login_required
def thresholds(request: HttpRequest, code: str) -> HttpResponse:
    """Show an indicator's lines and every crossing; set a line."""
    user = signed_in(request)
    found = get_object_or_404(indicators_visible_to(user), code=code)
    if not may_watch(user, found):
        raise PermissionDenied(_("由市级评议办或来源部门设置警戒线。"))
    form = ThresholdForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with ErrorsAt(form):
            actions.set_threshold(user, indicator=found, **form.cleaned_data)
            messages.success(request, _("警戒线已设好，已有的数也按它核对过。"))
            return redirect("indicators:thresholds", code=code)
    crossings = Crossing.objects.filter(threshold__indicator=found).select_related("threshold", "division", "matter")
    return render(
        request,
        "indicators/thresholds.html",
        {
            "indicator": found,
            "form": form,
            "lines": Threshold.objects.filter(indicator=found, is_active=True),
            "crossings": crossings.filter(division__code__startswith=user.scope_id)[:100],
        },
        status=400 if form.errors else 200,
    )


@require_POST
@login_required
def drop(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Take a line away."""
    user = signed_in(request)
    found = get_object_or_404(indicators_visible_to(user), code=code)
    actions.drop_threshold(user, get_object_or_404(Threshold, indicator=found, pk=pk))
    messages.success(request, _("警戒线已取消；已经交办的事项照常办理。"))
    return redirect("indicators:thresholds", code=code)
