"""What every page polls: the state of a hall in a few hundred bytes."""

import json
import time
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from yizhen.appraisals.actions.ballot import turnout
from yizhen.appraisals.models import Phase, Session
from yizhen.appraisals.models.session import PHASE_NAMES
from yizhen.web.templatetags.yizhen import label


@dataclass(frozen=True)
class Status:
    """A hall's state as it was read: its tag, its facts, and the session whose clock runs on."""

    tag: str
    facts: dict[str, Any]
    session: Session

    def body(self) -> bytes:
        """Return the answer. Times are seconds left by the server's clock: a phone's wrong clock does no harm."""
        return json.dumps({**self.facts, "remaining": self.session.remaining, "at": time.time()}).encode()


def read_status(token: str) -> Status | None:
    """Read a hall's state from the database, in the language of the page; None for an unknown token."""
    session = (
        Session.objects.select_related("campaign", "speaker__division", "speaker__official", "speaker__unit")
        .filter(campaign__token=token)
        .first()
    )
    if session is None:
        return None
    counted, speaker = turnout(session.campaign), session.speaker
    facts = {
        "version": session.version,
        "phase": session.phase,
        "phase_name": str(PHASE_NAMES[Phase(session.phase)]),
        "speaker": f"{speaker.position}. {label(speaker.subject)}" if speaker else "",
        "running": session.ends_at is not None,
        "message": session.message,
        "questions": session.phone_questions and session.phase in {Phase.REPORT, Phase.QUESTIONS},
        "turnout": counted,
    }
    return Status(f'"{session.version}.{counted["returned"]}.{get_language()}"', facts, session)
