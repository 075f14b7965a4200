"""Pages of what is granted: lists without application, redemptions with their clocks, and reserved procurement."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.growth.enterprises.queries import enterprises_visible_to
from yizhen.growth.enterprises.rules import may_change as may_keep_firm
from yizhen.growth.enterprises.views import PER_PAGE
from yizhen.growth.enterprises.views import found as found_firm
from yizhen.growth.models import BenefitList, BenefitListItem, Redemption
from yizhen.web.downloads import attachment
from yizhen.web.errors import ErrorsAt
from yizhen.web.fields import new_client_id
from yizhen.web.forms import posted
from yizhen.web.paging import paged
from yizhen.web.templatetags.yizhen import label

from . import granting, procurement
from .forms import ApplyForm, PayForm, ProcurementForm, RefuseForm, units_for
from .queries import in_force, lists_visible_to, policies_visible_to, procurement_visible_to, redemptions_visible_to
from .rules import may_confirm, may_decide
from .views import found, policy_page, reader


@require_POST
@login_required
def make_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the list of firms that qualify now."""
    one = found(request, pk)
    try:
        made = granting.make_list(
            reader(request), one, client_id=request.POST.get("client_id", "")[:40] or new_client_id()
        )
    except ValidationError as error:
        return policy_page(request, one, status=400, errors={"form": error.messages})
    messages.success(request, _("名单已生成，等主管部门确认。"))
    return redirect("growth:benefit_list", made.pk)


@login_required
def benefit_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a list; as a workbook where asked for."""
    one = get_object_or_404(lists_visible_to(reader(request)), pk=pk)
    if request.GET.get("format") == "xlsx":
        rows = [
            [number, item.enterprise.name_zh, item.enterprise.credit_code, item.enterprise.division.name_zh]
            for number, item in enumerate(_items(one), start=1)
        ]
        titles = [_("序号"), _("企业名称"), _("统一社会信用代码"), _("乡镇（街道）")]
        footer = f"{one.policy.name_zh} · {timezone.localtime(one.made_at):%Y-%m-%d}"
        return attachment(write_workbook([Sheet(_("免申即享名单"), [titles, *rows], footer)]), f"list-{one.pk}.xlsx")
    return _list_page(request, one)


def _items(one: BenefitList) -> list[BenefitListItem]:
    return list(one.items.select_related("enterprise__division"))


def _list_page(
    request: HttpRequest, one: BenefitList, *, status: int = 200, errors: list[str] | None = None
) -> HttpResponse:
    user = reader(request)
    others = one.policy.department.accounts.filter(is_active=True).exclude(pk=one.made_by_id)
    context = {
        "one": one, "items": _items(one), "errors": errors, "nobody": one.confirmed_at is None and not others.exists(),
        "may_confirm": one.confirmed_at is None and may_confirm(user, one.policy) and user.pk != one.made_by_id,
    }  # fmt: skip
    return render(request, "growth/policies/benefit_list.html", context, status=status)


@require_POST
@login_required
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a list."""
    one = get_object_or_404(lists_visible_to(reader(request)), pk=pk)
    try:
        granting.confirm_list(reader(request), one)
    except ValidationError as error:
        return _list_page(request, one, status=400, errors=error.messages)
    messages.success(request, _("已确认，每家企业的兑现时限从今天起算。"))
    return redirect("growth:benefit_list", one.pk)


@login_required
def redemptions(request: HttpRequest) -> HttpResponse:
    """List redemptions by place, with their clocks; as a workbook where asked for."""
    user = reader(request)
    which = request.GET.get("which", "open")
    visible = redemptions_visible_to(user)
    if which != "all":
        visible = visible.filter(paid_on__isnull=True, refused_on__isnull=True)
    if which == "late":
        visible = visible.filter(due_on__lt=timezone.localdate())
    place = request.GET.get("place", "")[:12]
    if place:
        visible = visible.filter(enterprise__division=place)
    visible = visible.order_by("enterprise__division", "due_on", "pk")
    if request.GET.get("format") == "xlsx":
        return _workbook(user, list(visible))
    rows = paged(request, visible, PER_PAGE)
    seen = set(
        enterprises_visible_to(user).filter(pk__in=[one.enterprise_id for one in rows]).values_list("pk", flat=True)
    )
    context = {
        "rows": [(one, one.enterprise_id in seen) for one in rows], "page": rows, "which": which,
        "lists": lists_visible_to(user).filter(confirmed_at__isnull=True),
    }  # fmt: skip
    return render(request, "growth/policies/redemptions.html", context)


