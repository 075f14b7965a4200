"""Writing a matter's history: append only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from yizhen.audit.events import event
from yizhen.audit.prepared import keep
from yizhen.matters.lifecycle import Verb
from yizhen.matters.models import Event, Matter
from yizhen.people.models import Account

RESIDENT = gettext_noop("诉求人")
SYSTEM = gettext_noop("系统")


@event("matters.opened")
class MatterOpened:
    """A matter was opened."""

    number: str
    kind: str
    due_on: str


@event("matters.stepped")
class MatterStepped:
    """A matter took a step of the lifecycle."""

    number: str
    verb: str
    before: str
    after: str


def append(
    matter: Matter,
    verb: Verb,
    before: str,
    actor: Account | None,
    text: str,
    moment: datetime,
    *,
    label: str = "",
    data: Mapping[str, Any] | None = None,
    client_id: str | None = None,
    sequence: int | None = None,
) -> Event:
    """Add a step to the history of a matter that stands where the step has led it; without a number it is the next one."""
    made = step_of(
        matter, verb, before, actor, text, moment, label=label, data=data, client_id=client_id,
        sequence=sequence or matter.events.count() + 1,
    )  # fmt: skip
    keep(made)
    return made


def step_of(
    matter: Matter,
    verb: Verb,
    before: str,
    actor: Account | None,
    text: str,
    moment: datetime,
    *,
    sequence: int,
    label: str = "",
    data: Mapping[str, Any] | None = None,
    client_id: str | None = None,
) -> Event:
    """Return a step of a matter's history, to be kept."""
    return Event(
        matter=matter,
        sequence=sequence,
        verb=verb,
        from_state=before,
        to_state=matter.state,
        by=actor,
        by_label=label or (str(actor) if actor else RESIDENT),
        text=text,
        data=data or {},
        client_id=client_id,
        at=moment,
    )
