"""The demo's distinctive industries, figures by sector and industrial parks, all fictional, played through the real actions."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone

from yizhen.growth.industry.actions import (
    check_step,
    count_community,
    decide_industry,
    declare_industry,
    enter_community,
    note_outside,
    plan_step,
    report_step,
)
from yizhen.growth.industry.keeping import import_sectors
from yizhen.growth.industry.table import TITLES, check_table
from yizhen.growth.models import IndustryDeclaration, Park
from yizhen.growth.parks.actions import enter_figure, register_park, set_target
from yizhen.people.models import Account

from .clock import days_ago

YEARS = 4
SOURCE = "统计年报（虚构）"


def play_industries(townships: list[dict[str, Any]], accounts: Mapping[str, Account]) -> None:
    """Declare each township's industry, import figures by sector, enter parks, communities, steps and places outside."""
    content = json.loads((Path(__file__).parent / "data" / "industry.json").read_text(encoding="utf-8"))
    offices = {one.scope_id: one for one in Account.objects.filter(role="township_office").select_related("scope")}
    _figures(content, accounts["office"])
    declared = _declare(content, townships, offices, accounts)
    for number, entry in enumerate(content["outside"]):
        entry["source"] = entry.pop("source_zh")
        with days_ago(40 - number):
            note_outside(accounts["office"], client_id=f"demo:{number}", as_of=_day(60), **entry)
    _communities(content["communities"], offices)
    _steps(content["steps"], declared, offices, accounts)
    for number, park in enumerate(content["parks"]):
        _park(park, number, offices[park["township"]], accounts["office"])


def _day(ago: int) -> date:
    return timezone.localdate() - timedelta(days=ago)


def _declare(
    content: dict[str, Any],
    townships: list[dict[str, Any]],
    offices: Mapping[str, Account],
    accounts: Mapping[str, Account],
) -> dict[str, IndustryDeclaration]:
    """Declare twelve industries and confirm them; one township has sent a second version, which waits."""
    names, declared = {one["code"]: one["distinctive_industry_zh"] for one in townships}, {}
    for code, one in content["townships"].items():
        fields = {name: one[name] for name in ("name_en", "direction", "sectors", "position", "aimed")}
        fields |= {"name_zh": names[code], "reason": one["reason_zh"]}
        with days_ago(120):
            made = declare_industry(offices[code], client_id=f"demo:{code}", division=offices[code].scope, **fields)
        by = accounts["chenghu"] if code.startswith("990181") else accounts["office"]
        with days_ago(110):
            decide_industry(by, made, "confirmed", "与资源、企业现状相符。")
        made.refresh_from_db()
        declared[code] = made
    waits = "990181104"
    fields = {
        "name_zh": "稻藕加工与预制菜", "name_en": "Rice, lotus root and ready meals", "direction": "agriculture", "sectors": ["A01", "C13", "C14"],
        "position": 2, "aimed": 5, "reason": "加工企业增加，想从卖原料改为卖产品。",
    }  # fmt: skip
    with days_ago(3):
        declare_industry(offices[waits], client_id="demo:second", division=offices[waits].scope, **fields)
    return declared


def _figures(content: dict[str, Any], office: Account) -> None:
    """Import four years of figures by sector, and correct one of them later."""
    last = timezone.localdate().year - 1
    rows = list(_rows(content, range(last - YEARS + 1, last + 1)))
    with days_ago(90):
        import_sectors(office, check_table(office, [TITLES, *rows]))
    wrong = list(next(row for row in rows if row[0] == "990181101" and row[1] == last and row[2] == "C33"))
    wrong[3] += 2600
    with days_ago(50):
        import_sectors(office, check_table(office, [TITLES, wrong]), "一家企业漏报，核实后补上")


