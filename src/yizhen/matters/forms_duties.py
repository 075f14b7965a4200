"""Forms of the duty list, the gate, admissions and inspections."""

from itertools import groupby
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yizhen.people.models import Account, Unit
from yizhen.places.models import Division
from yizhen.places.queries import city_code, townships_visible_to
from yizhen.web.fields import DayInput, NamedChoice, OnceField
from yizhen.web.templatetags.yizhen import label

from .duties.gate import DutyKind, Ground
from .duties.queries import items_in_force
from .duties.words import answer_in_words
from .forms import TaskForm, TownshipChoice
from .kinds import WORK_LINES
from .models import PLAN_KINDS, AdmissionRequest, AdmissionTerms, DutyItem, InspectionPlan

KIND_ORDER = {kind.value: place for place, kind in enumerate(DutyKind)}
MAX_BYTES = 2 * 1024 * 1024


class DutyChoice(forms.ModelChoiceField):
    """A choice among the items in force, grouped by their kinds."""

    def offer(self, city: str) -> bool:
        """Offer the items that a city has in force today; returns whether there are any."""
        items = items_in_force(city, timezone.localdate())
        self.queryset = items
        ordered = sorted(items, key=lambda item: (KIND_ORDER[item.kind], item.code))
        groups = [
            (kind_name, [(item.pk, f"{item.code} {label(item)}") for item in group])
            for kind_name, group in groupby(ordered, key=lambda item: item.kind_name)
        ]
        self.choices = [("", self.empty_label or ""), *groups]
        return bool(ordered)


class DutyTaskForm(TaskForm):
    """A task sent down to townships, with the duty item that it belongs to."""

    duty = DutyChoice(
        label=_("属于清单里的哪一项"),
        queryset=DutyItem.objects.none(),
        required=False,
        empty_label=_("请选择"),
        widget=forms.Select(attrs={"data-gate": "", "aria-describedby": "gate-answer"}),
    )
    field_order = ("client_id", "duty", "title")

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        field = self.fields["duty"]
        assert isinstance(field, DutyChoice)
        # Without a list the gate is open: then there is nothing to choose.
        field.required = field.widget.is_required = field.offer(city_code(user.scope_id))
        field.error_messages["required"] = answer_in_words(Ground.OUTSIDE, None)

    def kept(self) -> dict[str, Any]:
        """Return what was typed so far, as it was typed: for the same form again when only the gate was asked."""
        return {name: self[name].value() for name in self.fields}

    def chosen(self) -> DutyItem | None:
        """Return the item chosen so far; None: outside the list, or nothing that is offered."""
        field = self.fields["duty"]
        value = self["duty"].value()
        assert isinstance(field, DutyChoice)
        assert field.queryset is not None
        return field.queryset.filter(pk=int(value)).first() if str(value or "").isdecimal() else None


