"""The choices a campaign has for its count, and which of them go together. All are read with their defaults."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Literal, get_args

from django.utils.translation import gettext as _

from yizhen.scoring.tally import StepRule

MethodName = Literal["mean", "trimmed", "median", "step"]
METHODS: tuple[str, ...] = get_args(MethodName)
#: Ruian 2012 (domain 1.4) in hundredths: full points 200 there, 100 here. Shares are of the rule's divisor.
RUIAN_IN_HUNDREDTHS: dict[str, Any] = {
    "steps": [["90", "100"], ["80", "95"], ["70", "90"], ["60", "85"]],
    "otherwise": "80",
    "negative_line": "1/3",
    "negative_points": "65",
}


def step_rule(step: Mapping[str, Any]) -> StepRule:
    """Return the step function of a configuration: lines and points in percent, the negative line as a share.

    Raises:
        ValueError: when a number cannot be read or the lines do not fall.
        ZeroDivisionError: when the share has a zero below the line.
    """
    return StepRule(
        steps=tuple((Fraction(str(line)), Fraction(str(points))) for line, points in step["steps"]),
        otherwise=Fraction(str(step["otherwise"])),
        negative_line=Fraction(str(step["negative_line"])) * 100,
        negative_points=Fraction(str(step["negative_points"])),
    )


def rule_problems(rules: Mapping[str, Any]) -> dict[str, str]:
    """Return field → message for choices that do not exist or do not go together."""
    method, denominator = rules.get("method", "mean"), rules.get("denominator", "valid")
    found: dict[str, str] = {}
    if method not in METHODS:
        found["method"] = _("没有这种算法。")
    if denominator not in ("valid", "returned", "issued"):
        found["denominator"] = _("分母只能是有效票、收回票或发出票。")
    elif method in {"trimmed", "median"} and denominator != "valid":
        found["denominator"] = _("去掉两端或取中位数时，没有填的票没有分数可排，分母只能是有效票。")
    if rules.get("empty_class", "renormalise") not in ("renormalise", "void"):
        found["empty_class"] = _("缺一类有效票时，只能分摊权重或不出结果。")
    if rules.get("publish", "none") not in ("none", "group", "all"):
        found["publish"] = _("公开范围只能是不公开、只公开总体、公开个人总分。")
    cut, least = int(rules.get("cut", 1)), int(rules.get("min_valid_per_class", 5))
    if method == "trimmed" and not cut >= 1:
        found["cut"] = _("去掉两端时，每端至少去掉 1 张。")
    elif method == "trimmed" and 2 * cut >= least:
        found["cut"] = _("两端共去掉 %(n)s 张，不能达到每类最少有效票 %(least)s 张：否则可能一张不剩。") % {
            "n": 2 * cut,
            "least": least,
        }
    if method == "step" and (message := _step_problem(rules.get("step") or RUIAN_IN_HUNDREDTHS)):
        found["step"] = message
    return found


def _step_problem(step: Mapping[str, Any]) -> str:
    try:
        rule = step_rule(step)
    except (ValueError, TypeError, KeyError, ZeroDivisionError):
        return _("分段应为优秀率从高到低，每段写“优秀率=得分”，例如 90=100。")
    if not rule.steps:
        return _("至少要有一段。")
    points = [points for _line, points in rule.steps] + [rule.otherwise, rule.negative_points]
    if any(not 0 <= value <= 100 for value in points):
        return _("得分应在 0 到 100 之间。")
    if points != sorted(points, reverse=True):
        return _("优秀率低的一段，得分不能更高。")
    if any(not 0 < line <= 100 for line, _points in rule.steps) or not 0 < rule.negative_line <= 100:
        return _("优秀率和负面率的界线应大于 0，不超过 100%。")
    return ""
