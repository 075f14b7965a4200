"""Forms of indices and assessment schemes."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yizhen.indicators.models import ITEM_KINDS, IndexVersion, SchemeItem
from yizhen.people.models import Unit
from yizhen.places.models import Division
from yizhen.web.fields import DayInput, NamedChoice
from yizhen.web.templatetags.yizhen import label


class IndexForm(forms.Form):
    """What a new index is called."""

    code = forms.SlugField(label=_("代码"), max_length=24, help_text=_("小写字母、数字和短横线，例如 fazhan-2026"))
    name_zh = forms.CharField(label=_("中文名称"), max_length=60)
    name_en = forms.CharField(label=_("英文名称"), max_length=120)


class VersionChoice(forms.ModelChoiceField):
    """A choice among versions of indices."""

    def label_from_instance(self, obj: Any) -> str:
        """Name a version by its design, number and period."""
        return f"{label(obj.design)} · {obj.number} · {obj.spec['period']}"


class SchemeForm(forms.Form):
    """A new assessment scheme."""

    code = forms.SlugField(label=_("代码"), max_length=24)
    name_zh = forms.CharField(label=_("中文名称"), max_length=60)
    name_en = forms.CharField(label=_("英文名称"), max_length=120)
    index = VersionChoice(label=_("用哪个定稿的指数"), queryset=IndexVersion.objects.none())
    bonus_cap = forms.DecimalField(label=_("加分合计不超过"), min_value=0, max_value=100, decimal_places=2, initial=5)
    deduction_cap = forms.DecimalField(
        label=_("扣分合计不超过"), min_value=0, max_value=100, decimal_places=2, initial=5
    )

    def __init__(self, versions: QuerySet[IndexVersion], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["index"].queryset = versions  # type: ignore[attr-defined]


class ItemForm(forms.Form):
    """A bonus, a deduction or a veto, with its basis, cap, approver and end."""

    kind = forms.ChoiceField(label=_("种类"), choices=list(ITEM_KINDS.items()))
    name_zh = forms.CharField(label=_("中文名称"), max_length=60)
    name_en = forms.CharField(label=_("英文名称"), max_length=120)
    basis = forms.CharField(label=_("依据（法律、文件和条款）"), max_length=200)
    cap = forms.DecimalField(
        label=_("上限（分）"), min_value=0, max_value=100, decimal_places=2, required=False,
        help_text=_("加分、扣分：一个地方最多算多少。否决：最高还能得多少分；空着就是不参加比较。"),
    )  # fmt: skip
    approver = NamedChoice(label=_("由谁审批"), queryset=Unit.objects.all())
    expires_on = forms.DateField(label=_("到哪天为止"), widget=DayInput())


class EntryForm(forms.Form):
    """An item held for or against a township."""

    item = NamedChoice(label=_("哪一项"), queryset=SchemeItem.objects.none())
    division = NamedChoice(label=_("乡镇、街道"), queryset=Division.objects.none())
    points = forms.DecimalField(
        label=_("分数"), min_value=0, max_value=100, decimal_places=2, required=False, help_text=_("否决不填。")
    )
    happened_on = forms.DateField(label=_("哪天的事"), widget=DayInput())
    reason = forms.CharField(label=_("事由"), max_length=200)
    evidence = forms.CharField(label=_("佐证（文号、核查记录）"), max_length=400)

    def __init__(self, items: QuerySet[SchemeItem], townships: QuerySet[Division], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = items  # type: ignore[attr-defined]
        self.fields["division"].queryset = townships  # type: ignore[attr-defined]
