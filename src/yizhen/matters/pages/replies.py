"""Reply templates of the user's own unit."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.matters import actions
from yizhen.matters.desk.replies import PLACEHOLDERS, replies_of
from yizhen.matters.desk.rules import may_keep_replies
from yizhen.matters.forms_desk import ReplyForm
from yizhen.people.models import Account
from yizhen.web.errors import ErrorsAt

from .reader import reader


def _keeper(request: HttpRequest) -> Account:
    user = reader(request)
    if not may_keep_replies(user):
        raise PermissionDenied(_("回复样本由办公室和部门管理。"))
    return user


@login_required
def replies(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """List the unit's templates, and make one or change the one of the address."""
    user = _keeper(request)
    reply = get_object_or_404(replies_of(user), pk=pk) if pk is not None else None
    before = {name: getattr(reply, name) for name in ReplyForm.base_fields} if reply else None
    form = ReplyForm(request.POST or None, initial=before)
    if request.method == "POST" and form.is_valid():
        with ErrorsAt(form):
            actions.save_reply(user, reply=reply, **form.cleaned_data)
            messages.success(request, _("回复样本已存好。"))
            return redirect("matters:replies")
    context = {
        "form": form,
        "reply": reply,
        "replies": replies_of(user),
        "placeholders": [f"{{{name}}}" for name in PLACEHOLDERS],
    }
    return render(request, "matters/replies.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def drop_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop a template of the user's own unit."""
    user = _keeper(request)
    actions.drop_reply(user, get_object_or_404(replies_of(user), pk=pk))
    messages.success(request, _("回复样本已删去。"))
    return redirect("matters:replies")
