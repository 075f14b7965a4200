"""The small parts of a matter's line in a list: without a template of their own, which hundreds of lines would wait for."""

from functools import cache
from urllib.parse import quote

from django import template
from django.urls import get_script_prefix, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from yizhen.matters.lifecycle import State
from yizhen.matters.models import Matter
from yizhen.web.templatetags.yizhen import day, label

register = template.Library()


@register.filter
def at(matter: Matter) -> str:
    """Return the address of a matter's page."""
    return _before_number(get_script_prefix()) + quote(matter.number) + "/"


@cache
def _before_number(_prefix: str) -> str:
    return reverse("matters:matter", args=["0"]).removesuffix("0/")


@register.filter
def due_words(matter: Matter) -> str:
    """Say how long it is until the due date, or when the matter was reported done."""
    if matter.done_on:
        return _("%(date)s报办结") % {"date": day(matter.done_on)}
    if matter.state == State.WITHDRAWN:
        return _("已撤回")
    left = matter.days_left
    if left < 0:
        return _("已超 %(n)s 天") % {"n": -left}
    return {0: _("今天到期"), 1: _("明天到期")}.get(left) or _("还有 %(n)s 天") % {"n": left}


@register.filter
def done_by(matter: Matter) -> str:
    """Name the unit that has to do it, or the place."""
    return label(matter.addressee or matter.division)


@register.simple_tag
def pick(matter: Matter) -> SafeString:
    """Draw the box that chooses a matter for a bulk step."""
    named = _("选择 %(number)s") % {"number": matter.number}
    return format_html(
        '<input class="pick" type="checkbox" form="bulk" name="m" value="{}" aria-label="{}">', matter.number, named
    )
