"""Looking for signs, explaining one, and deciding on the explanation; counting verdicts by channel."""

import hmac
import ipaddress
import secrets
from datetime import date, timedelta
from hashlib import sha256

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.clocks import DeadlineRule, compute_deadline
from yizhen.clocks import Unit as ClockUnit
from yizhen.matters.models import Matter, Signal, VerdictCount
from yizhen.matters.periods import Period
from yizhen.matters.signals.drawing import series
from yizhen.matters.signals.facts import PLACE, Facts, screenings
from yizhen.matters.signals.reading import facts_in, unit_key
from yizhen.matters.signals.rules import may_decide, may_explain, may_find
from yizhen.people.models import Account
from yizhen.places.calendars import calendar_for
from yizhen.places.models import Division
from yizhen.scoring.gaming import Finding, Screening
from yizhen.scoring.gaming.counts import BUCKETS

HEARING = DeadlineRule("found", 5, ClockUnit.WORKING_DAY, "explained", source="本项目默认 · Default of this project")


@event("matters.signals_looked_for")
class SignalsLookedFor:
    """Somebody had signs looked for in a period. How many were found is not told before the units have been heard."""

    period: str
    appraisal: str


@event("matters.signal_explained")
class SignalExplained:
    """A unit explained a sign."""

    code: str
    period: str


@event("matters.signal_decided")
class SignalDecided:
    """A second office decided on an explanation."""

    code: str
    period: str
    accepted: bool


@transaction.atomic
def find_signals(actor: Account | None, city: Division, period: Period, appraisal: date | None = None) -> list[Signal]:
    """Look for signs in a period and keep those that are new; what was found before stays as it is.

    Args:
        actor: who asks; None for the command line.
        city: whose matters.
        period: a month or a quarter that is over.
        appraisal: the day before which closures may heap; the period's last day when None.

    Raises:
        PermissionDenied: when the actor is not the office over the city.
        ValidationError: when the period is not over, or the day lies outside it.
    """
    if actor is not None and not (may_find(actor) and actor.covers(city.code)):
        raise PermissionDenied(_("信号由市级办公室计算。"))
    today = timezone.localdate()
    if period.last >= today:
        raise ValidationError(_("这段时间还没有结束，等结束后再计算。"))
    day = appraisal or period.last
    if not period.first <= day <= period.last:
        raise ValidationError(_("考核或述职的日子须在这段时间里。"))
    facts = facts_in(city, period)
    known = set(Signal.objects.filter(period=period.code).values_list("code", "division", "unit"))
    opens = compute_deadline(HEARING, today, calendar_for(city)).due + timedelta(days=1)
    made = []
    for screening in screenings(facts, day):
        for finding in screening.alarms:
            place, unit = _of(finding.unit)
            if (screening.rule.code, place, unit) not in known:
                made.append(
                    Signal(
                        code=screening.rule.code, period=period.code, division_id=place, unit_id=unit,
                        statistic=_statistic(facts, screening, finding, day), found_on=today, found_by=actor, opens_on=opens,
                    )
                )  # fmt: skip
    signals = Signal.objects.bulk_create(made)
    told = SignalsLookedFor(period=period.code, appraisal=day.isoformat())
    record(actor, told, f"places.division:{city.code}", scope=city.code)
    return signals


def _of(key: str) -> tuple[str | None, str | None]:
    return (key[1:], None) if key.startswith(PLACE) else (None, key[1:])


def _statistic(facts: Facts, screening: Screening, finding: Finding, day: date) -> dict[str, object]:
    return {
        "count": finding.count,
        "of": finding.n,
        "expected": round(finding.expected, 5),
        "low": round(finding.low, 5),
        "high": round(finding.high, 5),
        "z": round(finding.z, 2),
        "q": float(f"{finding.q:.3g}"),
        "dispersion": round(screening.dispersion, 2),
        "peers": len(screening.findings),
        "appraisal": day.isoformat(),
        "series": series(facts, screening.rule.code, finding, day),
    }


@transaction.atomic
def explain_signal(actor: Account, signal: Signal, text: str) -> Signal:
    """Explain a sign, once. From now on the offices above see it, with the explanation beside it.

    Raises:
        PermissionDenied: when it is not the actor's unit, or it was explained or decided on before.
        ValidationError: keyed ``text``, when nothing is said.
    """
    signal = Signal.objects.select_for_update().get(pk=signal.pk)
    if not may_explain(actor, signal):
        raise PermissionDenied(_("信号由被提示的单位说明，只说明一次。"))
    signal.explanation = _said(text)
    signal.explained_by, signal.explained_on = actor, timezone.localdate()
    signal.save(update_fields=["explanation", "explained_by", "explained_on"])
    _told(actor, signal, SignalExplained(code=signal.code, period=signal.period))
    return signal


@transaction.atomic
def decide_signal(actor: Account, signal: Signal, text: str, *, accepted: bool) -> Signal:
    """Accept the unit's explanation, or uphold the sign for a look at samples. No figure changes by it.

    Raises:
        PermissionDenied: when the actor is no second office, or the unit has not been heard.
        ValidationError: keyed ``text``, when no reason is given.
    """
    signal = Signal.objects.select_for_update(of=("self",)).select_related("unit").get(pk=signal.pk)
    if not may_decide(actor, signal):
        raise PermissionDenied(_("说明由计算的人和单位以外的市、县办公室认定，只认定一次。"))
    signal.decision = _said(text)
    signal.accepted, signal.decided_by, signal.decided_on = accepted, actor, timezone.localdate()
    signal.save(update_fields=["decision", "accepted", "decided_by", "decided_on"])
    _told(actor, signal, SignalDecided(code=signal.code, period=signal.period, accepted=accepted))
    return signal


def _said(text: str) -> str:
    if not text.strip():
        raise ValidationError({"text": _("请写明情况或理由。")})
    return text.strip()[:2000]


def _told(actor: Account, signal: Signal, said: object) -> None:
    scope = signal.division_id or (signal.unit.division_id if signal.unit else "")
    record(actor, said, f"matters.signal:{signal.pk}", scope=scope)


# --- verdicts by channel ---------------------------------------------------------------------------------------------

_KEY: tuple[date, bytes] | None = None  # of today, of this process alone; the day before's is gone


def count_verdict(matter: Matter, address: str) -> None:
    """Count a verdict by the share of addresses that it came from; neither the address nor the matter is kept.

    No audit record: the verdict itself has one, and a second with a time beside the share would lead back.
    """
    if matter.kind_info.sealed:
        return
    today = timezone.localdate()
    key = unit_key(matter.addressee_id, matter.division_id)
    with transaction.atomic():
        row, _made = VerdictCount.objects.get_or_create(unit=key, day=today, share=_share(address, today))
        VerdictCount.objects.filter(pk=row.pk).update(count=F("count") + 1)


def _share(address: str, today: date) -> int:
    """Return which of the shares an address falls into today. Neighbours in one IPv6 network count as one."""
    global _KEY  # noqa: PLW0603  # it must be forgotten with the day, and never leave the process
    if _KEY is None or _KEY[0] != today:
        _KEY = (today, secrets.token_bytes(32))
    try:
        ip = ipaddress.ip_address(address)
        network = str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)
    except ValueError:
        network = ""
    return hmac.new(_KEY[1], network.encode(), sha256).digest()[0] % BUCKETS
