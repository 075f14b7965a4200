"""Pages of facilities."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.livelihood.models import FACILITY_KINDS, Facility
from yizhen.livelihood.reader import reader
from yizhen.places.queries import city_code
from yizhen.web.errors import ErrorsAt
from yizhen.web.forms import posted

from . import actions
from .flags import FLAGS
from .forms import ChangeForm, OpenForm, RuleForm, UseForm
from .queries import facilities_visible_to, lines_of, reading_of, rules_in_force, rules_of, uses_of
from .rules import may_change, may_open, may_set_rule


@login_required
def facilities(request: HttpRequest) -> HttpResponse:
    """List facilities by place with their last use; nothing is ranked."""
    user = reader(request)
    asked = {name: request.GET.get(name, "") for name in ("kind", "flag", "place")}
    visible = facilities_visible_to(user)
    if asked["kind"] in FACILITY_KINDS:
        visible = visible.filter(kind=asked["kind"])
    if asked["place"]:
        visible = visible.filter(division__code__startswith=asked["place"])
    lines = lines_of(visible, rules_in_force(city_code(user.scope_id)))
    if asked["flag"] in FLAGS and asked["flag"]:
        lines = [one for one in lines if one.reading.flag == asked["flag"]]
    context = {
        "lines": lines, "kinds": FACILITY_KINDS.items(), "flags": [(code, name) for code, name in FLAGS.items() if code],
        "asked": asked, "may_open": may_open(user), "filtered": any(asked.values()),
    }  # fmt: skip
    return render(request, "livelihood/facilities.html", context)


@login_required
def open_facility(request: HttpRequest) -> HttpResponse:
    """Enter a facility."""
    user = reader(request)
    if not may_open(user):
        raise PermissionDenied(_("设施由乡镇（街道）和部门登记。"))
    form = OpenForm(user, posted(request))
    if form.is_valid():
        with ErrorsAt(form):
            made = actions.open_facility(user, **form.cleaned_data)
            messages.success(request, _("已登记。"))
            return redirect("livelihood:facility", made.pk)
    context = {"form": form, "title": _("登记设施")}
    return render(request, "livelihood/facility_form.html", context, status=400 if form.errors else 200)


@login_required
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known of a facility."""
    user, found = reader(request), _found(request, pk)
    if not may_change(user, found):
        raise PermissionDenied(_("您不能填报这个设施。"))
    form = ChangeForm(
        user, posted(request), instance=Facility.objects.get(pk=found.pk), initial={"version": found.version}
    )
    if form.is_valid():
        with ErrorsAt(form):
            actions.change_facility(user, found, **form.cleaned_data)
            messages.success(request, _("已保存。"))
            return redirect("livelihood:facility", found.pk)
    context = {"form": form, "title": _("修改设施"), "facility": found}
    return render(request, "livelihood/facility_form.html", context, status=400 if form.errors else 200)


@login_required
def facility(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a facility with its use, period by period."""
    return _page(request, _found(request, pk), None)


@require_POST
@login_required
def use(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a use figure."""
    user, found = reader(request), _found(request, pk)
    if not may_change(user, found):
        raise PermissionDenied(_("您不能填报这个设施。"))
    form = UseForm(request.POST)
    if form.is_valid():
        with ErrorsAt(form):
            actions.enter_use(user, found, **form.cleaned_data)
            messages.success(request, _("已保存。"))
            return redirect("livelihood:facility", found.pk)
    return _page(request, found, form)


@login_required
def rule(request: HttpRequest) -> HttpResponse:
    """Show from where on a facility counts as idle or overrun, and take a new version."""
    user = reader(request)
    city = city_code(user.scope_id)
    form = RuleForm(posted(request))
    if request.method == "POST":
        if not may_set_rule(user):
            raise PermissionDenied(_("闲置线、超负荷线由市级确定。"))
        if form.is_valid():
            with ErrorsAt(form):
                actions.set_use_rule(user, **form.cleaned_data)
                messages.success(request, _("已生效。"))
                return redirect("livelihood:use_rule")
    versions = list(rules_of(city).order_by("-at", "-pk"))
    own = {one.kind for one in versions}
    lines = [(FACILITY_KINDS[kind], one, kind in own) for kind, one in rules_in_force(city).items()]
    context = {"lines": lines, "versions": versions, "form": form, "may_set": may_set_rule(user)}
    return render(request, "livelihood/use_rule.html", context, status=400 if form.errors else 200)


def _found(request: HttpRequest, pk: int) -> Facility:
    return get_object_or_404(facilities_visible_to(reader(request)), pk=pk)


def _page(request: HttpRequest, found: Facility, form: UseForm | None) -> HttpResponse:
    user = reader(request)
    rules = rules_in_force(city_code(found.division_id))
    uses = [(one, reading_of(found, one, rules)) for one in uses_of(found)]
    context = {
        "facility": found, "uses": uses, "limits": rules[found.kind], "form": form or UseForm(),
        "may_change": may_change(user, found),
    }  # fmt: skip
    return render(request, "livelihood/facility.html", context, status=400 if form else 200)
