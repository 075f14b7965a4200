"""Pages of what public bodies owe firms."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.growth.models import PublicPayment
from yizhen.people.models import Account
from yizhen.web.downloads import attachment
from yizhen.web.errors import ErrorsAt
from yizhen.web.forms import posted
from yizhen.web.paging import paged
from yizhen.web.templatetags.yizhen import label

from .forms import PaymentForm, SettleForm
from .payments import register_payment, settle_payment
from .queries import enterprises_visible_to, payments_visible_to
from .rules import may_change, may_settle
from .views import PER_PAGE, found, reader


def _asked(request: HttpRequest, user: Account) -> tuple[QuerySet[PublicPayment], str]:
    """Return the payments that a list was narrowed to: open ones, those late today, or all."""
    which = request.GET.get("which", "open")
    payments = payments_visible_to(user)
    if which != "all":
        payments = payments.filter(paid_on__isnull=True)
    if which == "late":
        payments = payments.filter(due_on__lt=timezone.localdate())
    place = request.GET.get("place", "")[:12]
    if place:
        payments = payments.filter(enterprise__division=place)
    return payments.order_by("enterprise__division", "due_on", "pk"), which


@login_required
def payments(request: HttpRequest) -> HttpResponse:
    """List what public bodies owe firms of the user's circle, by place; lateness is computed now."""
    user = reader(request)
    asked, which = _asked(request, user)
    late = asked.filter(paid_on=None, due_on__lt=timezone.localdate()).aggregate(n=Count("pk"), sum=Sum("amount"))
    rows = paged(request, asked, PER_PAGE)
    seen = set(
        enterprises_visible_to(user).filter(pk__in=[one.enterprise_id for one in rows]).values_list("pk", flat=True)
    )
    context = {
        "rows": [(one, one.enterprise_id in seen) for one in rows], "page": rows, "which": which, "late": late["n"],
        "late_sum": late["sum"] or 0,
    }  # fmt: skip
    return render(request, "growth/enterprises/payments.html", context)


@login_required
def payments_workbook(request: HttpRequest) -> HttpResponse:
    """Give the list as a workbook, as the yearly notice of what is late needs it (art. 18)."""
    user = reader(request)
    rows, _which = _asked(request, user)
    titles = [
        _("企业名称"), _("乡镇（街道）"), _("欠款单位"), _("合同或者项目"), _("金额（元）"), _("起算日"), _("期限（天）"), _("到期日"),
        _("付清日期"), _("逾期天数"),
    ]  # fmt: skip
    lines = [
        [
            one.enterprise.name_zh, one.enterprise.division.name_zh, one.debtor.name_zh, one.subject, one.amount,
            one.began_on.isoformat(), one.deadline.rule.amount, one.due_on.isoformat(),
            one.paid_on.isoformat() if one.paid_on else "", one.days_late,
        ]
        for one in rows
    ]  # fmt: skip
    footer = f"{label(user.scope)} · {timezone.localdate().isoformat()}"
    content = write_workbook([Sheet(_("应付中小企业款项"), [titles, *lines], footer)])
    return attachment(content, f"payments-{timezone.localdate().isoformat()}.xlsx")


@login_required
def owe(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what a public body owes a firm."""
    enterprise, user = found(request, pk), reader(request)
    if not may_change(user, enterprise):
        raise PermissionDenied(_("您不能登记这家企业的应收款。"))
    form = PaymentForm(user, posted(request), initial={"scale": enterprise.scale})
    if form.is_valid():
        with ErrorsAt(form):
            made = register_payment(user, enterprise, **form.cleaned_data)
            messages.success(request, _("已登记。"))
            return redirect("growth:payment", made.pk)
    return render(
        request, "growth/enterprises/owe.html", {"form": form, "enterprise": enterprise}, status=400 if form.errors else 200
    )  # fmt: skip


@login_required
def payment(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one sum with the derivation of its deadline, and take that it has arrived."""
    user = reader(request)
    one = get_object_or_404(payments_visible_to(user), pk=pk)
    form = SettleForm(posted(request))
    if request.method == "POST" and not may_settle(user, one):
        raise PermissionDenied(_("到账由企业所在地方核实，欠款单位不能自己销账。"))
    if form.is_valid():
        with ErrorsAt(form):
            settle_payment(user, one, **form.cleaned_data)
            messages.success(request, _("已保存。"))
            return redirect("growth:payment", one.pk)
    context = {
        "one": one, "form": form, "may_settle": may_settle(user, one) and one.paid_on is None,
        "is_seen": enterprises_visible_to(user).filter(pk=one.enterprise_id).exists(),
    }  # fmt: skip
    return render(request, "growth/enterprises/payment.html", context, status=400 if form.errors else 200)
