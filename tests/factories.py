"""Makers of test data, through the rooms' own actions: a small fictional city, accounts, figures, matters.

Codes start with 99, which GB/T 2260 assigns to nobody. Call ``fictional_city()`` first: all others need its places.

    9901 清澜市
    ├ 990103 江口区          990103001 江风街道 (grain_agriculture, no village)
    ├ 990122 云岭县          990122101 石门镇 (industry_strong), village 990122101201 石门村
    └ 990181 澄湖市          990181101 柳岸镇 (industry_strong), villages …201 前湾村 and …202 和平社区, grid …201001
                             990181102 西塘桥镇 (industry_strong), village …201 塘西村
                             990181103 古渡镇 (grain_agriculture), village …201 渡口村
"""

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.utils import timezone
from PIL import Image

import yizhen.demo
from tests.memory import remembered
from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.indicators.actions import check_workbook, commit_batch
from yizhen.indicators.catalogue import load_catalogue
from yizhen.indicators.models import ImportBatch, Indicator
from yizhen.indicators.workbook import SHEET, TITLES
from yizhen.matters.actions import give_verdict, open_matter, take_request, take_step
from yizhen.matters.lifecycle import State, Verb
from yizhen.matters.models import Matter
from yizhen.people.actions import open_account
from yizhen.people.models import ADMIN_ROLES, ROLES, Account, Unit
from yizhen.places.actions import describe_division, load_categories, load_divisions
from yizhen.places.models import Category, Division
from yizhen.places.national import Kind, Level, NationalDivision
from yizhen.web.together import Together

CITY = "9901"
COUNTIES = {"990103": "江口区", "990122": "云岭县", "990181": "澄湖市"}
TOWNSHIPS = {
    "990103001": ("江风街道", "grain_agriculture", 88_400),
    "990122101": ("石门镇", "industry_strong", 31_000),
    "990181101": ("柳岸镇", "industry_strong", 74_200),
    "990181102": ("西塘桥镇", "industry_strong", 61_800),
    "990181103": ("古渡镇", "grain_agriculture", 52_000),
}
VILLAGES = {
    "990122101201": "石门村",
    "990181101201": "前湾村",
    "990181101202": "和平社区",
    "990181102201": "塘西村",
    "990181103201": "渡口村",
}
GRID = "990181101201001"
LIUAN, XITANG, GUDU, SHIMEN, JIANGFENG = "990181101", "990181102", "990181103", "990122101", "990103001"
PASSWORD = "Qinglan-2031-pw"  # long enough and of three classes; for tests that sign in with one
SCOPES = {  # where the account of each role sits when nothing else is said
    "city_office": CITY,
    "department": CITY,
    "county": "990181",
    "township_head": LIUAN,
    "township_office": LIUAN,
    "village": "990181101201",
    "grid_worker": GRID,
    "teller": CITY,
    "scrutineer": CITY,
    "system_admin": CITY,
    "security_admin": CITY,
    "audit_admin": CITY,
}

_numbers = itertools.count(1)


# --- places --------------------------------------------------------------------------------------------------------


@remembered
def fictional_city() -> Division:
    """Make the places above, with categories and populations, and return the city."""
    rows = [NationalDivision(CITY, "清澜市", Level.PREFECTURE, Kind.PREFECTURE_CITY)]
    rows += [NationalDivision(code, name, Level.COUNTY, Kind.COUNTY) for code, name in COUNTIES.items()]
    rows += [NationalDivision(code, name, Level.TOWNSHIP, Kind.TOWN) for code, (name, _c, _p) in TOWNSHIPS.items()]
    rows += [NationalDivision(code, name, Level.VILLAGE, Kind.VILLAGE) for code, name in VILLAGES.items()]
    load_divisions(None, rows, "tests (fictional)")
    Division.objects.create(code=GRID, name_zh="第1网格", level="grid", kind="grid", parent_id=GRID[:12])
    load_categories(None)
    for code, (_name, category, population) in TOWNSHIPS.items():
        describe(code, category, population)
    return place(CITY)


def describe(code: str, category: str, population: int) -> Division:
    """Give a place its category and population."""
    return describe_division(
        None,
        place(code),
        category=Category.objects.get(code=category),
        population=population,
        population_year=2024,
        population_source="虚构统计公报",
    )


