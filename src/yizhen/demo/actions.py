"""Making the fictional city as a story that plays through the real actions."""

import json
import random
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from django.utils import timezone

from yizhen.indicators.actions import check_workbook, commit_batch
from yizhen.indicators.catalogue import DATA as CATALOGUE
from yizhen.indicators.catalogue import load_catalogue
from yizhen.matters.actions import assign_duty, assign_task, give_verdict, refuse_task, take_request, take_step
from yizhen.matters.lifecycle import Verb
from yizhen.matters.models import DutyItem
from yizhen.people.actions import appoint, make_sign_in_link, open_account
from yizhen.people.models import Account, Unit
from yizhen.places.actions import describe_division, load_categories, load_divisions
from yizhen.places.models import Category, Division
from yizhen.places.national import Kind, Level, NationalDivision

from .campaigns import first_campaign, second_campaign
from .clock import days_ago
from .duties import ask_admissions, make_duty_list, plan_inspections
from .enterprises import enter_enterprises
from .exchange import make_exchange
from .figures import workbook
from .forms import register_forms
from .grids import call_teams, make_grids
from .growth import enter_projects
from .indices import make_indices
from .industry import play_industries
from .livelihood import make_livelihood
from .needs import ask_people
from .party import make_party
from .roster import keep_roster
from .routing import make_routing
from .watches import watch_over
from .work import play_stories

Say = Callable[[str], None]
ROOT = "9901"
LINKS = (
    ("office", "组织部（评议办） · organisation office"),
    ("liuan_head", "柳岸镇 党委书记 · township head"),
    ("liuan", "柳岸镇 办公室 · township office"),
    ("key", "监票人 · scrutineer"),
    ("teller1", "计票人一 · a teller"),
    ("teller2", "计票人二 · another teller"),
    ("emg", "应急管理局 · a city department"),
    ("chenghu", "澄湖市 · a county"),
    ("village", "柳岸镇 前湾村 · a village"),
    ("grid", "柳岸镇 网格员 · grid worker"),
    ("sysadmin", "系统管理员 · system administrator"),
    ("secadmin", "安全管理员 · security administrator"),
    ("auditor", "审计管理员 · audit administrator"),
)
VILLAGES = (("前湾村", "Qianwan Village"), ("三圩村", "Sanwei Village"), ("和平社区", "Heping Community"))


@cache
def story() -> dict[str, Any]:
    """Return the demo's content."""
    content: dict[str, Any] = json.loads(
        (Path(__file__).parent / "data" / "demo_city.json").read_text(encoding="utf-8")
    )
    return content


def is_made() -> bool:
    """Return whether this data directory holds the demo."""
    return Account.objects.filter(is_demo=True).exists()


def make_demo(say: Say, *, stage: str = "ready") -> None:
    """Make the fictional city of Qinglan: places, people, figures, matters, last period's campaign and today's.

    Args:
        say: told what is being made.
        stage: ``ready`` (today's session is about to begin) or ``finished`` (it is over as well).

    Raises:
        PermissionError: when the data directory belongs to a real city.
    """
    if Division.objects.exists():
        raise PermissionError(
            "这个数据目录已有真实城市，演示请换一个目录 · this data directory holds a real city: use another with --data"
        )
    with days_ago(200):
        say("清澜市的区划、部门和账号 · places, departments, accounts")
        _places()
        accounts = _people()
    with days_ago(150):
        say("三十项指标的数据 · figures of thirty indicators")
        _figures(accounts["office"], timezone.localdate() + timedelta(days=150))
    say("报表登记和填报 · registered forms, one of them being filled")
    register_forms(accounts, story())
    say("综合指数和差别化考核方案 · a composite index and an assessment scheme")
    make_indices(accounts, timezone.localdate())
    say("上一期述职评议，已结束 · last period's campaign, finished")
    first = first_campaign(accounts, story())
    say("履职事项清单、准入和督查计划 · duty list, admissions, inspection plans")
    with days_ago(140):
        items = make_duty_list(accounts["office"], story())
    ask_admissions(accounts)
    plan_inspections(accounts)
    say("派件规则和案例 · dispatch rules and their cases")
    make_routing(accounts["office"], Division.objects.get(code=ROOT))
    say("任务、诉求和整改 · tasks, requests, rectification")
    _tasks(accounts, items)
    _requests()
    make_grids(accounts)
    call_teams(accounts)
    play_stories(accounts)
    say("发展：产业、集中区、项目、企业、政策 · growth: industries, parks, projects, enterprises, policies")
    enter_projects(story()["investment_projects"], accounts)
    enter_enterprises(story()["enterprise_policies"], accounts)
    play_industries(story()["townships"], accounts)
    say("民生：实事项目、设施、监测、值守、问需问计 · livelihood: projects, facilities, watches, duty, consultations")
    make_livelihood(accounts)
    watch_over(accounts)
    ask_people(accounts)
    say("党建作风和经验交流 · the fourth board, and practices that townships exchange")
    make_party(accounts["office"])
    make_exchange()
    say("本期述职评议，今天开会 · this period's campaign, its session is today")
    second_campaign(accounts, story(), first, finished=stage == "finished")
    say("干部名册 · the roster of posts")
    keep_roster(accounts["office"])


