"""The readers of policies: which are in force where, who qualifies, and what was taken up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from yizhen.growth.enterprises.queries import enterprises_visible_to, facts_rows, working
from yizhen.growth.models import BenefitList, Enterprise, FeeItem, Policy, ProcurementBudget, Redemption
from yizhen.people.models import Account
from yizhen.places.queries import city_code, inside

from .conditions import Answer, Explained, explain
from .matching import Answers, FirmTable, match
from .rules import may_draft, may_read


def policies_visible_to(user: Account) -> QuerySet[Policy]:
    """Return the policies of the user's place, of those above and below it; drafts only to who drafts."""
    policies = Policy.objects.select_related("division", "department").prefetch_related("conditions")
    if not may_read(user):
        return policies.none()
    above = [user.scope_id[:length] for length in range(1, len(user.scope_id) + 1)]
    policies = policies.filter(Q(division__in=above) | inside(user.scope_id))
    if not may_draft(user):
        return policies.filter(in_force_from__isnull=False)
    return (
        policies
        if user.role == "city_office"
        else policies.filter(Q(in_force_from__isnull=False) | Q(department=user.unit_id))
    )


def in_force(policies: QuerySet[Policy], day: date | None = None) -> QuerySet[Policy]:
    """Leave those that are in force on a day."""
    day = day or timezone.localdate()
    return policies.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=day),
        Q(until__isnull=True) | Q(until__gte=day),
        in_force_from__lte=day,
    )


def public_policies() -> QuerySet[Policy]:
    """Return the policies that are in force today: what was issued for everybody may be read by everybody."""
    issued = Policy.objects.select_related("division", "department").prefetch_related("conditions", "fee_items")
    return in_force(issued).order_by("division", "code")


def explained_for(user: Account, enterprise: Enterprise) -> list[tuple[Policy, Explained]]:
    """Return every policy in force with its answer for one firm, those that fit first, then those that lack data."""
    today = timezone.localdate()
    found = [
        (one, explain(one.rule, enterprise.facts, enterprise.division_id, today)) for one in in_force(policies_visible_to(user))
    ]  # fmt: skip
    order = {Answer.MET: 0, Answer.UNKNOWN: 1, Answer.FAILED: 2}
    return sorted((pair for pair in found if pair[1].reaches), key=lambda pair: (order[pair[1].answer], pair[0].code))


@dataclass(frozen=True)
class Matched:
    """Firms beside one policy: their keys, places and answers, in one order."""

    rows: Sequence[tuple[Any, ...]]
    answers: Answers

    def keys(self, wanted: Answer) -> list[int]:
        """Return the keys of the firms with one answer."""
        return [row[0] for row, one in zip(self.rows, self.answers, strict=True) if one == wanted]

    def count(self, wanted: Answer) -> int:
        """Return how many firms have one answer."""
        return int((self.answers == wanted).sum())


def matched(policy: Policy, enterprises: QuerySet[Enterprise]) -> Matched:
    """Match one policy against firms that work in its place. One query."""
    rows = facts_rows(working(enterprises).filter(inside(policy.division_id)))
    table = FirmTable.of([row[1:] for row in rows], timezone.localdate())
    return Matched(rows, match(table, [policy.rule])[0])


def met_by(user: Account, policies: Sequence[Policy]) -> dict[int, int]:
    """Return policy → how many firms meet it among those that the user would see. At most two queries with the firms."""
    own = [one for one in policies if _is_own(user, one)]
    others = [one for one in policies if not _is_own(user, one)]
    found: dict[int, int] = {}
    for asked, firms in (
        (own, Enterprise.objects.filter(inside(user.scope_id))),
        (others, enterprises_visible_to(user)),
    ):
        if asked:
            rows = facts_rows(working(firms))
            table = FirmTable.of([row[1:] for row in rows], timezone.localdate())
            answers = match(table, [one.rule for one in asked])
            found |= {one.pk: int((row == Answer.MET).sum()) for one, row in zip(asked, answers, strict=True)}
    return found


def _is_own(user: Account, policy: Policy) -> bool:
    """Return whether a policy is in force and of the user's own department."""
    own = user.role == "department" and user.unit_id == policy.department_id and may_read(user)
    return own and policy.is_in_force_on(timezone.localdate())


def firms_for(user: Account, policy: Policy) -> QuerySet[Enterprise]:
    """Return among which firms the user sees who qualifies: a department all that its own policy in force reaches, others
    their circle. A draft opens no circle: its conditions could be set until they tell every fact of a firm.
    """
    if _is_own(user, policy):
        return Enterprise.objects.select_related("division").filter(inside(policy.division_id))
    return enterprises_visible_to(user).filter(inside(policy.division_id))


def redemptions_visible_to(user: Account) -> QuerySet[Redemption]:
    """Return redemptions of firms in the user's circle, and of the policies of the user's own department."""
    circle = Q(enterprise__in=enterprises_visible_to(user).order_by().values("pk"))
    if user.is_active and user.role == "department" and user.unit_id:
        circle |= Q(policy__department=user.unit_id)
    return Redemption.objects.filter(circle).select_related(
        "enterprise__division", "policy__department", "decided_by", "registered_by"
    )


def lists_visible_to(user: Account) -> QuerySet[BenefitList]:
    """Return lists of firms that need not apply: to the policy's department and to the city's office."""
    lists = BenefitList.objects.select_related("policy__department", "policy__division", "made_by", "confirmed_by")
    if not may_draft(user):
        return lists.none()
    lists = lists.filter(inside(user.scope_id, "policy__division"))
    return lists if user.role == "city_office" else lists.filter(policy__department=user.unit_id)


def fees_visible_to(user: Account) -> QuerySet[FeeItem]:
    """Return the burden-reduction checklist: fees of the policies in force that the user sees."""
    seen = in_force(policies_visible_to(user)).order_by().values("pk")
    return FeeItem.objects.filter(policy__in=seen).select_related("policy__department").order_by("policy__code", "pk")


def procurement_visible_to(user: Account) -> QuerySet[ProcurementBudget]:
    """Return the procurement of the units of the user's city, which the law has published anyway (中小企业促进法 art. 40)."""
    if not may_read(user):
        return ProcurementBudget.objects.none()
    city = city_code(user.scope_id)
    return ProcurementBudget.objects.filter(inside(city, "unit__division")).select_related("unit", "by")
