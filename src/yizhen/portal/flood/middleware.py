"""The doorkeeper: looks at the size and the origin of what comes to the door before anything of it is read."""

import time
from collections.abc import Callable
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from .address import client_address
from .budget import Budget, Door
from .page import turned_away
from .question import unanswered

PREFIX = "/ask/"
MOST_BYTES = 40 * 1024 * 1024  # three photographs as cameras write them
MOST_TEXT = 256 * 1024  # what is read of somebody who is turned away, so that nothing typed is lost

# It is drawn before the rooms' texts can be: a page without a template, in both languages.
TOO_MUCH = (
    "<!doctype html><html lang=zh-hans><meta charset=utf-8><meta name=viewport content='width=device-width'><title>{0}</title>"
    "<h1>{0}</h1><p>{1}<p>请按返回键：填的字还在。文字先提交，照片可以少一些；也可以打电话，或者到便民服务中心请工作人员代为登记。"
    "<p lang=en>{2} Go back: what you typed is still there. Send the text first and fewer photographs, telephone, or ask at the counter."
)
LARGE = TOO_MUCH.format("太大，没有接收", "一次最多 40 MB。", "Too large: 40 MB at most.")
BUSY = TOO_MUCH.format(
    "提交太多，请过几分钟再试",
    "这里刚刚收到很多提交。",
    "Much was sent from here just now; try again in a few minutes.",
)


class Doorkeeper:
    """Counts what is posted to the door by address, in memory alone, and asks or turns away before a form is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    @cached_property
    def budget(self) -> Budget:
        """What this worker has seen of the last minutes."""
        return Budget(time.monotonic())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 413 to what is too large, and 429 with everything typed to whom the door asks or is shut."""
        if request.method != "POST" or not request.path.startswith(PREFIX):
            return self.get_response(request)
        length = _length(request)
        if length > MOST_BYTES:
            return HttpResponse(LARGE, status=413)
        address = client_address(request.META, settings.TRUSTED_PROXIES)
        stands = self.budget.take(address, time.monotonic())
        if stands is Door.SHUT:
            return HttpResponse(BUSY, status=429) if length > MOST_TEXT else turned_away(request, None)
        if stands is Door.ASKS and opens_something(request.path):
            question = unanswered(request, request.POST.get("client_id", "")[:40])
            if question is not None:
                return turned_away(request, question)
        return self.get_response(request)


def opens_something(path: str) -> bool:
    """Return whether something is filed at an address: only there a question is asked."""
    return path == PREFIX or path.startswith((f"{PREFIX}consultations/", f"{PREFIX}projects/"))


def _length(request: HttpRequest) -> int:
    told = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(told) if told.isdecimal() else 0
