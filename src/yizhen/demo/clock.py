"""The story's clock: lets the demo play its past through the real actions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils import timezone

_real_now = timezone.now


@contextmanager
def days_ago(days: float) -> Iterator[None]:
    """Let everything inside happen some days ago. For making the demo only: one process, no server running."""

    def then() -> datetime:
        return _real_now() - timedelta(days=days)

    timezone.now = then
    try:
        yield
    finally:
        timezone.now = _real_now
