"""Letters to whoever asked: told of receipt, refusal, more time, the decision and the reviews of it.

A kind may bring its own wording of a step's letter (``texts``); the words in braces are filled in. Nobody is named: who
asked stands in a sealed record or nowhere, and the addressee is written in by hand.
Source: Regulations on Petition Work arts. 23, 31, 32, 34–36.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone, translation

from yizhen.documents.content import Heading, Official, Text, chinese_date

from .lifecycle import DISPOSITIONS, Verb
from .models import Event, Matter

TITLES = {
    Verb.ACCEPT: "受理告知书",
    Verb.DISMISS: "不予受理告知书",
    Verb.GRANT_EXTENSION: "延长办理期限告知书",
    Verb.PASS: "处理意见书",
    Verb.UPHOLD_FIRST: "复查意见书",
    Verb.UPHOLD_SECOND: "复核意见书",
}
BODIES = {
    Verb.ACCEPT: "您反映的“{title}”（编号 {number}）已于 {day} 由{place}受理，办理期限至 {due}。",
    Verb.DISMISS: "您反映的“{title}”（编号 {number}）不予受理。理由：{text}",
    Verb.GRANT_EXTENSION: "您反映的“{title}”（编号 {number}）情况复杂，经批准延长办理期限，办理期限至 {due}。理由：{text}",
    Verb.UPHOLD_FIRST: "您对“{title}”（编号 {number}）处理意见的复查申请已经办理。复查意见：维持原处理意见。{text}",
    Verb.UPHOLD_SECOND: "您对“{title}”（编号 {number}）复查意见的复核申请已经办理。复核意见：维持。{text}",
}
RIGHTS = {
    Verb.PASS: (1, "如对本意见不服，可以自收到本意见书之日起 30 日内，请求原办理机关的上一级机关复查（信访工作条例第三十五条）。"),
    Verb.UPHOLD_FIRST: (
        2, "如对本意见不服，可以自收到本意见书之日起 30 日内，请求复查机关的上一级机关复核（信访工作条例第三十六条）。",
    ),
    Verb.UPHOLD_SECOND: (2, "对本意见不服，仍以同一事实和理由提出的，不再受理（信访工作条例第三十六条）；帮扶和解释工作照常进行。"),
}  # fmt: skip
ORDINALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Letter:
    """One letter of a matter: about which step, its title, and the day it is dated."""

    verb: Verb
    title: str
    event: Event

    @property
    def day(self) -> date:
        """The day of the step."""
        return timezone.localdate(self.event.at)


def writes_letters(matter: Matter) -> bool:
    """Return whether somebody waits for letters about a matter: a requester with a code, or a kind that has its own."""
    return matter.follow_hash is not None or bool(matter.kind_info.texts)


def letters_of(matter: Matter) -> list[Letter]:
    """Return the letters that are due about a matter's steps, the latest of each, in the order of the steps."""
    if not writes_letters(matter):
        return []
    last = {Verb(event.verb): event for event in matter.events.all()}
    written = [verb for verb in last if verb in TITLES or verb in matter.kind_info.texts]
    letters = [Letter(verb, _title(matter, verb), last[verb]) for verb in written]
    return sorted(letters, key=lambda letter: letter.event.sequence)


def _title(matter: Matter, verb: Verb) -> str:
    if verb == Verb.PASS and not matter.kind_info.reviews:
        return "答复意见书"
    return TITLES.get(verb, "告知书")


def letter_document(matter: Matter, letter: Letter) -> Official:
    """Describe a letter in the layout of GB/T 9704; its addressee is a line to be filled in by hand."""
    return Official(
        f"关于“{matter.title}”的{letter.title}",
        letter_blocks(matter, letter),
        addressee="＿＿＿＿＿＿（诉求人）",
        signature=signature(matter),
        signed_on=letter.day,
    )


def signature(matter: Matter) -> str:
    """Return whose letter it is: the department that handles the matter, or the place."""
    return matter.addressee.name_zh if matter.addressee else matter.division.name_zh


def letter_blocks(matter: Matter, letter: Letter) -> list[Heading | Text]:
    """Return what a letter says. A decision names request, facts and reasons, opinion and legal basis (art. 32)."""
    words = _words(matter, letter)
    own = matter.kind_info.texts.get(letter.verb)
    blocks: list[Heading | Text]
    if own:
        blocks = [Text(filled_in(own, words))]
    elif letter.verb == Verb.PASS:
        blocks = _decision(matter)
    else:
        blocks = [Text(filled_in(BODIES[letter.verb], words))]
    reviews, right = RIGHTS.get(letter.verb, (9, ""))
    if matter.kind_info.reviews >= reviews:
        blocks.append(Text(right))
    blocks.append(Text(f"编号：{matter.number}。凭登记时给您的编码，可以在网上查进度、作评价。"))
    return blocks


def filled_in(text: str, words: Mapping[str, str]) -> str:
    """Return a text with the words in braces filled in; what names nothing stays as it was written."""
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", word)
    return text


def _words(matter: Matter, letter: Letter) -> dict[str, str]:
    words: dict[str, Any] = {**matter.fields, **matter.results}
    return {
        **{code: str(value) for code, value in words.items()},
        "title": matter.title,
        "number": matter.number,
        "place": signature(matter),
        "day": chinese_date(letter.day),
        "due": chinese_date(matter.due_on),
        "text": letter.event.text,
    }


def _decision(matter: Matter) -> list[Heading | Text]:
    """Return the parts of a decision: what was asked, the fields of the result in their order, and the outcome."""
    report = matter.last_report
    parts = [("请求事项", f"{matter.title}。{matter.text}")]
    parts += [
        (field.name_zh, matter.results[field.code])
        for field in matter.kind_info.fields_of("result")
        if matter.results.get(field.code)
    ]
    outcome = DISPOSITIONS.get(matter.disposition)
    parts.append(("办理结果", f"{_chinese(outcome)}。{report}" if outcome else report))
    blocks: list[Heading | Text] = []
    for ordinal, (heading, text) in zip(ORDINALS, parts, strict=False):
        blocks += [Heading(f"{ordinal}、{heading}"), Text(text)]
    return blocks


def _chinese(text: Any) -> str:
    """Return a message as it is written in the code: letters are Chinese whatever the language of the page."""
    with translation.override("zh-hans"):
        return str(text)
