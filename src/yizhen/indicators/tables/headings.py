"""Which figure of the catalogue a column may hold, by what stands over it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from yizhen.documents.cells import typed
from yizhen.documents.tables import IN_BRACKETS
from yizhen.indicators.models import Indicator
from yizhen.indicators.periods import IN_WORDS

from .units import UnitMismatch, clean, factor, is_unit

SURE, LIKELY, PERHAPS = 97, 80, 64  # of 100
PER_RESIDENT = re.compile(r"^每(?:[十百千]?万|千|百)?(?:常住)?人口?(?:拥有|平均)?")
OF_CONTEXT = 15  # of 100: what the words around a heading say


@dataclass(frozen=True)
class Guess:
    """What a column may be: a part of an indicator, and how sure that is, of 100."""

    indicator: str
    part: str
    score: float

    @property
    def why(self) -> str:
        """How sure, in a word: sure, likely, perhaps."""
        return "sure" if self.score >= SURE else "likely" if self.score >= LIKELY else "perhaps"


def unit_of(heading: Sequence[str]) -> str:
    """Return the unit that stands in a heading: in brackets, after a colon, behind the words, or on a line of its own."""
    for level in reversed(heading):
        text = typed(level)
        if is_unit(text):
            return text.strip()
        inside = [part.removeprefix("单位").lstrip(":：") for part in IN_BRACKETS.findall(text)]
        behind = [part for part in re.split(r"[:：\s,，/]", text)[1:] if part] + [re.sub(r"^.*[:：\s]", "", text)]
        for part in [*reversed(inside), *behind]:
            if part != text and is_unit(part):
                return part.strip()
    return ""


def words_of(heading: Sequence[str]) -> tuple[str, ...]:
    """Return a heading without units, periods and signs: what is compared with names."""
    kept = []
    for level in heading:
        text = typed(level)
        for part in IN_BRACKETS.findall(text):
            inner = part.removeprefix("单位").lstrip(":：")
            if is_unit(inner) or IN_WORDS.fullmatch(inner):
                text = re.sub(r"[（(\[【]" + re.escape(part) + r"[）)\]】]", "", text)
        text = IN_WORDS.sub("", text)
        pieces = [piece for piece in re.split(r"[\s:：]", text) if piece and not is_unit(piece)]
        if words := re.sub(r"[\s_、,，.。*※#\-—]", "", "".join(pieces)):
            kept.append(words)
    return tuple(dict.fromkeys(kept))


def part_unit(indicator: Indicator, part: str) -> str:
    """Return the unit in which the catalogue keeps a part of a figure, or nothing where it says none."""
    top, _slash, bottom = indicator.unit.partition("/")
    if part == "value":
        return indicator.unit
    if part == "numerator":
        return indicator.count_unit or (top if bottom else "" if indicator.per else indicator.unit)
    if indicator.per_resident:
        return "人"
    return bottom if bottom and indicator.per == 1 and bottom in indicator.denominator_zh else ""


def guesses(heading: Sequence[str], unit: str, context: str, indicators: Iterable[Indicator]) -> list[Guess]:
    """Return what a column may be, the best guess first; what its unit excludes is none."""
    words = words_of(heading)
    if not words:
        return []
    spoken = list(dict.fromkeys([words[-1], "".join(words), "".join(words[-2:])]))
    around = "".join(words[:-1]) + context
    found = []
    for indicator in indicators:
        for part, names in _names(indicator).items():
            target = part_unit(indicator, part)
            try:
                factor(unit, target)
            except UnitMismatch:
                continue
            score = max(_score(text, name) for text in spoken for name in names)
            if part == "value" and indicator.code.lower() in {typed(level).lower() for level in heading}:
                score = 100 + OF_CONTEXT
            elif part != "value" or score < 100:
                near = fuzz.partial_ratio(around, indicator.name_zh) if around else 0
                score += OF_CONTEXT * (near / 100 - 1) * (0.2 if score == 100 and part == "value" else 1)
                score += 3 if unit and target and clean(unit) == clean(target) else 0
            if score >= PERHAPS:
                found.append(Guess(indicator.code, part, score))
    return sorted(found, key=lambda guess: -guess.score)


def _names(indicator: Indicator) -> dict[str, list[str]]:
    name = _plain(indicator.name_zh)
    names = {"value": [name]}
    if indicator.per:
        names["numerator"] = [_plain(indicator.numerator_zh)] if indicator.numerator_zh else []
        if indicator.per_resident:
            names["numerator"].append(PER_RESIDENT.sub("", name))
        names["denominator"] = [_plain(indicator.denominator_zh)] if indicator.denominator_zh else []
    return {part: each for part, each in names.items() if each}


def _plain(name: str) -> str:
    return re.sub(r"[\s“”\"]", "", typed(name))


def _score(text: str, name: str) -> float:
    if text == name:
        return 100
    if len(text) >= 3 and (text in name or name in text):
        return 60 + 36 * min(len(text), len(name)) / max(len(text), len(name))
    return float(fuzz.ratio(text, name))
