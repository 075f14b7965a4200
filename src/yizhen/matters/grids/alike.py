"""Items of the list that sound like a demand: shown before it is refused, since it may be on the list in other words."""

from collections.abc import Iterable

from yizhen.matters.models import ServiceItem
from yizhen.matters.wording import grams

ALIKE = 0.5  # of the pairs of characters of an item's name


def items_like(asked: str, items: Iterable[ServiceItem], *, most: int = 3) -> list[ServiceItem]:
    """Return the items at least half of whose name, in pairs of characters, is in what was asked; the nearest first."""
    said = set(grams(asked, sizes=(2,)))
    shares = []
    for item in items:
        pairs = set(grams(item.name_zh, sizes=(2,)))
        if pairs:
            shares.append((len(pairs & said) / len(pairs), item))
    return [item for share, item in sorted(shares, key=lambda pair: -pair[0]) if share >= ALIKE][:most]
