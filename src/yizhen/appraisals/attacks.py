"""Attacks on the secrecy of a ballot by somebody who holds the database and the files beside it (ADR 1, ADR 7).

Pure functions over a way to ask the database and over paths; nothing here knows Django, so that tests run the same
attacks from outside. An attack returns the pairs of card and sheet it believes in, or the names of what it found.
Whether a belief is true, only a test that knows who sent what can say: what the attacks find on a live round is
structure that could carry the truth.
"""

import re
import sqlite3
import struct
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

Pairs = list[tuple[str, str]]
SMALL = 5
# Every run of 64 hexadecimal digits, overlapping ones too: a hash may stand right behind another letter.
HASHES = re.compile(rb"(?=([0-9a-f]{64})(used)?)")
BEGINNINGS = re.compile(rb"(?=([0-9a-f]{16}))")
LOGS = {".log", ".txt", ".out", ".err", ".1", ".old"}
#: Every column that the ballot's tables may have. What is not here must not exist: no user, address, device, time, weight.
COLUMNS = {
    "card": {"id", "round_id", "class_code", "code_hash", "state"},
    "sealedsheet": {"id", "round_id", "class_code", "sealed", "receipt"},
    "sealedopinion": {"id", "round_id", "sealed", "fingerprint"},
    "openedsheet": {"id", "round_id", "class_code", "marks", "void_reason"},
    "opinion": {"id", "round_id", "speaker_id", "text"},
    "rollentry": {"id", "campaign_id", "class_code", "label", "badge", "present", "card_handed_out"},
}
OWN_HASH = {"card": "code_hash", "sealedsheet": "receipt", "sealedopinion": "fingerprint"}


@dataclass(frozen=True)
class Ground:
    """What an attacker holds: a way to ask the database, the round, SQLite's file, and the data directory."""

    rows: Callable[[str], list[tuple[Any, ...]]]
    vendor: str
    round_id: int
    database: Path | None = None
    folder: Path | None = None

    def column(self, table: str, column: str, rest: str = "") -> list[Any]:
        """Return a column of the round's rows in a ballot table."""
        statement = f"SELECT {column} FROM appraisals_{table} WHERE round_id = {int(self.round_id)} {rest}"
        return [row[0] for row in self.rows(statement)]


# --- order ------------------------------------------------------------------------------------------------------------


def in_row_order(ground: Ground, table: str, column: str, rest: str = "") -> list[Any]:
    """Return a column in the order in which its rows were written, as far as the table tells it."""
    place = "xmin::text::bigint, ctid" if ground.vendor == "postgresql" else "rowid"
    return ground.column(table, column, f"{rest} ORDER BY {place}")


def arrival_by_row_order(ground: Ground, seen: Sequence[str]) -> Pairs:
    """Pair sheets in row order with a list of whose card was seen voting in which order."""
    return list(zip(seen, in_row_order(ground, "sealedsheet", "receipt"), strict=False))


def arrival_by_id(ground: Ground, seen: Sequence[str]) -> Pairs:
    """Pair sheets in the order of their keys with whose card was seen: useless where keys are random."""
    return list(zip(seen, ground.column("sealedsheet", "receipt", "ORDER BY id"), strict=False))


def side_by_side(ground: Ground) -> Pairs:
    """Pair used cards and sheets, both in row order."""
    cards = in_row_order(ground, "card", "code_hash", "AND state = 'used'")
    return list(zip(cards, in_row_order(ground, "sealedsheet", "receipt"), strict=False))


def tables_in_an_order_of_their_own(ground: Ground) -> list[str]:
    """Return the tables whose rows do not lie in the order of their own hashes.

    Rows that do lie so were put there by a rewrite, and their order is a function of what they are: nothing of the
    order of arrival can be left in it. Any other order may carry it.
    """
    return [
        table
        for table, column in OWN_HASH.items()
        if (values := in_row_order(ground, table, column)) != sorted(values) and len(values) > 1
    ]


def keys_that_count_up(ground: Ground) -> list[str]:
    """Return the tables whose keys grow with the rows, as a sequence's do."""
    return [
        table
        for table in OWN_HASH
        if len(keys := in_row_order(ground, table, "id")) > 4 and (keys == sorted(keys) or keys == sorted(keys)[::-1])
    ]


# --- transactions -----------------------------------------------------------------------------------------------------


def same_transaction(ground: Ground) -> Pairs:
    """PostgreSQL: the transaction that used the card is the one that wrote the sheet (EvaP #1384)."""
    number = int(ground.round_id)
    return [
        (card, receipt)
        for card, receipt in ground.rows(
            "SELECT c.code_hash, s.receipt FROM appraisals_card c JOIN appraisals_sealedsheet s ON c.xmin = s.xmin "
            f"WHERE c.state = 'used' AND c.round_id = {number} AND s.round_id = {number}"
        )
    ]


def only_one_for_each(pairs: Pairs) -> Pairs:
    """Return the pairs whose card and sheet occur in no other pair: what an attack pins down."""
    cards, sheets = Counter(card for card, _ in pairs), Counter(sheet for _, sheet in pairs)
    return [(card, sheet) for card, sheet in pairs if cards[card] == sheets[sheet] == 1]


