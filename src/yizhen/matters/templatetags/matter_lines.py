"""The small parts of a matter's line in a list: without a template of their own, which hundreds of lines would wait for."""

from functools import cache, lru_cache
from urllib.parse import quote

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.urls import get_script_prefix, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yizhen.matters.lifecycle import State
from yizhen.matters.models import Matter
from yizhen.people.models import Account
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


@register.simple_tag(takes_context=True)
def of_role(context: Context, template_name: str) -> SafeString:
    """Draw a part of a page that is the same for everybody of a role: it knows ``me.role`` and nothing else."""
    return _of_role(template_name, get_language() or "", context["me"].role)


@lru_cache(200)
def _of_role(template_name: str, _language: str, role: str) -> SafeString:
    return mark_safe(render_to_string(template_name, {"me": Account(role=role)}))  # noqa: S308  # a template's own text
