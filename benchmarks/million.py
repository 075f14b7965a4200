"""A fictional city with a history of matters, written as plain rows: what ``benchmarks/matters.py`` measures on.

One matter of each kind is opened through the real action; the others are its copies with another place, department, state,
dates and words. Most are closed; some six in a hundred are open, in all states.
"""

import json
import os
import random
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

CITY, COUNTIES, TOWNSHIPS, UNITS = "9901", 15, 1500, 40
OPEN = 0.06
KINDS = {  # kind → share
    "resident_request": 0.45,
    "assigned_task": 0.25,
    "grid_event": 0.18,
    "rectification": 0.05,
    "petition": 0.04,
    "common_problem": 0.03,
}
STATES = {  # of open matters, as far as the kind knows them
    "resident_request": ("new", "handling", "handling", "handled", "verified"),
    "assigned_task": ("new", "new", "handling", "handling", "returned", "handled"),
    "grid_event": ("reported", "checked", "filed", "new", "handling", "handled"),
    "rectification": ("new", "handling", "handled"),
    "petition": ("reported", "filed", "new", "handling", "suspended", "handled", "verified", "reviewing"),
    "common_problem": ("new", "handling", "handled"),
}
THINGS = [
    "井盖",
    "路灯",
    "护栏",
    "树枝",
    "水管",
    "垃圾桶",
    "公交站",
    "花坛",
    "台阶",
    "广告牌",
    "排水沟",
    "电线",
    "健身器材",
    "停车位",
    "信号灯",
    "石墩",
    "公厕",
    "桥面",
]
TROUBLES = [
    "破损",
    "不亮",
    "丢失",
    "松动",
    "堵塞",
    "漏水",
    "倾斜",
    "下沉",
    "占道",
    "有异味",
    "被遮挡",
    "需要更换",
    "无人清理",
    "存在隐患",
]
SPOTS = [
    "村口",
    "学校门口",
    "菜市场旁",
    "桥头",
    "小区北门",
    "卫生院对面",
    "河堤上",
    "文化广场",
    "老街",
    "工业园",
    "12号楼",
    "三岔路口",
]
ASKS = [
    "请尽快派人查看。",
    "已经反映过一次。",
    "晚上行走不便。",
    "下雨天更严重。",
    "附近老人多，请先围挡。",
    "希望答复处理时间。",
]


def places() -> list[str]:
    return [f"{CITY}{1 + at % COUNTIES:02d}{1 + at // COUNTIES:03d}" for at in range(TOWNSHIPS)]


def make_people() -> dict[str, Any]:
    """Make places, departments and the accounts that measure; returns the accounts by name."""
    from yizhen.people.actions import open_account
    from yizhen.people.models import Unit
    from yizhen.places.actions import load_categories
    from yizhen.places.models import Category, Division

    load_categories(None)
    city = Division.objects.create(code=CITY, name_zh="基准市", level="prefecture", kind="prefecture_city")
    counties = [
        Division(code=f"{CITY}{n:02d}", name_zh=f"第{n}县", level="county", kind="county", parent=city)
        for n in range(1, COUNTIES + 1)
    ]
    Division.objects.bulk_create(counties)
    categories = list(Category.objects.all())
    Division.objects.bulk_create(
        Division(
            code=code, name_zh=f"{'东西南北中'[at % 5]}{'河山湖塘桥'[at // 5 % 5]}{at:04d}镇", level="township", kind="town",
            parent_id=code[:6], category=categories[at % len(categories)], population=30_000, population_year=2025,
            population_source="虚构",
        )
        for at, code in enumerate(places())
    )  # fmt: skip
    units = [Unit.objects.create(code=f"U{n:02d}", name_zh=f"第{n}局", division=city) for n in range(UNITS)]
    town = Division.objects.get(code=places()[0])
    scopes = {"city_office": city, "county": counties[0], "department": city, "township_office": town}
    return {
        role: open_account(
            None, username=role, display_name=role, role=role, scope=scope,
            unit=units[0] if role == "department" else None,
        )
        for role, scope in (*scopes.items(), ("township_head", town))
    }  # fmt: skip


def templates(people: dict[str, Any]) -> dict[str, Any]:
    """Open one matter of each kind and return them by kind."""
    from django.utils import timezone as clock

    from yizhen.matters.actions import open_matter
    from yizhen.people.models import Unit
    from yizhen.places.models import Division

    unit, town = Unit.objects.get(code="U00"), Division.objects.get(code=places()[0])
    given: dict[str, dict[str, Any]] = {
        "assigned_task": {"dispatcher": unit},
        "common_problem": {"addressee": unit},
        "grid_event": {"fields": {"spot": "路口", "source": "巡查"}},
        "petition": {"fields": {"channel": "来信"}},
    }
    return {
        kind: open_matter(
            people["city_office"], kind=kind, title="样本", text="样本", division=town, work_line="livelihood",
            client_id=f"template:{kind}", due_on=clock.localdate() + timedelta(days=20), **given.get(kind, {}),
        )
        for kind in KINDS
    }  # fmt: skip


