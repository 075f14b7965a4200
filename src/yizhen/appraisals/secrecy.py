"""The secrecy self-test: the attacks on the live round, and a certificate of what was tried and what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

import yizhen

from . import attacks
from .actions.ballot import turnout
from .attacks import Ground
from .models import Round

HELD, POSSIBLE, NOT_SEEN, NOT_HERE = "held", "possible", "not_seen", "not_here"
OUTCOMES = {
    HELD: _("没有得手"),
    POSSIBLE: _("可能得手"),
    NOT_SEEN: _("没有条件试"),
    NOT_HERE: _("这种数据库上不存在"),
}


@dataclass(frozen=True)
class Attempt:
    """One attack on the round: what it is called, what it looks for, what came of it, and what exactly was found."""

    code: str
    name: Any
    looks_for: Any
    outcome: str
    found: tuple[str, ...] = ()

    @property
    def outcome_name(self) -> Any:
        """The outcome in the page's language."""
        return OUTCOMES[self.outcome]


@dataclass(frozen=True)
class Certificate:
    """What the self-test tried on one round, when, with which program, on which database."""

    title: str
    number: int
    state: str
    sheets: int
    config_hash: str
    root: str
    at: datetime
    version: str
    database: str
    attempts: tuple[Attempt, ...]

    @property
    def held(self) -> bool:
        """Whether no attack found anything."""
        return all(attempt.outcome != POSSIBLE for attempt in self.attempts)

    @property
    def is_open(self) -> bool:
        """Whether the ballot is open, so that some attacks must be expected to find something."""
        return self.state == "open"


#: What somebody with all of the database can still do while the ballot is open: expected, and told (ADR 1).
WHILE_OPEN = ("row_order", "transaction", "log", "leftovers")

LIMITS = (
    _("测试的是这份数据库此刻的样子，不是服务器内存，也不是它送到手机上的页面：被改过的程序可以在投票时另存一份。"),
    _("测试知道的攻击都在上面。没有得手，不等于没有别的办法。"),
    _("数据库以下的存储不在测试之内：PostgreSQL 的归档日志和副本、文件系统快照、磁盘残留，以及测试看不到的备份。"),
    _("谁抽了哪张票卡，系统没有记录；会场里有人看见并记下的，测试查不出来。"),
    _("开票后的整张票放在一起，约好的填法可能认出写票人；能读到整张票的只有数据库管理员和两位持份人。"),
)


def ground_of(round_: Round) -> Ground:
    """Return what an attacker holds who has this database and its data directory."""

    def rows(statement: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return [tuple(row) for row in cursor.fetchall()]

    file = None
    if connection.vendor == "sqlite":
        known = Path(str(connection.settings_dict["NAME"]))
        file = known if known.is_file() else None
    return Ground(rows, connection.vendor, round_.pk, file, Path(settings.DATA_DIR))


def certificate(round_: Round) -> Certificate:
    """Run every attack on a round and return what came of them. Reads only."""
    campaign, ground = round_.campaign, ground_of(round_)
    version = ground.rows("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")[0][0]
    return Certificate(
        title=campaign.title,
        number=round_.number,
        state=round_.state,
        sheets=round_.sealed_sheets.count(),
        config_hash=campaign.config_hash,
        root=round_.root,
        at=timezone.now(),
        version=yizhen.__version__,
        database=f"{connection.display_name} {version}",
        attempts=tuple(attempt(round_, ground) for attempt in ATTEMPTS),
    )


def _attempt(
    code: str, name: Any, looks_for: Any, find: Callable[[Round, Ground], list[str] | None], only: str = ""
) -> Callable[[Round, Ground], Attempt]:
    def run(round_: Round, ground: Ground) -> Attempt:
        if only not in ("", ground.vendor):
            return Attempt(code, name, looks_for, NOT_HERE)
        found = find(round_, ground)
        if found is None:
            return Attempt(code, name, looks_for, NOT_SEEN)
        return Attempt(code, name, looks_for, POSSIBLE if found else HELD, tuple(sorted(set(found))[:12]))

    return run


def _counted(pairs: attacks.Pairs) -> list[str]:
    return [str(number)] if (number := len(attacks.only_one_for_each(pairs))) else []


def _watching(round_: Round, _ground: Ground) -> list[str]:
    told: Mapping[str, Any] = turnout(round_.campaign)
    more = attacks.watched({}, told)
    if round_.state == "open":
        more += [row.code for row in round_.classes.filter(paper=False) if row.returned is not None]
    return more


def _tiny(round_: Round, _ground: Ground) -> list[str] | None:
    if round_.state != "counted":
        return None
    found = []
    for result in round_.results.select_related("speaker"):
        declared = result.declared | {"total": result.total, "excellent_rate": result.excellent_rate}
        found += attacks.classes_given_back(round_.campaign.config, result.counts, declared)
    return found


ATTEMPTS = (
    _attempt(
        "row_order",
        _("行的先后次序"),
        _("票、票卡、意见在库里的先后，若不是按各自哈希排成的次序，就可能是先后到达的次序。"),
        lambda _round, ground: attacks.tables_in_an_order_of_their_own(ground),
    ),
    _attempt(
        "keys",
        _("编号的大小"),
        _("编号若随行增长，就记下了先后。"),
        lambda _round, ground: attacks.keys_that_count_up(ground),
    ),
    _attempt(
        "transaction",
        _("事务号(xmin)"),
        _("用掉票卡的事务若只写了一张票，卡和票就配成一对。"),
        lambda _round, ground: _counted(attacks.same_transaction(ground)),
        only="postgresql",
    ),
    _attempt(
        "log",
        _("写前日志(WAL)"),
        _("日志里每个事务若恰好多一张用掉的卡、多一张票，就配成一对。"),
        lambda _round, ground: None if ground.database is None else _counted(attacks.write_ahead_log(ground)),
        only="sqlite",
    ),
    _attempt(
        "leftovers",
        _("删除后的残留"),
        _("数据库文件里若还有旧行，它们的位置会说出先后。"),
        lambda _round, ground: attacks.leftovers(ground),
    ),
    _attempt(
        "copies",
        _("前后两份备份相减"),
        _("投票期间若有一份副本，与后来的相比，就知道这之间用了哪些卡、来了哪些票。"),
        lambda _round, ground: attacks.copies_made_while_open(ground),
    ),
    _attempt(
        "columns",
        _("不该有的列和外键"),
        _("票、票卡、名单的表里若有人员、地址、设备、时间、权重等列，或有表指向它们。"),
        lambda _round, ground: [*attacks.odd_columns(ground), *attacks.references_to_sheets(ground)],
    ),
    _attempt(
        "weight",
        _("独一无二的权重或长度"),
        _("若某张票带着只它才有的数，或封好的长度与众不同，就认出了投票人。"),
        lambda _round, ground: attacks.unique_weights(ground),
    ),
    _attempt(
        "lines",
        _("日志行和审计记录"),
        _("数据目录的日志、审计链里若有投票地址、回执或票卡，旁边就有时间。"),
        lambda _round, ground: [*attacks.lines_about_ballots(ground), *attacks.records_about_sheets(ground)],
    ),
    _attempt(
        "watching",
        _("提醒一个人，看着数字"),
        _("投票期间公布的若不止总数，提醒某人以后哪一类多了一张，就知道那张是谁的。"),
        _watching,
    ),
    _attempt(
        "tiny",
        _("人数很少的类别，相减"),
        _("用总分、优秀率减去公布的类别，若剩下的只有一类或不足 5 张票。"),
        _tiny,
    ),
)