class DutyListForm(forms.Form):
    """A workbook with an edition of the duty list."""

    file = forms.FileField(
        label=_("清单工作簿（.xlsx）"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )
    edition = forms.CharField(label=_("版本名称（如 2026 年版）"), max_length=40)
    basis = forms.CharField(label=_("公布文件（文号）"), max_length=120)
    valid_from = forms.DateField(label=_("从哪天起生效"), widget=DayInput())

    def clean_file(self) -> bytes:
        """Return the file's content, if it is not too large."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("文件不能超过 2 MB。"))
        content: bytes = file.read()
        return content


class DutyItemForm(forms.ModelForm):
    """One item of the list."""

    class Meta:
        model = DutyItem
        fields = ("code", "name_zh", "name_en", "kind", "work_line", "lead", "basis", "starts_on", "ends_on")
        field_classes = {"lead": NamedChoice}
        widgets = {"starts_on": DayInput(), "ends_on": DayInput()}
        labels = {
            "code": _("事项代码"),
            "name_zh": _("事项名称"),
            "name_en": _("英文名称"),
            "kind": _("类别"),
            "work_line": _("条线"),
            "lead": _("牵头部门（基本事项留空）"),
            "basis": _("依据"),
            "starts_on": _("开始日（留空：同版本）"),
            "ends_on": _("结束日（留空：同版本）"),
        }

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lead = self.fields["lead"]
        assert isinstance(lead, forms.ModelChoiceField)
        lead.queryset = Unit.objects.filter(division__code__startswith=user.scope_id)
        lead.empty_label = str(_("乡镇（街道）"))
        self.fields["kind"].choices = [(kind.value, DutyItem(kind=kind).kind_name) for kind in DutyKind]  # type: ignore[attr-defined]
        self.fields["work_line"].choices = list(WORK_LINES.items())  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """Leave model validation to the action."""


class RefusalForm(forms.Form):
    """On what ground a task is refused: an item of the list, or that somebody looked and found none.

    A task that cites an item is refused by that one; then nothing is chosen.
    """

    item = DutyChoice(
        label=_("这件任务属于清单里的哪一项"),
        queryset=DutyItem.objects.none(),
        required=False,
        empty_label=_("请选择"),
    )
    outside = forms.BooleanField(label=_("对照过清单，里面没有这一项（清单之外）"), required=False)

    def __init__(self, user: Account, *args: Any, cites: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cites = cites
        field = self.fields["item"]
        assert isinstance(field, DutyChoice)
        field.offer(city_code(user.scope_id))

    def clean(self) -> dict[str, Any]:
        """Ask for one ground: the reply says that the list was looked at."""
        data = super().clean() or {}
        if not self.cites and "item" not in self.errors and (data.get("item") is None) != bool(data.get("outside")):
            self.add_error("item", _("请从清单里选这一项；清单里没有的，不选，勾下面一格。"))
        return data


class AdmissionForm(forms.ModelForm):
    """A request to bring work to villages and communities."""

    client_id = OnceField()

    class Meta:
        model = AdmissionRequest
        fields = (
            "name_zh", "name_en", "purpose", "basis", "work_line", "starts_on", "ends_on", "minutes", "funds", "client_id",
        )  # fmt: skip
        widgets = {
            "starts_on": DayInput(),
            "ends_on": DayInput(),
            "purpose": forms.Textarea(attrs={"rows": 3}),
            "minutes": forms.NumberInput(attrs={"min": 1, "max": 9600}),
            "funds": forms.NumberInput(attrs={"min": 0, "step": "0.01"}),
        }
        labels = {
            "name_zh": _("事项名称"),
            "name_en": _("英文名称"),
            "purpose": _("用来做什么"),
            "basis": _("依据（法律、文件）"),
            "work_line": _("条线"),
            "starts_on": _("从哪天起开展"),
            "ends_on": _("到哪天止"),
            "minutes": _("每个村（社区）每月要几分钟"),
            "funds": _("给每个村（社区）的经费（元）"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["work_line"].choices = list(WORK_LINES.items())  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """Leave model validation to the action."""


class DecisionForm(forms.Form):
    """A decision on an admission."""

    decision = forms.ChoiceField(
        label=_("决定"), choices=[("granted", _("准予进入")), ("refused", _("不予进入"))], widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("理由（不予进入时必填）"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class TermsForm(forms.ModelForm):
    """A city's working days for admissions."""

    class Meta:
        model = AdmissionTerms
        fields = ("lead_days", "decide_days", "source")
        labels = {
            "lead_days": _("开展前多少个工作日申请"),
            "decide_days": _("多少个工作日内审定"),
            "source": _("规定的来源"),
        }

    def _post_clean(self) -> None:
        """Leave model validation to the action."""


class InspectionForm(forms.ModelForm):
    """A plan of an inspection or a comprehensive assessment."""

    client_id = OnceField()
    townships = TownshipChoice(
        label=_("对象：乡镇（街道）"), queryset=Division.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    coordination = forms.CharField(
        label=_("怎样协调（有重叠时必填）"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    field_order = (
        "kind", "title", "content", "scope", "basis", "designation", "starts_on", "ends_on", "townships", "coordination",
    )  # fmt: skip

    class Meta:
        model = InspectionPlan
        fields = ("kind", "title", "content", "scope", "basis", "designation", "starts_on", "ends_on")
        widgets = {
            "starts_on": DayInput(),
            "ends_on": DayInput(),
            "content": forms.Textarea(attrs={"rows": 3}),
        }
        labels = {
            "kind": _("种类"),
            "title": _("名称"),
            "content": _("内容：督查什么"),
            "scope": _("范围：看哪些单位、哪段时间的工作"),
            "basis": _("依据（文号或法规）"),
            "designation": _("本级政府指定文件"),
            "starts_on": _("开始日"),
            "ends_on": _("结束日"),
        }

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(PLAN_KINDS.items())  # type: ignore[attr-defined]
        if user.role == "department":
            self.fields["designation"].required = True
        else:
            del self.fields["designation"]
        townships = self.fields["townships"]
        assert isinstance(townships, TownshipChoice)
        townships.queryset = townships_visible_to(user).filter(code__startswith=user.scope_id, retired_on=None)

    def _post_clean(self) -> None:
        """Leave model validation to the action."""


class ConclusionForm(forms.Form):
    """The written conclusion of an inspection."""

    conclusion = forms.CharField(label=_("督查结论"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
