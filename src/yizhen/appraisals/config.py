"""The configuration of a campaign: all differences between practices are here, checked whole, frozen and hashed."""

import hashlib
import json
from copy import deepcopy
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from yizhen.scoring.tally import CountingRule, Grade

from .choices import rule_problems

NOT_INFORMED = "not_informed"  # also the mark of a recused row: the two must look the same (ADR 1)
BALLOTS = ("end", "batch", "speaker")
SUBJECTS = ("township", "village", "department")
QUORUMS = {"1/2": Fraction(1, 2), "2/3": Fraction(2, 3), "4/5": Fraction(4, 5)}


@cache
def _templates() -> list[dict[str, Any]]:
    path = Path(__file__).parent / "data" / "templates.json"
    loaded: dict[str, dict[str, Any]] = {row["code"]: row for row in json.loads(path.read_text(encoding="utf-8"))}
    for row in loaded.values():
        if like := row.pop("like", None):  # what a type does not say, it takes from an earlier one
            base = deepcopy(loaded[like]["config"])
            base["rules"] |= row["config"].pop("rules", {})
            row["config"] = base | row["config"]
    return list(loaded.values())


def templates() -> list[dict[str, Any]]:
    """Return the campaign types that the project ships, with the source of each."""
    return deepcopy(_templates())


def template_config(kind: str) -> dict[str, Any]:
    """Return a copy of a type's configuration.

    Raises:
        KeyError: when there is no such type.
    """
    for template in templates():
        if template["code"] == kind:
            config: dict[str, Any] = template["config"]
            return config
    raise KeyError(kind)


def canonical(value: Any) -> str:
    """Write a value as JSON in one way only, so that its hash means something."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(value: Any) -> str:
    """Return the SHA-256 of a value's canonical JSON, in hex."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def problems_of(config: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (part, message) for everything that would make the campaign unfit to be published."""
    found: list[tuple[str, str]] = []
    for part in ("grades", "items", "classes", "outline", "agenda"):
        rows = config.get(part) or []
        if not rows:
            found.append((part, _("至少需要一行。")))
        codes = [row.get("code") for row in rows if "code" in row]
        if len(codes) != len(set(codes)):
            found.append((part, _("代码不能重复。")))
        if any(not row.get("zh", "").strip() for row in rows):
            found.append((part, _("每一行都要有名称。")))
    found += [
        (part, _("权重合计应为 100。"))
        for part in ("items", "classes")
        if sum(int(row["weight"]) for row in config.get(part, [])) != 100
    ]
    found += [
        (part, _("权重不能为负。"))
        for part in ("items", "classes")
        if any(int(row["weight"]) < 0 for row in config.get(part, []))
    ]
    coefficients = [Fraction(str(row["coef"])) for row in config.get("grades", [])]
    if any(not 0 <= c <= 1 for c in coefficients) or len(set(coefficients)) < 2:
        found.append(("grades", _("系数应在 0 到 1 之间，且不能都一样。")))
    if len(config.get("grades", [])) > 6:
        found.append(("grades", _("等次最多六档。")))
    found += _channel_problems(config)
    rules = config["rules"]
    grades = {row["code"] for row in config.get("grades", [])}
    if rules["excellent"] not in grades or not set(rules["negative"]) <= grades:
        found.append(("rules", _("优秀档、负面档必须是所设等次之一。")))
    if rules["headline"] not in {row["code"] for row in config.get("items", [])}:
        found.append(("rules", _("总体评价项必须是所设评议项之一。")))
    if rules["quorum"] not in QUORUMS:
        found.append(("rules", _("到会比例只能是 1/2、2/3 或 4/5。")))
    if int(rules["min_valid_per_class"]) < 5 or int(rules["min_valid_total"]) < 8:
        found.append(("rules", _("每类有效票不少于 5、总有效票不少于 8,是保密所需的最低数。")))
    found += [("rules", message) for message in rule_problems(rules).values()]
    return found


def _channel_problems(config: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    for row in config.get("classes", []):
        quota = row.get("quota") or ""
        if quota and not (str(quota).isdecimal() and 1 <= int(quota) <= 100):
            found.append(("classes", _("优秀名额应在 1 到 100（%）之间，不限则留空。")))
        elif quota and config["rules"].get("ballot") == "speaker":
            found.append(("classes", _("逐人投票时一张票上只有一位，不能设优秀名额。")))
        if row.get("channel", "phone") not in {"phone", "paper"}:
            found.append(("classes", _("投票方式只能是手机或纸质票。")))
    if config["rules"].get("ballot", "end") not in BALLOTS:
        found.append(("rules", _("没有这种投票安排。")))
    if config.get("subject", "township") not in SUBJECTS:
        found.append(("rules", _("没有这种评议对象。")))
    return found


def quotas_of(config: dict[str, Any], speakers: int) -> dict[str, int]:
    """Return class → how many best grades one sheet may give on the overall item; classes without a quota left out.

    A quota is a share in per cent of the speakers on the sheet, rounded down, at least one.
    """
    return {row["code"]: max(1, int(row["quota"]) * speakers // 100) for row in config["classes"] if row.get("quota")}


def counting_rule(config: dict[str, Any]) -> CountingRule:
    """Return the frozen counting rule of a configuration."""
    rules = config["rules"]
    return CountingRule(
        grades=tuple(Grade(row["code"], Fraction(str(row["coef"]))) for row in config["grades"]),
        class_weights={row["code"]: int(row["weight"]) for row in config["classes"]},
        item_weights={row["code"]: int(row["weight"]) for row in config["items"]},
        excellent=rules["excellent"],
        negative=frozenset(rules["negative"]),
        headline_item=rules["headline"],
        min_valid_per_class=int(rules["min_valid_per_class"]),
        min_valid_total=int(rules["min_valid_total"]),
        denominator=rules.get("denominator", "valid"),
        empty_class=rules.get("empty_class", "renormalise"),
    )


def is_paper(row: dict[str, Any]) -> bool:
    """Return whether a class of voters votes on paper."""
    return row.get("channel") == "paper"


def has_paper(config: dict[str, Any]) -> bool:
    """Return whether any class of voters votes on paper."""
    return any(is_paper(row) for row in config["classes"])


def quorum_met(config: dict[str, Any], entitled: int, present: int) -> bool:
    """Return whether enough are present: more than half, or at least 2/3 or 4/5 (CPPCC rule; elections law art. 45)."""
    share = QUORUMS[config["rules"]["quorum"]]
    if entitled == 0:
        return False
    attendance = Fraction(present, entitled)
    return attendance > share if share == Fraction(1, 2) else attendance >= share
