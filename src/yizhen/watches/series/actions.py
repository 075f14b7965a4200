"""The writers of watches: definitions, thresholds in versions, tokens and readings."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.people.asking import key_of, taken
from yizhen.people.models import Account, Unit
from yizhen.people.turns import in_turn
from yizhen.places.models import Division
from yizhen.watches.hysteresis import LOWER, UPPER
from yizhen.watches.models import Reading, Series, Threshold, Token, Watch
from yizhen.web.changed import refuse_stale

from .checking import Checked, Sent, check
from .holding import hold
from .rules import may_define, may_enter, may_manage

EXCLUDED = ["made_by", "office", "division"]


@event("watches.defined")
class WatchDefined:
    """A watch was defined."""

    name: str
    places: list[str]


@event("watches.changed")
class WatchChanged:
    """A watch was changed, or places were added to it."""

    fields: list[str]
    places: list[str]


@event("watches.ended")
class WatchEnded:
    """A watch was ended; its readings stay."""


@event("watches.threshold_set")
class ThresholdSet:
    """A version of a threshold was set, or the one in force ended."""

    side: str
    number: int
    level: str
    clear: str
    active: bool


@event("watches.token_issued")
class TokenIssued:
    """A token for the interface was issued."""

    token: int
    label: str


@event("watches.token_revoked")
class TokenRevoked:
    """A token for the interface was revoked."""

    token: int
    label: str


@event("watches.readings_taken")
class ReadingsTaken:
    """Readings were taken over."""

    way: str
    token: int | None
    new: int
    corrected: int


@in_turn
def define_watch(
    actor: Account, *, client_id: str, office: Unit | None, places: Iterable[Division], **fields: Any
) -> Watch:
    """Define a watch once: the same ``client_id`` gives the same watch.

    Raises:
        PermissionDenied: when the actor defines no watches, or one of the places lies outside its scope.
        ValidationError: keyed by field.
    """
    places = list(places)
    if not may_define(actor) or not all(actor.covers(one.code) for one in places):
        raise PermissionDenied(_("您不能在这个地方设监测。"))
    key = key_of(actor, client_id)
    if before := taken(Watch, key):
        return before
    office = actor.unit if actor.role == "department" else office
    errors = {}
    if office is None:
        errors["office"] = _("请选择负责部门。")
    if not places:
        errors["places"] = _("请至少选择一个地方。")
    if errors:
        raise ValidationError(errors)
    watch = Watch(client_id=key, office=office, division=actor.scope, made_by=actor, made_at=timezone.now(), **fields)
    watch.full_clean(exclude=EXCLUDED)
    watch.save(force_insert=True)
    codes = _add_places(watch, places)
    record(actor, WatchDefined(name=watch.name_zh, places=codes), f"watches.watch:{watch.pk}", scope=watch.division_id)
    return watch


@transaction.atomic
def change_watch(
    actor: Account, watch: Watch, *, places: Iterable[Division] = (), seen: str = "", **fields: Any
) -> Watch:
    """Change how a watch is named, where its readings come from and how often they are expected; add places.

    ``seen`` is the state in which the form had read it.

    Raises:
        PermissionDenied: when the actor does not manage it, or a new place lies outside its scope.
        ValidationError: keyed by field; when it has ended.
    """
    watch = _locked(actor, watch)
    places = list(places)
    if not all(actor.covers(one.code) for one in places):
        raise PermissionDenied(_("您不能在这个地方设监测。"))
    refuse_stale(watch, seen, fields)
    changed = [name for name, value in fields.items() if getattr(watch, name) != value]
    for name in changed:
        setattr(watch, name, fields[name])
    watch.full_clean(exclude=EXCLUDED)
    codes = _add_places(watch, places)
    if changed:
        watch.save(update_fields=changed)
    if changed or codes:
        record(actor, WatchChanged(fields=changed, places=codes), f"watches.watch:{watch.pk}", scope=watch.division_id)
    return watch


@transaction.atomic
def end_watch(actor: Account, watch: Watch) -> Watch:
    """End a watch: no more readings, tokens are revoked, standing crossings and their matters go on.

    Raises:
        PermissionDenied: when the actor does not manage it.
        ValidationError: when it has ended already.
    """
    watch = _locked(actor, watch)
    watch.ended_at = timezone.now()
    watch.save(update_fields=["ended_at"])
    watch.tokens.filter(revoked_at__isnull=True).update(revoked_at=watch.ended_at)
    record(actor, WatchEnded(), f"watches.watch:{watch.pk}", scope=watch.division_id)
    return watch


def _locked(actor: Account, watch: Watch) -> Watch:
    watch = Watch.objects.select_for_update().get(pk=watch.pk)
    if not may_manage(actor, watch):
        raise PermissionDenied(_("这项监测由负责部门和市、县管理。"))
    if watch.ended_at is not None:
        raise ValidationError(_("这项监测已经停止。"))
    return watch


def _add_places(watch: Watch, places: Sequence[Division]) -> list[str]:
    known = set(watch.series.values_list("division", flat=True))
    made = [one for one in places if one.code not in known]
    Series.objects.bulk_create(Series(watch=watch, division=one) for one in made)
    return [one.code for one in made]


def wrong_clear(side: str, level: Decimal, clear: Decimal) -> str:
    """Return what is wrong with a clear level, in the page's language, or an empty text."""
    if side == UPPER and clear >= level:
        return _("上限的解除线要比警戒线低。")
    return _("下限的解除线要比警戒线高。") if side == LOWER and clear <= level else ""


