"""What changed between the versions of a campaign's rules, for everybody to read."""

from collections.abc import Iterator
from typing import Any

from .models import Campaign


def version_changes(campaign: Campaign) -> list[dict[str, Any]]:
    """Return the versions of a campaign's rules, newest first, each with (path, before, after) of what it changed."""
    found = []
    before: dict[str, str] = {}
    for version in campaign.versions.all():
        now = dict(_flat(version.content))
        changes = [
            (path, before.get(path, ""), now.get(path, ""))
            for path in sorted({*before, *now})
            if before.get(path) != now.get(path)
        ]
        found.append({"version": version, "changes": changes if version.number > 1 else []})
        before = now
    return found[::-1]


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (path, text) for every leaf; rows of a table go by their code, so that a moved row is not a changed one."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _flat(part, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for at, part in enumerate(value):
            name = part.get("code") or part.get("division") if isinstance(part, dict) else None
            yield from _flat(part, f"{path}[{name or at + 1}]")
    else:
        yield path, str(value)
