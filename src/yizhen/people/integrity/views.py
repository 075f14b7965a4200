"""The page of commitments to integrity: for the organisation office, the own township, and the leader himself."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from yizhen.people.asking import who_asks
from yizhen.people.models import Account, CommitmentText, Official
from yizhen.web.errors import ErrorsAt
from yizhen.web.fields import DayInput

from . import actions
from .queries import lines_for, own_official, text_in_force
from .rules import may_keep, may_read_list


class TextForm(forms.ModelForm):
    """A version of the text."""

    class Meta:
        model = CommitmentText
        fields = ("text",)
        widgets = {"text": forms.Textarea(attrs={"rows": 6})}


class PaperForm(forms.Form):
    """A commitment that was given on paper."""

    official = forms.ModelChoiceField(label=gettext_lazy("谁作的承诺"), queryset=Official.objects.none())
    given_on = forms.DateField(label=gettext_lazy("承诺日期"), widget=DayInput())
    paper = forms.CharField(label=gettext_lazy("纸质承诺书编号"), max_length=60)

    def __init__(self, missing: list[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["official"].queryset = Official.objects.filter(pk__in=missing)  # type: ignore[attr-defined]


def reader(request: HttpRequest) -> Account:
    """Return who asks, if commitments are shown to that post at all."""
    return who_asks(request, may_read_list, _("廉洁承诺由组织部门和本乡镇（街道）查看。"))


@never_cache
@login_required
def commitments(request: HttpRequest) -> HttpResponse:
    """List the leaders in post with the commitment of a year, by place code; the own township sees its own alone."""
    return _page(request, reader(request))


@require_POST
@login_required
def give(request: HttpRequest) -> HttpResponse:
    """Give one's own commitment of this year."""
    user = reader(request)
    official = get_object_or_404(Official, account=user)
    try:
        actions.give_commitment(user, official, year=timezone.localdate().year)
    except ValidationError as error:
        return _page(request, user, errors=list(error.messages))
    messages.success(request, _("已作出今年的廉洁承诺。"))
    return redirect("people:commitments")


@require_POST
@login_required
def record_paper(request: HttpRequest) -> HttpResponse:
    """Record a commitment that was given on paper."""
    user = reader(request)
    if not may_keep(user):
        raise PermissionDenied(_("纸质承诺由组织部门登记。"))
    year = _year(request)
    form = PaperForm(_missing(user, year), request.POST)
    if form.is_valid():
        with ErrorsAt(form):
            actions.record_commitment(user, year=year, **form.cleaned_data)
            messages.success(request, _("已登记。"))
            return redirect(f"{reverse('people:commitments')}?year={year}")
    return _page(request, user, paper_form=form)


@require_POST
@login_required
def set_text(request: HttpRequest) -> HttpResponse:
    """Put a new version of the text in force."""
    user = reader(request)
    if not may_keep(user):
        raise PermissionDenied(_("承诺书由组织部门确定。"))
    form = TextForm(request.POST)
    if form.is_valid():
        actions.set_text(user, form.cleaned_data["text"])
        messages.success(request, _("已生效。以前的承诺仍按当时的正文。"))
        return redirect("people:commitments")
    return _page(request, user, text_form=form)


def _year(request: HttpRequest) -> int:
    asked = request.POST.get("year") or request.GET.get("year") or ""
    return int(asked) if re.fullmatch(r"20\d\d", asked) else timezone.localdate().year


def _missing(user: Account, year: int) -> list[int]:
    lines = lines_for(user, year, timezone.localdate())
    return [line.appointment.official_id for line in lines if line.commitment is None]


def _page(request: HttpRequest, user: Account, **forms_sent: Any) -> HttpResponse:
    year, today = _year(request), timezone.localdate()
    lines = lines_for(user, year, today)
    text, mine = text_in_force(user.scope_id), own_official(user)
    missing = [line.appointment.official_id for line in lines if line.commitment is None]
    wrong = bool(forms_sent)
    context = {
        "lines": lines, "year": year, "today": today, "text": text, "given": len(lines) - len(missing),
        "mine": mine, "own_one": mine.commitments.filter(year=today.year).first() if mine else None,
        "may_keep": may_keep(user), "errors": forms_sent.pop("errors", []),
        "paper_form": forms_sent.pop("paper_form", None) or PaperForm(missing),
        "text_form": forms_sent.pop("text_form", None) or TextForm(initial={"text": text.text if text else ""}),
    }  # fmt: skip
    return render(request, "people/commitments.html", context, status=400 if wrong else 200)
