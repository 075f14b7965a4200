"""Putting simulated lives into the database: in bulk, a batch at a time, with one audit record for all of them."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.clocks import Deadline
from yizhen.matters.actions import RESIDENT, freeze_kind
from yizhen.matters.clockwork import count
from yizhen.matters.models import (
    Event,
    Evidence,
    ExtensionRequest,
    LookBack,
    Matter,
    MatterClock,
    NumberSeries,
    SealedRecord,
    Suspension,
    VerdictCount,
)
from yizhen.matters.models.exclusion import Exclusion
from yizhen.matters.sealing import sealed
from yizhen.people.models import Account

from .life import CITY, Life, Move

BATCH = 1_000
MARK = "year:"  # what the client id of an imported matter begins with
SAID = "承办单位申请，理由见法规条文。"


@event("demo.year_imported")
class YearImported:
    """A simulated history was imported in bulk: this one record stands for all of it.

    ``digest`` is the SHA-256 of one line a step: number, sequence, step, time, who, words.
    """

    seed: int
    matters: int
    steps: int
    first: str
    last: str
    digest: str


class Keeper:
    """Keeps lives: gives numbers, resolves who acted, and remembers what the one audit record says."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.people = _people()
        self.series = {row.prefix: row.last for row in NumberSeries.objects.all()}
        self.digest = hashlib.sha256()
        self.matters = self.steps = 0
        self.verdicts: Counter[tuple[str, date, int]] = Counter()
        self._derivations: dict[int, tuple[Deadline, dict[str, Any]]] = {}

    def keep(self, lives: list[Life]) -> None:
        """Write one batch."""
        pairs = list(zip(lives, Matter.objects.bulk_create([self._matter(life) for life in lives]), strict=True))
        events = Event.objects.bulk_create([made for life, matter in pairs for made in self._events(life, matter)])
        _keep_files(pairs, events)
        self._clocks(pairs)
        LookBack.objects.bulk_create(
            [
                LookBack(
                    matter=matter, spell=look.spell, number=look.number, due_on=look.due_on, looked_on=look.looked_on,
                    holds=look.holds, by=self.people[look.by],
                )
                for life, matter in pairs
                for look in life.looks
            ]
        )  # fmt: skip
        Suspension.objects.bulk_create(
            [
                Suspension(matter=matter, reason=reason, first=first, until=until)
                for life, matter in pairs
                for reason, first, until in life.stood_still
            ]
        )
        SealedRecord.objects.bulk_create(
            [
                SealedRecord(matter=matter, box=sealed("示例诉求人（虚构）"))
                for life, matter in pairs
                if life.kind.sealed
            ]
        )
        Exclusion.objects.bulk_create([self._exclusion(life, matter) for life, matter in pairs if life.excluded])
        for life in lives:
            self.verdicts.update((life.unit, day, share) for day, share in life.verdicts)

    def finish(self, first: date, last: date) -> None:
        """Write what was counted on the way, and the audit record."""
        NumberSeries.objects.bulk_create(
            [NumberSeries(prefix=prefix, last=last_number) for prefix, last_number in self.series.items()],
            update_conflicts=True, update_fields=["last"], unique_fields=["prefix"],
        )  # fmt: skip
        counts = [
            VerdictCount(unit=unit, day=day, share=share, count=count)
            for (unit, day, share), count in self.verdicts.items()
        ]
        VerdictCount.objects.bulk_create(counts, batch_size=BATCH)
        told = YearImported(
            seed=self.seed, matters=self.matters, steps=self.steps, first=first.isoformat(), last=last.isoformat(),
            digest=self.digest.hexdigest(),
        )  # fmt: skip
        record(None, told, "demo.year:1", scope=self.people[CITY].scope_id)

    def _matter(self, life: Life) -> Matter:
        walked = life.walked
        prefix = f"{life.kind.letter}{life.opened_at.year}-"
        self.series[prefix] = self.series.get(prefix, 0) + 1
        self.matters += 1
        asks = life.kind.asks_verdict or life.kind.sealed
        code = hashlib.sha256(f"nobody's code:{self.seed}:{life.number}".encode()).hexdigest()
        return Matter(
            number=f"{prefix}{self.series[prefix]:05d}", kind=life.kind.code, frozen_id=freeze_once(life),
            fields=life.fields, results=life.results, title=life.title, text=life.text, division_id=life.place,
            work_line=life.kind.work_line or "livelihood", dispatcher_id=life.dispatcher or None,
            addressee_id=life.addressee or None, raised_by=self._who(life.opener), follow_hash=code if asks else None,
            state=walked.state, disposition=life.disposition, opened_at=life.opened_at, due_on=life.deadline.due,
            warning_on=life.warning_on, clock=self._json(life.deadline), done_by=self._who(life.done_by),
            done_on=life.done_on, verified_by=self._who(life.verified_by), closed_on=walked.closed_on,
            look_back_on=walked.look_back_on, reopened=life.reopened, review=walked.review,
            client_id=f"{MARK}{self.seed}:{life.number}",
        )  # fmt: skip

    def _events(self, life: Life, matter: Matter) -> Iterator[Event]:
        for sequence, move in enumerate(life.moves, start=1):
            actor = self._who(move.actor)
            self.steps += 1
            self.digest.update(
                f"{matter.number}|{sequence}|{move.verb}|{move.at.isoformat()}|{actor}|{move.text}\n".encode()
            )
            data: Mapping[str, Any] = {"imported": f"{MARK}{self.seed}"} if sequence == 1 else move.data
            yield Event(
                matter=matter, sequence=sequence, verb=move.verb, from_state=move.before, to_state=move.after, by=actor,
                by_label=str(actor) if actor else RESIDENT, text=move.text, data=dict(data), at=move.at,
            )  # fmt: skip

    def _clocks(self, pairs: list[tuple[Life, Matter]]) -> None:
        rows = [
            MatterClock(
                matter=matter, code=clock.code, spell=life.spells[at], governs=clock.governs,
                started_on=clock.deadline.start, due_on=clock.deadline.due,
                due_at=count(clock.spec, life.begun[at])[1] if clock.spec and clock.in_hours else None,
                derivation=self._json(clock.deadline), stopped_on=clock.stopped_on, extended=clock.extended,
            )
            for life, matter in pairs
            for at, clock in enumerate(life.walked.clocks)
        ]  # fmt: skip
        made = iter(MatterClock.objects.bulk_create(rows, batch_size=BATCH))
        requests = []
        for life, _matter in pairs:
            own = [next(made) for _clock in life.walked.clocks]
            requests += [
                ExtensionRequest(
                    clock=own[asked.clock], reason=asked.reason, asked_by=self.people[asked.asked_by],
                    asked_on=asked.asked_on, due_before=asked.due_before, decided_by=self.people[asked.decided_by],
                    decided_on=asked.decided_on, granted=asked.granted,
                )
                for asked in life.asked
            ]  # fmt: skip
            if life.waiting is not None:
                at, reason, asker, asked_on, due = life.waiting
                requests.append(
                    ExtensionRequest(
                        clock=own[at], reason=reason, asked_by=self.people[asker], asked_on=asked_on, due_before=due
                    )
                )
        ExtensionRequest.objects.bulk_create(requests)

    def _exclusion(self, life: Life, matter: Matter) -> Exclusion:
        asked_on = life.moves[-1].at.date()
        return Exclusion(
            matter=matter, reason_code=life.excluded, text=SAID, asked_by=self.people[life.handler], asked_on=asked_on,
            decided_by=self.people[CITY], decided_on=asked_on, decision_text="理由属实，同意。", granted=True,
        )  # fmt: skip

    def _who(self, actor: str | None) -> Account | None:
        return self.people[actor] if actor else None

    def _json(self, deadline: Deadline) -> dict[str, Any]:
        """Return a deadline as it is stored; most are shared by many matters."""
        known = self._derivations.get(id(deadline))
        if known is None or known[0] is not deadline:
            if len(self._derivations) > 20_000:
                self._derivations.clear()
            known = self._derivations[id(deadline)] = (deadline, deadline.as_json())
        return known[1]


