"""Reply templates: whose they are, which fit a step, and how their placeholders are filled."""

import re

from django.db.models import Q, QuerySet
from django.utils.translation import get_language, override

from yizhen.matters.lifecycle import TRANSITIONS, Party, Transition, Verb
from yizhen.matters.models import Matter, ReplyTemplate
from yizhen.people.models import Account
from yizhen.web.templatetags.yizhen import day, label

from .rules import has_desk

PLACEHOLDERS = ("number", "title", "place", "due")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
FOUND = re.compile(r"\{([^{}]*)\}")
# The words of whoever asked are nobody's to prepare.
VERBS = tuple(dict.fromkeys(step.verb for step in TRANSITIONS if step.party != Party.REQUESTER))


def replies_of(user: Account) -> QuerySet[ReplyTemplate]:
    """Return the templates of the user's own unit: the department's, or those of the office of the same place."""
    if not has_desk(user):
        return ReplyTemplate.objects.none()
    if user.unit_id is not None:
        return ReplyTemplate.objects.filter(unit=user.unit_id)
    return ReplyTemplate.objects.filter(unit=None, division=user.scope_id)


def unknown_placeholders(text: str) -> list[str]:
    """Return the placeholders of a text that nothing fills, once each."""
    return [name for name in dict.fromkeys(FOUND.findall(text)) if name not in PLACEHOLDERS]


def filled(text: str, matter: Matter) -> str:
    """Return a template's text about a matter; what is no placeholder stays as it was written.

    Places and dates are written in the text's own language, whatever the language of the page around it.
    """
    with override("zh-hans" if CHINESE.search(text) else get_language()):
        values = {
            "number": matter.number,
            "title": matter.title,
            "place": label(matter.division),
            "due": day(matter.due_on),
        }
    return FOUND.sub(lambda found: values.get(found[1], found[0]), text)


def replies_for(user: Account, matter: Matter, steps: list[Transition]) -> dict[Verb, list[tuple[ReplyTemplate, str]]]:
    """Return step → the templates that fit it, with their text filled in; only of steps that the user may take."""
    if not steps:
        return {}
    fitting = replies_of(user).filter(
        Q(kind="") | Q(kind=matter.kind), Q(state="") | Q(state=matter.state), verb__in=["", *(s.verb for s in steps)]
    )
    offered = [(reply, filled(reply.text, matter)) for reply in fitting]
    return {
        step.verb: [(reply, text) for reply, text in offered if reply.verb in {"", step.verb}]
        for step in steps
        if step.verb in VERBS
    }