def _transactions_in(log: Path) -> Iterator[bytes]:
    """Yield the pages of each committed transaction in SQLite's write-ahead log (sqlite.org/fileformat2.html, 4)."""
    content = log.read_bytes() if log.exists() else b""
    if len(content) < 32:
        return
    size, salt = struct.unpack(">I", content[8:12])[0], content[16:24]
    pages = b""
    for start in range(32, len(content) - size - 23, size + 24):
        _number, commit = struct.unpack(">II", content[start : start + 8])
        if content[start + 8 : start + 16] != salt:
            return
        pages += content[start + 24 : start + 24 + size]
        if commit:
            yield pages
            pages = b""


def write_ahead_log(ground: Ground) -> Pairs:
    """SQLite: each transaction in the log shows one more used card and one more sheet."""
    if ground.database is None:
        return []
    cards = {card.encode() for card in ground.column("card", "code_hash", "AND state = 'used'")}
    receipts = {receipt.encode() for receipt in ground.column("sealedsheet", "receipt")}
    pairs: Pairs = []
    used: set[bytes] = set()
    sheets: set[bytes] = set()
    for pages in _transactions_in(Path(f"{ground.database}-wal")):
        found = [match.groups() for match in HASHES.finditer(pages)]
        now_used = {text for text, state in found if state and text in cards} - used
        now_sheets = {text for text, _state in found if text in receipts} - sheets
        if len(now_used) == len(now_sheets) == 1:
            pairs.append((now_used.copy().pop().decode(), now_sheets.copy().pop().decode()))
        used |= now_used
        sheets |= now_sheets
    return pairs


# --- what deleted rows leave ------------------------------------------------------------------------------------------


def leftovers(ground: Ground) -> list[str] | None:
    """Return the hashes that lie in the database's files more often than their rows do; None where files are closed.

    SQLite keeps each hash in its table and its unique index, PostgreSQL's table file once; anything more is a deleted
    row, and where it lies may tell when it was written. PostgreSQL is asked as a superuser or not at all, and its newest
    pages may not be in the file yet: CHECKPOINT before.
    """
    once = 1 if ground.vendor == "postgresql" else 2
    found = []
    for table, column in OWN_HASH.items():
        content = _file_of(ground, table)
        if content is None:
            return None
        lying = Counter(match[1] for match in HASHES.finditer(content))
        found += [value for value in ground.column(table, column) if lying[value.encode()] > once]
    return found


def _file_of(ground: Ground, table: str) -> bytes | None:
    if ground.vendor == "sqlite":
        return None if ground.database is None else ground.database.read_bytes()
    if not ground.rows("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")[0][0]:
        return None
    ((content,),) = ground.rows(f"SELECT pg_read_binary_file(pg_relation_filepath('appraisals_{table}'))")
    return bytes(content)


# --- copies -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class State:
    """What a copy of the database tells: which cards were used and which sheets were in."""

    used: frozenset[str]
    sheets: frozenset[str]


def state_of(ground: Ground) -> State:
    """Return the state of a round as a copy of the database shows it."""
    used = ground.column("card", "code_hash", "AND state = 'used'")
    return State(frozenset(used), frozenset(ground.column("sealedsheet", "receipt")))


def between(before: State, after: State) -> Pairs:
    """Return every card used between two copies with every sheet that came between them."""
    cards, sheets = after.used - before.used, after.sheets - before.sheets
    return [(card, sheet) for card in sorted(cards) for sheet in sorted(sheets)]


def copies_made_while_open(ground: Ground) -> list[str]:
    """Return the copies beside the database (SQLite files, zips with one) that hold a part of the round's sheets."""
    if ground.folder is None:
        return []
    now = state_of(ground)
    beside = [path for path in sorted(ground.folder.rglob("*")) if path.is_file() and path != ground.database]
    return [
        path.name
        for path in beside
        if not path.name.endswith(("-wal", "-shm"))
        and any(_is_a_part(state, now) for state in _states_in(path, ground.round_id))
    ]


def _is_a_part(state: State, now: State) -> bool:
    return bool(state.used) and (0 < len(state.sheets) < len(now.sheets) or len(state.used) < len(now.used))


def _states_in(path: Path, round_id: int) -> Iterator[State]:
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(b"SQLite format 3"):
        yield from _state_in(path, round_id)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive, TemporaryDirectory() as folder:
            for name in archive.namelist():
                if name.endswith(".sqlite3"):
                    yield from _state_in(Path(archive.extract(name, folder)), round_id)


def _state_in(path: Path, round_id: int) -> Iterator[State]:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            yield state_of(Ground(lambda text: connection.execute(text).fetchall(), "sqlite", round_id))
    except sqlite3.DatabaseError:
        return


# --- what else was written --------------------------------------------------------------------------------------------


def odd_columns(ground: Ground) -> list[str]:
    """Return the columns of the ballot's tables that must not exist."""
    return [
        f"{table}.{column}"
        for table, allowed in COLUMNS.items()
        for column in _columns_of(ground, table)
        if column not in allowed
    ]