_frozen: dict[str, str] = {}


def freeze_once(life: Life) -> str:
    """Return the digest of the frozen rules of a life's kind; each is written once."""
    if life.kind.code not in _frozen:
        _frozen[life.kind.code] = freeze_kind(life.kind)
    return _frozen[life.kind.code]


def keep_lives(lives: Iterable[Life], seed: int, watch: Callable[[Life], None], say: Callable[[int], None]) -> int:
    """Import lives in one transaction and return how many.

    Args:
        lives: one after the other; no more than a batch is held.
        seed: of the simulation, for the record.
        watch: is shown each life on the way.
        say: is told after each batch how many there are.
    """
    _frozen.clear()
    with transaction.atomic():
        keeper, stream = Keeper(seed), iter(lives)
        first = last = None
        while batch := list(islice(stream, BATCH)):
            for life in batch:
                watch(life)
            keeper.keep(batch)
            first, last = first or batch[0].opened_at.date(), batch[-1].opened_at.date()
            say(keeper.matters)
        if first is not None and last is not None:
            keeper.finish(first, last)
    return keeper.matters


def _keep_files(pairs: list[tuple[Life, Matter]], events: list[Event]) -> None:
    made = iter(events)
    kept = [
        _evidence(next_event, move)
        for life, _matter in pairs
        for move, next_event in zip(life.moves, made, strict=False)
        if move.file
    ]
    Evidence.objects.bulk_create(kept)


def _evidence(step: Event, move: Move) -> Evidence:
    """Write a small file for a step: what has the same name of chance is the same file."""
    content = f"%PDF-1.4\n% {move.file}\n%%EOF\n".encode()
    digest = hashlib.sha256(content).hexdigest()
    name = f"evidence/year/{digest[:2]}/{digest[:24]}.pdf"
    path = Path(default_storage.path(name))
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return Evidence(event=step, file=name, name="台账.pdf", size=len(content), sha256=digest)


def _people() -> dict[str, Account]:
    """Return who acts, by the names that lives use."""
    found = {}
    for account in Account.objects.filter(is_demo=True, is_active=True).select_related("unit"):
        if account.role == "city_office":
            found[CITY] = account
        elif account.role == "township_office":
            found[f"office:{account.scope_id}"] = account
        elif account.role == "township_head":
            found[f"head:{account.scope_id}"] = account
        elif account.role == "department":
            found[f"dept:{account.unit_id}"] = account
    return found


def write_truth(seed: int, frauds: Iterable[Any]) -> Path:
    """Write down who was made to cheat, beside the database."""
    path = Path(settings.DATA_DIR) / "year-truth.json"
    rows = [{"signal": one.signal, "unit": one.unit, "period": one.period, "strength": one.strength} for one in frauds]
    path.write_text(json.dumps({"seed": seed, "frauds": rows}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path
