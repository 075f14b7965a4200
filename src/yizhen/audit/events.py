"""Typed audit events: a room declares what it records, and nothing else can be recorded."""

from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar, dataclass_transform

REGISTRY: dict[str, type[Any]] = {}
T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(name: str) -> Any:
    """Declare an audit event, ``room.what_happened``, as a frozen dataclass of plain values.

    Raises:
        ValueError: when the name is taken.
    """

    def declare(cls: type[T]) -> type[T]:
        if name in REGISTRY:
            raise ValueError(f"audit event {name} is declared twice")
        made = dataclass(frozen=True, kw_only=True)(cls)
        made.event_name = name  # type: ignore[attr-defined]
        REGISTRY[name] = made
        return made

    return declare


def as_details(value: Any) -> dict[str, Any]:
    """Return an event's fields as plain values.

    Raises:
        TypeError: when the value is not a declared event.
    """
    if REGISTRY.get(getattr(type(value), "event_name", "")) is not type(value):
        raise TypeError(f"{type(value).__name__} is not a declared audit event")
    return {field.name: asdict(value)[field.name] for field in fields(value)}
