"""Facts, conditions and articles in words."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yizhen.growth.models import Enterprise
from yizhen.growth.models.enterprise import CHOICE_NAMES
from yizhen.web.templatetags.yizhen import day, figure

from .conditions import CHOICE, FACTS, FLAG, FORBIDDEN, Answer, Condition, is_missing

ANSWERS = {
    Answer.MET: gettext_lazy("符合"),
    Answer.FAILED: gettext_lazy("不符合"),
    Answer.UNKNOWN: gettext_lazy("缺数据"),
}
FORBIDDEN_NAMES = {
    "ownership": gettext_lazy("所有制"),
    "registered_in": gettext_lazy("注册地"),
    "named_firm": gettext_lazy("指定的企业"),
    "tax_paid_here": gettext_lazy("对本地的纳税或者贡献"),
}
# What the articles of 公平竞争审查条例 say, in short.
ARTICLES = {
    "8(4)": gettext_lazy("第八条第四项：不得设置不合理或者歧视性的准入、退出条件"),
    "9(2)": gettext_lazy("第九条第二项：不得排斥、限制、强制或者变相强制外地经营者在本地投资经营或者设立分支机构"),
    "9(5)": gettext_lazy("第九条第五项：不得在资质标准、监管执法等方面对外地经营者设置歧视性要求"),
    "10(1)": gettext_lazy("第十条第一项：没有法律、行政法规依据或者未经国务院批准，不得给予特定经营者税收优惠"),
    "10(2)": gettext_lazy("第十条第二项：没有上述依据，不得给予特定经营者选择性、差异化的财政奖励或者补贴"),
    "10(3)": gettext_lazy(
        "第十条第三项：没有上述依据，不得给予特定经营者要素获取、行政事业性收费、政府性基金、社会保险费等方面的优惠"
    ),
}


def fact_name(fact: str) -> str:
    """Return a fact's name as it stands on a firm's form."""
    return str(getattr(Enterprise._meta.get_field(fact), "verbose_name", fact))


def value_words(fact: str, value: Any) -> str:
    """Return a firm's fact in words; a dash where nobody knows it."""
    if is_missing(value):
        return "—"
    if FACTS[fact].kind == CHOICE:
        return str(CHOICE_NAMES[fact].get(value, value))
    if FACTS[fact].kind == FLAG:
        return _("是") if value else _("否")
    return day(value) if isinstance(value, date) else figure(value)


def condition_words(condition: Condition) -> str:
    """Return a condition in words, such as "从业人数：不超过 20"."""
    name, value = fact_name(condition.fact), condition.value
    if condition.operator == "in":
        return name + _("：") + _("、").join(value_words(condition.fact, code) for code in value)
    if condition.operator == "is":
        return name + _("：") + (_("是") if value else _("否"))
    words = {"min": _("%(name)s：不少于 %(value)s"), "max": _("%(name)s：不超过 %(value)s")}
    words["within_days"] = _("%(name)s：今天起 %(value)s 天以内，还没到期")
    return words[condition.operator] % {"name": name, "value": figure(value)}


def refusal(code: str, what: str) -> str:
    """Return why a policy may not ask for something, with the articles that forbid it."""
    articles = _("；").join(str(ARTICLES[number]) for number in FORBIDDEN[code])
    return _("“%(what)s”：不能按%(name)s设条件。公平竞争审查条例%(articles)s。") % {
        "what": what, "name": FORBIDDEN_NAMES[code], "articles": articles
    }  # fmt: skip
