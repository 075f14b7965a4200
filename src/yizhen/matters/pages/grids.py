"""Pages of grids: who answers for which, the list of services, and demands refused because of it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yizhen.documents.official import write_official
from yizhen.matters import actions
from yizhen.matters.desk.rules import has_desk
from yizhen.matters.forms import PlaceChoice
from yizhen.matters.grids.alike import items_like
from yizhen.matters.grids.letters import grid_reply
from yizhen.matters.grids.queries import (
    demands_by_unit,
    grids_visible_to,
    refusals_of_grids,
    services_in_force,
    workers_without_grid,
)
from yizhen.matters.grids.rules import may_answer_refusal, may_keep_services, may_post
from yizhen.matters.kinds.registry import kinds_in_force
from yizhen.matters.models import MicroGrid, ServiceItem
from yizhen.matters.models.grid import CHANNELS, SERVICE_PARTS
from yizhen.people.models import Account, Unit
from yizhen.places.models import Division
from yizhen.places.queries import city_code
from yizhen.web.downloads import attachment
from yizhen.web.errors import ErrorsAt
from yizhen.web.fields import DayInput, OnceField
from yizhen.web.paging import paged

from .reader import signed_in
from .teams import UnitChoice

TELEPHONE = RegexValidator(r"^[0-9+() -]{5,20}$", gettext_lazy("请填写电话号码。"))


class PostForm(forms.Form):
    """Who answers for a grid, as it is posted."""

    worker = forms.ModelChoiceField(label=gettext_lazy("网格员账号"), queryset=Account.objects.none())
    shown_name = forms.CharField(label=gettext_lazy("公示的姓名"), max_length=40)
    phone = forms.CharField(
        label=gettext_lazy("工作电话"), help_text=gettext_lazy("只填工作电话。"), max_length=20, validators=[TELEPHONE]
    )
    supervision_phone = forms.CharField(label=gettext_lazy("监督电话"), max_length=20, validators=[TELEPHONE])
    covers = forms.CharField(label=gettext_lazy("网格范围"), max_length=160)


class MicroForm(forms.Form):
    """A micro-grid."""

    name = forms.CharField(label=gettext_lazy("微网格名称"), max_length=60)
    covers = forms.CharField(label=gettext_lazy("范围（楼栋、村组）"), max_length=160)
    households = forms.IntegerField(label=gettext_lazy("户数"), min_value=1, max_value=20_000, required=False)


class ServiceForm(forms.Form):
    """An item of the list of services."""

    code = forms.RegexField(r"^[A-Za-z0-9-]{1,16}$", label=gettext_lazy("代码"))
    name_zh = forms.CharField(label=gettext_lazy("事项名称"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("英文名称"), max_length=160, required=False)
    part = forms.ChoiceField(label=gettext_lazy("类别"), choices=list(SERVICE_PARTS.items()))
    basis = forms.CharField(label=gettext_lazy("依据（文号或法规）"), max_length=120)
    kinds = forms.MultipleChoiceField(label=gettext_lazy("据此可以派给网格的事项种类"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kinds"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(kind.code, kind.name) for kind in kinds_in_force().values()]


class DemandForm(forms.Form):
    """A demand that a grid refuses."""

    client_id = OnceField()
    grid = PlaceChoice(label=gettext_lazy("哪个网格"), queryset=Division.objects.none())
    unit = UnitChoice(label=gettext_lazy("哪个部门提的"), queryset=Unit.objects.none())
    asked = forms.CharField(label=gettext_lazy("要网格做什么"), max_length=120)
    channel = forms.ChoiceField(label=gettext_lazy("怎样提的"), choices=list(CHANNELS.items()))
    asked_on = forms.DateField(label=gettext_lazy("哪天提的"), widget=DayInput())

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grid"].queryset = grids_visible_to(user)  # type: ignore[attr-defined]
        units = Unit.objects.filter(division__code__startswith=city_code(user.scope_id)).order_by("code")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


@login_required
def grids(request: HttpRequest) -> HttpResponse:
    """List the visible grids with their workers and micro-grids, and what was refused."""
    user = signed_in(request)
    context = {
        "page": paged(request, grids_visible_to(user), 30),
        "services": services_in_force(city_code(user.scope_id)).count(),
        "refusals": refusals_of_grids(user)[:20],
        "demands": demands_by_unit(user),
        "has_desk": has_desk(user),
        "may_refuse": user.role in {"township_head", "township_office", "village", "grid_worker"},
    }
    return render(request, "matters/grids/grids.html", context)


@login_required
def grid(request: HttpRequest, code: str) -> HttpResponse:
    """Show one grid; the township posts its worker and draws micro-grids."""
    user = signed_in(request)
    found = get_object_or_404(grids_visible_to(user), code=code)
    post = next(iter(found.post_now), None)  # type: ignore[attr-defined]
    may_edit = may_post(user, found)
    sent = request.POST.get("form") if request.method == "POST" else None
    if sent and not may_edit:
        raise PermissionDenied(_("由乡镇（街道）划微网格、公示网格员。"))
    post_form, micro_form = None, None
    if may_edit:
        now = {name: getattr(post, name) for name in PostForm.base_fields} if post else None
        post_form = PostForm(request.POST if sent == "post" else None, initial=now)
        post_form.fields["worker"].queryset = workers_without_grid(user, found)  # type: ignore[attr-defined]
        micro_form = MicroForm(request.POST if sent == "micro" else None)
        if sent == "post" and post_form.is_valid():
            worker = post_form.cleaned_data.pop("worker")
            with ErrorsAt(post_form):
                actions.post_worker(user, found, worker, **post_form.cleaned_data)
                messages.success(request, _("已公示。"))
                return redirect("matters:grid", code=code)
        if sent == "micro" and micro_form.is_valid():
            with ErrorsAt(micro_form):
                actions.draw_micro_grid(user, found, **micro_form.cleaned_data)
                messages.success(request, _("已划定。"))
                return redirect("matters:grid", code=code)
    wrong = any(form is not None and form.errors for form in (post_form, micro_form))
    context = {"grid": found, "post": post, "post_form": post_form, "micro_form": micro_form}
    return render(request, "matters/grids/grid.html", context, status=400 if wrong else 200)


@require_POST
@login_required
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a micro-grid up."""
    user = signed_in(request)
    micro = get_object_or_404(MicroGrid.objects.select_related("grid"), pk=pk, grid__in=grids_visible_to(user))
    actions.retire_micro_grid(user, micro)
    messages.success(request, _("已撤销，编号不再使用。"))
    return redirect("matters:grid", code=micro.grid_id)


