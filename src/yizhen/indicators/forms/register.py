"""Forms of the data catalogue and the register of forms."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yizhen.indicators.actions import Wanted
from yizhen.indicators.models import DECISIONS, DataField, RegisteredForm, Threshold
from yizhen.people.models import Unit
from yizhen.web.fields import DayInput, NamedChoice

KIND_WORDS = {
    "整数": "count", "个数": "count", "数": "amount", "小数": "amount", "金额": "amount", "文字": "text", "文本": "text",
    "日期": "date", "是否": "yes_no", "是/否": "yes_no", "count": "count", "amount": "amount", "text": "text", "date": "date",
    "yes/no": "yes_no",
}  # fmt: skip
OPTIONAL = {"选填", "optional"}
PERSONAL = {"个人信息", "personal"}
MOST_LINES = 200


class FieldForm(forms.ModelForm):
    """A new field for the data catalogue."""

    choices_zh = forms.CharField(label=gettext_lazy("选项（用顿号隔开）"), required=False)

    class Meta:
        model = DataField
        fields = (
            "code", "name_zh", "name_en", "kind", "unit", "owner", "level", "frequency", "due_days", "roll_up", "indicator", "part",
            "personal", "basis_zh", "readers", "retention_months",
        )  # fmt: skip
        field_classes = {"owner": NamedChoice, "indicator": NamedChoice}
        labels = {
            "code": gettext_lazy("代码"),
            "name_zh": gettext_lazy("中文名称"),
            "name_en": gettext_lazy("英文名称"),
            "kind": gettext_lazy("类型"),
            "unit": gettext_lazy("单位"),
            "owner": gettext_lazy("牵头部门（一数一源）"),
            "level": gettext_lazy("由哪一级填"),
            "frequency": gettext_lazy("更新频率"),
            "due_days": gettext_lazy("期末后几天内更新"),
            "roll_up": gettext_lazy("怎样汇总"),
            "indicator": gettext_lazy("对应的指标"),
            "part": gettext_lazy("是指标的哪一部分"),
            "personal": gettext_lazy("含个人信息"),
            "basis_zh": gettext_lazy("法律依据"),
            "readers": gettext_lazy("谁可以看"),
            "retention_months": gettext_lazy("保存几个月（0 为长期）"),
        }
        help_texts = {"retention_months": ""}

    def _post_clean(self) -> None:
        """Leave model validation to the action, which names the reason of a refusal."""

    def values(self) -> dict[str, Any]:
        """Return what the action takes."""
        values = dict(self.cleaned_data)
        values["choices"] = [one for one in re.split(r"[、,，;；\s]+", values.pop("choices_zh")) if one]
        return values


class ApplicationForm(forms.ModelForm):
    """An application for a form: its lines are typed or pasted, one a line."""

    lines = forms.CharField(
        label=gettext_lazy("要填的内容，一行一项"),
        widget=forms.Textarea(
            attrs={"rows": 10, "placeholder": "养老床位数 | 张 | 整数\n护理员姓名 | | 文字 | 选填 | 个人信息"}
        ),
        help_text=gettext_lazy(
            "名称 | 单位 | 类型（整数、小数、文字、日期、是否）| 选填 | 个人信息。后四样可以省略；也可以从 Excel 直接粘贴。"
        ),
    )

    class Meta:
        model = RegisteredForm
        fields = (
            "code", "name_zh", "name_en", "department", "purpose_zh", "basis_zh", "level", "frequency", "minutes", "expires_on",
        )  # fmt: skip
        field_classes = {"department": NamedChoice}
        widgets = {"expires_on": DayInput()}
        labels = {
            "code": gettext_lazy("编号（如 F-101）"),
            "name_zh": gettext_lazy("报表名称"),
            "name_en": gettext_lazy("英文名称"),
            "department": gettext_lazy("申请部门"),
            "purpose_zh": gettext_lazy("用来做什么"),
            "basis_zh": gettext_lazy("依据（法律、文件）"),
            "level": gettext_lazy("由哪一级填"),
            "frequency": gettext_lazy("多久一次"),
            "minutes": gettext_lazy("填一次要几分钟"),
            "expires_on": gettext_lazy("有效期至"),
        }

    field_order = (*Meta.fields, "lines")

    def __init__(self, *args: Any, department: Unit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if department is not None:
            self.fields["department"].queryset = Unit.objects.filter(pk=department.pk)  # type: ignore[attr-defined]
            self.fields["department"].initial = department

    def _post_clean(self) -> None:
        """Leave model validation to the action."""

    def clean_code(self) -> str:
        """Return the code in capitals, if nobody has it."""
        code = str(self.cleaned_data["code"]).upper()
        if RegisteredForm.objects.filter(code=code).exists():
            raise ValidationError(_("这个编号已用过。"))
        return code

    def clean_lines(self) -> list[Wanted]:
        """Read the lines; each error names its line."""
        return read_lines(self.cleaned_data["lines"])


def read_lines(text: str) -> list[Wanted]:
    """Return what an application asks for; columns are apart by | or tabs.

    Raises:
        ValidationError: naming each line that cannot be read.
    """
    made: list[Wanted] = []
    errors = []
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise ValidationError(_("一张表最多 %(n)s 项。") % {"n": MOST_LINES})
    for number, line in enumerate(lines, start=1):
        name, *rest = (part.strip() for part in re.split(r"[|｜\t]", line))
        words = [unicodedata.normalize("NFKC", word).lower() for word in rest]
        if not name or len(name) > 60:
            errors.append(_("第 %(n)s 行：名称要有，且不超过 60 个字。") % {"n": number})
            continue
        kind = next((KIND_WORDS[word] for word in words[1:] if word in KIND_WORDS), "count")
        unknown = [word for word in words[1:] if word and word not in {*KIND_WORDS, *OPTIONAL, *PERSONAL}]
        if unknown:
            errors.append(_("第 %(n)s 行：不认识“%(word)s”。") % {"n": number, "word": unknown[0]})
            continue
        made.append(
            Wanted(
                name,
                (rest[0] if rest else "")[:16],
                kind,
                required=not OPTIONAL & set(words),
                personal=bool(PERSONAL & set(words)),
            )
        )
    if errors:
        raise ValidationError(errors)
    return made


class DecisionForm(forms.Form):
    """The office's decision on an application."""

    decision = forms.ChoiceField(label=gettext_lazy("决定"), choices=list(DECISIONS.items()))
    reason = forms.CharField(label=gettext_lazy("理由（不予登记必填）"), required=False, max_length=300)


