"""The interface by which devices and other systems send readings: JSON over POST, with a token of one watch.

Everything is answered in JSON, errors in both languages. A request is taken as a whole or not at all.
"""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal, DecimalException
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from yizhen.watches.models import Token

from .actions import Refused, digest_of, take_readings
from .checking import MESSAGES, Sent

BYTES = 128 * 1024
READINGS = 500
A_MINUTE = 60
OLDEST = timedelta(days=366)
FIELDS = {"place", "at", "value", "note", "reason"}
PROBLEMS = {
    "method": "只收 POST · POST alone is taken",
    "token": "没有有效的令牌：请在 Authorization 头里写 Bearer 和令牌 · No valid token: send Authorization: Bearer and the token",
    "other_watch": "这个令牌不是这项监测的，或者监测已经停止 · This token is of another watch, or the watch has ended",
    "too_many_requests": "一分钟最多 60 次请求，请稍后再发 · 60 requests a minute at most: send later",
    "too_large": "一次最多 128 KB · 128 KB at most",
    "not_json": '请发送 JSON：{"readings": [...]} · Send JSON: {"readings": [...]}',
    "too_many": "一次最多 500 条读数，至少 1 条 · Between 1 and 500 readings at a time",
    "readings": "有读数不对，整批没有收；见 readings 里的每一条 · Some readings are wrong and none was taken: see readings",
    "unknown_field": "没有这个字段 · No such field",
    "not_text": "要写成文字 · This must be text",
}


def both(text: str) -> dict[str, str]:
    """Return a message in both languages."""
    zh, _mark, en = text.partition(" · ")
    return {"zh": zh, "en": en}


class _Problem(Exception):
    """What is answered instead of taking the request."""

    def __init__(self, status: int, code: str, **more: Any) -> None:
        super().__init__(code)
        self.status, self.code, self.more = status, code, more

    def answer(self) -> JsonResponse:
        """Return the answer."""
        content = {"error": {"code": self.code, **both(PROBLEMS[self.code])}, **self.more}
        response = JsonResponse(content, status=self.status, json_dumps_params={"ensure_ascii": False})
        if self.status == 429:
            response["Retry-After"] = "60"
        if self.status == 401:
            response["WWW-Authenticate"] = "Bearer"
        if self.status == 405:
            response["Allow"] = "POST"
        return response


@csrf_exempt
@never_cache
def receive(request: HttpRequest, pk: int) -> JsonResponse:
    """Take readings of one watch from a device or another system. No session and no cookie counts here, the token alone."""
    try:
        if request.method != "POST":
            raise _Problem(405, "method")
        token = _token_of(request)
        if token.watch_id != pk or token.watch.ended_at is not None:
            raise _Problem(403, "other_watch")
        _count(token)
        sent, wrong = _read(_body(request))
        if wrong:
            raise _Problem(400, "readings", readings=wrong)
        try:
            rows = take_readings(token, token.watch, sent, way="api", oldest=timezone.now() - OLDEST)
        except Refused as refused:
            raise _Problem(400, "readings", readings=_errors(refused)) from refused
        except PermissionDenied as error:
            raise _Problem(403, "other_watch") from error
    except _Problem as problem:
        return problem.answer()
    counts = {status: sum(row.status == status for row in rows) for status in ("new", "changed", "same")}
    return JsonResponse({"new": counts["new"], "corrected": counts["changed"], "same": counts["same"]})


def _token_of(request: HttpRequest) -> Token:
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise _Problem(401, "token")
    found = Token.objects.filter(digest=digest_of(secret.strip()), revoked_at__isnull=True)
    token = found.select_related("watch").first()
    if token is None:
        raise _Problem(401, "token")
    return token


@transaction.atomic
def _count(token: Token) -> None:
    """Count a request of a token in the current minute, whether it is taken or not."""
    locked = Token.objects.select_for_update().get(pk=token.pk)
    minute = timezone.now().replace(second=0, microsecond=0)
    used = locked.used if locked.minute == minute else 0
    if used >= A_MINUTE:
        raise _Problem(429, "too_many_requests")
    locked.minute, locked.used = minute, used + 1
    locked.save(update_fields=["minute", "used"])


def _body(request: HttpRequest) -> list[Any]:
    """Return the readings of a request as they were sent, read no further than the limit."""
    content = request.read(BYTES + 1)
    if len(content) > BYTES:
        raise _Problem(413, "too_large")
    try:
        data = json.loads(content.decode("utf-8"), parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError, DecimalException) as error:
        raise _Problem(400, "not_json") from error
    readings = data.get("readings") if isinstance(data, dict) and set(data) == {"readings"} else None
    if not isinstance(readings, list) or not all(isinstance(one, dict) for one in readings):
        raise _Problem(400, "not_json")
    if not 0 < len(readings) <= READINGS:
        raise _Problem(400, "too_many")
    return readings


def _read(readings: list[dict[str, Any]]) -> tuple[list[Sent], list[dict[str, Any]]]:
    """Return the readings as typed values, and what is wrong with those that have none."""
    sent: list[Sent] = []
    wrong: list[dict[str, Any]] = []
    for index, one in enumerate(readings):
        errors: dict[str, str] = dict.fromkeys(sorted(set(one) - FIELDS)[:5], PROBLEMS["unknown_field"])
        texts = {}
        for name in ("place", "note", "reason"):
            texts[name] = one.get(name, "")
            if not isinstance(texts[name], str):
                errors[name] = PROBLEMS["not_text"]
        at = _time(one.get("at"), errors)
        value = _number(one.get("value"), errors)
        if errors:
            wrong += [{"index": index, "field": _safe(name), **both(text)} for name, text in errors.items()]
        else:
            sent.append(Sent(texts["place"].strip(), at, value, texts["note"].strip(), texts["reason"].strip()))
    return sent, wrong


def _safe(name: str) -> str:
    return name[:40].encode("utf-8", "replace").decode()


def _time(text: Any, errors: dict[str, str]) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip()) if isinstance(text, str) else None
        if moment is not None and moment.tzinfo is None:
            errors["at"] = MESSAGES["no_zone"]
            return None
        moment = moment.astimezone(UTC) if moment else None
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        errors["at"] = MESSAGES["bad_time"]
    return moment


def _number(value: Any, errors: dict[str, str]) -> Decimal | None:
    try:
        if isinstance(value, Decimal):
            return value
        if isinstance(value, str) and value.strip().isascii() and len(value) <= 40:
            return Decimal(value.strip())
    except DecimalException:
        pass
    errors["value"] = MESSAGES["bad_value"]
    return None


def _errors(refused: Refused) -> list[dict[str, Any]]:
    return [
        {"index": index, "field": name, "code": code, **both(MESSAGES[code])}
        for index, row in enumerate(refused.rows)
        for name, code in row.errors.items()
    ]
