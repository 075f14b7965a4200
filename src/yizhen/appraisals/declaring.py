"""How counts become the declared figure: weighted mean, trimmed mean, median, or steps on the excellent rate.

Everything is computed from counts (item → class → grade → number), never from whole sheets, so that whoever has the
published counts can compute every declared figure again. Exact until the roundings of the rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yizhen.scoring.tables import Language, said
from yizhen.scoring.tally import (
    ClassCount,
    CountingRule,
    Declared,
    StepRule,
    declare,
    declare_scores,
    flag_in_words,
    headline_rates,
    rounded,
)

from .choices import RUIAN_IN_HUNDREDTHS, MethodName, step_rule
from .config import NOT_INFORMED

DIVISORS = {"valid": gettext_lazy("有效票数"), "returned": gettext_lazy("收回的票"), "issued": gettext_lazy("发出的票")}
Counts = Mapping[str, Mapping[str, Mapping[str, int]]]


@dataclass(frozen=True)
class Method:
    """How marks become scores: ``cut`` marks fall away at each end (trimmed), ``steps`` give points (step)."""

    name: MethodName = "mean"
    cut: int = 1
    steps: StepRule | None = None

    @property
    def is_mean(self) -> bool:
        """Whether the declared total is the weighted mean of coefficients, which margins and intervals are about."""
        return self.name == "mean"


MEAN = Method()


def method_of(config: Mapping[str, Any]) -> Method:
    """Return the method of a configuration; configurations older than the choice mean the weighted mean."""
    rules = config["rules"]
    name: MethodName = rules.get("method", "mean")
    steps = step_rule(rules.get("step") or RUIAN_IN_HUNDREDTHS) if name == "step" else None
    return Method(name, int(rules.get("cut", 1)), steps)


def margins_are_exact(rule: CountingRule, method: Method) -> bool:
    """Return whether margins in sheets and intervals can be had: they are about the weighted mean of valid marks."""
    return method.is_mean and rule.denominator == "valid"


def class_counts(rule: CountingRule, counts: Counts) -> dict[str, list[ClassCount]]:
    """Return stored counts as the counting library takes them."""
    grades = [grade.code for grade in rule.grades]
    return {
        item: [
            ClassCount(
                code=code,
                issued=row["issued"],
                returned=row["returned"],
                void=row["void"],
                abstained=row["abstained"],
                not_informed=row[NOT_INFORMED],
                grades={grade: row[grade] for grade in grades},
            )
            for code, row in classes.items()
        ]
        for item, classes in counts.items()
    }


def declare_counts(rule: CountingRule, counts: Counts, method: Method = MEAN) -> Declared:
    """Apply the frozen rule to counts: what the library declares, with the figure that the method prescribes."""
    table = class_counts(rule, counts)
    plain = declare(rule, table)
    if plain.round_void or method.is_mean:
        return plain
    if method.name == "step":
        return _by_steps(rule, plain, table, method)
    return _by_position(rule, plain, table, method)


def _by_steps(rule: CountingRule, plain: Declared, table: Mapping[str, list[ClassCount]], method: Method) -> Declared:
    """Return points by the exact excellent rate of the headline item over all classes; no weight plays a part."""
    flags = tuple(flag for flag in plain.flags if "missing_weights" not in flag and not flag.startswith("item_"))
    rates = headline_rates(rule, table)
    if plain.total is None or rates is None or method.steps is None:
        return replace(plain, total=None, flags=flags, weights_used={})
    points = method.steps.points(rates.excellent, rates.negative)
    return replace(plain, total=rule.rounding.of_total(points), flags=flags, weights_used={})


def _by_position(
    rule: CountingRule, plain: Declared, table: Mapping[str, list[ClassCount]], method: Method
) -> Declared:
    """Return item scores by trimmed mean or median of the marks in a class, then weighted means as ever."""
    items: dict[str, dict[str, Fraction]] = {}
    flags = list(plain.flags)
    short: set[str] = set()
    for item, rows in table.items():
        items[item] = {}
        for row in rows:
            marks = [grade.coefficient * 100 for grade in rule.grades for _one in range(row.grades[grade.code])]
            few = method.name == "trimmed" and len(marks) <= 2 * method.cut
            if marks and few:
                short.add(row.code)
            how: Literal["mean", "trimmed", "median"] = "median" if method.name == "median" else "trimmed"
            _total, scores = declare_scores(
                {row.code: marks}, {row.code: 1}, method="mean" if few else how, cut=method.cut
            )
            items[item] |= scores
    classes: dict[str, Fraction] = {}
    for code in rule.class_weights:
        known = {item: scores[code] for item, scores in items.items() if code in scores}
        mean = _weighted(known, rule.item_weights)
        if mean is not None:
            classes[code] = rule.rounding.of_class(mean)
    total = _weighted(classes, rule.class_weights)
    flags += [f"class_{code}_too_few_to_trim" for code in rule.class_weights if code in short]
    return replace(
        plain,
        total=None if plain.total is None or total is None else rule.rounding.of_total(total),
        class_scores={code: _shown(rule, classes.get(code)) for code in rule.class_weights},
        item_scores={
            item: {code: _shown(rule, scores.get(code)) for code in rule.class_weights}
            for item, scores in items.items()
        },
        flags=tuple(flags),
    )


def _weighted(values: Mapping[str, Fraction], weights: Mapping[str, int]) -> Fraction | None:
    weight = sum(weights[key] for key in values)
    return sum((weights[key] * value for key, value in values.items()), Fraction(0)) / weight if weight else None


def _shown(rule: CountingRule, score: Fraction | None) -> Decimal | None:
    places = 6 if rule.rounding.classes is None else rule.rounding.classes
    return None if score is None else rounded(score, places, rule.rounding.mode)


def flag_words(flag: str, language: Language) -> str:
    """Say a flag of the declared result, those of this module included."""
    if flag.endswith("_too_few_to_trim"):
        code = flag.removeprefix("class_").removesuffix("_too_few_to_trim")
        return said(
            language,
            f"{code} 类票数不足以去掉两端，按平均分计",
            f"class {code} has too few sheets to drop any: its plain mean counts",
        )
    return flag_in_words(flag, language)


def rule_in_words(config: Mapping[str, Any]) -> list[str]:
    """Say, in the page's language, how the total of this campaign is made: one sentence a step."""
    rules, method = config["rules"], method_of(config)
    denominator = DIVISORS[rules.get("denominator", "valid")]
    if method.name == "step" and method.steps is not None:
        steps = "；".join(f"≥{_percent(line)} → {_points(points)}" for line, points in method.steps.steps)
        return [
            _("总分由总体评价一项的优秀率分段决定（各类票合并，除以%(what)s）：%(steps)s。")
            % {"what": denominator, "steps": steps},
            _("都达不到时：负面率低于 %(line)s 得 %(a)s 分，达到或超过得 %(b)s 分。按精确比例比较，不先取整。")
            % {
                "line": _percent(method.steps.negative_line),
                "a": _points(method.steps.otherwise),
                "b": _points(method.steps.negative_points),
            },
            _("本规则下，类别权重和其余项目不影响总分，下面的类别得分只供参考。"),
            *_empty_class(rules),
        ]
    item = {
        "mean": _("项目得分 = Σ(等次系数 × 票数) ÷ %(what)s × 100。"),
        "trimmed": _("项目得分 = 每类去掉最高 %(cut)s 张、最低 %(cut)s 张后，其余等次系数的平均 × 100。"),
        "median": _("项目得分 = 每类等次系数的中位数 × 100。"),
    }[method.name] % {"what": denominator, "cut": method.cut}
    return [
        _("总分 = Σ(类别得分 × 权重) ÷ Σ 权重；类别得分 = 各项目得分按项目权重平均。"),
        item,
        *_empty_class(rules),
    ]


def _empty_class(rules: Mapping[str, Any]) -> list[str]:
    if rules.get("empty_class", "renormalise") == "void":
        return [_("某类没有有效票时，不出结果。")]
    if rules.get("method", "mean") == "step":
        return []
    return [_("某类没有有效票时，权重由其余各类分摊并标明。")]


def _percent(value: Fraction) -> str:
    return f"{_points(value)}%"


def _points(value: Fraction) -> str:
    return f"{float(value):.2f}".rstrip("0").rstrip(".")
