"""三含量: how much tax, innovation and green a project has, and how firm the answer is. Pure.

Each part rises with what it measures up to its full marks, so that no part can be made up for without limit. Thresholds are
a city's own and belong to a version of its rule; the shipped ones are proposals.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import product

GRADES = ("excellent", "good", "fair", "poor")
PROCEED, IMPROVE, REJECT, INCOMPLETE = "proceed", "improve", "reject", "incomplete"
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Rule:
    """Thresholds: what brings full marks, marks of the green grades, the limit of energy, and the mark to proceed.

    Units: tax in 10,000 yuan per mu and year; research in percent of turnover; energy in tonnes of standard coal per 10,000
    yuan of output.
    """

    tax_full: Decimal = Decimal(15)
    tax_points: Decimal = Decimal(40)
    research_full: Decimal = Decimal(5)
    research_points: Decimal = Decimal(30)
    excellent: Decimal = Decimal(30)
    good: Decimal = Decimal(25)
    fair: Decimal = Decimal(17)
    poor: Decimal = Decimal(5)
    energy_limit: Decimal = Decimal("0.2")
    energy_minus: Decimal = Decimal(5)
    pass_mark: Decimal = Decimal(60)


@dataclass(frozen=True)
class Facts:
    """What a project says of itself; None where it has not been said."""

    tax_per_mu: Decimal | None
    research: Decimal | None
    grade: str
    energy: Decimal | None
    safety_land: bool | None
    fair_competition: str

    @property
    def missing(self) -> tuple[str, ...]:
        """What has to be known before there is a score."""
        said = {
            "tax_per_mu": self.tax_per_mu is not None,
            "research": self.research is not None,
            "grade": bool(self.grade),
            "energy": self.energy is not None,
        }
        return tuple(name for name, known in said.items() if not known)


@dataclass(frozen=True)
class Score:
    """The parts and their sum, unrounded; what it comes to; which gates are shut and what is missing."""

    tax: Decimal
    innovation: Decimal
    green: Decimal
    decision: str
    shut: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def total(self) -> Decimal:
        """The sum of the parts."""
        return self.tax + self.innovation + self.green

    def rounded(self) -> dict[str, Decimal]:
        """Return parts and total to a tenth, halves up."""
        parts = {"tax": self.tax, "innovation": self.innovation, "green": self.green, "total": self.total}
        return {name: value.quantize(TENTH, ROUND_HALF_UP) for name, value in parts.items()}


def score(facts: Facts, rule: Rule) -> Score:
    """Return the score of a project and what it comes to.

    A gate that is shut rejects whatever the score; what is missing is asked for rather than guessed.
    """
    shut = []
    if facts.safety_land is False:
        shut.append("safety_land")
    if facts.fair_competition == "failed":
        shut.append("fair_competition")
    if facts.missing:
        zero = Decimal(0)
        return Score(zero, zero, zero, REJECT if shut else INCOMPLETE, tuple(shut), facts.missing)
    assert facts.tax_per_mu is not None
    assert facts.research is not None
    assert facts.energy is not None
    tax = _part(facts.tax_per_mu, rule.tax_full, rule.tax_points)
    innovation = _part(facts.research, rule.research_full, rule.research_points)
    green = getattr(rule, facts.grade) - (rule.energy_minus if facts.energy > rule.energy_limit else 0)
    made = Score(tax, innovation, max(green, Decimal(0)), IMPROVE, tuple(shut))
    if shut:
        return replace(made, decision=REJECT)
    return replace(made, decision=PROCEED) if made.total >= rule.pass_mark else made


def _part(value: Decimal, full: Decimal, points: Decimal) -> Decimal:
    return max(Decimal(0), min(points, value / full * points))


def turning_points(facts: Facts, rule: Rule) -> dict[str, Decimal | None]:
    """Return for each threshold the value at which the decision would be another one; None where none is.

    Only for projects that no gate stops and of which nothing is missing.
    """
    found: dict[str, Decimal | None] = {
        "pass_mark": None,
        "tax_full": None,
        "research_full": None,
        "energy_limit": None,
    }
    made = score(facts, rule)
    if made.shut or made.missing:
        return found
    assert facts.tax_per_mu is not None
    assert facts.research is not None
    assert facts.energy is not None
    found["pass_mark"] = made.total
    for name, value, points, rest in (
        ("tax_full", facts.tax_per_mu, rule.tax_points, made.innovation + made.green),
        ("research_full", facts.research, rule.research_points, made.tax + made.green),
    ):
        needed = rule.pass_mark - rest
        if 0 < needed <= points and value > 0:
            found[name] = value * points / needed
    other = replace(
        rule, energy_limit=facts.energy if facts.energy > rule.energy_limit else facts.energy - Decimal("0.001")
    )
    if score(facts, other).decision != made.decision:
        found["energy_limit"] = facts.energy
    return found


def firmness(facts: Facts, rule: Rule, by: Decimal = Decimal("0.2")) -> float | None:
    """Return in what share of 125 rules near this one the decision is the same; None where there is no score.

    Full marks of tax and of research and the mark to proceed are each moved by up to ``by`` in four steps.
    """
    made = score(facts, rule)
    if made.shut or made.missing:
        return None
    steps = [1 + by * Decimal(step) / 2 for step in (-2, -1, 0, 1, 2)]
    near = [
        score(
            facts,
            replace(rule, tax_full=rule.tax_full * tax, research_full=rule.research_full * research, pass_mark=rule.pass_mark * mark),
        ).decision
        for tax, research, mark in product(steps, repeat=3)
    ]  # fmt: skip
    return near.count(made.decision) / len(near)


def rule_of(values: Mapping[str, str]) -> Rule:
    """Return the rule that was written as texts by ``as_texts``.

    Raises:
        ArithmeticError, TypeError: when it is no such thing.
    """
    return Rule(**{name: Decimal(value) for name, value in values.items()})


def as_texts(rule: Rule) -> dict[str, str]:
    """Return a rule as texts, exactly."""
    return {name: str(value) for name, value in vars(rule).items()}