def _rows(content: dict[str, Any], years: range) -> Iterator[list[Any]]:
    for code, one in content["townships"].items():
        for year in years:
            for sector, output in one["output_wan"].items():
                section = sector[0]
                past = years[-1] - year
                then = round(
                    output / (1 + content["yearly_growth"][section]) ** past * (1 + 0.01 * ((past * 7) % 5 - 2))
                )
                jobs = max(6, round(then / content["output_wan_per_person"][section]))
                units = max(2, round(output / content["output_wan_per_unit"][section]))
                # Of a year in the middle of which the import happens there is no later day.
                as_of = min(date(year + 1, 1, 31), _day(100)).isoformat()
                yield [code, year, sector, then, jobs, units, SOURCE, as_of]


def _communities(communities: list[dict[str, Any]], offices: Mapping[str, Account]) -> None:
    for number, one in enumerate(communities):
        office = offices[one["township"]]
        counts = [
            {"homes": homes, "services": services, "firms": firms, "source": "社区台账（虚构）"}
            for homes, services, firms in zip(one["homes"], one["services"], one["firms"], strict=True)
        ]
        names = {name: one[name] for name in ("name_zh", "name_en", "industry_zh", "industry_en")}
        with days_ago(100):
            made = enter_community(
                office, client_id=f"demo:{number}", division=office.scope, address=one["address_zh"], as_of=_day(10), **counts[0], **names
            )  # fmt: skip
        for later in counts[1:]:
            with days_ago(12):
                count_community(office, made, as_of=_day(2), **later)


def _steps(
    steps: list[dict[str, Any]],
    declared: Mapping[str, IndustryDeclaration],
    offices: Mapping[str, Account],
    accounts: Mapping[str, Account],
) -> None:
    for number, one in enumerate(steps):
        office = offices[one["township"]]
        due = timezone.localdate() + timedelta(days=one["due_in_days"])
        with days_ago(80):
            step = plan_step(
                office, declared[one["township"]], client_id=f"demo:{number}", title=one["title_zh"], reaches=one["reaches"], due_on=due
            )  # fmt: skip
        if "result_zh" not in one:
            continue
        with days_ago(22):
            report = report_step(
                office, step, client_id=f"demo:{number}", result=one["result_zh"], done_on=_day(3), source="合同、证书（虚构）"
            )  # fmt: skip
        if "passed" in one:
            with days_ago(18):
                check_step(accounts["chenghu"], report, passed=one["passed"], opinion="" if one["passed"] else "只到一家，还差一家。")  # fmt: skip


def _park(one: dict[str, Any], number: int, office: Account, city: Account) -> None:
    names = {name: one[name] for name in ("name_zh", "name_en", "industry_zh", "industry_en")}
    last = timezone.localdate().year - 1
    with days_ago(100):
        park = register_park(office, client_id=f"demo:{number}", division=office.scope, **names)
    with days_ago(95):
        set_target(
            city, park, output=Decimal(100), year=last + one["target_year_ahead"], basis="市级工业集中区“百亿创特色”方案（虚构）"
        )  # fmt: skip
    columns = ("output_yi", "tax_wan", "jobs", "land_mu", "energy_tce", "firms")
    for past, values in enumerate(reversed(list(zip(*(one[name] for name in columns), strict=True)))):
        with days_ago(90):
            _year(office, park, last - past, values)
    if number == 0:
        with days_ago(30):
            _correct(office, park, last)


def _year(office: Account, park: Park, year: int, values: tuple[Any, ...]) -> None:
    output, tax, jobs, land, energy, firms = values
    enter_figure(
        office, park, year=year, output=Decimal(str(output)), tax=None if tax is None else Decimal(tax), jobs=jobs,
        land=Decimal(land), energy=Decimal(energy), firms=firms, source="园区统计台账（虚构）", as_of=min(date(year + 1, 1, 20), _day(1)),
    )  # fmt: skip


def _correct(office: Account, park: Park, year: int) -> None:
    before = park.figures.get(year=year)
    values = {name: getattr(before, name) for name in ("output", "jobs", "land", "energy", "firms", "source", "as_of")}
    enter_figure(
        office, park, year=year, seen=before.number, reason="税务部门年终清算后更正", tax=Decimal(33480), **values
    )  # fmt: skip