def sign_in_links() -> list[tuple[str, str]]:
    """Return fresh one-time links to sign in with, by role."""
    made = []
    for username, title in LINKS:
        account = Account.objects.filter(username=username, is_demo=True).first()
        if account is not None:
            made.append((title, f"/sign-in/{make_sign_in_link(account)}/"))
    return made


def _places() -> None:
    city = story()["demo_city"]
    english = {ROOT: city["name_en"]}
    rows = [NationalDivision(ROOT, city["name_zh"], Level.PREFECTURE, Kind.PREFECTURE_CITY)]
    kinds = {"district": Kind.DISTRICT, "county": Kind.COUNTY, "county_city": Kind.COUNTY_CITY}
    for county in city["counties"]:
        rows.append(NationalDivision(county["code"][:6], county["name_zh"], Level.COUNTY, kinds[county["level"]]))
        english[county["code"][:6]] = county["name_en"]
    for township in story()["townships"]:
        kind = Kind.SUBDISTRICT if township["name_zh"].endswith("街道") else Kind.TOWN
        rows.append(NationalDivision(township["code"], township["name_zh"], Level.TOWNSHIP, kind))
        english[township["code"]] = township["name_en"]
        for number, (zh, en) in enumerate(VILLAGES, start=1):
            code = f"{township['code']}{200 + number}"
            rows.append(
                NationalDivision(code, zh, Level.VILLAGE, Kind.COMMUNITY if zh.endswith("社区") else Kind.VILLAGE)
            )
            english[code] = en
    load_divisions(None, rows, "demo_city.json (fictional)", english)
    load_categories(None)
    categories = Category.objects.in_bulk()
    last_year = timezone.localdate().year - 1
    for township in story()["townships"]:
        division = Division.objects.get(code=township["code"])
        describe_division(
            None,
            division,
            category=categories[township["category"]],
            population=round(township["population_wan"] * 10_000),
            population_year=last_year,
            population_source="虚构统计公报",
        )
        division.refresh_from_db()
        division.profile = {
            key: township[key] for key in ("area_km2", "villages", "communities", "grids", "distinctive_industry_zh")
        }
        division.save(update_fields=["profile"])
    root = Division.objects.get(code=ROOT)
    describe_division(
        None,
        root,
        category=None,
        population=round(city["population_wan"] * 10_000),
        population_year=last_year,
        population_source="虚构统计公报",
    )
    load_catalogue(None, root)


def _people() -> dict[str, Account]:
    root = Division.objects.get(code=ROOT)
    places = {division.code: division for division in Division.objects.all()}
    units = Unit.objects.in_bulk()
    made: dict[str, Account] = {}

    def account(username: str, name: str, role: str, scope: Division, unit: Unit | None = None) -> None:
        made[username] = open_account(
            None, username=username, display_name=name, role=role, scope=scope, unit=unit, demo=True
        )

    account("office", "市委组织部评议办", "city_office", root)
    account("key", "监票人", "scrutineer", root)
    account("teller1", "计票人一", "teller", root)
    account("teller2", "计票人二", "teller", root)
    account("sysadmin", "系统管理员", "system_admin", root)
    account("secadmin", "安全管理员", "security_admin", root)
    account("auditor", "审计管理员", "audit_admin", root)
    account("chenghu", "澄湖市委办", "county", places["990181"])
    for code, unit in units.items():
        account(code.lower(), unit.name_zh, "department", root, unit)
    speakers = {row["township"]: row for row in story()["speakers_demo"]}
    for number, township in enumerate(story()["townships"], start=1):
        place = places[township["code"]]
        slug = township["name_en"].split()[0].lower()
        account(slug, f"{place.name_zh}党政办", "township_office", place)
        speaker = speakers.get(place.name_zh)
        title = f"{place.name_zh}党{'工' if place.name_zh.endswith('街道') else ''}委书记"
        account(f"{slug}_head", title, "township_head", place)
        appoint(
            None,
            name=speaker["person"] if speaker else f"示例干部{number:02d}",
            division=place,
            title=title,
            post="town_secretary",
            began_on=timezone.localdate() - timedelta(days=400),
            birth_month=f"{speaker['birth_year']}-06" if speaker else "1979-03",
            education=speaker["education"] if speaker else "bachelor",
            account=made[f"{slug}_head"],
        )
    account("village", "前湾村村委会", "village", places["990181101201"])
    account("grid", "前湾村网格员", "grid_worker", places["990181101201"])
    return made


def _figures(office: Account, today: date) -> None:
    catalogue = json.loads(CATALOGUE.read_text(encoding="utf-8"))["indicators"]
    content = workbook(story(), catalogue, today - timedelta(days=150))
    # Two workbooks, as in life: what was known at the last session, and what has come in since.
    commit_batch(office, check_workbook(office, "清澜市指标数据-上期.xlsx", content))
    with days_ago(6):
        content = workbook(story(), catalogue, today)
        commit_batch(office, check_workbook(office, "清澜市指标数据-本期.xlsx", content))


