"""Which supervision notices are needed and which wait for an answer: derived from dates when asked, never scheduled."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from yizhen.people.models import Account

from .colours import COLOUR_NAMES, SHAPES, Colour, following
from .lifecycle import WITH_HANDLER
from .models import Matter, SupervisionNotice
from .queries import matters_visible_to
from .recusals import left_to_others_by
from .rules import may_issue_notice
from .whose import first_in_line, handled_by, is_supervised, may_be_noticed_by


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


def notices_needed_from(user: Account, today: date | None = None) -> QuerySet[Matter]:
    """Return the matters about which the user may issue a notice now and nobody nearer would, longest overdue first."""
    day = today or timezone.localdate()
    last = SupervisionNotice.objects.filter(matter=OuterRef("pk"), spell=OuterRef("reopened")).order_by("-pk")
    due = Q(last_colour__isnull=True) | (Q(last_answer_due_on__lt=day) & ~Q(last_colour=Colour.RED.value))
    return (
        matters_visible_to(user)
        .filter(is_supervised(), may_be_noticed_by(user), first_in_line(user), state__in=WITH_HANDLER, due_on__lt=day)
        .alias(
            last_colour=Subquery(last.values("colour")[:1]),
            last_answer_due_on=Subquery(last.values("answer_due_on")[:1]),
        )
        .filter(due, ~left_to_others_by(user))
        .defer("text", "clock")
        .order_by("due_on", "number")
    )


def needed_notices(user: Account, today: date | None = None, most: int | None = None) -> list[NeededNotice]:
    """Return the notices that the user may issue now and that nobody nearer would, longest overdue first."""
    return needed_among(user, notices_needed_from(user, today).prefetch_related("notices", "recusals")[:most], today)


def notices_to_answer(user: Account) -> QuerySet[SupervisionNotice]:
    """Return the unanswered notices about matters that the user handles, first answer day first."""
    handled = matters_visible_to(user).filter(handled_by(user), ~left_to_others_by(user), state__in=WITH_HANDLER)
    handled = handled.order_by()
    return (
        SupervisionNotice.objects.filter(matter__in=handled.values("pk"), answered_at__isnull=True)
        .filter(spell=F("matter__reopened"))
        .select_related("matter__division", "matter__addressee", "matter__dispatcher")
        .order_by("answer_due_on", "pk")
    )
