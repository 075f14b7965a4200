"""Who may do what in which phase: one table, shown on a page, and held against the actions by the tests."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from yizhen.people.models import ADMIN_ROLES, ROLES

from .models import CampaignState
from .models.campaign import STATE_NAMES
from .rules import AUTHORS, HEADS, MANAGERS

BUSINESS = frozenset(ROLES) - frozenset(ADMIN_ROLES)
DRAFT, PUBLISHED, SESSION, COUNTED, ISSUED = CampaignState
LATER = (PUBLISHED, SESSION, COUNTED, ISSUED)


@dataclass(frozen=True)
class Right:
    """One thing that may be done: by which roles inside the campaign's scope, while it stands where."""

    code: str
    name: Any
    roles: frozenset[str]
    states: tuple[CampaignState, ...]


def _right(code: str, name: Any, roles: set[str] | frozenset[str], *states: CampaignState) -> Right:
    return Right(code, name, frozenset(roles), states)


RIGHTS = (
    _right("change_rules", _("设置规则"), MANAGERS, DRAFT),
    _right("publish", _("冻结并发布"), MANAGERS, DRAFT),
    _right("amend", _("修订规则（留版本和理由）"), MANAGERS, PUBLISHED),
    _right("set_roll", _("定投票人名单"), MANAGERS, DRAFT, PUBLISHED),
    _right("read_rules", _("看规则和各版本"), BUSINESS, *LATER),
    _right("write_report", _("写述职报告（本单位）"), AUTHORS | {"department"}, PUBLISHED),
    _right("return_report", _("退回报告"), MANAGERS, PUBLISHED),
    _right("inspect", _("记录现场核查"), MANAGERS, PUBLISHED),
    _right("make_cards", _("制票、作废票卡"), MANAGERS, PUBLISHED, SESSION),
    _right("check_in", _("签到、发票"), MANAGERS, PUBLISHED, SESSION),
    _right("set_key", _("生成和保管密钥"), {"scrutineer"}, PUBLISHED, SESSION),
    _right("host", _("主持：换环节、提问、点评、投票"), MANAGERS, SESSION),
    _right("paper", _("清点、录入纸质票"), {"teller", "scrutineer"}, SESSION),
    _right("count", _("开启计票"), {"scrutineer"}, SESSION),
    _right("see_all", _("看全部结果"), MANAGERS | {"scrutineer"}, COUNTED, ISSUED),
    _right("opinions", _("看意见原文"), MANAGERS, COUNTED),
    _right("issue", _("反馈结果"), MANAGERS, COUNTED),
    _right("see_own", _("看本人（本单位）结果"), HEADS, ISSUED),
)


def matrix() -> dict[str, Any]:
    """Return the table for a page: phases as columns, rights as rows, roles by name in each cell."""
    phases = list(CampaignState)
    rows = [
        (
            right,
            [
                [{"zh": ROLES[role][0], "en": ROLES[role][1]} for role in ROLES if role in right.roles]
                if phase in right.states
                else []
                for phase in phases
            ],
            right.roles == BUSINESS,
        )
        for right in RIGHTS
    ]
    return {"phases": [STATE_NAMES[phase] for phase in phases], "rows": rows}
