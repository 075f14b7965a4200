"""Forms of the catalogue and the import."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from yizhen.indicators.models import Indicator
from yizhen.indicators.tables.mapping import ROLES
from yizhen.web.fields import NamedChoice

IMPORT_LIMIT = 20 * 1024 * 1024


class IndicatorForm(forms.ModelForm):
    """A new indicator for the catalogue."""

    class Meta:
        model = Indicator
        fields = (
            "code",
            "name_zh",
            "name_en",
            "domain",
            "unit",
            "direction",
            "frequency",
            "source",
            "numerator_zh",
            "denominator_zh",
            "per",
            "per_resident",
            "chance",
            "count_unit",
            "gaming_risk_zh",
            "counter_metric_zh",
            "scored",
            "public",
        )
        field_classes = {"source": NamedChoice}
        labels = {
            "code": _("代码"),
            "name_zh": _("中文名称"),
            "name_en": _("英文名称"),
            "domain": _("领域"),
            "unit": _("单位"),
            "direction": _("方向"),
            "frequency": _("频率"),
            "source": _("来源部门"),
            "numerator_zh": _("分子"),
            "denominator_zh": _("分母"),
            "per": _("乘数（每万人填 10000,百分比填 100,不是比率填 0）"),
            "per_resident": _("按常住人口计算"),
            "chance": _("数少的时候有多少偶然"),
            "count_unit": _("分子的量词（张、所、人）"),
            "gaming_risk_zh": _("可能怎样做假"),
            "counter_metric_zh": _("对照指标"),
            "scored": _("参与评价"),
            "public": _("向居民公开（小于 5 的数隐去）"),
        }

    def _post_clean(self) -> None:
        """Leave model validation to the action, which names the reason of a refusal."""


class WorkbookForm(forms.Form):
    """A workbook to import."""

    file = forms.FileField(
        label=_("工作簿（.xlsx、.xls、.csv）"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}),
    )

    def clean_file(self) -> object:
        """Refuse what is too large before reading it."""
        file = self.cleaned_data["file"]
        if file.size > IMPORT_LIMIT:
            raise forms.ValidationError(_("文件超过 20 MB，请分成几个文件。"))
        return file


def choices_of(sent: QueryDict) -> dict[str, Any]:
    """Return what was chosen on the mapping page; what is odd is as if it had not been chosen.

    ``layout`` says which table the columns were shown for; its heading is counted from one.
    """
    columns = {
        at: {
            "role": role if (role := sent.get(f"role-{at}", "")) in ROLES else "",
            "indicator": sent.get(f"indicator-{at}", "")[:24],
            "unit": sent.get(f"unit-{at}", "").strip()[:16],
            "period": sent.get(f"period-{at}", "").strip()[:8],
        }
        for at in sent.getlist("column")
        if at.isdecimal() and len(at) < 5
    }
    names = zip(sent.getlist("name"), sent.getlist("place"), strict=False)
    return {
        "sheet": sent.get("sheet", ""),
        "across": sent.get("across") == "1",
        "first": _line(sent.get("first", "")),
        "last": _line(sent.get("last", "")),
        "layout": sent.get("layout", ""),
        "columns": columns,
        "places": {name[:80]: place.strip().split(" ")[-1][:15] for name, place in names if place.strip()},
        **{name: sent.get(name, "").strip()[:24] for name in ("period", "as_of", "source")},
        "hidden_rows": sent.get("hidden_rows") == "1",
    }


def _line(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 4 else 0
