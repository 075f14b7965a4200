"""The readers of dispatch rules: a city's versions, and how a version stands against its cases."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet
from django.utils import timezone

from yizhen.matters.lifecycle import State
from yizhen.matters.models import Matter, RoutingCase, RoutingRule, RoutingRuleSet
from yizhen.matters.rules import may_assign
from yizhen.people.models import Account
from yizhen.places.queries import city_code

from .history import may_learn_from
from .rules import Proof, Route, Thing, prove, route


def rule_sets_visible_to(user: Account) -> QuerySet[RoutingRuleSet]:
    """Return the versions of the user's city, for those who send matters down; drafts only for the city's office."""
    if not may_assign(user):
        return RoutingRuleSet.objects.none()
    sets = RoutingRuleSet.objects.filter(city=city_code(user.scope_id)).select_related("city", "frozen_by")
    return sets if user.role == "city_office" else sets.filter(state="frozen")


def in_force(city: str) -> RoutingRuleSet | None:
    """Return the version that a city dispatches by."""
    return RoutingRuleSet.objects.filter(city=city, state="frozen").order_by("-number").first()


@dataclass(frozen=True)
class Proven:
    """A case beside what the rules make of it."""

    case: RoutingCase
    proof: Proof
    winner: RoutingRule | None

    @property
    def passes(self) -> bool:
        """Whether the rules send the case where it should go."""
        return self.proof.passes


class Version:
    """A version with its rules and cases, read once: two queries."""

    def __init__(self, rule_set: RoutingRuleSet) -> None:
        self.rule_set = rule_set

    @cached_property
    def rules(self) -> list[RoutingRule]:
        """The rules in their order."""
        return list(self.rule_set.rules.select_related("unit"))

    @cached_property
    def cases(self) -> list[RoutingCase]:
        """The cases by number."""
        return list(self.rule_set.cases.select_related("expected", "place"))

    @cached_property
    def proven(self) -> list[Proven]:
        """Every case beside what the rules make of it."""
        by_key = {rule.pk: rule for rule in self.rules}
        proofs = prove(
            [rule.as_rule() for rule in self.rules],
            [(case.pk, case.as_thing(), case.expected_id or "") for case in self.cases],
        )
        return [
            Proven(case, proof, by_key[proof.route.winner.rule.key] if proof.route.winner else None)
            for case, proof in zip(self.cases, proofs, strict=True)
        ]

    @property
    def failing(self) -> list[Proven]:
        """The cases that the rules send elsewhere."""
        return [proven for proven in self.proven if not proven.passes]

    def route(self, thing: Thing) -> Route:
        """Send a thing through the rules."""
        return route([rule.as_rule() for rule in self.rules], thing)


def thing_of(matter: Matter) -> Thing:
    """Return a matter as the matcher reads it, at the moment when it came in."""
    at = timezone.localtime(matter.opened_at)
    return Thing(matter.kind, matter.work_line, matter.division_id, at, f"{matter.title}\n{matter.text}")


@dataclass(frozen=True)
class Advice:
    """Where the rules in force would send a matter, and the judgements that say why."""

    version: Version
    route: Route


def advice_for(user: Account, matter: Matter) -> Advice | None:
    """Return what the rules in force say of a new matter that no department has yet, for those who send matters down."""
    if not may_assign(user) or matter.state != State.NEW or matter.dispatcher_id or matter.addressee_id:
        return None
    if not may_learn_from(matter.kind) or (found := in_force(city_code(matter.division_id))) is None:
        return None
    version = Version(found)
    return Advice(version, version.route(thing_of(matter)))
