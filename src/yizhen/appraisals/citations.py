"""Figures inside a report: citations of the frozen snapshot, and figures typed by hand, told apart.

A citation is written ``{{L01}}``; ``{{L01.city}}``, ``.peer``, ``.gap`` and ``.needed`` cite what belongs to it, and
``{{L01@2024}}`` cites an earlier period that the snapshot holds.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

TOKEN = re.compile(
    r"\{\{\s*([A-Za-z][A-Za-z0-9_-]{0,23})(?:@([0-9][0-9HQW-]{3,7})|\.(value|city|peer|gap|needed))?\s*\}\}"
)
# A figure that claims something: not a date, an article, an ordinal or the number of a list.
TYPED = re.compile(
    r"(?<![A-Za-z\d.第])(?<!\d-)(?!\d{4}-\d{1,2}(?:-\d{1,2})?(?!\d)|\d{4}\s*[—–-]+\s*\d{4}年|12345(?!\d))"
    r"(?>\d[\d,\uff0c]*(?:\.\d+)?)\s*(?:%|‰)?(?!\s*(?:年|月|日|号|条|次会议|、|\.\s|\d))"
)
PER_MINUTE = 240  # characters of Chinese read aloud in a minute


@dataclass(frozen=True)
class ReportFigures:
    """What the figures of a report are: cited, unknown citations, typed by hand; and its length."""

    cited: tuple[str, ...]
    unknown: tuple[str, ...]
    uncited: tuple[str, ...]
    characters: int

    @property
    def minutes(self) -> float:
        """Minutes that the text takes to read aloud."""
        return round(self.characters / PER_MINUTE, 1)


def rounded(value: str | None, places: int = 2) -> str:
    """Round half up for showing, without trailing zeros."""
    if value is None:
        return "—"
    number = Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def words_of(content: dict[str, Any], part: str | None) -> str:
    """Write a cited figure with its unit."""
    unit = content["unit"]
    if part == "city":
        return f"{rounded(content['city'])}{unit}"
    if part == "peer":
        return f"{rounded(content['peer_median'])}{unit}"
    if part == "gap":
        return f"{rounded(content['gap'])}{unit}"
    if part == "needed":
        return f"{content['needed']:,}{content['count_unit']}" if content["needed"] else _("无缺口")
    return f"{rounded(content['value'])}{unit}"


def cited(figures: dict[str, dict[str, Any]], match: re.Match[str]) -> str | None:
    """Write what a citation cites; None when the snapshot does not hold it."""
    content = figures.get(match[1].upper())
    if content is None:
        return None
    period = match[2]
    if period is None or period == content["period"]:
        return words_of(content, match[3])
    value = next((point["value"] for point in content["trend"] if point["period"] == period), None)
    return None if value is None else f"{rounded(value)}{content['unit']}"


def read_figures(sections: dict[str, str], figures: dict[str, dict[str, Any]]) -> ReportFigures:
    """Find the figures of a report. ``figures`` maps indicator codes to snapshot contents."""
    known: list[str] = []
    unknown: list[str] = []
    uncited: list[str] = []
    plain = ""
    for text in sections.values():
        for match in TOKEN.finditer(text):
            if cited(figures, match) is not None:
                known.append(match[1].upper())
            else:
                unknown.append(match[1].upper() + (f"@{match[2]}" if match[2] else ""))
        plain += TOKEN.sub(lambda m: cited(figures, m) or "", text)
        uncited += [match[0].strip() for match in TYPED.finditer(TOKEN.sub(" ", text))]
    return ReportFigures(
        tuple(dict.fromkeys(known)), tuple(dict.fromkeys(unknown)), tuple(uncited), len(re.sub(r"\s", "", plain))
    )


def spoken(text: str, figures: dict[str, dict[str, Any]]) -> str:
    """Return the text with its citations written out, for print and reading aloud."""
    return TOKEN.sub(lambda m: cited(figures, m) or m[0], text)


def rendered(text: str, figures: dict[str, dict[str, Any]], address: str) -> SafeString:
    """Return a section as HTML: citations are links to what they rest on, figures typed by hand are marked.

    Args:
        text: the section as the author wrote it.
        figures: snapshot contents by indicator code.
        address: address of a citation's page with ``CODE`` in place of the indicator code.
    """
    pieces: list[str] = []
    at = 0
    for match in TOKEN.finditer(text):
        pieces.append(_mark_typed(text[at : match.start()]))
        at = match.end()
        words = cited(figures, match)
        if words is not None:
            page = address.replace("CODE", match[1].upper())
            pieces.append(format_html('<a class="cite" href="{}">{}</a>', page, words))
        else:
            pieces.append(
                format_html(
                    '<mark class="cite-unknown" title="{}">{}</mark>', _("快照里没有这个指标或这一期"), match[0]
                )
            )
    pieces.append(_mark_typed(text[at:]))
    paragraphs = "".join(pieces).split("\n")
    return mark_safe("".join(f"<p>{paragraph}</p>" for paragraph in paragraphs if paragraph.strip()))  # noqa: S308


def _mark_typed(text: str) -> str:
    pieces: list[str] = []
    at = 0
    for match in TYPED.finditer(text):
        pieces.append(str(escape(text[at : match.start()])))
        pieces.append(format_html('<u class="uncited" title="{}">{}</u>', _("未引用：手工填写的数字"), match[0]))
        at = match.end()
    pieces.append(str(escape(text[at:])))
    return "".join(pieces)