def _workbook(user: Any, rows: list[Redemption]) -> HttpResponse:
    titles = [
        _("政策"), _("企业名称"), _("乡镇（街道）"), _("开始"), _("到期日"), _("状态"), _("兑付日期"), _("金额（元）"), _("不予兑现的原因"),
    ]  # fmt: skip
    lines = [
        [
            one.policy.name_zh, one.enterprise.name_zh, one.enterprise.division.name_zh, one.started_on.isoformat(),
            one.due_on.isoformat(), str(one.state_name), one.paid_on.isoformat() if one.paid_on else "", one.amount, one.reason,
        ]
        for one in rows
    ]  # fmt: skip
    footer = f"{label(user.scope)} · {timezone.localdate().isoformat()}"
    content = write_workbook([Sheet(_("政策兑现"), [titles, *lines], footer)])
    return attachment(content, f"redemptions-{timezone.localdate().isoformat()}.xlsx")


@login_required
def redemption(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a redemption with the derivation of its deadline; take that it was paid or refused."""
    user = reader(request)
    one = get_object_or_404(redemptions_visible_to(user), pk=pk)
    refusing = "refuse" in request.POST
    form = PayForm(None if refusing else posted(request))
    refusal = RefuseForm(request.POST if refusing else None)
    if request.method == "POST" and one.is_open and not may_decide(user, one):
        raise PermissionDenied(_("兑现由政策的主管部门办结，登记的人不能办结自己登记的。"))
    sent, decide = (refusal, granting.refuse) if refusing else (form, granting.pay)
    if sent.is_valid():
        with ErrorsAt(sent):
            decide(user, one, **sent.cleaned_data)
            messages.success(request, _("已保存。"))
            return redirect("growth:redemption", one.pk)
    context = {
        "one": one, "form": form, "refusal": refusal, "errors": sent.non_field_errors(), "may_decide": may_decide(user, one),
        "is_seen": enterprises_visible_to(user).filter(pk=one.enterprise_id).exists(),
    }  # fmt: skip
    return render(request, "growth/policies/redemption.html", context, status=400 if sent.errors else 200)


@login_required
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Register a firm's application for a policy."""
    enterprise, user = found_firm(request, pk), reader(request)
    if not may_keep_firm(user, enterprise):
        raise PermissionDenied(_("您不能替这家企业登记申请。"))
    offered = in_force(policies_visible_to(user)).filter(mode__in=["quick", "apply"]).order_by("code")
    start = {"policy": request.GET.get("policy", "")[:12]}
    form = ApplyForm(offered, posted(request), initial=start)
    if form.is_valid():
        given = form.cleaned_data
        with ErrorsAt(form):
            made = granting.register_application(
                user, given["policy"], enterprise, client_id=given["client_id"], applied_on=given["applied_on"]
            )
            messages.success(request, _("已登记，兑现时限从申请那天起算。"))
            return redirect("growth:redemption", made.pk)
    context = {"form": form, "enterprise": enterprise}
    return render(request, "growth/policies/apply.html", context, status=400 if form.errors else 200)


@login_required
def procurement_shares(request: HttpRequest) -> HttpResponse:
    """Show each unit's reserved procurement with what is missing, and take a unit's figures."""
    user = reader(request)
    units = units_for(user)
    if request.method == "POST" and not units.exists():
        raise PermissionDenied(_("采购预留份额由本单位或者市级填报。"))
    form = ProcurementForm(units, posted(request))
    if form.is_valid():
        with ErrorsAt(form):
            procurement.enter_procurement(user, **form.cleaned_data)
            messages.success(request, _("已保存。"))
            return redirect("growth:procurement")
    budgets = list(procurement_visible_to(user).order_by("-year", "unit"))
    rows = [(one, procurement.share_of(one)) for one in budgets]
    if request.GET.get("format") == "xlsx":
        return _procurement_workbook(user, rows)
    context = {"rows": rows, "form": form if units.exists() else None}
    return render(request, "growth/policies/procurement.html", context, status=400 if form.errors else 200)


def _procurement_workbook(user: Any, rows: list[Any]) -> HttpResponse:
    titles = [
        _("年度"), _("单位"), _("政府采购项目预算总额（万元）"), _("其中中小企业无法提供的（万元）"), _("预留给中小企业（万元）"),
        _("预留比例 %"), _("还差（万元）"), _("其中预留给小微企业（万元）"), _("小微占比 %"), _("还差小微（万元）"), _("数据来源"), _("截至"),
    ]  # fmt: skip
    lines = [
        [
            one.year, one.unit.name_zh, one.total, one.unavailable, one.reserved, made.percent_reserved, made.missing_reserved,
            one.reserved_small, made.percent_small, made.missing_small, one.source, one.as_of.isoformat(),
        ]
        for one, made in rows
    ]  # fmt: skip
    content = write_workbook([Sheet(_("采购预留份额"), [titles, *lines], label(user.scope))])
    return attachment(content, "procurement.xlsx")
