"""The facts of simulated lives, as the reader of the database would find them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from yizhen.matters.lifecycle import REOPENING, REPORTING, Verb
from yizhen.matters.periods import Period
from yizhen.matters.signals.facts import Facts, Report, minutes_left, words_of

from .life import Life


class Gathering:
    """Gathers facts by period from one life after the other, so that no life has to be kept."""

    def __init__(self, periods: Sequence[Period], today: date) -> None:
        self.periods, self.yesterday = periods, today - timedelta(days=1)
        self.facts = {period.code: Facts() for period in periods}
        self.counts: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
        self.days: dict[tuple[str, str, date], Counter[int]] = defaultdict(Counter)

    def add(self, life: Life) -> None:
        """Take what the signs are read from out of a life; sealed kinds are left out."""
        if life.kind.sealed:
            return
        self._reports(life)
        for move in life.moves:
            period = self._of(move.at.date())
            if period and move.verb == Verb.PASS:
                self.counts["reopened", period, life.unit][1] += 1
            if period and move.verb in REOPENING:
                self.counts["reopened", period, life.unit][0] += 1
        sent_back = any(move.verb == Verb.SEND_BACK for move in life.moves)
        for clock in life.work_clocks:
            due, stopped = clock.deadline.due, clock.stopped_on
            period = self._of(due)
            if period is None or due > self.yesterday or life.walked.state == "withdrawn":
                continue
            bad = stopped is None or stopped > due or life.reopened > 0 or sent_back
            for name, hit in (("imperfect", bad), ("excluded", bool(life.excluded))):
                pair = self.counts[name, period, life.unit]
                pair[0] += hit
                pair[1] += 1
        for day, channel in life.verdicts:
            if period := self._of(day):
                self.days[period, life.unit, day][channel] += 1

    def _reports(self, life: Life) -> None:
        ends = {clock.stopped_on: clock.deadline.due for clock in life.work_clocks}
        for move in life.moves:
            if move.verb not in REPORTING or (period := self._of(move.at.date())) is None:
                continue
            facts, day = self.facts[period], move.at.date()
            left = minutes_left(move.at, ends.get(day))
            facts.reports.append(Report(life.unit, life.number, day, left, words_of(move.text)))
            if move.file:
                facts.files[life.unit].append((life.number, move.file))

    def _of(self, day: date) -> str | None:
        return next((period.code for period in self.periods if period.first <= day <= period.last), None)

    def done(self) -> dict[str, Facts]:
        """Return the facts by period code."""
        for (name, period, unit), (count, n) in self.counts.items():
            getattr(self.facts[period], name)[unit] = (count, n)
        for (period, unit, _day), channels in self.days.items():
            self.facts[period].channels[unit].append(channels)
        return self.facts


def facts_of(lives: Iterable[Life], periods: Sequence[Period], today: date) -> dict[str, Facts]:
    """Return the facts of all lives by period code."""
    gathering = Gathering(periods, today)
    for life in lives:
        gathering.add(life)
    return gathering.done()