@login_required
def services(request: HttpRequest) -> HttpResponse:
    """Show the list of services of the city's grids; the city adds an item."""
    user = signed_in(request)
    if user.is_admin or user.is_for_ballots:
        raise PermissionDenied(_("这个账号不办理事项。"))
    city = city_code(user.scope_id)
    form = ServiceForm(request.POST or None) if may_keep_services(user) else None
    if request.method == "POST":
        if form is None:
            raise PermissionDenied(_("由市级公布和调整网格服务事项清单。"))
        if form.is_valid():
            with ErrorsAt(form):
                actions.list_service(user, **form.cleaned_data)
                messages.success(request, _("已列入清单。"))
                return redirect("matters:services")
    context = {
        "items": services_in_force(city),
        "withdrawn": ServiceItem.objects.filter(city=city, until__lte=timezone.localdate()),
        "kind_names": {code: kind.name for code, kind in kinds_in_force().items()},
        "form": form,
    }
    return render(request, "matters/grids/services.html", context, status=400 if form and form.errors else 200)


@require_POST
@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an item out of the list of services."""
    user = signed_in(request)
    item = get_object_or_404(ServiceItem, pk=pk, city=city_code(user.scope_id))
    try:
        actions.withdraw_service(user, item, request.POST.get("because", "")[:200])
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已退出清单。"))
    return redirect("matters:services")


@login_required
def demand(request: HttpRequest) -> HttpResponse:
    """Refuse a demand outside the list, after a look at items that sound like it."""
    user = signed_in(request)
    if user.role not in {"township_head", "township_office", "village", "grid_worker"}:
        raise PermissionDenied(_("由网格、村（社区）或者乡镇（街道）拒绝清单外的要求。"))
    form = DemandForm(user, request.POST or None, initial={"asked_on": timezone.localdate()})
    alike: list[ServiceItem] = []
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        if not request.POST.get("sure"):
            alike = items_like(given["asked"], services_in_force(city_code(user.scope_id)))
        if not alike:
            found, unit = given.pop("grid"), given.pop("unit")
            with ErrorsAt(form):
                refusal = actions.refuse_demand(user, found, unit, **given)
                return redirect("matters:grid_refusal", pk=refusal.pk)
    context = {"form": form, "alike": alike}
    return render(request, "matters/grids/demand.html", context, status=400 if form.errors else 200)


@login_required
def refusal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a reply; the department answers it."""
    user = signed_in(request)
    found = get_object_or_404(refusals_of_grids(user), pk=pk)
    errors: list[str] = []
    typed = request.POST.get("answer", "")[:500]
    if request.method == "POST":
        try:
            actions.answer_refusal(user, found, typed)
        except ValidationError as error:
            errors = error.messages
        else:
            messages.success(request, _("已答复。"))
            return redirect("matters:grid_refusal", pk=pk)
    context = {
        "refusal": found,
        "paragraphs": found.text.split("\n"),
        "may_answer": may_answer_refusal(user, found) and not found.answer,
        "errors": errors,
        "typed": typed,
    }
    return render(request, "matters/grids/refusal.html", context, status=400 if errors else 200)


@login_required
def refusal_document(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the reply out as .docx in the layout of GB/T 9704."""
    found = get_object_or_404(refusals_of_grids(signed_in(request)), pk=pk)
    return attachment(write_official(grid_reply(found)), f"{found.number}.docx")
