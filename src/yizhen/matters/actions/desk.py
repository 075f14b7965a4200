"""Writing what a person keeps at the desk: calendar feeds, saved searches, reply templates."""

import secrets
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.desk.feed import token_hash
from yizhen.matters.desk.filters import Filters
from yizhen.matters.desk.personal import looks_personal
from yizhen.matters.desk.replies import (
    PLACEHOLDERS,
    VERBS,
    replies_of,
    unknown_placeholders,
)
from yizhen.matters.desk.rules import has_desk, may_keep_replies
from yizhen.matters.kinds import KINDS
from yizhen.matters.lifecycle import TABLE, State, Verb
from yizhen.matters.models import CalendarFeed, ReplyTemplate, SavedSearch
from yizhen.people.models import Account

MOST_SEARCHES = 20
LONGEST_REPLY = 2000


@event("matters.feed_issued")
class FeedIssued:
    """An account got a new address for its calendar feed; an older one stopped working."""

    replaced: bool


@event("matters.feed_revoked")
class FeedRevoked:
    """An account's calendar feed was switched off."""


@event("matters.search_saved")
class SearchSaved:
    """An account saved a search; what it looks for is its own and is not recorded."""


@event("matters.search_dropped")
class SearchDropped:
    """An account dropped a saved search."""


@event("matters.reply_saved")
class ReplySaved:
    """A unit's reply template was saved."""

    title: str
    text: str
    kind: str
    state: str
    verb: str


@event("matters.reply_dropped")
class ReplyDropped:
    """A unit's reply template was dropped."""

    title: str


def _check_desk(actor: Account) -> None:
    if not has_desk(actor):
        raise PermissionDenied(_("这个账号不办理事项。"))


@transaction.atomic
def issue_feed(actor: Account) -> str:
    """Return the token of the actor's new calendar feed, which cannot be read again; the old one stops working.

    Raises:
        PermissionDenied: when the account does not work with matters.
    """
    _check_desk(actor)
    Account.objects.select_for_update().get(pk=actor.pk)  # two at once: the second replaces what the first issued
    replaced = _live(actor).update(revoked_at=timezone.now())
    token = secrets.token_urlsafe(24)
    feed = CalendarFeed.objects.create(account=actor, token_hash=token_hash(token))
    record(actor, FeedIssued(replaced=bool(replaced)), f"matters.feed:{feed.pk}", scope=actor.scope_id)
    return token


@transaction.atomic
def revoke_feed(actor: Account) -> None:
    """Switch the actor's calendar feed off; nothing happens when there is none."""
    _check_desk(actor)
    feed = _live(actor).select_for_update().first()
    if feed is not None:
        feed.revoked_at = timezone.now()
        feed.save(update_fields=["revoked_at"])
        record(actor, FeedRevoked(), f"matters.feed:{feed.pk}", scope=actor.scope_id)


def _live(actor: Account) -> Any:
    return CalendarFeed.objects.filter(account=actor, revoked_at__isnull=True)


@transaction.atomic
def save_search(
    actor: Account, *, name: str, filters: Filters, more_than: int | None = None, any_red: bool = False
) -> SavedSearch:
    """Save a search of the actor's own under a name; the same name again replaces its filters and alert.

    Raises:
        PermissionDenied: when the account does not work with matters.
        ValidationError: keyed by field; when the words look like a person's number, or there are twenty already.
    """
    _check_desk(actor)
    name = name.strip()
    reason = _("看起来有身份证号或手机号。常用查询只能找事项，不能用来盯着某个人；请改用编号、名称或地方。")
    errors = {field: [reason] for field, text in (("q", filters.q), ("name", name)) if looks_personal(text)}
    if errors:
        raise ValidationError(errors)
    Account.objects.select_for_update().get(pk=actor.pk)
    own = SavedSearch.objects.filter(owner=actor)
    search = own.filter(name=name).first() or SavedSearch(owner=actor, name=name)
    if search.pk is None and own.count() >= MOST_SEARCHES:
        raise ValidationError({"name": _("最多存 %(n)s 个常用查询，请先删去不用的。") % {"n": MOST_SEARCHES}})
    search.filters, search.more_than, search.any_red = filters.as_dict(), more_than, any_red
    search.full_clean(exclude=["owner", "filters"])
    search.save()
    record(actor, SearchSaved(), f"matters.search:{search.pk}", scope=actor.scope_id)
    return search