def _tasks(accounts: dict[str, Account], items: dict[str, DutyItem]) -> None:
    townships = {division.name_zh: division for division in Division.objects.filter(level="township")}
    as_of = date.fromisoformat(story()["_about"]["as_of"])
    lines = {row["township"]: row for row in story()["speakers_demo"]}
    heads = {
        division.name_zh: Account.objects.get(role="township_head", scope=division) for division in townships.values()
    }
    offices = {
        division.name_zh: Account.objects.get(role="township_office", scope=division) for division in townships.values()
    }
    for task in story()["tasks_from_above"]:
        names = [name for name in townships if name in lines] if task["to"] == ["全部"] else task["to"]
        department = accounts[task["from_dept"].lower()]
        issued = (as_of - date.fromisoformat(task["issued"])).days
        due = timezone.localdate() - timedelta(days=(as_of - date.fromisoformat(task["due"])).days)
        item = items.get(task["duty_item"])
        # What the gate would stop came on paper, and somebody typed it in: the township refuses it with the list.
        send = assign_task if task["status"] == "refused" else partial(assign_duty, duty=item)
        with days_ago(issued):
            matters = send(
                department,
                townships=[townships[name] for name in names],
                client_id=f"demo:{task['id']}",
                title=task["title_zh"],
                text=f"交付成果：{task['deliverable_zh']}\n{task['note_zh']}".strip(),
                basis=task["basis_zh"],
                work_line=item.work_line if item else "party_style",
                due_on=max(due, timezone.localdate()),
            )
        for number, matter in enumerate(matters):
            place = matter.division.name_zh
            with days_ago(max(issued - 2 - number % 3, 0.2)):
                if task["status"] == "refused":
                    refuse_task(offices[place], matter, item=item)
                elif task["status"] != "assigned":
                    take_step(offices[place], matter, Verb.ACCEPT)
            if task["status"] == "refused" and task["id"] == "T07":
                with days_ago(max(issued - 4, 0.1)):
                    take_step(department, matter, Verb.WITHDRAW, text="已核对清单，由本部门自行检查。")
            if task["status"] == "verified":
                with days_ago(max(issued - 12, 0.1)):
                    take_step(
                        heads[place] if number % 2 else offices[place],
                        matter,
                        Verb.REPORT_DONE,
                        text="已全部落实，清单见附件台账。",
                        disposition="solved",
                    )
                if number % 4 != 3:
                    with days_ago(max(issued - 14, 0.05)):
                        take_step(department, matter, Verb.PASS, text="现场抽查两处，情况属实。")


REQUESTS = (
    (
        "柳岸镇",
        "工业集中区门前道路破损，货车难行",
        "柳岸镇工业集中区北门外约200米路面破损。",
        "development",
        "handled",
        6,
    ),
    ("柳岸镇", "前湾村路灯不亮", "前湾村村口三盏路灯不亮，晚上老人出行不便。", "livelihood", "verified", 8),
    ("柳岸镇", "卫生院看病排队久", "希望增加周末门诊。", "livelihood", "new", 1),
    ("古渡镇", "东堤渗水", "东堤2+300处有渗水，请尽快查看。", "safety", "handling", 9),
    ("江风街道", "小区充电桩不足", "第12网格小区只有两个充电桩。", "livelihood", "handling", 3),
    ("北圩镇", "独居老人申请助餐", "和平社区希望送餐上门。", "livelihood", "closed", 12),
    ("运河路街道", "菜场后巷暴露垃圾", "每天傍晚堆放垃圾无人清运。", "livelihood", "reopened", 14),
)


def _requests() -> None:
    chance = random.Random(12345)
    for number, (name, title, text, line, stage, age) in enumerate(REQUESTS):
        place = Division.objects.get(name_zh=name, level="township")
        office = Account.objects.get(role="township_office", scope=place)
        head = Account.objects.get(role="township_head", scope=place)
        with days_ago(age):
            matter, code = take_request(
                None,
                kind="resident_request",
                division=place,
                title=title,
                text=text,
                work_line=line,
                client_id=f"demo:request:{number}",
            )
        if stage == "new":
            continue
        with days_ago(age - chance.uniform(0.2, 0.8)):
            take_step(office, matter, Verb.ACCEPT)
        if stage == "handling":
            continue
        with days_ago(age - 3):
            take_step(office, matter, Verb.REPORT_DONE, text="已到现场处理，附前后照片说明。", disposition="solved")
        if stage == "handled":
            continue
        with days_ago(age - 4):
            take_step(head, matter, Verb.PASS, text="电话回访并现场核对，已处理。")
        if stage in {"closed", "reopened"}:
            with days_ago(age - 5):
                give_verdict(
                    code, solved=stage == "closed", text="" if stage == "closed" else "只清了一次，第二天又堆起来了。"
                )
