"""Pages of the data catalogue."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.indicators import actions
from yizhen.indicators.forms import FieldForm
from yizhen.indicators.registry import field_values_visible_to, fields_visible_to, forms_visible_to
from yizhen.indicators.rules import may_keep_fields
from yizhen.web.downloads import attachment
from yizhen.web.errors import ErrorsAt
from yizhen.web.templatetags.yizhen import label, unit

from .reader import signed_in


@login_required
def fields(request: HttpRequest) -> HttpResponse:
    """List the data catalogue by owner."""
    user = signed_in(request)
    listed = list(fields_visible_to(user).filter(retired_on__isnull=True))
    return render(
        request,
        "indicators/fields.html",
        {
            "fields": listed,
            "may_keep": may_keep_fields(user),
            "owners": len({field.owner_id for field in listed}),
            "personal": sum(field.personal for field in listed),
        },
    )


@login_required
def fields_table(request: HttpRequest) -> HttpResponse:
    """Hand the data catalogue out as a workbook: one row a field."""
    listed = fields_visible_to(signed_in(request)).filter(retired_on__isnull=True)
    head = [
        _("代码"), _("名称"), _("单位"), _("类型"), _("牵头部门"), _("由哪一级填"), _("更新频率"), _("期末后几天内更新"),
        _("依据"), _("个人信息"), _("谁可以看"), _("保存几个月（0 为长期）"), _("对应指标"),
    ]  # fmt: skip
    rows = [
        [
            field.code, label(field), unit(field.unit), str(field.kind_name), label(field.owner), str(field.level_name),
            str(field.frequency_name), field.due_days, field.basis_zh, _("是") if field.personal else "",
            str(field.readers_name), field.retention_months, field.indicator_id or "",
        ]
        for field in listed
    ]  # fmt: skip
    footer = f"{_('数据目录')} · {timezone.localdate().isoformat()}"
    return attachment(write_workbook([Sheet(_("数据目录"), [head, *rows], footer)]), "yizhen-fields.xlsx")


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Add a field; personal data without a basis are refused at the field."""
    user = signed_in(request)
    if not may_keep_fields(user):
        raise PermissionDenied(_("只有市级评议办可以维护数据目录。"))
    form = FieldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with ErrorsAt(form):
            made = actions.define_field(user, **form.values())
            messages.success(request, _("已加入数据目录。"))
            return redirect("indicators:field", code=made.code)
    return render(request, "indicators/field_new.html", {"form": form}, status=400 if form.errors else 200)


@login_required
def field(request: HttpRequest, code: str) -> HttpResponse:
    """Show a field: whose it is, on what basis, which forms show it, and its latest values as far as one may read them."""
    user = signed_in(request)
    found = get_object_or_404(fields_visible_to(user), code=code)
    values = field_values_visible_to(user).filter(field=found, state="approved").order_by("-period", "division_id")
    return render(
        request,
        "indicators/field.html",
        {
            "field": found,
            "forms": forms_visible_to(user).filter(items__field=found).exclude(state="applied"),
            "values": values[:200],
            "may_retire": may_keep_fields(user) and found.retired_on is None,
        },
    )


@require_POST
@login_required
def retire(request: HttpRequest, code: str) -> HttpResponse:
    """Take a field out of the catalogue."""
    user = signed_in(request)
    found = get_object_or_404(fields_visible_to(user), code=code)
    try:
        actions.retire_field(user, found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("indicators:field", code=code)
    messages.success(request, _("已停用这个数据项。"))
    return redirect("indicators:fields")
