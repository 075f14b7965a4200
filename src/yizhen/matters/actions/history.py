"""Writing a matter's history: append only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from yizhen.audit.events import event
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
    """Return a step of the history of a matter that stands where the step has led it; it is to be kept."""
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
