"""What a policy may ask of a firm: the facts, the operators, and what no policy may ask for. Pure, without Django.

A firm's ownership and the place where it is registered are no facts here: nothing can be granted or withheld by them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any, NamedTuple

CHOICE, NUMBER, FLAG, DATE = "choice", "number", "flag", "date"


class Fact(NamedTuple):
    """One fact of a firm: what kind of value it has, and among which codes."""

    kind: str
    choices: tuple[str, ...] = ()


FACTS: dict[str, Fact] = {
    "scale": Fact(CHOICE, ("micro", "small", "medium", "large")),
    "industry": Fact(
        CHOICE,
        ("agriculture", "manufacturing", "construction", "trade", "transport", "catering", "information", "services", "other"),
    ),
    "employees": Fact(NUMBER),
    "tax_credit": Fact(CHOICE, ("A", "B", "M", "C", "D")),
    "guaranteed_loan": Fact(FLAG),
    "loan_due_on": Fact(DATE),
    "tenant_of": Fact(CHOICE, ("state_owned", "other", "own_premises")),
    "layoff_percent": Fact(NUMBER),
    "insured_months": Fact(NUMBER),
    "equipment_wan": Fact(NUMBER),
    "energy": Fact(CHOICE, ("not_above_sector_limit", "above_sector_limit")),
    "high_tech": Fact(FLAG),
}  # fmt: skip
OPERATORS = {CHOICE: ("in",), NUMBER: ("min", "max"), FLAG: ("is",), DATE: ("within_days",)}
SMALL_AND_MEDIUM = ("micro", "small", "medium")
# What must not decide → the articles of 公平竞争审查条例 that forbid it.
FORBIDDEN = {
    "ownership": ("8(4)", "10(2)", "10(3)"),
    "registered_in": ("9(2)", "9(5)"),
    "named_firm": ("10(1)", "10(2)", "10(3)"),
    "tax_paid_here": ("10(2)",),
}
# Words of a target or a benefit that say the same in prose; longer ones first.
TELLING = {
    "ownership": (
        "国有企业", "国有独资", "国企", "央企", "民营企业", "民企", "私营企业", "外资企业", "外商投资企业", "内资企业",
        "集体企业", "股权结构", "所有制",
    ),
    "registered_in": (
        "本地注册", "本市注册", "本区注册", "本县注册", "本镇注册", "注册地", "注册在", "登记地", "本地企业", "本市企业",
        "本县企业", "本区企业", "外地企业", "外地经营者", "迁入", "不得迁出", "不迁出",
    ),
    "tax_paid_here": ("本地纳税", "纳税额", "地方贡献", "经济贡献", "地方留成"),
}  # fmt: skip
# 中国企业, 全国企业, 居民企业: the short word stands in a longer one that tells nothing.
HARMLESS = re.compile("(?<!外)[国民]企业")


class Answer(IntEnum):
    """Whether a condition is met. Of several the least one counts: one that fails decides, then one that is not known."""

    FAILED = 0
    UNKNOWN = 1
    MET = 2


@dataclass(frozen=True)
class Condition:
    """One condition: a fact, an operator, and codes, a number, a flag or a number of days."""

    fact: str
    operator: str
    value: Any

    def __post_init__(self) -> None:
        if self.operator == "in":
            object.__setattr__(self, "value", tuple(self.value))

    @property
    def is_sound(self) -> bool:
        """Whether fact, operator and value fit each other."""
        fact = FACTS.get(self.fact)
        if fact is None or self.operator not in OPERATORS[fact.kind]:
            return False
        if self.operator == "in":
            return bool(self.value) and set(self.value) <= set(fact.choices)
        if self.operator == "is":
            return isinstance(self.value, bool)
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            return False
        whole = self.operator != "within_days" or self.value == int(self.value)
        return 0 <= self.value < 1e12 and whole


@dataclass(frozen=True)
class PolicyRule:
    """A policy as it is matched: its key, the place in which it is in force ("" anywhere), and all its conditions."""

    key: Any
    place: str
    conditions: tuple[Condition, ...]


def is_missing(value: Any) -> bool:
    """Return whether nobody knows a fact."""
    return value is None or value == ""


def answer(condition: Condition, value: Any, today: date) -> Answer:
    """Return whether one value meets a condition; what is not known is neither met nor failed."""
    if is_missing(value):
        return Answer.UNKNOWN
    met = {
        "in": lambda: value in condition.value,
        "min": lambda: float(value) >= condition.value,
        "max": lambda: float(value) <= condition.value,
        "is": lambda: bool(value) is condition.value,
        "within_days": lambda: 0 <= (value - today).days <= condition.value,
    }[condition.operator]()
    return Answer.MET if met else Answer.FAILED


@dataclass(frozen=True)
class Reason:
    """One condition with what is known of the firm and whether that meets it."""

    condition: Condition
    value: Any
    answer: Answer


@dataclass(frozen=True)
class Explained:
    """A policy's answer for one firm, reason by reason."""

    rule: PolicyRule
    reaches: bool
    reasons: tuple[Reason, ...]

    @property
    def answer(self) -> Answer:
        """What it comes to."""
        if not self.reaches:
            return Answer.FAILED
        return min((reason.answer for reason in self.reasons), default=Answer.MET)

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts that would decide it, each once; nothing where it is decided already."""
        if self.answer is not Answer.UNKNOWN:
            return ()
        return tuple(dict.fromkeys(reason.condition.fact for reason in self.reasons if reason.answer is Answer.UNKNOWN))


def explain(rule: PolicyRule, facts: Mapping[str, Any], place: str, today: date) -> Explained:
    """Return why a firm in a place qualifies, or does not, or why nobody can say."""
    reasons = tuple(
        Reason(one, facts.get(one.fact), answer(one, facts.get(one.fact), today)) for one in rule.conditions
    )
    return Explained(rule, place.startswith(rule.place), reasons)


def wanted_facts(explained: list[Explained]) -> list[tuple[str, int]]:
    """Return what to ask a firm, once: the facts that would decide policies, with how many, the most decisive first."""
    counts: dict[str, int] = {}
    for one in explained:
        for fact in one.missing:
            counts[fact] = counts.get(fact, 0) + 1
    order = list(FACTS)
    return sorted(counts.items(), key=lambda pair: (-pair[1], order.index(pair[0])))


def telling_words(text: str) -> list[tuple[str, str]]:
    """Return the words of a text that exclude by ownership or place, each with what it tells of.

    Example:
        >>> telling_words("支持全国企业和居民企业"), telling_words("国企优先")
        ([], [('国企', 'ownership')])
    """
    plain = HARMLESS.sub("", text)
    return [(word, code) for code, words in TELLING.items() for word in words if word in plain]
