"""A version of an index as a workbook: the same tables as its page, in text and numbers without formulas."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.indicators.indices import words
from yizhen.indicators.indices.reading import Shown, shown
from yizhen.indicators.indices.showing import choices_of, parts_of, sensitivity_of
from yizhen.web.downloads import attachment
from yizhen.web.templatetags.yizhen import label

from .indices import FEW_RUNS, MANY_RUNS, version_or_404
from .reader import signed_in


@login_required
def index_table(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Hand out a version: places, choices, cautions, and every figure with its source."""
    version = version_or_404(signed_in(request), code, number, whole=True)
    it = shown(version, MANY_RUNS if request.GET.get("runs") == str(MANY_RUNS) else FEW_RUNS)
    names = words.Names(version.spec, it.data)
    footer = f"{label(version.design)} · {version.number} · {version.spec['period']} · {version.spec_sha256[:12]}"
    sheets = [
        Sheet(_("各地"), _place_rows(it, names), footer),
        Sheet(_("换一种做法"), _choice_rows(it, names), footer),
        Sheet(_("提醒"), [[_("提醒")], *([text] for text in _warnings(it, names))], footer),
        Sheet(_("数据和出处"), _figure_rows(it, names), footer),
    ]
    return attachment(write_workbook(sheets), f"yizhen-{code}-{number}.xlsx")


def _warnings(it: Shown, names: words.Names) -> list[str]:
    return (
        []
        if it.result["problem"]
        else [text for _kind, text in words.cautions(it.version.spec, it.data, it.result, names)]
    )


def _place_rows(it: Shown, names: words.Names) -> list[list[Any]]:
    parts = parts_of(it)
    category = {place["code"]: names.categories.get(place["category"], "") for place in it.data["places"]}
    head = [
        _("区划代码"), _("地方"), _("分类"), _("得分"), *(names[part] for part in parts), _("算术平均时"), _("同类个数"),
        _("名次范围从"), _("名次范围到"), _("说明"),
    ]  # fmt: skip
    return [
        head,
        *(
            [
                row["place"], names.place(row["place"]), category[row["place"]], row["score"],
                *(row["parts"][part] for part in parts), row["arithmetic"], row["peers"], row["low"], row["high"],
                words.place_sentence(row),
            ]
            for row in it.result["places"]
        ),
    ]  # fmt: skip


def _choice_rows(it: Shown, names: words.Names) -> list[list[Any]]:
    rows: list[list[Any]] = [[_("改动一处"), _("变了名次的地方"), _("平均移动"), _("最多移动"), _("移动最多的")]]
    rows += [[row["words"], row["moved"], row["mean"], row["most"], row["places"]] for row in choices_of(it, names)]
    rows += [[], [_("哪种做法最要紧"), _("单独"), _("连同配合"), _("能不能估准")]]
    rows += [
        [str(row["words"]), row["alone"], row["total"], _("能") if row["estimable"] else _("估计不准，不作判断")]
        for row in sensitivity_of(it)
    ]
    return rows


def _figure_rows(it: Shown, names: words.Names) -> list[list[Any]]:
    head = [
        _("区划代码"),
        _("地方"),
        _("指标代码"),
        _("指标"),
        _("期间"),
        _("数值"),
        _("分子"),
        _("分母"),
        _("来源"),
        _("数据日期"),
    ]
    period = {code: about["period"] for code, about in it.data["indicators"].items()}
    return [
        head,
        *(
            [
                one["place"], names.place(one["place"]), one["indicator"], names[one["indicator"]], period[one["indicator"]],
                *(None if one[name] is None else float(one[name]) for name in ("value", "numerator", "denominator")),
                one["source"], one["as_of"],
            ]
            for one in it.data["figures"]
        ),
    ]  # fmt: skip