@transaction.atomic
def drop_search(actor: Account, search: SavedSearch) -> None:
    """Drop a saved search.

    Raises:
        PermissionDenied: when it is somebody else's.
    """
    if search.owner_id != actor.pk:
        raise PermissionDenied(_("这是别人的常用查询。"))
    record(actor, SearchDropped(), f"matters.search:{search.pk}", scope=actor.scope_id)
    search.delete()


@transaction.atomic
def save_reply(
    actor: Account,
    *,
    title: str,
    text: str,
    kind: str = "",
    state: str = "",
    verb: str = "",
    reply: ReplyTemplate | None = None,
) -> ReplyTemplate:
    """Save a reply template of the actor's own unit, a new one or in place of ``reply``.

    Raises:
        PermissionDenied: when the actor keeps no templates, or these are another unit's.
        ValidationError: keyed by field; when a placeholder is unknown, or no such step leads out of the state.
    """
    if not may_keep_replies(actor):
        raise PermissionDenied(_("回复样本由办公室和部门管理。"))
    if reply is not None and not replies_of(actor).filter(pk=reply.pk).exists():
        raise PermissionDenied(_("这是别的单位的回复样本。"))
    _check_reply(text, kind, state, verb)
    reply = reply or ReplyTemplate(division=actor.scope, unit=actor.unit)
    reply.title, reply.text, reply.kind, reply.state, reply.verb = title.strip(), text.strip(), kind, state, verb
    reply.by, reply.saved_at = actor, timezone.now()
    reply.full_clean(exclude=["division", "unit", "by"], validate_constraints=False)
    taken = replies_of(actor).filter(title=reply.title).exclude(pk=reply.pk)
    if taken.exists():
        raise ValidationError({"title": _("本单位已有同名的回复样本。")})
    reply.save()
    happened = ReplySaved(title=reply.title, text=reply.text, kind=kind, state=state, verb=verb)
    record(actor, happened, f"matters.reply:{reply.pk}", scope=actor.scope_id)
    return reply


def _check_reply(text: str, kind: str, state: str, verb: str) -> None:
    errors = {}
    if unknown := unknown_placeholders(text):
        errors["text"] = _("不认识 %(unknown)s；只能用 %(known)s。") % {
            "unknown": "、".join(f"{{{name}}}" for name in unknown),
            "known": "、".join(f"{{{name}}}" for name in PLACEHOLDERS),
        }
    elif len(text) > LONGEST_REPLY:
        errors["text"] = _("最多 %(n)s 个字。") % {"n": LONGEST_REPLY}
    if kind and kind not in KINDS:
        errors["kind"] = _("没有这个种类。")
    if state and state not in {one.value for one in State}:
        errors["state"] = _("没有这个状态。")
    elif verb and verb not in VERBS:
        errors["verb"] = _("这一步不用回复样本。")
    elif verb and state and (Verb(verb), State(state)) not in TABLE:
        errors["state"] = _("在这个状态下没有这一步。")
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def drop_reply(actor: Account, reply: ReplyTemplate) -> None:
    """Drop a reply template of the actor's own unit.

    Raises:
        PermissionDenied: when the actor keeps no templates, or it is another unit's.
    """
    if not may_keep_replies(actor) or not replies_of(actor).filter(pk=reply.pk).exists():
        raise PermissionDenied(_("这是别的单位的回复样本。"))
    record(actor, ReplyDropped(title=reply.title), f"matters.reply:{reply.pk}", scope=actor.scope_id)
    reply.delete()
