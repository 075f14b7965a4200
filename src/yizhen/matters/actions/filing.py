"""Filing new matters: numbered, with their clocks, words, history and audit record. Those that arrive at once share a commit."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _  # who decides a batch may read another language

from yizhen.audit.actions import Entry, record_all
from yizhen.audit.prepared import Prepared, keep_all
from yizhen.matters.kinds import MatterKind
from yizhen.matters.lifecycle import BEFORE_REPORT, Verb
from yizhen.matters.models import Event, FrozenKind, Matter, MatterClock
from yizhen.people.models import Account
from yizhen.web.together import Together
from yizhen.web.turn import writers_turn

from .clocks import belonging
from .history import SYSTEM, MatterOpened, step_of
from .numbers import lock_series, next_numbers
from .words import index_words

Along = Callable[[Event], Sequence[Model]]  # from a new matter's first step, what else is to be kept with it
TOGETHER = 50  # matters in one transaction
FROZEN = Prepared(lambda *digests: FrozenKind.objects.filter(pk__in=digests).order_by().values_list("pk"))
SENT = Prepared(lambda *ids: Matter.objects.filter(client_id__in=ids).order_by().values_list("client_id", "pk"))


@dataclass(eq=False)
class Filing:
    """A new matter on its way in. When it is decided it has what was kept, or the error that kept it out."""

    actor: Account | None
    matter: Matter
    spec: MatterKind
    clocks: list[MatterClock]
    along: Along | None = None
    kept: Matter | None = None
    error: Exception | None = None


def said(matter: Matter) -> tuple[str, str, str, str]:
    """Return the content by which a form that is sent again is compared with the first."""
    return matter.kind, matter.division_id, matter.title, matter.text


def sent_before(client_id: str, content: tuple[str, str, str, str]) -> Matter | None:
    """Return the matter that was opened with a client id, if there is one.

    Raises:
        ValidationError: when it has another content.
    """
    known = SENT.first(client_id)
    if known is None:
        return None
    matter = Matter.objects.get(pk=known[1])
    if said(matter) != content:
        raise ValidationError(_("这份表单已经提交过，内容不能再改。请重新打开页面填写。"), code="submitted_before")
    return matter


def file_matter(
    actor: Account | None, matter: Matter, spec: MatterKind, clocks: list[MatterClock], along: Along | None = None
) -> Matter:
    """Number and keep a new matter with its kind, clocks, words and history; or return the one that came first.

    Outside a transaction it shares one with those that arrive at the same time, and is durable when this returns. What comes
    ``along`` with a new matter is asked for again when a batch has failed; the matter itself is returned only when it is new.

    Raises:
        ValidationError: when its client id came before with another content, or its parent has been reported done.
    """
    filing = Filing(actor, matter, spec, clocks, along)
    if connection.in_atomic_block or not desk.take(filing):
        with writers_turn():
            _decide([filing])
    if filing.error is not None:
        raise filing.error
    assert filing.kept is not None
    return filing.kept


def _decide(batch: Sequence[Filing]) -> None:
    """Keep a batch in one transaction; each matter in its own when one of them could not be kept."""
    try:
        with transaction.atomic():
            _write(batch)
    except Exception as error:  # it is raised where the matter came from
        if len(batch) == 1:
            batch[0].error = error
            return
        for one in batch:
            _decide([one])


desk = Together(_decide, TOGETHER)


def _write(batch: Sequence[Filing]) -> None:
    """Keep what is new of a batch, and find what came before; locks are taken in one order for all."""
    _freeze({one.spec.digest: one.spec for one in batch})
    parents = sorted({one.matter.parent_id for one in batch if one.matter.parent_id is not None})
    locked = {pk: Matter.objects.select_for_update().get(pk=pk) for pk in parents}
    for one in batch:
        one.matter.parent = locked.get(one.matter.parent_id or 0)
    # The lock comes before the look: the second of two posts at once waits here and then finds the first one's matter.
    series = {key: lock_series(*key) for key in sorted({_series_of(one) for one in batch})}
    new = _new_of(batch)
    numbered = defaultdict(list)
    for one in new:
        numbered[_series_of(one)].append(one.matter)
    for key, matters in numbered.items():
        for matter, number in zip(matters, next_numbers(series[key], len(matters)), strict=True):
            matter.number = number
    _keep(new)
    for one in batch:
        if one.kept is None and one.error is None:
            try:
                one.kept = sent_before(one.matter.client_id, said(one.matter))
            except ValidationError as error:
                one.error = error


def _new_of(batch: Sequence[Filing]) -> list[Filing]:
    """Return those of a batch that are to be kept: the first of each client id that is not known yet."""
    known = {client_id for client_id, _pk in SENT.rows(*(one.matter.client_id for one in batch))}
    new: dict[str, Filing] = {}
    for one in batch:
        one.kept = one.error = None
        if one.matter.client_id in known:
            continue
        if one.matter.parent is not None and one.matter.parent.state not in BEFORE_REPORT:
            one.error = ValidationError({"parent": _("这件事项已经报告办结，不能再有子事项。")})
        else:
            new.setdefault(one.matter.client_id, one)
    return list(new.values())


def freeze_kind(kind: MatterKind) -> str:
    """Keep a kind's rules and texts as they stand now, the same ones once, and return their digest."""
    _freeze({kind.digest: kind})
    return kind.digest


def _freeze(kinds: Mapping[str, MatterKind]) -> None:
    known = {digest for (digest,) in FROZEN.rows(*kinds)}
    for digest in sorted(kinds.keys() - known):
        spec = json.loads(json.dumps(kinds[digest].as_json()))
        FrozenKind.objects.get_or_create(digest=digest, defaults={"code": kinds[digest].code, "spec": spec})


def _series_of(one: Filing) -> tuple[str, int]:
    return one.spec.letter, timezone.localtime(one.matter.opened_at).year


def _keep(new: Sequence[Filing]) -> None:
    matters = [one.matter for one in new]
    keep_all(matters)
    keep_all([clock for one in new for clock in belonging(one.matter, one.clocks)])
    index_words(matters)
    steps = [_first_step(one) for one in new]
    keep_all(steps)
    beside: dict[type[Model], list[Model]] = defaultdict(list)
    for one, step in zip(new, steps, strict=True):
        for row in one.along(step) if one.along else ():
            beside[type(row)].append(row)
    for rows in beside.values():
        keep_all(rows)
    record_all([_entry(one) for one in new])
    for one in new:
        one.kept = one.matter


def _first_step(one: Filing) -> Event:
    label = SYSTEM if one.actor is None and one.matter.kind == "assigned_task" else ""
    return step_of(one.matter, Verb.OPEN, "", one.actor, one.matter.text, one.matter.opened_at, label=label, sequence=1)


def _entry(one: Filing) -> Entry:
    told = MatterOpened(number=one.matter.number, kind=one.matter.kind, due_on=str(one.matter.due_on))
    return Entry(one.actor, told, f"matters.matter:{one.matter.pk}", one.matter.division_id)
