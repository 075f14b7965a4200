"""The page on which somebody is asked or turned away, drawn at the door: cheap, because it is drawn often.

The template is drawn once for each language and kind; what was typed is put into its place, escaped, each time. Nothing
behind the door takes part: no session, no form, no database.
"""

from collections.abc import Iterable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .question import Question

LEFT_OUT = {"csrfmiddlewaretoken", "question", "sum"}
TYPED, TOKEN, FORM_TOKEN, WORDS = "@@typed@@", "@@question@@", "@@form@@", "@@words@@"
WRITTEN = {"title": 2, "text": 6}  # rows of the boxes in which words are shown again


def turned_away(request: HttpRequest, question: Question | None) -> HttpResponse:
    """Return the page with everything that was typed on it, ready to be sent again: 429."""
    large = bool(request.GET.get("large") or request.COOKIES.get("large"))
    again = question is not None and question.again
    with translation.override(_language(request)):
        page = _shell(translation.get_language(), large, question is not None, again, request.path == "/ask/")
        parts = {
            TYPED: _typed(request),
            FORM_TOKEN: conditional_escape(request.POST.get("csrfmiddlewaretoken", "")[:100]),
            TOKEN: conditional_escape(question.token if question else ""),
            WORDS: conditional_escape(question.words if question else ""),
        }
    for mark, text in parts.items():  # what was typed comes last: a mark in it stays what it is
        if mark != TYPED:
            page = page.replace(mark, text)
    return HttpResponse(page.replace(TYPED, parts[TYPED]), status=429)


def _language(request: HttpRequest) -> str:
    asked = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


@lru_cache(maxsize=64)
def _shell(_language: str, large: bool, asks: bool, again: bool, photographs: bool) -> str:
    """Return the page of one kind with marks where the rest goes."""
    question = {"words": WORDS, "token": TOKEN, "again": again} if asks else None
    cookies = {"large": "1"} if large else {}
    context = {
        "request": {"method": "POST", "path": "/ask/", "GET": {}, "COOKIES": cookies},
        "csrf_token": FORM_TOKEN, "typed": TYPED, "question": question, "photographs": photographs,
    }  # fmt: skip
    return render_to_string("portal/busy.html", context)


def _typed(request: HttpRequest) -> SafeString:
    fields = (
        (name, value)
        for name, values in request.POST.lists()
        if name not in LEFT_OUT
        for value in values
        if isinstance(value, str)
    )
    return _boxes(fields)


def _boxes(fields: Iterable[tuple[str, str]]) -> SafeString:
    labels = {"title": _("一句话说清楚"), "text": _("您写的")}
    shown = (
        format_html(
            '<label for="typed-{0}">{1}</label><textarea id="typed-{0}" name="{0}" rows="{2}">\n{3}</textarea>',
            name, labels[name], WRITTEN[name], value,
        )
        if name in WRITTEN
        else format_html('<input type="hidden" name="{}" value="{}">', name, value)
        for name, value in fields
    )  # fmt: skip
    return format_html_join(mark_safe("\n"), "{}", ((one,) for one in shown))