def _columns_of(ground: Ground, table: str) -> list[str]:
    if ground.vendor == "postgresql":
        statement = (
            "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() "
            f"AND table_name = 'appraisals_{table}'"
        )
        return [row[0] for row in ground.rows(statement)]
    return [row[1] for row in ground.rows(f"PRAGMA table_info(appraisals_{table})")]


def references_to_sheets(ground: Ground) -> list[str]:
    """Return the tables that point at cards or sheets: a foreign key there would join them to something."""
    ballot = [f"appraisals_{table}" for table in ("card", "sealedsheet", "sealedopinion", "openedsheet")]
    if ground.vendor == "postgresql":
        names = ", ".join(f"'{name}'" for name in ballot)
        statement = (
            "SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f' "
            f"AND confrelid::regclass::text IN ({names})"
        )
        return [row[0] for row in ground.rows(statement)]
    tables = [row[0] for row in ground.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return [t for t in tables if any(row[2] in ballot for row in ground.rows(f'PRAGMA foreign_key_list("{t}")'))]


def unique_weights(ground: Ground) -> list[str]:
    """Return what makes single sheets stand out: lengths that differ, and odd columns with a value that occurs once."""
    found = []
    for table in ("sealedsheet", "sealedopinion"):
        sizes = Counter(ground.column(table, "length(sealed)"))
        found += [f"{table}: {size}" for size, number in sizes.items() if len(sizes) > 1 and number == 1]
    for name in odd_columns(ground):
        table, column = name.split(".")
        if table in {"sealedsheet", "openedsheet"}:
            values = Counter(ground.column(table, f'"{column}"'))
            found += [f"{name} = {value}" for value, number in values.items() if number == 1 and value is not None]
    return found


def lines_about_ballots(ground: Ground) -> list[str]:
    """Return the text files in the data directory that have a line about a ballot's address or a receipt."""
    if ground.folder is None:
        return []
    receipts = {receipt[:16].encode() for receipt in ground.column("sealedsheet", "receipt")}
    return [
        path.name
        for path in sorted(ground.folder.rglob("*"))
        if path.is_file() and path.suffix in LOGS and _tells_of(path.read_bytes().lower(), receipts)
    ]


def _tells_of(content: bytes, receipts: set[bytes]) -> bool:
    if b"/b/cast" in content or b"/b/form" in content:
        return True
    return any(match[1] in receipts for match in BEGINNINGS.finditer(content))


def records_about_sheets(ground: Ground) -> list[str]:
    """Return the events of audit records that name a receipt, or anybody's casting of a sheet."""
    receipts = set(ground.column("sealedsheet", "receipt"))
    cards = set(ground.column("card", "code_hash"))
    found = []
    for event, details in ground.rows(
        "SELECT event, CAST(details AS TEXT) FROM audit_record WHERE event LIKE 'appraisals.%'"
    ):
        named = set(re.findall(r"[0-9a-f]{64}", details))
        if "cast" in event or named & (receipts | cards):
            found.append(event)
    return found


# --- numbers ----------------------------------------------------------------------------------------------------------


def watched(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Remind and watch: return the numbers, other than totals, that moved between two looks at the public status.

    Whoever reminds one person and sees the number of that person's class grow knows whose sheet came.
    """
    return [
        key
        for key in sorted(set(before) | set(after))
        if before.get(key) != after.get(key) and key not in {"returned", "issued"}
    ]


def classes_given_back(
    config: Mapping[str, Any], counts: Mapping[str, Mapping[str, Mapping[str, int]]], declared: Mapping[str, Any]
) -> list[str]:
    """Tiny class: return the small classes whose figures can be had from what is published, by subtraction.

    A class of one to four marks is had when it is shown, or when what is left of a sum over all classes, the
    published ones taken away, is it alone, or fewer than five sheets together.

    Args:
        config: the frozen configuration.
        counts: item → class → numbers.
        declared: as a result keeps it, with ``total`` and ``excellent_rate`` (None where there is none).
    """
    grades = [row["code"] for row in config["grades"]]
    weights = {row["code"]: int(row["weight"]) for row in config["classes"]}
    marks = {item: {code: sum(row[g] for g in grades) for code, row in rows.items()} for item, rows in counts.items()}
    cells = {code: min((row[code] for row in marks.values() if row.get(code)), default=0) for code in weights}
    hidden = set(declared["hidden_classes"])
    small = {code for code, number in cells.items() if 0 < number < SMALL}
    given = small - hidden
    sums = [marks[config["rules"]["headline"]]] if declared["excellent_rate"] is not None else []
    if declared["total"] is not None and config["rules"].get("method") != "step":
        sums.append({c: n for c, n in cells.items() if weights[c] and declared["class_scores"].get(c) is not None})
    for numbers in sums:
        left = {code: number for code, number in numbers.items() if code in hidden and number}
        shown = {code for code, number in numbers.items() if code not in hidden and number}
        if shown and left and (len(left) < 2 or sum(left.values()) < SMALL):
            given |= small & set(left)
    return sorted(given)
