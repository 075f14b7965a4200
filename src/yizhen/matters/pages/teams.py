"""Pages of teams: calling one in on a matter, writing down what came of it, and the departments linked to places."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yizhen.matters.actions import end_team, form_team, link_unit, unlink_unit
from yizhen.matters.forms import PlaceChoice
from yizhen.matters.models import Matter
from yizhen.matters.models.team import MOST_MEMBERS, TEAM_SORTS
from yizhen.matters.periods import asked_for, offered
from yizhen.matters.queries import matters_visible_to
from yizhen.matters.teams.queries import links_visible_to, sorts_of_teams, teams_visible_to, units_to_call
from yizhen.matters.teams.rules import may_form_team
from yizhen.people.models import Account, Unit
from yizhen.places.models import Division
from yizhen.places.queries import city_code
from yizhen.web.errors import ErrorsAt
from yizhen.web.paging import paged
from yizhen.web.templatetags.yizhen import label

from .reader import signed_in


class UnitChoice(forms.ModelChoiceField):
    """One department by name."""

    def label_from_instance(self, obj: Unit) -> str:
        """Name a department."""
        return str(label(obj))


class TeamForm(forms.Form):
    """A team called in on a matter."""

    sort = forms.ChoiceField(label=gettext_lazy("哪种队伍"), choices=list(TEAM_SORTS.items()))
    unit = UnitChoice(label=gettext_lazy("部门（包联单位才选）"), queryset=Unit.objects.none(), required=False)
    name = forms.CharField(
        label=gettext_lazy("队伍名称"),
        help_text=gettext_lazy("写组织的名称，例如“前湾村行动党支部”。不写人名；包联单位不用填。"),
        max_length=60,
        required=False,
    )
    task = forms.CharField(label=gettext_lazy("请它做什么"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    members = forms.IntegerField(label=gettext_lazy("参加人数"), min_value=1, max_value=MOST_MEMBERS, required=False)

    def __init__(self, matter: Matter, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        linked, others = units_to_call(matter)
        field = self.fields["unit"]
        assert isinstance(field, UnitChoice)
        field.queryset = Unit.objects.filter(division__code__startswith=city_code(matter.division_id))
        groups = ((_("包联这个地方的"), linked), (_("其他部门"), others))
        field.choices = [
            ("", "—"), *((name, [(unit.pk, label(unit)) for unit in units]) for name, units in groups if units)
        ]  # fmt: skip


class LinkForm(forms.Form):
    """A department linked to a place."""

    unit = UnitChoice(label=gettext_lazy("部门"), queryset=Unit.objects.none())
    division = PlaceChoice(label=gettext_lazy("包联哪里"), queryset=Division.objects.none())
    basis = forms.CharField(label=gettext_lazy("依据（文号）"), max_length=120)

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.filter(division__code__startswith=city_code(user.scope_id)).order_by("code")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        places = Division.objects.filter(
            code__startswith=user.scope_id, level__in=["county", "township", "village"], retired_on=None
        )
        self.fields["division"].queryset = places.select_related("parent").order_by("code")  # type: ignore[attr-defined]


@login_required
def teams(request: HttpRequest) -> HttpResponse:
    """Show the teams on the visible matters and the departments linked to places; city and county add links."""
    user, period = signed_in(request), asked_for(request.GET.get("period", ""))
    may_add = user.role in {"city_office", "county"}
    form = LinkForm(user, request.POST or None) if may_add else None
    if request.method == "POST":
        if form is None:
            raise PermissionDenied(_("由市、县（市、区）确定包联单位。"))
        if form.is_valid():
            with ErrorsAt(form):
                link_unit(user, **form.cleaned_data)
                messages.success(request, _("已登记包联单位。"))
                return redirect("matters:teams")
    context = {
        "page": paged(request, teams_visible_to(user), 30),
        "sorts": sorts_of_teams(user, period.first, period.last),
        "links": links_visible_to(user),
        "form": form,
        "period": period,
        "periods": offered(),
    }
    return render(request, "matters/teams/teams.html", context, status=400 if form and form.errors else 200)


@login_required
def call_team(request: HttpRequest, number: str) -> HttpResponse:
    """Call a team in on a matter."""
    user = signed_in(request)
    found = get_object_or_404(matters_visible_to(user), number=number)
    if not may_form_team(user, found):
        raise PermissionDenied(_("由承办方或者上级在办结之前组织队伍；封存的事项不组织队伍。"))
    form = TeamForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with ErrorsAt(form):
            form_team(user, found, **form.cleaned_data)
            messages.success(request, _("队伍已加入这件事项。"))
            return redirect("matters:matter", number=found.number)
    return render(
        request, "matters/teams/call.html", {"form": form, "matter": found}, status=400 if form.errors else 200
    )


@require_POST
@login_required
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what came of a team."""
    team = get_object_or_404(teams_visible_to(signed_in(request)), pk=pk)
    try:
        end_team(signed_in(request), team, request.POST.get("result", "")[:500])
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已写明队伍做成了什么。"))
    return redirect("matters:matter", number=team.matter.number)


@require_POST
@login_required
def unlink(request: HttpRequest, pk: int) -> HttpResponse:
    """End a department's link to a place."""
    unlink_unit(signed_in(request), get_object_or_404(links_visible_to(signed_in(request)), pk=pk))
    messages.success(request, _("包联已结束。"))
    return redirect("matters:teams")
