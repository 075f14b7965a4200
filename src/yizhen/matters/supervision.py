"""Which supervision notices are needed and which wait for an answer: derived from dates when asked, never scheduled."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from yizhen.people.models import Account

from .colours import COLOUR_NAMES, SHAPES, Colour, following
from .lifecycle import WITH_HANDLER
from .models import Matter, SupervisionNotice
from .queries import is_first_in_line, matters_visible_to
from .rules import is_handler, may_issue_notice


@dataclass(frozen=True)
class NeededNotice:
    """A notice that may be issued now: for which matter, which colour, and the one that it follows."""

    matter: Matter
    colour: Colour
    last: SupervisionNotice | None

    @property
    def colour_name(self) -> Any:
        """The colour in the page's language."""
        return COLOUR_NAMES[self.colour]

    @property
    def shape(self) -> str:
        """The colour's shape."""
        return SHAPES[self.colour]


def is_overdue(matter: Matter, today: date) -> bool:
    """Return whether a matter of a supervised kind lies with its handler after its due date."""
    return matter.kind_info.notice_days is not None and matter.state in WITH_HANDLER and matter.due_on < today


def last_notice(matter: Matter) -> SupervisionNotice | None:
    """Return the last notice since the matter was opened or reopened."""
    spell = [notice for notice in matter.notices.all() if notice.spell == matter.reopened]
    return max(spell, key=lambda notice: notice.pk, default=None)


def needed_colour(matter: Matter, today: date) -> Colour | None:
    """Return the colour that is due: blue when overdue, the next one when the last one's answer day has passed."""
    if not is_overdue(matter, today):
        return None
    last = last_notice(matter)
    if last is not None and today <= last.answer_due_on:
        return None
    return following(Colour(last.colour) if last else None)


def needed_among(user: Account, matters: Iterable[Matter], today: date | None = None) -> list[NeededNotice]:
    """Return the notices that the user may issue now for some matters, which come with their notices."""
    day = today or timezone.localdate()
    return [
        NeededNotice(matter, colour, last_notice(matter))
        for matter in matters
        if may_issue_notice(user, matter) and (colour := needed_colour(matter, day)) is not None
    ]


def needed_notices(user: Account, today: date | None = None) -> list[NeededNotice]:
    """Return the notices that the user may issue now and that nobody nearer would, longest overdue first."""
    overdue = (
        matters_visible_to(user)
        .filter(state__in=WITH_HANDLER, due_on__lt=today or timezone.localdate())
        .prefetch_related("notices")
        .order_by("due_on", "number")
    )
    return needed_among(user, [matter for matter in overdue if is_first_in_line(user, matter)], today)


def notices_to_answer(user: Account) -> list[SupervisionNotice]:
    """Return the unanswered notices about matters that the user handles, first answer day first."""
    waiting = (
        SupervisionNotice.objects.filter(
            matter__in=matters_visible_to(user), matter__state__in=WITH_HANDLER, answered_at__isnull=True
        )
        .select_related("matter__division", "matter__addressee", "matter__dispatcher")
        .order_by("answer_due_on", "pk")
    )
    return [n for n in waiting if n.spell == n.matter.reopened and is_handler(user, n.matter)]