def place(code: str) -> Division:
    """Return a place by its code."""
    return Division.objects.get(code=code)


def demo_story() -> dict[str, Any]:
    """Return the demo's content (src/yizhen/demo/data/demo_city.json)."""
    path = Path(yizhen.demo.__file__).parent / "data" / "demo_city.json"
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


@remembered
def demo_city() -> Division:
    """Make the demo's twelve townships with categories and populations, instead of ``fictional_city()``."""
    story = demo_story()
    rows = [NationalDivision(CITY, "清澜市", Level.PREFECTURE, Kind.PREFECTURE_CITY)]
    rows += [NationalDivision(code, name, Level.COUNTY, Kind.COUNTY) for code, name in COUNTIES.items()]
    rows += [NationalDivision(t["code"], t["name_zh"], Level.TOWNSHIP, Kind.TOWN) for t in story["townships"]]
    load_divisions(None, rows, "demo_city.json")
    load_categories(None)
    for township in story["townships"]:
        describe(township["code"], township["category"], round(township["population_wan"] * 10_000))
    return place(CITY)


# --- people --------------------------------------------------------------------------------------------------------


def unit(code: str = "EMG") -> Unit:
    """Return a department, made when missing; the codes are those of the catalogue (EMG, HEA, EDU, CUL, STA …)."""
    return Unit.objects.get_or_create(code=code, defaults={"name_zh": f"{code}局", "division": place(CITY)})[0]


@remembered
def account(
    role: str, scope_code: str = "", unit: Unit | None = None, *, password: str | None = None, username: str = ""
) -> Account:
    """Open the account of a role over a scope (default: SCOPES); a department without ``unit`` is the EMG."""
    if role == "department" and unit is None:
        unit = globals()["unit"]()
    number = next(_numbers)
    return open_account(
        None,
        username=username or f"{role}{number}",
        display_name=f"{ROLES[role][0]}{number}",
        role=role,
        scope=place(scope_code or SCOPES[role]),
        unit=unit,
        password=password,
    )


@remembered
def everybody() -> dict[str, Account]:
    """Open one account of each of the eleven roles, at its usual place."""
    return {role: account(role) for role in ROLES}


def business_roles() -> list[str]:
    """Return the roles that are no administrators."""
    return [role for role in ROLES if role not in ADMIN_ROLES]


def signed_in(user: Account, *, staff_mode: bool = False) -> Client:
    """Return a browser in which the account is signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    if staff_mode:
        enter_staff_mode(client)
    return client


def enter_staff_mode(client: Client, *, seconds: float = 1800) -> None:
    """Switch staff mode on for a signed-in browser; negative seconds: it has run out."""
    session = client.session
    session["staff_mode_until"] = time.time() + seconds
    session.save()


# --- indicators ----------------------------------------------------------------------------------------------------


@remembered
def catalogue() -> dict[str, Indicator]:
    """Load the shipped catalogue (with its departments) and return the indicators by code."""
    load_catalogue(None, place(CITY))
    return Indicator.objects.in_bulk()


def row(
    indicator: str,
    division: str,
    period: str,
    *,
    numerator: Any = "",
    denominator: Any = "",
    value: Any = "",
    source: str = "",
    as_of: Any = "2025-12-31",
    note: str = "",
) -> list[Any]:
    """Return one row of a workbook of observations; an empty source means the indicator's own."""
    return [indicator, division, period, numerator, denominator, value, source, as_of, note]


def observation_workbook(rows: Iterable[Sequence[Any]], titles: Sequence[str] = TITLES, sheet: str = SHEET) -> bytes:
    """Return an .xlsx of observations."""
    return write_workbook([Sheet(sheet, [list(titles), *(list(each) for each in rows)])])


def import_figures(actor: Account, rows: Iterable[Sequence[Any]]) -> ImportBatch:
    """Check and commit rows, and return the committed batch."""
    return commit_batch(actor, check_workbook(actor, "figures.xlsx", observation_workbook(rows)))


def beds(counts: dict[str, int], period: str = "2025") -> list[list[Any]]:
    """Return rows of L01 (beds per 10,000 residents) for townships of the fictional city."""
    return [row("L01", code, period, numerator=n, denominator=TOWNSHIPS[code][2]) for code, n in counts.items()]


