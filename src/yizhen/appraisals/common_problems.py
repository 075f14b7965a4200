"""Problems named at several speakers: gathered by indicator, or by work line and similar words.

The grouping is a proposal that explains itself; the office decides what belongs together. A group says how many
speakers share a problem and what the facts are, never who is worst.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from rapidfuzz import fuzz

from yizhen.indicators.models import Indicator
from yizhen.matters.kinds import WORK_LINES
from yizhen.matters.wording import normalised
from yizhen.people.models import Unit

from .models import Campaign, CommonTask, Problem
from .queries import named_problems

FEWEST = 2  # speakers that make a problem a common one
SIMILAR = 60.0  # rapidfuzz token ratio over pairs of characters: Chinese writes no spaces between words
PLACE_ENDINGS = ("街道", "镇", "乡")


@dataclass(frozen=True)
class CommonGroup:
    """Problems that may be one: why they were put together, and what was sent to whom already."""

    problems: list[Problem]
    indicator: Indicator | None
    tasks: list[CommonTask]

    @property
    def speakers(self) -> int:
        """At how many speakers the problem was named."""
        return speakers_of(self.problems)

    @property
    def work_line(self) -> str:
        """The work line of most of the problems."""
        return line_of(self.problems)

    @property
    def work_line_name(self) -> Any:
        """The work line in the page's language."""
        return WORK_LINES[self.work_line]

    @property
    def title(self) -> str:
        """A first name for the group: the indicator's, or the shortest fact."""
        name = self.indicator.name_zh if self.indicator else min((p.fact for p in self.problems), key=len)
        return name[:60]

    @property
    def unit_id(self) -> str:
        """The department that answers for the indicator, as a first choice; none for groups of words."""
        return self.indicator.source_id if self.indicator else ""


def speakers_of(problems: Iterable[Problem]) -> int:
    """Return at how many speakers the problems were named."""
    return len({problem.comment.speaker_id for problem in problems})


def line_of(problems: Iterable[Problem]) -> str:
    """Return the work line of most of the problems."""
    return Counter(problem.work_line for problem in problems).most_common(1)[0][0]


def indicator_of(problems: Iterable[Problem]) -> str:
    """Return the indicator that all of the problems name, or "" when they differ."""
    codes = {problem.indicator for problem in problems}
    return codes.pop() if len(codes) == 1 else ""


def likeness(one: str, other: str) -> float:
    """Return how alike two facts are, in per cent: the token ratio of their pairs of characters."""
    return fuzz.token_ratio(_pairs(one), _pairs(other))


def _pairs(text: str) -> str:
    letters = normalised(text)
    return " ".join(letters[at : at + 2] for at in range(max(len(letters) - 1, 1)))


def belong_together(one: Problem, other: Problem) -> bool:
    """Return whether two problems are proposed as one: the same indicator, or one work line and similar words."""
    if one.indicator and one.indicator == other.indicator:
        return True
    return one.work_line == other.work_line and likeness(one.fact, other.fact) >= SIMILAR


def common_groups(campaign: Campaign) -> tuple[list[CommonGroup], list[Problem]]:
    """Return the proposed groups of at least two speakers, most speakers first, and the problems that stay alone."""
    problems = list(named_problems(campaign))
    chains: dict[int, list[Problem]] = {problem.pk: [problem] for problem in problems}
    for one, other in combinations(problems, 2):
        if chains[one.pk] is not chains[other.pk] and belong_together(one, other):
            joined = chains[one.pk] + chains[other.pk]
            for problem in joined:
                chains[problem.pk] = joined
    gathered = list({id(chain): chain for chain in chains.values()}.values())
    indicators = Indicator.objects.in_bulk([problem.indicator for problem in problems if problem.indicator])
    tasks = list(campaign.common_tasks.select_related("matter__addressee").prefetch_related("problems"))
    groups = [
        CommonGroup(
            sorted(chain, key=lambda problem: problem.pk),
            indicators.get(indicator_of(chain)),
            _sent(tasks, {problem.pk for problem in chain}),
        )
        for chain in gathered
        if speakers_of(chain) >= FEWEST
    ]
    alone = [problem for chain in gathered if speakers_of(chain) < FEWEST for problem in chain]
    return sorted(groups, key=lambda group: (-group.speakers, group.problems[0].pk)), alone


def _sent(tasks: list[CommonTask], problems: set[int]) -> list[CommonTask]:
    return [task for task in tasks if problems & {problem.pk for problem in task.problems.all()}]


def departments_for(campaign: Campaign) -> list[Unit]:
    """Return the departments that a campaign's office may ask: those of its own place."""
    return list(Unit.objects.filter(division__code__startswith=campaign.division_id))


def facts_without_names(campaign: Campaign, problems: Iterable[Problem]) -> list[str]:
    """Return the facts once each, with the speakers' places and names taken out: a common problem blames nobody.

    They come in the order of their characters: the order of speaking would say whose each of them is.
    """
    words: dict[str, str] = {}
    for speaker in campaign.speakers.select_related("division", "official", "unit"):
        place = speaker.subject.name_zh
        words[place] = "某地"
        ending = next((end for end in PLACE_ENDINGS if place.endswith(end)), "")
        if ending and len(place) - len(ending) >= 2:
            words[place.removesuffix(ending)] = "某地"
        words[speaker.title] = words[speaker.person] = "有关同志"
    facts = set()
    for problem in problems:
        fact = problem.fact.strip()
        for word in sorted(filter(None, words), key=len, reverse=True):
            fact = fact.replace(word, words[word])
        facts.add(fact)
    return sorted(facts)
