"""Pages of whistle calls: calling, rating, and how departments came."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yizhen.matters.actions import call_departments, rate_whistle
from yizhen.matters.models import Matter
from yizhen.matters.periods import asked_for, offered
from yizhen.matters.queries import matters_visible_to
from yizhen.matters.whistles import calls_visible_to, departments_that_came, may_whistle, sees_departments
from yizhen.people.models import Account, Unit
from yizhen.places.queries import city_code
from yizhen.web.fields import OnceField
from yizhen.web.paging import paged
from yizhen.web.templatetags.yizhen import label


class UnitsChoice(forms.ModelMultipleChoiceField):
    """Departments by name."""

    def label_from_instance(self, obj: Unit) -> str:
        """Name a department."""
        return str(label(obj))


class CallForm(forms.Form):
    """A call to departments."""

    client_id = OnceField()
    title = forms.CharField(label=gettext_lazy("叫来做什么"), max_length=120)
    text = forms.CharField(
        label=gettext_lazy("现场情况，要部门做到什么"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    units = UnitsChoice(
        label=gettext_lazy("叫哪些部门"), queryset=Unit.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, matter: Matter, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["units"]
        assert isinstance(field, UnitsChoice)
        field.queryset = Unit.objects.filter(division__code__startswith=city_code(matter.division_id)).exclude(
            pk=matter.addressee_id or ""
        )


def _user(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


@login_required
def whistle(request: HttpRequest) -> HttpResponse:
    """List the visible calls, and show city and county how departments came."""
    user, period = _user(request), asked_for(request.GET.get("period", ""))
    context = {
        "page": paged(request, calls_visible_to(user), 30),
        "departments": departments_that_came(user, period),
        "sees_departments": sees_departments(user),
        "period": period,
        "periods": offered(),
    }
    return render(request, "matters/whistle.html", context)


@login_required
def call(request: HttpRequest, number: str) -> HttpResponse:
    """Call departments to a matter."""
    user = _user(request)
    found = get_object_or_404(matters_visible_to(user), number=number)
    if not may_whistle(user, found):
        raise PermissionDenied(_("只有事项所在的乡镇（街道）能在办结之前吹哨。"))
    form = CallForm(found, request.POST or None, initial={"title": found.title})
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            made = call_departments(user, found, list(data.pop("units")), **data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("已叫 %(n)d 个部门，报到期限写在各自的事项上。") % {"n": len(made)})
            return redirect("matters:matter", number=found.number)
    return render(request, "matters/call.html", {"form": form, "matter": found}, status=400 if form.errors else 200)


@require_POST
@login_required
def rate(request: HttpRequest, number: str) -> HttpResponse:
    """Rate how a department came."""
    user = _user(request)
    found = get_object_or_404(matters_visible_to(user), number=number)
    level = request.POST.get("level", "")
    try:
        rate_whistle(
            user, found, int(level) if level in {"1", "2", "3", "4", "5"} else 0, request.POST.get("text", "")[:500]
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已评价。一次吹哨只评一次，不能再改。"))
    return redirect("matters:matter", number=found.number)