# --- matters -------------------------------------------------------------------------------------------------------


def task(
    sender: Account, township: str = LIUAN, *, title: str = "汛期隐患排查", days: int = 30, **fields: Any
) -> Matter:
    """Send a task down, due in so many days."""
    content: dict[str, Any] = {
        "kind": "assigned_task",
        "title": title,
        "text": "逐户排查并报送台账。",
        "division": place(township),
        "work_line": "safety",
        "client_id": f"test:{next(_numbers)}",
        "due_on": timezone.localdate() + timedelta(days=days),
        "dispatcher": sender.unit,
        "basis": "清应急〔2026〕1号",
    }
    return open_matter(sender, **(content | fields))


def rectification(sender: Account, township: str = LIUAN, **fields: Any) -> Matter:
    """Open a rectification item."""
    return task(
        sender, township, **({"kind": "rectification", "dispatcher": None, "title": "整改便民服务窗口"} | fields)
    )


def common_problem(sender: Account, addressee: Unit | None = None, **fields: Any) -> Matter:
    """Ask a department (default: the EMG) to see to a problem that several townships have."""
    content: dict[str, Any] = {
        "kind": "common_problem",
        "dispatcher": None,
        "title": "多地反映床位不足",
        "due_on": None,
    }
    return task(sender, CITY, **(content | {"addressee": addressee or unit()} | fields))


def request(township: str = LIUAN, *, title: str = "路灯不亮") -> tuple[Matter, str]:
    """Take a resident's request; returns it with its follow-up code."""
    return take_request(
        None,
        kind="resident_request",
        division=place(township),
        title=title,
        text="村口三盏路灯不亮。",
        work_line="livelihood",
        client_id=f"test:{next(_numbers)}",
    )


PATHS: dict[State, tuple[Verb, ...]] = {
    State.NEW: (),
    State.HANDLING: (Verb.ACCEPT,),
    State.RETURNED: (Verb.OBJECT,),
    State.HANDLED: (Verb.ACCEPT, Verb.REPORT_DONE),
    State.VERIFIED: (Verb.ACCEPT, Verb.REPORT_DONE, Verb.PASS),
    State.CLOSED: (Verb.ACCEPT, Verb.REPORT_DONE, Verb.PASS),
    State.WITHDRAWN: (Verb.OBJECT, Verb.WITHDRAW),
}


def bring_to(state: State, matter: Matter, *, handler: Account, verifier: Account, code: str = "") -> Matter:
    """Lead a matter to a state by the shortest way; ``verifier`` also answers objections, ``code`` is the resident's."""
    for verb in PATHS[state]:
        actor = verifier if verb in {Verb.PASS, Verb.WITHDRAW} else handler
        disposition = "solved" if verb == Verb.REPORT_DONE else ""
        matter = take_step(actor, matter, verb, text="情况属实。", disposition=disposition)
    if state == State.CLOSED and matter.state == State.VERIFIED:
        matter = give_verdict(code, solved=True)
    return matter


def upload(name: str = "photo.png", content: bytes | None = None) -> SimpleUploadedFile:
    """Return a file as a browser uploads it: a small photograph when nothing else is said."""
    return SimpleUploadedFile(name, picture() if content is None else content)


def picture(colour: str = "teal", size: tuple[int, int] = (8, 6), kind: str = "PNG", **options: Any) -> bytes:
    """Return a picture of one colour."""
    buffer = BytesIO()
    Image.new("RGB", size, colour).save(buffer, kind, **options)
    return buffer.getvalue()


def yesterday() -> date:
    """Return yesterday in the site's time zone."""
    return timezone.localdate() - timedelta(days=1)


# --- races ---------------------------------------------------------------------------------------------------------


def at_once(actions: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run actions in threads that start together; returns results or exceptions, in order. Needs ``committing``."""
    start = threading.Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Any:
        start.wait(timeout=20)
        try:
            return action()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


@contextmanager
def turn_after(desk: Together[Any], waiting: int) -> Iterator[None]:
    """Be the turn of a leader who is kept waiting until so many have queued up at a desk."""
    until = time.monotonic() + 20
    while len(desk) < waiting and time.monotonic() < until:
        time.sleep(0.005)
    yield