@transaction.atomic
def set_threshold(actor: Account, watch: Watch, *, expected: int | None = None, **fields: Any) -> Threshold:
    """Set a new version of a threshold on one side; what is there already is held against it now.

    Crossings that stand keep their own version, and open no second matter. ``expected`` is the number of the version that the
    page showed (0: none).

    Raises:
        PermissionDenied: when the actor does not manage the watch.
        ValidationError: keyed by field: the clear level lies on the wrong side; another version came in between.
    """
    watch = _locked(actor, watch)
    made = Threshold(watch=watch, by=actor, at=timezone.now(), number=0, **fields)
    made.full_clean(exclude=["by", "watch", "number"], validate_unique=False, validate_constraints=False)
    if wrong := wrong_clear(made.side, made.level, made.clear):
        raise ValidationError({"clear": wrong})
    last = watch.thresholds.filter(side=made.side).order_by("-number").first()
    in_force = last.number if last is not None and last.ended_at is None else 0
    if expected is not None and expected != in_force:
        raise ValidationError(_("您打开页面以后，警戒线已经改过。请看过现在的版本再提交；您填的内容还在。"))
    if last is not None and last.ended_at is None:
        Threshold.objects.filter(pk=last.pk).update(ended_at=made.at)
    made.number = last.number + 1 if last else 1
    made.save(force_insert=True)
    _tell(actor, made, active=True)
    hold(_series_of(watch))
    return made


@transaction.atomic
def end_threshold(actor: Account, threshold: Threshold) -> Threshold:
    """End a threshold without a new one. Crossings under it stand until the readings come back.

    Raises:
        PermissionDenied: when the actor does not manage the watch.
        ValidationError: when it has ended already.
    """
    _locked(actor, threshold.watch)
    threshold = Threshold.objects.select_for_update().get(pk=threshold.pk)
    if threshold.ended_at is not None:
        raise ValidationError(_("这一版已经不再生效。"))
    threshold.ended_at = timezone.now()
    threshold.save(update_fields=["ended_at"])
    _tell(actor, threshold, active=False)
    return threshold


def _tell(actor: Account, one: Threshold, *, active: bool) -> None:
    happened = ThresholdSet(side=one.side, number=one.number, level=str(one.level), clear=str(one.clear), active=active)
    record(actor, happened, f"watches.watch:{one.watch_id}", scope=one.watch.division_id)


def _series_of(watch: Watch) -> list[Series]:
    """Lock the series of a watch, in one order, and return them: whoever writes readings of one waits for the other."""
    locked = Series.objects.select_for_update(of=("self",)).filter(watch=watch).order_by("pk")
    return list(locked.select_related("watch__office", "division"))


