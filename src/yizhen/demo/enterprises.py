"""The demo's firms and enterprise policies: fictional firms in every township that meet, fail and lack each condition."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from yizhen.documents.cells import text_of
from yizhen.growth.enterprises.actions import (
    assign_officer,
    change_enterprise,
    import_enterprises,
    record_visit,
    register_request,
)
from yizhen.growth.enterprises.credit_code import check_character
from yizhen.growth.enterprises.payments import register_payment, settle_payment
from yizhen.growth.enterprises.table import TITLES, check_enterprises
from yizhen.growth.models import Enterprise, Policy
from yizhen.growth.policies.actions import draft_policy, list_fee, put_policy_in_force
from yizhen.growth.policies.granting import confirm_list, make_list, pay, register_application
from yizhen.growth.policies.procurement import enter_procurement
from yizhen.growth.policies.shipped import conditions_of
from yizhen.people.models import Account, Unit
from yizhen.places.models import Division

from .clock import days_ago

SOURCE = "企业填报（虚构）"
# name, then the cells from 规模 on; days stand for days from today; an empty cell is not known.
FIRMS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("示例机械厂", ("小型", "制造业", 120, "B", "是", 60, "自有房屋", 2.0, 36, 520, "不超过行业限额", "是", "是")),
    ("示例小吃店", ("微型", "住宿餐饮", 6, "M", "否", "", "承租国有房屋", 0, 14, "", "", "否", "否")),
    ("示例百货店", ("微型", "批发零售", 9, "M", "否", "", "承租国有房屋", 1.5, 12, "", "", "否", "否")),
    ("示例食品厂", ("中型", "制造业", 310, "A", "是", 45, "承租其他房屋", 4.8, 60, "", "", "", "否")),
    ("示例建材集团", ("大型", "制造业", 1350, "A", "否", "", "自有房屋", 7.2, 120, 8600, "超过行业限额", "是", "否")),
    ("示例修理铺", ("微型", "其他服务业", "", "", "", "", "承租国有房屋", "", "", "", "", "", "否")),
    ("示例商贸行", ("小型", "批发零售", 24, "C", "是", 120, "承租其他房屋", 8.0, 6, "", "", "否", "否")),
    ("示例合作社", ("", "农林牧渔", 40, "B", "是", 30, "", 3.0, 24, 80, "", "", "否")),
)
FEES = (
    ("示例环境监测服务费", "exempted", "每次 600 元", "", "涉企收费目录清单（虚构）"),
    ("示例检验检测费", "reduced", "每批 400 元", "每批 200 元", "涉企收费目录清单（虚构）"),
    ("示例资料工本费", "abolished", "每份 20 元", "", "市级减负文件（虚构）"),
)
PROCUREMENT = (
    ("EDU", 3200, 400, 900, 560), ("HEA", 5400, 1900, 860, 610), ("URB", 2600, 0, 820, 380), ("CUL", 640, 40, "", ""),
)  # fmt: skip


def enter_enterprises(policies: list[dict[str, Any]], accounts: Mapping[str, Account]) -> None:
    """Enter policies and firms, name who serves whom, grant some, and let a few public bodies be late."""
    with days_ago(45):
        made = _policies(policies, accounts)
    with days_ago(40):
        _firms(accounts["office"])
    _serve(accounts)
    _grant(made, accounts)
    _owe(accounts)
    year = timezone.localdate().year
    for code, total, unavailable, reserved, small in PROCUREMENT:
        enter_procurement(
            accounts["office"], Unit.objects.get(code=code), year=year, total=Decimal(total), unavailable=Decimal(unavailable),
            reserved=_number(reserved), reserved_small=_number(small), source="部门预算（虚构）", as_of=timezone.localdate(),
        )  # fmt: skip


def _number(value: Any) -> Decimal | None:
    return None if value == "" else Decimal(value)


def _policies(policies: list[dict[str, Any]], accounts: Mapping[str, Account]) -> dict[str, Policy]:
    made = {}
    for one in policies:
        actor = accounts[one["dept"].lower()]
        assert actor.unit is not None
        policy = draft_policy(
            actor, client_id=f"demo:{one['code']}", department=actor.unit, conditions=conditions_of(one["conditions"]),
            code=one["code"], name_zh=one["name_zh"], name_en=one["name_en"], kind=one["kind"], target_zh=one["target_zh"],
            benefit_zh=one["benefit_zh"], mode=one["mode"], clock_days=one["clock"]["amount"] if one["clock"] else None,
            basis_zh=one["basis_zh"], fair_competition=one["fair_competition_check"], review="不含限制竞争的内容（虚构文号）",
        )  # fmt: skip
        if one["kind"] == "fee":
            for name, change, before, after, basis in FEES:
                list_fee(actor, policy, name_zh=name, change=change, before=before, after=after, basis_zh=basis)
        made[one["code"]] = put_policy_in_force(actor, policy)
    return made


def _firms(office: Account) -> None:
    today = timezone.localdate()
    towns = Division.objects.filter(code__startswith=office.scope_id, level="township").order_by("code")
    rows: list[list[Any]] = [list(TITLES)]
    for town in towns:
        for number, (name, cells) in enumerate(FIRMS):
            body = f"91{town.code[:6]}MA{town.code[6:]}{number:04d}"
            told = list(cells)
            told[5] = (today + timedelta(days=40 + told[5])).isoformat() if told[5] != "" else ""
            short = town.name_zh.removesuffix("街道").removesuffix("镇").removesuffix("乡")
            rows.append(
                [body + check_character(body), f"{short}{name}", town.code, *told, SOURCE, (today - timedelta(days=20)).isoformat()]
            )  # fmt: skip
    import_enterprises(office, check_enterprises(office, ([text_of(cell) for cell in row] for row in rows)))


def _serve(accounts: Mapping[str, Account]) -> None:
    office = accounts["office"]
    for firm in Enterprise.objects.filter(is_key=True).select_related("division"):
        seen = firm.changed_at.isoformat()
        change_enterprise(office, firm, seen=seen, department=accounts["ind"].unit)
        head = Account.objects.get(role="township_head", scope=firm.division)
        assign_officer(office, firm, head)
    liuan = accounts["liuan"]
    firm = Enterprise.objects.get(division=liuan.scope, name_zh__contains="机械厂")
    for age, asked, answered in (
        (100, "扩产缺熟练焊工，问能不能和职业院校对接。", "已联系人社部门，三月前办一场招聘。"),
        (33, "问设备补助什么时候能申报，材料要哪些。", "已给申报指南；能耗材料由企业补。"),
    ):
        with days_ago(age):
            record_visit(
                liuan, firm, client_id=f"demo:{age}", on=timezone.localdate(), asked=asked, answered=answered
            )  # fmt: skip
    with days_ago(3):
        register_request(
            liuan, firm, client_id="demo:firm", title="园区道路夜间照明不足", text="夜班职工上下班不便，希望补装路灯。",
            fields={"topic": "其他"},
        )  # fmt: skip


def _firm(town: Account, word: str) -> Enterprise:
    return Enterprise.objects.get(division=town.scope, name_zh__contains=word)


def _grant(policies: Mapping[str, Policy], accounts: Mapping[str, Account]) -> None:
    """Let one list be confirmed and partly paid, one wait, and two firms apply."""
    with days_ago(28):
        made = confirm_list(accounts["hrs"], make_list(accounts["office"], policies["POL05"], client_id="demo:POL05"))
    with days_ago(9):
        for one in made.redemptions.order_by("enterprise__division", "pk")[:22]:
            pay(accounts["hrs"], one, paid_on=timezone.localdate(), amount=Decimal(12000))
    make_list(accounts["office"], policies["POL04"], client_id="demo:POL04")
    firm = _firm(accounts["liuan"], "机械厂")
    for code, age in (("POL01", 16), ("POL06", 30)):
        with days_ago(age):
            register_application(
                accounts["liuan"], policies[code], firm, client_id=f"demo:{code}", applied_on=timezone.localdate()
            )


def _owe(accounts: Mapping[str, Account]) -> None:
    """Let public bodies owe four sums: one late, one near, one paid in time, one with 60 days agreed."""
    liuan, today = accounts["liuan"], timezone.localdate()
    owed = (
        ("机械厂", "EDU", "示例小学课桌椅采购", 186_000, 52, None),
        ("食品厂", "HEA", "示例卫生院食堂供货", 64_500, 28, None),
        ("商贸行", "URB", "示例环卫用品采购", 38_200, 70, None),
        ("机械厂", "URB", "示例公园护栏工程", 412_000, 40, 60),
    )
    for number, (word, debtor, subject, amount, age, agreed) in enumerate(owed):
        payment = register_payment(
            liuan, _firm(liuan, word), client_id=f"demo:{number}", debtor=Unit.objects.get(code=debtor), subject=subject,
            amount=Decimal(amount), scale="medium" if word == "食品厂" else "small", began_on=_before(today, age),
            agreed_days=agreed, source=f"合同（虚构）第 {number + 1} 号",
        )  # fmt: skip
        if word == "商贸行":
            settle_payment(liuan, payment, paid_on=_before(today, 45), paid_source="银行回单（虚构）")


def _before(day: date, days: int) -> date:
    return day - timedelta(days=days)
