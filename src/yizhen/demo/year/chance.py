"""How a life of the simulated year goes on: honest habits with chance, and what cheating units do instead."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from yizhen.clocks import national_calendar
from yizhen.matters.kinds import KindField
from yizhen.matters.kinds.traits import has_trait
from yizhen.matters.lifecycle import TABLE, State, Verb
from yizhen.matters.periods import quarter_of
from yizhen.scoring.gaming.counts import BUCKETS, WINDOW

from . import words
from .city import DEPARTMENTS, City
from .life import CITY, Life

WITH_FILE = 0.15
LOCAL = {"dispute", "minimum_allowance", "service_rating_bad", "own_promise"}  # the township does them itself
SAYS = {
    Verb.CONFIRM: "已核实，情况属实。",
    Verb.DISMISS: "不属于受理范围，已说明理由。",
    Verb.OBJECT: "不在职责清单之内，请改派。",
    Verb.INSIST: "已核对清单，请继续办理。",
    Verb.WITHDRAW: "经核对，不属下派事项。",
    Verb.PASS: "已另行核对，属实。",
    Verb.SEND_BACK: "现场还有没做到位的，请继续办理。",
    Verb.UNSATISFIED: "问题还在，没有解决。",
    Verb.LAPSE: "期满未评价。",
    Verb.ASK_FIRST_REVIEW: "对处理意见不服，申请复查。",
    Verb.ASK_SECOND_REVIEW: "对复查意见不服，申请复核。",
    Verb.UPHOLD_FIRST: "原意见依据充分，维持。",
    Verb.UPHOLD_SECOND: "复查意见依据充分，维持，终结。",
    Verb.OVERTURN: "事实没有查清，撤销，重新办理。",
    Verb.ASK_EXTENSION: "配件到货需要时间，申请延期。",
    Verb.GRANT_EXTENSION: "情况属实，同意。",
    Verb.REFUSE_EXTENSION: "理由不足，请按期办结。",
    Verb.SUSPEND: "按法规中止计时。",
    Verb.RESUME: "情形消失，恢复计时。",
    Verb.LOOK_BACK_HOLDS: "没有反弹。",
    Verb.LOOK_BACK_REOPENS: "又出现了，重新打开。",
}


class Going:
    """What happens next in one life: draws from the life's own chance, so that no other life depends on it."""

    def __init__(self, city: City, life: Life, chance: Random, now: datetime) -> None:
        self.city, self.life, self.chance, self.now = city, life, chance, now
        self.flat = False
        self.tried_more_time = self.tried_standing_still = False

    def run(self) -> Life:
        """Live until today."""
        nexts: dict[State, Callable[[datetime], bool]] = {
            State.REPORTED: self._check,
            State.CHECKED: lambda at: self._step(Verb.FILE, self._soon(at), self._filer),
            State.FILED: self._dispatch,
            State.NEW: self._answer,
            State.RETURNED: self._answer_return,
            State.HANDLING: self._work,
            State.SUSPENDED: lambda at: self._step(Verb.RESUME, self._days(at, 3, 10), self.life.handler),
            State.HANDLED: self._verify,
            State.VERIFIED: self._judge,
            State.REVIEWING: self._review,
            State.CLOSED: self._look_back,
        }
        while (go := nexts.get(State(self.life.walked.state))) is not None:
            if not go(self.life.moves[-1].at):
                break
        return self.life

    # --- the steps ---------------------------------------------------------------------------------------------------

    def _check(self, at: datetime) -> bool:
        draw, soon = self.chance.random(), self._soon(at)
        if draw < 0.02:
            return self._step(Verb.DISMISS, soon, self._filer)
        if not self.life.kind.checks:
            return self._step(Verb.FILE, self._days(at, 0.1, 1.5), self._filer)
        if draw < 0.12 and self.life.kind.code == "grid_event":
            return self._report(Verb.SOLVE_AT_ONCE, soon)
        return self._step(Verb.CONFIRM, soon, self._filer)

    def _dispatch(self, at: datetime) -> bool:
        life, chance = self.life, self.chance
        old = (life.addressee, life.dispatcher)
        sender = self._filer.removeprefix("dept:") if self._filer.startswith("dept:") else ""
        share = 0.0 if life.kind.code in LOCAL else 1.0 if self._filer == CITY else 0.3 if sender else 0.5
        others = [code for code in DEPARTMENTS if code != sender]
        to_unit = chance.random() < share
        weights = [DEPARTMENTS[code] for code in others]
        life.addressee = chance.choices(others, weights)[0] if to_unit else ""
        life.dispatcher = sender
        if self._step(Verb.DISPATCH, self._soon(at), self._filer, to=life.addressee or life.place):
            return True
        life.addressee, life.dispatcher = old
        return False

    def _answer(self, at: datetime) -> bool:
        if self.chance.random() < 0.04 and self._knows(Verb.OBJECT):
            return self._step(Verb.OBJECT, self._soon(at), self.life.handler)
        return self._step(Verb.ACCEPT, self._soon(at), self.life.handler)

    def _answer_return(self, at: datetime) -> bool:
        draw, soon = self.chance.random(), self._days(at, 0.2, 1.5)
        if draw < 0.7 and self._knows(Verb.DISPATCH):
            return self._dispatch(soon)
        if draw > 0.6 and self._knows(Verb.WITHDRAW):
            return self._step(Verb.WITHDRAW, soon, self._filer)
        return self._step(Verb.INSIST, soon, self._filer)

    def _work(self, at: datetime) -> bool:
        life, chance = self.life, self.chance
        if any(clock.asked_on for clock in life.walked.running):
            verb = Verb.GRANT_EXTENSION if chance.random() < 0.8 else Verb.REFUSE_EXTENSION
            return self._step(verb, self._days(at, 0.2, 1), self._approver)
        if not self.tried_more_time and self._knows(Verb.ASK_EXTENSION):
            self.tried_more_time = True
            if chance.random() < 0.05 and self._step(Verb.ASK_EXTENSION, self._days(at, 0.5, 2), life.handler):
                return True
        if not self.tried_standing_still and life.kind.suspensions:
            self.tried_standing_still = True
            reason = chance.choice(life.kind.suspensions)
            if chance.random() < 0.1 and self._step(Verb.SUSPEND, self._days(at, 0.5, 2), life.handler, reason=reason):
                return True
        return self._report(Verb.REPORT_DONE, self._reporting_time(at))

    def _report(self, verb: Verb, at: datetime) -> bool:
        life, chance, habits = self.life, self.chance, self.city.habits[self.life.unit]
        if chance.random() < 0.6 * self.city.cheats("copied_text", life.unit, at.date()):
            text = f"{words.COPIED}编号{chance.randint(1, 999)}。"
        elif chance.random() < habits.stock_phrase:
            text = chance.choice(words.STOCK)
        else:
            text = words.report(chance, life.title)
        file = ""
        if chance.random() < WITH_FILE:
            file = f"{life.number}:{len(life.moves)}"
            if chance.random() < 0.6 * self.city.cheats("copied_file", life.unit, at.date()):
                file = f"copy:{life.unit}"
            elif chance.random() < habits.same_file:
                file = f"ledger:{life.unit}:{at:%Y-%m}"
        results = {each.code: filled(each, chance) for each in life.kind.fields_of("result")}
        if not self._step(verb, at, life.handler, text, file=file, fields=results):
            return False
        life.results = results
        life.disposition = chance.choices(
            ["solved", "explained_not_entitled", "constrained_with_plan", "longer_by_law"], [86, 7, 5, 2]
        )[0]
        return True

    def _verify(self, at: datetime) -> bool:
        life = self.life
        back = 0.0 if self.flat else self.city.habits[life.unit].sent_back
        verb = Verb.SEND_BACK if self.chance.random() < back else Verb.PASS
        return self._step(verb, self._days(at, 0.1, 1.8), life.verifier)

    def _judge(self, at: datetime) -> bool:
        life, chance = self.life, self.chance
        if life.kind.reviews and chance.random() < 0.12:
            verb = Verb.ASK_SECOND_REVIEW if life.walked.review else Verb.ASK_FIRST_REVIEW
            return self._step(verb, self._days(at, 2, 25), None)
        draw, when = chance.random(), self._days(at, 0.1, 12)
        pushed = self.city.cheats("few_channels", life.unit, when.date())
        if draw < 0.5 + 0.3 * pushed:
            unhappy = self.city.habits[life.unit].unhappy
            unhappy += 0.2 * self.city.cheats("reopened", life.unit, when.date())
            bad = not self.flat and self._knows(Verb.UNSATISFIED) and chance.random() < unhappy
            taken = self._step(Verb.UNSATISFIED if bad else Verb.SATISFIED, when, None)
            if taken and not life.kind.sealed:
                life.verdicts.append((when.date(), self._channel(when.date(), pushed)))
            return taken
        waiting = [clock for clock in life.walked.running if clock.spec and Verb.LAPSE in clock.spec.stops]
        if not waiting:
            return False
        end = max(clock.deadline.due for clock in waiting) + timedelta(days=chance.randint(1, 4))
        return self._step(Verb.LAPSE, self._office(end), life.verifier)

    def _channel(self, day: date, pushed: float) -> int:
        unit, draw = self.life.unit, self.chance.random()
        if draw < 0.75 * pushed:
            return Random(f"desk:{unit}:{day}").randrange(BUCKETS)
        if draw > 1 - self.city.habits[unit].shared_line:
            return Random(f"line:{unit}:{day}").randrange(BUCKETS)
        return self.chance.randrange(BUCKETS)

    def _review(self, at: datetime) -> bool:
        first = self.life.walked.review == 1
        uphold = Verb.UPHOLD_FIRST if first else Verb.UPHOLD_SECOND
        verb = uphold if self.chance.random() < 0.8 else Verb.OVERTURN
        return self._step(verb, self._days(at, 5, 25), CITY)

    def _look_back(self, _at: datetime) -> bool:
        life = self.life
        if life.walked.look_back_on is None:
            return False
        day = life.walked.look_back_on + timedelta(days=self.chance.randint(0, 4))
        back = self.city.habits[life.unit].rebound + 0.35 * self.city.cheats("reopened", life.unit, day)
        bad = not self.flat and self.chance.random() < back and not life.looks
        return self._step(Verb.LOOK_BACK_REOPENS if bad else Verb.LOOK_BACK_HOLDS, self._office(day), life.verifier)

    # --- who, and when -----------------------------------------------------------------------------------------------

    @property
    def _filer(self) -> str:
        return self.life.opener or f"office:{self.life.place}"

    @property
    def _approver(self) -> str:
        if self.life.dispatcher:
            return f"dept:{self.life.dispatcher}"
        return CITY if self.life.opener == CITY else f"head:{self.life.place}"

    def _knows(self, verb: Verb) -> bool:
        row = TABLE.get((verb, State(self.life.walked.state)))
        return row is not None and has_trait(row, self.life.kind)

    def _step(
        self, verb: Verb, at: datetime, actor: str | None, text: str = "", *, file: str = "", **data: object
    ) -> bool:
        at = max(at, self.life.moves[-1].at + timedelta(minutes=3))
        if at > self.now:
            return False
        return self.life.take(verb, at, actor, text or SAYS.get(verb, ""), file=file, **data)

    def _soon(self, at: datetime) -> datetime:
        return at + timedelta(minutes=self.chance.uniform(5, 110))

    def _days(self, at: datetime, least: float, most: float) -> datetime:
        when = at + timedelta(days=self.chance.uniform(least, most))
        return self._office(when.date()) if when.date() > at.date() else self._soon(at)

    def _office(self, day: date) -> datetime:
        """Return a time of an office day; some stay on after five."""
        late = self.chance.random() < self.city.habits[self.life.unit].after_five
        minute = self.chance.triangular(1020, 1200, 1030) if late else self.chance.uniform(510, 1040)
        return at_minute(day, minute)

    def _reporting_time(self, at: datetime) -> datetime:
        """Return when the work is reported done: within the clock, late now and then, or as a cheat has it."""
        life, chance, unit = self.life, self.chance, self.life.unit
        clock = life.walked.governing
        due = clock.deadline.due if clock else at.date() + timedelta(days=10)
        self.flat = self.flat or chance.random() < self.city.cheats("too_flat", unit, due) + 0.49
        self.flat = self.flat and self.city.cheats("too_flat", unit, due) > 0
        span = (due - at.date()).days
        late = not self.flat and chance.random() < self.city.habits[unit].late
        if span < 0 or late:
            day = max(due, at.date()) + timedelta(days=1 + int(chance.expovariate(0.3)))
        else:
            day = at.date() + timedelta(days=round(chance.betavariate(1.6, 1.6) * span))
            while not national_calendar().is_working_day(day) and day > at.date():
                day -= timedelta(days=1)
        day = self._heaped(day, at.date())
        if span >= 0 and chance.random() < 0.5 * self.city.cheats("last_minute", unit, due):
            return at_minute(due, chance.uniform(1021, 1430))
        return self._office(day) if day > at.date() else self._soon(at)

    def _heaped(self, day: date, begun: date) -> date:
        """Return the day, moved into the last week of the quarter by a unit that heaps its closures there."""
        unit, last = self.life.unit, quarter_of(begun).last
        strength = self.city.cheats("burst", unit, begun)
        first = last - timedelta(days=WINDOW - 1)
        pulled = day > last
        held_back = first - timedelta(days=25) <= day < first
        if strength and (pulled or held_back) and self.chance.random() < 0.25 + 0.4 * strength:
            return max(first + timedelta(days=self.chance.randrange(WINDOW)), begun)
        return day


def filled(field: KindField, chance: Random) -> str:
    """Fill in a field of a kind."""
    if field.type == "choice":
        return chance.choice(field.choices)
    return {"yes_no": "yes", "number": str(chance.randint(1, 4)), "date": "2031-06-30"}.get(field.type, "见办理情况")


def at_minute(day: date, minute: float) -> datetime:
    """Return the local time so many minutes after midnight."""
    midnight = datetime.combine(day, time(), timezone.get_default_timezone())
    return midnight + timedelta(seconds=int(minute * 60))
