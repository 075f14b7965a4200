"""Standing aside from a matter, and lifting a recusal."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.matters.actions.recusing import lift_recusal, recuse
from yizhen.matters.models import Recusal
from yizhen.matters.queries import matters_visible_to
from yizhen.matters.views import matter_page, reader


@require_POST
@login_required
def stand_aside(request: HttpRequest, number: str) -> HttpResponse:
    """Declare an interest in a matter."""
    user = reader(request)
    found = get_object_or_404(matters_visible_to(user), number=number)
    reason = request.POST.get("reason", "")
    try:
        recuse(user, found, reason)
    except ValidationError as error:
        return matter_page(request, found, aside_errors={"reason": error.messages}, typed_aside=reason)
    messages.success(request, _("已回避。这件事项从现在起由其他岗位办理。"))
    return redirect("matters:matter", number=found.number)


@require_POST
@login_required
def lift(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Lift a recusal."""
    user = reader(request)
    found = get_object_or_404(matters_visible_to(user), number=number)
    one = get_object_or_404(Recusal.objects.filter(matter=found, lifted_at__isnull=True), pk=pk)
    why = request.POST.get("why", "")
    try:
        lift_recusal(user, one, why)
    except ValidationError as error:
        return matter_page(request, found, aside_errors={pk: error.messages}, typed_aside=why)
    messages.success(request, _("已解除回避。"))
    return redirect("matters:matter", number=found.number)