# --- tokens -----------------------------------------------------------------------------------------------------------


def digest_of(secret: str) -> str:
    """Return the hash by which a token is kept: it has 256 bits of chance, so a plain hash is enough."""
    return hashlib.sha256(("watch-token:" + secret).encode()).hexdigest()


@transaction.atomic
def issue_token(actor: Account, watch: Watch, label: str) -> tuple[Token, str]:
    """Issue a token that may send readings of one watch; returns it with its secret, which is shown once.

    Raises:
        PermissionDenied: when the actor does not manage the watch.
        ValidationError: keyed by field; when the watch has ended.
    """
    watch = _locked(actor, watch)
    secret = "yzw_" + secrets.token_urlsafe(32)
    token = Token(watch=watch, label=label.strip(), digest=digest_of(secret), made_by=actor, made_at=timezone.now())
    token.full_clean(exclude=["made_by", "watch"])
    token.save(force_insert=True)
    record(actor, TokenIssued(token=token.pk, label=token.label), f"watches.watch:{watch.pk}", scope=watch.division_id)
    return token, secret


@transaction.atomic
def revoke_token(actor: Account, token: Token) -> Token:
    """Revoke a token at once; what it has sent stays.

    Raises:
        PermissionDenied: when the actor does not manage the watch.
    """
    watch = Watch.objects.select_for_update().get(pk=token.watch_id)
    if not may_manage(actor, watch):
        raise PermissionDenied(_("这项监测由负责部门和市、县管理。"))
    token = Token.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        happened = TokenRevoked(token=token.pk, label=token.label)
        record(actor, happened, f"watches.watch:{watch.pk}", scope=watch.division_id)
    return token


# --- readings ---------------------------------------------------------------------------------------------------------


class Refused(ValueError):
    """Readings were refused as a whole; ``rows`` say which and why."""

    def __init__(self, rows: list[Checked]) -> None:
        super().__init__("readings were refused")
        self.rows = rows


@transaction.atomic
def take_readings(
    sender: Account | Token, watch: Watch, sent: Sequence[Sent], *, way: str, oldest: Any = None
) -> list[Checked]:
    """Take readings over, all or none, and hold their series against the thresholds. The same reading sent twice is one.

    Args:
        sender: who typed or imported them, or the token that sent them.
        watch: the watch that they are of.
        sent: the readings, in any order of their times.
        way: form, table or api.
        oldest: readings of a time before it are refused.

    Raises:
        PermissionDenied: when the sender may not enter readings of any of the places.
        Refused: when something is wrong with one of them; nothing is written then.
    """
    actor, token = (sender, None) if isinstance(sender, Account) else (None, sender)
    series = _series_of(watch)
    if actor is not None:
        series = [one for one in series if may_enter(actor, one)]
    elif token is not None and token.watch_id != watch.pk:
        series = []
    if not series:
        raise PermissionDenied(_("您不能填这项监测的读数。"))
    if series[0].watch.ended_at is not None:
        raise PermissionDenied(_("这项监测已经停止。"))
    now = timezone.now()
    rows = check(sent, series, now, oldest=oldest)
    if any(row.errors for row in rows):
        raise Refused(rows)
    written = [row for row in rows if row.status in {"new", "changed"}]
    Reading.objects.bulk_create(
        Reading(
            series=row.series, at=row.sent.at, value=row.sent.value, note=row.sent.note, way=way, corrects=row.before,
            reason=row.sent.reason if row.before else "", token=token, by=actor, arrived_at=now,
        )
        for row in written
        if row.sent.at is not None  # a reading without a time was refused above
    )  # fmt: skip
    if written:
        changed = sum(row.status == "changed" for row in written)
        told = ReadingsTaken(way=way, token=token.pk if token else None, new=len(written) - changed, corrected=changed)
        record(actor, told, f"watches.watch:{watch.pk}", scope=watch.division_id)
        touched = {row.series.pk for row in written if row.series}
        hold(one for one in series if one.pk in touched)
    return rows