class Rows:
    """The rows of one table, beginning with the copy of a pattern."""

    def __init__(self, model: Any, patterns: dict[str, Any]) -> None:
        from django.db import connection

        self.fields = list(model._meta.concrete_fields)
        self.table = model._meta.db_table
        self.columns = [field.column for field in self.fields]
        self.patterns = {
            kind: {
                field.column: field.get_db_prep_save(getattr(pattern, field.attname), connection)
                for field in self.fields
            }
            for kind, pattern in patterns.items()
        }

    def row(self, kind: str, **changes: Any) -> tuple[Any, ...]:
        return tuple((self.patterns[kind] | changes).values())


class History:
    """So many matters with their clocks, events, words and grams."""

    def __init__(self, number: int, today: date) -> None:
        self.number, self.today, self.chance = number, today, random.Random(7)
        self.places = places()
        self.grams: list[Any] = []

    def written(self, people: dict[str, Any]) -> Iterator[tuple[Rows, list[tuple[Any, ...]]]]:
        """Yield tables and rows, in an order that foreign keys allow."""
        from yizhen.matters.models import Event, Matter, MatterClock, MatterWords

        self.people = people
        patterns = templates(people)
        matters = Rows(Matter, patterns)
        clocks = Rows(MatterClock, {kind: matter.clocks.get(governs=True) for kind, matter in patterns.items()})
        events = Rows(Event, {kind: matter.events.get() for kind, matter in patterns.items()})
        words = Rows(MatterWords, {kind: matter.words for kind, matter in patterns.items()})
        self.first = max(matter.pk for matter in patterns.values()) + 1
        self.names = dict(self._names())
        self.clock_id, self.event_id = 1_000, 1_000
        for begin in range(0, self.number, 20_000):
            made: dict[str, list[Any]] = {"matter": [], "clock": [], "event": [], "words": []}
            for at in range(begin, min(begin + 20_000, self.number)):
                self._one(at, made, matters, clocks, events, words)
            yield matters, made["matter"]
            yield clocks, made["clock"]
            yield events, made["event"]
            yield words, made["words"]

    def _names(self) -> Iterable[tuple[str, str]]:
        from yizhen.places.models import Division

        return Division.objects.values_list("code", "name_zh")

    def _one(self, at: int, made: dict[str, list[Any]], matters: Rows, clocks: Rows, events: Rows, words: Rows) -> None:
        from yizhen.matters.words import grams_of, joined

        chance, pk = self.chance, self.first + at
        kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
        is_open = chance.random() < OPEN
        state = chance.choice(STATES[kind]) if is_open else "closed" if chance.random() < 0.97 else "withdrawn"
        opened = self.today - timedelta(days=chance.randrange(45 if is_open else 1_800))
        due = opened + timedelta(days=chance.randrange(3, 60))
        done = min(opened + timedelta(days=chance.randrange(1, 50)), self.today)
        is_done = state in {"closed", "handled", "verified", "reviewing"}
        place = CITY if kind == "common_problem" else chance.choice(self.places)
        title = f"{chance.choice(SPOTS)}{chance.choice(THINGS)}{chance.choice(TROUBLES)}"
        text = f"{title}，{chance.choice(ASKS)}"
        number = f"Y{opened.year}-{at:06d}"
        unit = f"U{chance.randrange(UNITS):02d}"
        moment = datetime(opened.year, opened.month, opened.day, 2, tzinfo=UTC)
        doer = self.people["township_office"].pk if is_done else None
        verifier = self.people["county"].pk if state in {"closed", "verified", "reviewing"} else None
        look = (
            self.today + timedelta(days=chance.randrange(-3, 90))
            if state == "closed" and chance.random() < 0.02
            else None
        )
        made["matter"].append(matters.row(
            kind, id=pk, number=number, title=title, text=text, division_id=place, state=state,
            dispatcher_id=unit if kind == "assigned_task" else None,
            addressee_id=unit if kind == "common_problem" else None,
            follow_hash=f"{at:064x}" if kind == "resident_request" else None,
            opened_at=_moment(moment), due_on=_day(due), warning_on=_day(due - timedelta(days=1)),
            done_by_id=doer, done_on=_day(done) if is_done else None, verified_by_id=verifier,
            closed_on=_day(min(done, self.today - timedelta(days=5))) if state == "closed" else None,
            look_back_on=_day(look) if look else None,
            disposition="solved" if is_done else "", client_id=f"b:{at}",
        ))  # fmt: skip
        codes = ("dispatch", "accepted", "disposed") if kind == "grid_event" else (None,)
        for code in codes:
            self.clock_id += 1
            stopped = _day(done) if is_done or state == "withdrawn" else None
            changed = {"code": code} if code else {}
            made["clock"].append(clocks.row(
                kind, id=self.clock_id, matter_id=pk, started_on=_day(opened), due_on=_day(due), stopped_on=stopped, **changed,
            ))  # fmt: skip
        verbs = [("open", state if not is_done else "new")]
        verbs += (
            [("report_done", "handled"), ("verdict_satisfied" if chance.random() < 0.8 else "pass_verification", state)]
            if is_done
            else []
        )
        for sequence, (verb, after) in enumerate(verbs, start=1):
            self.event_id += 1
            made["event"].append(events.row(
                kind, id=self.event_id, matter_id=pk, sequence=sequence, verb=verb, to_state=after, at=_moment(moment),
            ))  # fmt: skip
        said = joined((number, self.names[place]) if kind == "petition" else (number, self.names[place], title, text))
        made["words"].append(words.row(kind, matter_id=pk, text=said))
        grams = grams_of(said)
        pair = np.empty((2, len(grams)), dtype=np.int64)
        pair[0], pair[1] = np.fromiter(grams, np.int64, len(grams)), pk
        self.grams.append(pair)

    def sorted_grams(self) -> Iterator[list[tuple[int, int]]]:
        """Yield the grams in the order of their table."""
        both = np.concatenate(self.grams, axis=1)
        self.grams.clear()
        order = np.lexsort((both[1], both[0]))
        both = both[:, order]
        for begin in range(0, both.shape[1], 500_000):
            yield list(
                zip(both[0, begin : begin + 500_000].tolist(), both[1, begin : begin + 500_000].tolist(), strict=True)
            )


