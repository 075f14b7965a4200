"""The demo's consultations, talents' housing and policy deliveries, played through the real actions. All of it is fictional."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from yizhen.matters.models import Matter
from yizhen.needs.consultations.actions import draft_consultation, give_answer, open_consultation, tell_outcome
from yizhen.needs.consultations.invitations import print_invitations
from yizhen.needs.models import Consultation
from yizhen.needs.talents.actions import confirm_delivery, deliver_policy, report_housing
from yizhen.people.models import Account

from .clock import days_ago

PARK, LIUAN = "锦帆里街道", "柳岸镇"
TEXTS = (
    "周末老人孩子都在家，晚一点关门就好。",
    "希望每个月有一晚放电影。",
    "空调声音大，坐不住。",
    "志愿者可以轮流看门，我们愿意来。",
)
HOUSING = ((PARK, 95, 240, 198, 30, 9), (PARK, 5, 240, 214, 14, 23), (LIUAN, 12, 60, 35, 20, 3))
DELIVERIES = (
    {
        "policy": "青年人才安居办法（虚构）", "document": "清人才〔2026〕2号", "whom": "园区新入职的硕士、博士", "channel": "firm",
        "text": "租房补贴三年，网上申领，十个工作日到账；换工作不用重新申请。", "reached": 64, "confirmed": 51,
    },
    {
        "policy": "技能人才落户细则（虚构）", "document": "", "whom": "取得高级工以上证书的外来务工人员", "channel": "meeting",
        "text": "有证书、有合同就能落户，子女入学同城待遇。", "reached": 38, "confirmed": 36,
    },
    {
        "policy": "返乡创业贷款贴息（虚构）", "document": "清人才〔2026〕5号", "whom": "返乡办厂、开店的青年", "channel": "visit",
        "text": "最高三十万元，两年贴息；材料由街道代跑。", "reached": 17, "confirmed": None,
    },
)  # fmt: skip


def ask_people(accounts: Mapping[str, Account]) -> None:
    """Make three consultations: one that runs, one that was answered, one that is owed; then what there is for talents."""
    _open(accounts["office"])
    _answered(_office(LIUAN))
    _owed(accounts["chenghu"])
    _talents(_office(PARK))


def _office(name: str) -> Account:
    return Account.objects.get(role="township_office", scope__name_zh=name, scope__level="township")


def _opened(actor: Account, age: int, days: int, **written: Any) -> Consultation:
    """Draft and open a question so many days ago, for so many days; ``age`` is also the day of what follows."""
    today = timezone.localdate()
    given: dict[str, Any] = {
        "several": False, "wants_text": True, "audience": "everybody", "by_lot": False,
        "opens_on": today - timedelta(days=age), "closes_on": today - timedelta(days=age - days), **written,
    }  # fmt: skip
    with days_ago(age + 1):
        return open_consultation(actor, draft_consultation(actor, client_id=f"demo:{age}", **given))


def _answer(found: Consultation, age: int, sheets: list[list[int]], codes: list[str] | None = None) -> None:
    with days_ago(age):
        for number, choices in enumerate(sheets):
            text = TEXTS[number // 6] if number % 6 == 0 and number // 6 < len(TEXTS) else ""
            code = codes[number] if codes else ""
            give_answer(found, client_id=f"demo:{number}", choices=choices, text=text, code=code)


def _open(actor: Account) -> None:
    found = _opened(
        actor, 4, 18, title="便民服务中心周末开哪些窗口？",
        text="打算从下季度起周末开部分窗口。最多的三项先试开三个月，试开情况再公布。",
        options=["社保医保", "不动产登记", "户籍证件", "企业登记", "都不用开"], several=True,
    )  # fmt: skip
    _answer(found, 2, [[0, 2]] * 9 + [[1]] * 7 + [[0]] * 6 + [[4]] * 3)


def _answered(actor: Account) -> None:
    found = _opened(
        actor, 46, 14, title="村口夜间照明先修哪一段？",
        text="今年的钱够修一段。随机抽取一百二十户发了邀请码，一户一码；结果用来定今年先修哪里。",
        options=["前湾村村口到校门", "三圩村桥头", "和平社区后巷", "都一样"], audience="invited", by_lot=True,
    )  # fmt: skip
    with days_ago(45):
        codes = print_invitations(actor, found, client_id="demo", number=120)
    _answer(found, 40, [[0]] * 41 + [[1]] * 19 + [[2]] * 12 + [[3]] * 6, codes)
    lamps = Matter.objects.filter(title="前湾村路灯不亮").values_list("number", flat=True)
    with days_ago(20):
        tell_outcome(
            actor, found, client_id="demo", numbers=list(lamps)[:1], projects="前湾村村口照明改造（虚构）",
            text="采纳：今年先修前湾村村口到校门一段，九月底前完工。没采纳：每月放电影，场地不够，已转给文化站研究。桥头和后巷列入明年。",
        )  # fmt: skip


def _owed(actor: Account) -> None:
    found = _opened(
        actor, 52, 14, title="城乡公交末班车改到几点合适？",
        text="收到意见说末班车太早。请选一个时间，结果用来和公交公司商量。",
        options=["保持不变", "晚半小时", "晚一小时", "只在周末晚一小时"],
    )  # fmt: skip
    _answer(found, 45, [[2]] * 23 + [[1]] * 11 + [[3]] * 8 + [[0]] * 2)


def _talents(park: Account) -> None:
    for number, (place, age, units, let, vacant, waiting) in enumerate(HOUSING):
        actor = _office(place)
        with days_ago(age):
            report_housing(
                actor, client_id=f"demo:{number}", division=actor.scope, as_of=timezone.localdate(), units=units, let=let,
                vacant=vacant, waiting=waiting, source="人才公寓入住台账（虚构）",
            )  # fmt: skip
    for number, row in enumerate(DELIVERIES):
        said = {name: value for name, value in row.items() if name != "confirmed"}
        with days_ago(30 - 9 * number):
            made = deliver_policy(
                park, client_id=f"demo:{number}", division=park.scope, delivered_on=timezone.localdate(),
                source="送达登记（虚构）", **said,
            )  # fmt: skip
        if row["confirmed"] is not None:
            with days_ago(20 - 9 * number):
                confirm_delivery(
                    park, made, confirmed=int(str(row["confirmed"])), confirmed_on=timezone.localdate(), before=None
                )
