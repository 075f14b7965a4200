"""The demo's watches, duty rosters and readiness: a lock beyond its level, a price that came back, a stock nobody has counted."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from yizhen.matters.actions import take_step
from yizhen.matters.lifecycle import Verb
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.watches.emergency.actions import Duty, hand_over, issue_plan, set_shifts
from yizhen.watches.models import Crossing, Roster, Watch
from yizhen.watches.models.emergency import week_of
from yizhen.watches.readiness.actions import (
    end_emergency,
    open_emergency,
    purge,
    record_readiness,
    report_situation,
)
from yizhen.watches.series.actions import define_watch, issue_token, set_threshold, take_readings
from yizhen.watches.series.checking import Sent

from .clock import days_ago

SOURCE = "监测点（虚构） · Monitoring point (fictional)"
HOURS = 24
LOCK = [3.1, 3.2, 3.2, 3.4, 3.3, 3.5, 3.8, 4.1, 4.0, 4.2, 4.6, 4.7, 5.1, 5.3, 5.2, 5.4]  # metres, every six hours
PORK = ["14.2", "14.5", "15.1", "16.4", "16.1", "15.8", "14.9", "14.6"]  # yuan for half a kilogramme, weekly
BEDS = (60, 45, 38, 30, 52, 40, 24, 36, 48, 80, 76, 64)


def watch_over(accounts: Mapping[str, Account]) -> None:
    """Define watches and play their readings; keep rosters and plans; count what is ready, through one emergency and its purge."""
    places = {one.name_zh: one for one in Division.objects.filter(level="township").order_by("code")}
    offices = {one.scope.name_zh: one for one in Account.objects.filter(role="township_office").select_related("scope")}
    _prices(accounts, places, offices)
    _stocks_and_jobs(accounts, places)
    _lock(accounts, places["柳岸镇"])
    _duty(accounts, offices)
    _plans(accounts, offices)
    _readiness(accounts, places, offices)


def _define(
    actor: Account, places: list[Division], name: tuple[str, str], sort: str, measure: str, hours: int, **more: Any
) -> Watch:
    return define_watch(
        actor, client_id=f"demo:{name[1]}", office=actor.unit, places=places, name_zh=name[0], name_en=name[1], sort=sort,
        measure=measure, every_hours=hours, source=SOURCE, **{"work_line": "livelihood", **more},
    )  # fmt: skip


def _at(days: float) -> datetime:
    return timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=days)


def _level(actor: Account, watch: Watch, side: str, level: str, clear: str, text: str, **more: Any) -> None:
    set_threshold(
        actor, watch, side=side, level=Decimal(level), clear=Decimal(clear), text_zh=text,
        **{"basis": "保供稳价工作方案（虚构）", "count": 1, "minutes": 0, "days": 7, **more},
    )  # fmt: skip


def _prices(accounts: Mapping[str, Account], places: dict[str, Division], offices: dict[str, Account]) -> None:
    market, here = accounts["mkt"], [places[name] for name in ("柳岸镇", "沙洲口镇", "梨花湾镇", "江风街道")]
    with days_ago(70):
        rice = _define(market, here, ("大米零售价", "Retail price of rice"), "price", "元/500克", 168)
        pork = _define(market, [places["江风街道"]], ("猪肉零售价", "Retail price of pork"), "price", "元/500克", 168)
        _level(market, rice, "upper", "3.60", "3.40", "查明原因，组织货源。")
        _level(market, pork, "upper", "16.00", "15.00", "查明原因，组织货源。", count=2)
    rows = [
        Sent(place.code, _at(1 + 7 * week), Decimal("2.80") + Decimal(number) / 20 + Decimal(week % 4) / 50)
        for number, place in enumerate(here)
        for week in range(9)
    ]
    take_readings(market, rice, rows, way="table")
    office = offices["江风街道"]
    for number, value in enumerate(PORK):
        age = 7 * (len(PORK) - number) - 4
        with days_ago(age):
            take_readings(office, pork, [Sent(office.scope_id, _at(0.1), Decimal(value))], way="form")
            crossing = Crossing.objects.filter(series__watch=pork).first()
            if number == 4 and crossing:
                take_step(office, crossing.matter, Verb.ACCEPT)
            if number == 5 and crossing:
                text = "联系两家批发市场增加到货，价格已回落。"
                take_step(office, crossing.matter, Verb.REPORT_DONE, text=text, disposition="solved")
            if number == 7 and crossing:
                take_step(market, crossing.matter, Verb.PASS, text="到菜场看过，连续两周在线内。")


def _stocks_and_jobs(accounts: Mapping[str, Account], places: dict[str, Division]) -> None:
    grain, labour = accounts["agr"], accounts["hrs"]
    with days_ago(60):
        here = [places[name] for name in ("北圩镇", "古渡镇", "运河路街道")]
        stock = _define(grain, here, ("大米库存", "Stock of rice"), "stock", "吨", 168)
        _level(grain, stock, "lower", "120", "150", "按保供方案调运补库。")
        jobs = _define(
            labour, [places["柳岸镇"], places["江风街道"]], ("在招岗位", "Open job posts"), "jobs", "个", 168
        )
    rows = [Sent(here[1].code, _at(2 + 7 * week), Decimal(230 - 9 * week)) for week in range(7)]
    rows += [
        Sent(here[0].code, _at(23 + 7 * week), Decimal(190 + 4 * week)) for week in range(4)
    ]  # none since: no data
    take_readings(grain, stock, rows, way="table")
    rows = [Sent("990181101", _at(3 + 7 * week), Decimal(412 - 12 * week)) for week in range(6)]
    rows += [Sent("990103001", _at(3 + 7 * week), Decimal(268 + 5 * week)) for week in range(6)]
    take_readings(labour, jobs, rows, way="table")


def _lock(accounts: Mapping[str, Account], place: Division) -> None:
    water = accounts["wat"]
    with days_ago(6):
        lock = _define(water, [place], ("柳岸闸水位", "Level at Liuan lock"), "water", "米", 6, work_line="safety")
        _level(
            water,
            lock,
            "upper",
            "5.00",
            "4.60",
            "巡堤查险，清点防汛物资，每两小时报一次水位。",
            count=2,
            minutes=300,
            days=3,
        )
        token, _secret = issue_token(water, lock, "自记水位计（虚构）")
    first = len(LOCK) - 4
    for number, value in [(first - 1, LOCK[:first]), *((first + n, [one]) for n, one in enumerate(LOCK[first:]))]:
        with days_ago((len(LOCK) - 1 - number) * 6 / HOURS):
            rows = [
                Sent(place.code, _at((len(value) - 1 - n) * 6 / HOURS), Decimal(str(one)))
                for n, one in enumerate(value)
            ]
            take_readings(token, lock, rows, way="api")


def _duty(accounts: Mapping[str, Account], offices: dict[str, Account]) -> None:
    today = timezone.localdate()
    days = [*week_of(today), *week_of(today + timedelta(days=7))]
    keepers = [
        accounts["office"],
        accounts["chenghu"],
        accounts["emg"],
        *(one for name, one in offices.items() if name != "梨花湾镇"),
    ]
    for number, actor in enumerate(keepers, start=1):
        own = "值班室" if actor.role in {"city_office", "county", "department"} else "党政办"
        duties = [
            Duty(day, part, f"{own}值班员" if part == "day" else f"{own}夜间值班员", f"0990-700{number:02d}0{1 + (part == 'night')}")
            for day in days
            for part in ("day", "night")
        ]  # fmt: skip
        if actor.scope.name_zh == "柳岸镇":
            gap = today + timedelta(days=1)
            duties = [one for one in duties if (one.day, one.part) != (gap, "night")]
        set_shifts(actor, duties)
    roster, office = Roster.objects.get(division="990181101", office=None), offices["柳岸镇"]
    text = "闸上水位到警戒线，已按预案加密巡堤；东堤2+300处重点看守，沙袋库钥匙在值班室。"
    hand_over(office, roster, client_id="demo:1", day=today, part="day", text=text)


def _plans(accounts: Mapping[str, Account], offices: dict[str, Account]) -> None:
    today = timezone.localdate()

    def issue(actor: Account, client_id: str, title: str, kinds: list[str], left: int, **more: Any) -> Any:
        return issue_plan(
            actor, client_id=f"demo:{client_id}", title=title, kinds=kinds, valid_from=today - timedelta(days=300),
            valid_until=today + timedelta(days=left), contacts=[("值班室", "0990-7000101"), ("防汛物资仓库", "0990-7000102")],
            **{"text": "一、适用范围。二、组织和职责。三、预警和响应。四、转移安置。五、善后。（虚构）", "document": "", **more},
        )  # fmt: skip

    issue(
        accounts["emg"],
        "emg",
        "市突发事件总体应急预案",
        ["flood", "fire", "works"],
        500,
        document="清政办发〔2025〕9号（虚构）",
    )
    issue(accounts["hea"], "hea", "市突发公共卫生事件应急预案", ["health"], 20)
    first = issue(offices["柳岸镇"], "liuan1", "柳岸镇防汛应急预案", ["flood"], 60)
    issue(offices["柳岸镇"], "liuan2", "柳岸镇防汛应急预案", ["flood", "weather"], 700, follows=first)
    issue(offices["北圩镇"], "beiwei", "北圩镇消防应急预案", ["fire"], -10)


def _readiness(accounts: Mapping[str, Account], places: dict[str, Division], offices: dict[str, Account]) -> None:
    def count(actor: Account, kind: str, capacity: int, available: int, days: float, emergency: Any = None) -> None:
        place = actor.scope
        record_readiness(
            actor, division=place, emergency=emergency, as_of=_at(days), facility=f"{place.name_zh}卫生院（虚构）", kind=kind,
            capacity=capacity, available=available, source="卫生院月报（虚构）",
        )  # fmt: skip

    for number, name in enumerate(places):
        count(offices[name], "beds", BEDS[number], BEDS[number] // 3 + number % 4, 9)
        if number < 4:
            count(offices[name], "staff", 4 + 9 * number, 3 + 7 * number, 9)
            count(offices[name], "ambulances", 1 + number % 2, 1, 9)
    with days_ago(80):
        past = open_emergency(
            accounts["emg"], client_id="demo:past", title="示例强降雨防御（已结束）", kind="flood", every_hours=24,
            basis="清应急〔2026〕12号（虚构）",
        )  # fmt: skip
    for day in range(3):
        with days_ago(79 - day):
            for name in ("柳岸镇", "沙洲口镇"):
                count(offices[name], "beds", 40, 20 - day, 0.1, past)
                count(offices[name], "protective", 500, 480 - 30 * day, 0.1, past)
            office = offices["柳岸镇"]
            report_situation(
                office, past, client_id=f"demo:past{day}", division=office.scope, text="巡堤正常，安置点已备好。"
            )
    with days_ago(74):
        end_emergency(accounts["emg"], past)
    with days_ago(52):
        purge(accounts["emg"], past)
    with days_ago(2):
        going = open_emergency(
            accounts["emg"], client_id="demo:going", title="示例闸上超警戒水位应对", kind="flood", every_hours=6,
            basis="清应急〔2026〕31号（虚构）",
        )  # fmt: skip
        for number, name in enumerate(("柳岸镇", "西塘桥镇", "沙洲口镇")):
            count(offices[name], "beds", BEDS[number], BEDS[number] // 3, 0.1, going)
        office = offices["柳岸镇"]
        report_situation(
            office, going, client_id="demo:going", division=office.scope, text="前湾村低洼处备好转移路线，暂不转移。"
        )
