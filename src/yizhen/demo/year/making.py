"""Making the year: lives into the database, the truth about the frauds beside it, and signs in every state."""

from collections.abc import Callable

from django.utils import timezone

from yizhen.demo.clock import days_ago
from yizhen.matters.actions import reindex_matters
from yizhen.matters.actions.signals import decide_signal, explain_signal, find_signals
from yizhen.matters.models import Matter, Signal
from yizhen.people.models import Account
from yizhen.places.models import Division

from .city import City, make_city
from .keeping import MARK, keep_lives, write_truth
from .lives import MATTERS, lives_of

SEED = 2031
Say = Callable[[str], None]
STATES = 4  # signs that are led on, so that each state can be seen
EXPLAINED = (
    "本季度末集中清理了两年的积压，名单和办理记录附后，请抽查。",
    "说明使用了统一模板，每件的现场照片都不同，今后写清每件的经过。",
)


def is_year_made() -> bool:
    """Return whether this data directory holds the simulated year."""
    return Matter.objects.filter(client_id__startswith=MARK).exists()


def city_of(seed: int, *, honest: bool = False) -> City:
    """Return the simulated city with the demo's townships and populations."""
    townships = dict(Division.objects.filter(level="township").order_by("code").values_list("code", "population"))
    return make_city(seed, {code: n or 1 for code, n in townships.items()}, timezone.localdate(), honest=honest)


def make_year(say: Say, *, seed: int = SEED, matters: int = MATTERS) -> None:
    """Import a year of matters with planted frauds and look for signs in its four whole quarters."""
    city = city_of(seed)
    say(f"四个整季度和本季度的 {matters:,} 件事项 · {matters:,} matters of four quarters and the present one")

    def told(count: int) -> None:
        if count % 10_000 == 0:
            say(f"{count:,}")

    keep_lives(lives_of(city, seed, timezone.localtime(), matters), seed, lambda _life: None, told)
    write_truth(seed, city.frauds.values())
    say("检索索引 · the search index")
    reindex_matters()
    say("四个季度的信号，先送单位说明 · signs of four quarters, shown to the units first")
    root = Division.objects.get(level="prefecture")
    with days_ago(20):
        early = [signal for period in city.quarters[:3] for signal in find_signals(None, root, period)]
    _lead_on(early[:STATES])
    find_signals(None, root, city.quarters[3])


def _lead_on(signals: list[Signal]) -> None:
    """Let units explain, and the city office decide on some."""
    office = Account.objects.get(role="city_office", is_demo=True)
    for number, signal in enumerate(signals):
        who = (
            Account.objects.get(role="township_office", scope=signal.division_id)
            if signal.division_id
            else Account.objects.get(role="department", unit=signal.unit_id)
        )
        with days_ago(15 - number):
            signal = explain_signal(who, signal, EXPLAINED[number % 2])
        if number < STATES - 1:
            with days_ago(8 - number):
                said = "抽查十件，与说明一致。" if number % 2 else "抽查十件，四件没有现场照片，请补充核实。"
                decide_signal(office, signal, said, accepted=bool(number % 2))
