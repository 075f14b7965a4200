"""The question that is asked when much comes from one address: a small sum in words, without a script or a picture.

It holds off programs that were not written for this site and costs a person some seconds; it tells nothing about whoever
answers. It is tied to the form that it was asked for, so that one answer does not open the door to many.
"""

import secrets
import unicodedata
from dataclasses import dataclass

from django.core import signing
from django.http import HttpRequest
from django.utils.translation import gettext as _

from yizhen.web.templatetags.yizhen import chinese

SALT = "portal.question"
SOONEST, LATEST = 2, 30 * 60  # seconds between question and answer
DIGITS = "零一二三四五六七八九"
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True)
class Question:
    """A sum with its token; ``again`` when one was answered wrongly, too quickly or too late before."""

    a: int
    b: int
    token: str
    again: bool = False

    @property
    def words(self) -> str:
        """The sum in words, in the page's language."""
        one, other = (DIGITS[self.a], DIGITS[self.b]) if chinese() else (WORDS[self.a], WORDS[self.b])
        return _("%(a)s加%(b)s等于几？") % {"a": one, "b": other}


def new_question(client_id: str, *, again: bool = False) -> Question:
    """Ask a new question for a form."""
    a, b = 1 + secrets.randbelow(9), 1 + secrets.randbelow(9)
    return Question(a, b, signing.dumps([a, b, client_id], salt=SALT), again)


def number_of(text: str) -> int | None:
    """Return the number that somebody typed: digits of any width, or Chinese up to nineteen; None when it is none.

    >>> number_of("１2"), number_of("十二"), number_of("八"), number_of("x")
    (12, 12, 8, None)
    """
    typed = unicodedata.normalize("NFKC", text).strip()
    if typed.isdecimal() and len(typed) <= 4:
        return int(typed)
    tens, mark, ones = typed.rpartition("十")
    if tens not in {"", "一"} or len(ones) > 1 or (ones and ones not in DIGITS) or not (mark or ones):
        return None
    return (10 if mark else 0) + (DIGITS.index(ones) if ones else 0)


def unanswered(request: HttpRequest, client_id: str) -> Question | None:
    """Return the question that must be answered before a form is taken; None when it was, not faster than a person reads."""
    token, answer = request.POST.get("question", ""), request.POST.get("sum", "")[:20]
    if not token:
        return new_question(client_id)
    try:
        a, b, form = signing.loads(token, salt=SALT, max_age=LATEST)
    except (signing.BadSignature, ValueError, TypeError):
        return new_question(client_id, again=True)
    if form != client_id or number_of(answer) != a + b or not _read(token):
        return new_question(client_id, again=True)
    return None


def _read(token: str) -> bool:
    """Return whether as much time has passed since a question was asked as reading it takes."""
    try:
        signing.loads(token, salt=SALT, max_age=SOONEST)
    except signing.SignatureExpired:
        return True
    return False