class CollectionForm(forms.Form):
    """A window in which a form is filled."""

    period = forms.CharField(label=gettext_lazy("期间"), max_length=8)
    opens_on = forms.DateField(label=gettext_lazy("开始日"), widget=DayInput())
    closes_on = forms.DateField(label=gettext_lazy("截止日"), widget=DayInput())


class ThresholdForm(forms.ModelForm):
    """A line on an indicator."""

    class Meta:
        model = Threshold
        fields = ("side", "level", "release", "days", "text_zh")
        labels = {
            "side": gettext_lazy("哪一侧"),
            "level": gettext_lazy("警戒线"),
            "release": gettext_lazy("解除线（回到这里，下一次越线才再交办）"),
            "days": gettext_lazy("限几天办完"),
            "text_zh": gettext_lazy("要求做什么"),
        }

    def _post_clean(self) -> None:
        """Leave model validation to the action."""


class NeighbourForm(forms.Form):
    """By what the nearest townships are found."""

    variables = forms.MultipleChoiceField(label=gettext_lazy("背景变量"), widget=forms.CheckboxSelectMultiple)
    number = forms.IntegerField(label=gettext_lazy("取最相近的几个"), min_value=3, max_value=20)

    def __init__(self, *args: Any, choices: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["variables"].choices = list(choices.items())  # type: ignore[attr-defined]


class RefusalForm(forms.Form):
    """Refusing a form that is not in the register."""

    department = NamedChoice(label=gettext_lazy("谁要求填的"), queryset=Unit.objects.all())
    title = forms.CharField(label=gettext_lazy("什么表"), max_length=80)
    received_on = forms.DateField(label=gettext_lazy("哪天收到"), widget=DayInput())
