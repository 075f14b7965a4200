"""Makers of firms and policies for the tests of enterprises and policies."""

from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from tests import factories
from tests.factories import LIUAN
from yizhen.growth.enterprises.actions import register_enterprise
from yizhen.growth.enterprises.credit_code import check_character
from yizhen.growth.models import Enterprise, Policy
from yizhen.growth.policies.actions import draft_policy, put_policy_in_force
from yizhen.growth.policies.conditions import Condition
from yizhen.people.models import Account

_numbers = count(1)
SMALL = Condition("scale", "in", ["micro", "small"])


def code(number: int | None = None) -> str:
    """Return a sound credit code of the fictional city."""
    body = f"91990181MA{next(_numbers) if number is None else number:07d}"
    return body + check_character(body)


def firm(actor: Account, township: str = LIUAN, **fields: Any) -> Enterprise:
    """Register a small manufacturer of which everything is known."""
    today = timezone.localdate()
    content: dict[str, Any] = {
        "credit_code": code(), "name_zh": "示例厂", "scale": "small", "industry": "manufacturing", "employees": 18,
        "tax_credit": "B", "guaranteed_loan": True, "loan_due_on": today + timedelta(days=40), "tenant_of": "state_owned",
        "layoff_percent": Decimal("2.00"), "insured_months": 24, "equipment_wan": Decimal("320.00"),
        "energy": "not_above_sector_limit", "high_tech": False, "source": "企业填报", "as_of": today,
    }  # fmt: skip
    return register_enterprise(
        actor, client_id=f"firm{next(_numbers)}", division=factories.place(township), **content | fields
    )


def draft(actor: Account, *conditions: Condition, **fields: Any) -> Policy:
    """Draft a policy of the actor's department (or the EMG's) with a passed review."""
    content: dict[str, Any] = {
        "code": f"P{next(_numbers)}", "name_zh": "示例政策", "kind": "credit", "target_zh": "小微企业", "benefit_zh": "减半",
        "mode": "apply", "clock_days": 10, "basis_zh": "示例文件", "fair_competition": "passed", "review": "通过",
    }  # fmt: skip
    return draft_policy(
        actor, client_id=f"policy{next(_numbers)}", department=actor.unit or factories.unit(),
        conditions=conditions or (SMALL,), **content | fields,
    )  # fmt: skip


def policy(actor: Account, *conditions: Condition, **fields: Any) -> Policy:
    """Put a policy in force."""
    return put_policy_in_force(actor, draft(actor, *conditions, **fields))
