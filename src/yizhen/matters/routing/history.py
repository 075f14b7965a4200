"""What the suggestion learns from: closed matters of open kinds, and the unit that took and did them."""

import hashlib
import json
from threading import Lock

from django.db.models import Exists, F, OuterRef

from yizhen.matters.lifecycle import State, Verb
from yizhen.matters.models import Event, Matter

from .learning import Classifier

# Petitions, accusations and whatever else is sealed are not listed, and neither is a kind that nobody has thought about.
OPEN_KINDS = frozenset(
    {
        "assigned_task",
        "common_problem",
        "environment",
        "flood_drought",
        "grid_event",
        "hazard",
        "hotline",
        "resident_request",
    }
)
LONGEST = 5_000  # matters; the latest count
KEPT = 4

_learnt: dict[str, Classifier] = {}
_lock = Lock()


def may_learn_from(kind: str) -> bool:
    """Return whether texts of a kind may teach, or be compared by, anything: only what is listed as open."""
    return kind in OPEN_KINDS


def classifier_for(city: str) -> Classifier:
    """Return what the city's own history teaches; learnt when asked, and kept until the history is another."""
    accepted = Event.objects.filter(matter=OuterRef("pk"), verb=Verb.ACCEPT, by__unit=OuterRef("addressee"))
    done = (
        Matter.objects.filter(
            Exists(accepted), kind__in=OPEN_KINDS, state=State.CLOSED, division__code__startswith=city
        )
        .order_by("-pk")
        .annotate(unit=F("addressee"))
    )
    labels = list(done.values_list("pk", "unit")[:LONGEST])
    digest = hashlib.sha256(json.dumps([city, labels]).encode()).hexdigest()  # titles and texts are frozen
    with _lock:
        if digest in _learnt:
            return _learnt[digest]
    texts = {pk: f"{title}\n{text}" for pk, title, text in done.values_list("pk", "title", "text")[:LONGEST]}
    known = [(texts[pk], unit) for pk, unit in labels if pk in texts]
    made = Classifier([text for text, _unit in known], [unit for _text, unit in known])
    with _lock:
        _learnt[digest] = made
        while len(_learnt) > KEPT:
            del _learnt[next(iter(_learnt))]
    return made