def _day(day: date) -> str:
    return day.isoformat()


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S" if moment.tzinfo is None else "%Y-%m-%d %H:%M:%S+00:00")


@contextmanager
def writing(url: str | None, path: str) -> Iterator[Any]:
    """Give a function that writes rows to a table of the site's database, past Django and in one transaction."""
    if url:
        import psycopg

        with psycopg.connect(url) as connection, connection.cursor() as cursor:

            def copy(table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
                names = ", ".join(f'"{column}"' for column in columns)
                with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as target:
                    for row in rows:
                        target.write_row(row)

            yield copy
        return
    import sqlite3

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-1500000;")

        def insert(table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
            names, marks = ", ".join(f'"{column}"' for column in columns), ", ".join("?" * len(columns))
            connection.execute("BEGIN")
            connection.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)
            connection.execute("COMMIT")

        yield insert
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def fill(number: int) -> None:
    """Fill the site's database with so many matters."""
    from django.core.management.color import no_style
    from django.db import connection
    from django.utils import timezone as clock

    from yizhen.matters.models import Event, Matter, MatterClock

    history = History(number, clock.localdate())
    people = make_people()

    url = os.environ.get("YIZHEN_DATABASE_URL")
    path = str(connection.settings_dict["NAME"])
    tables = history.written(people)
    first = next(tables)  # opens the templates, before another connection writes
    connection.close()
    with writing(url, path) as write:
        done = 0
        write(first[0].table, first[0].columns, first[1])
        for rows, made in tables:
            write(rows.table, rows.columns, made)
            done += rows.table == "matters_matterwords" and len(made)
            if rows.table == "matters_matterwords" and done % 100_000 == 0:
                print(f"  · {done:,} matters", flush=True)
        for pairs in history.sorted_grams():
            write("matters_mattergram", ["gram", "matter_id"], pairs)
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), [Matter, MatterClock, Event]):
            cursor.execute(sql)
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def described() -> str:
    """Say how much there is."""
    from django.db import connection

    from yizhen.matters.lifecycle import OPEN_STATES
    from yizhen.matters.models import Matter, MatterGram

    matters, grams = Matter.objects.count(), MatterGram.objects.count()
    opened = Matter.objects.filter(state__in=OPEN_STATES).count()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database()), pg_total_relation_size('matters_mattergram')")
            size, own = cursor.fetchone()
        else:
            cursor.execute(
                "SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)"
            )
            size, own = cursor.fetchone()[0], 0
    of = f", {own / 1e9:.1f} GB of it grams" if own else ""
    return json.dumps(f"{matters:,} matters, {opened:,} open; {grams:,} grams; {size / 1e9:.1f} GB{of}")[1:-1]
