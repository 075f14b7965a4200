"""Keeping the search index in step with matters, in the transaction that opens or moves them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from django.db import connection, transaction

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.audit.prepared import keep_all
from yizhen.matters.models import Matter, MatterFresh, MatterGram, MatterWords
from yizhen.matters.words import grams_of, joined

TOGETHER = 100  # matters whose grams are brought into the index at once
MANY = 500  # matters indexed at once
INTO = f"INSERT INTO {MatterGram._meta.db_table} (gram, matter_id)"
ARRAYS = f"{INTO} SELECT * FROM unnest(%s::bigint[], %s::bigint[])"  # noqa: S608
ROW = f"{INTO} VALUES (%s, %s)"


@event("matters.reindexed")
class MattersReindexed:
    """The search index was made anew."""

    matters: int


def words_of(matter: Matter) -> str:
    """Return what a matter is found by. Nobody's words of a sealed kind are in it: their number and place are."""
    said = () if matter.kind_info.sealed else (matter.title, matter.text)
    return joined((matter.number, matter.division.name_zh, *said))


def index_words(matters: Sequence[Matter]) -> None:
    """Make new matters findable; every hundredth brings the grams of those before it into the index, once it is kept."""
    keep_all([MatterWords(matter=matter, text=words_of(matter)) for matter in matters])
    keep_all([MatterFresh(matter=matter) for matter in matters])
    if any(matter.pk % TOGETHER == 0 for matter in matters):
        transaction.on_commit(fold_words, robust=True)  # not while others wait for the series of numbers


@transaction.atomic
def fold_words() -> None:
    """Bring the grams of fresh matters into the index; what another transaction is about to bring in is left to it."""
    fresh = MatterFresh.objects.all()
    if connection.features.has_select_for_update_skip_locked:
        fresh = fresh.select_for_update(skip_locked=True)
    numbers = list(fresh.values_list("pk", flat=True))
    _add(_rows(list(MatterWords.objects.filter(pk__in=numbers))))
    MatterFresh.objects.filter(pk__in=numbers)._raw_delete(MatterFresh.objects.db)


def reindex_words(matter: Matter) -> None:
    """Index a matter again that went to another place; where it stays nothing is written."""
    words = words_of(matter)
    if MatterFresh.objects.select_for_update().filter(matter=matter).exists():
        MatterWords.objects.filter(matter=matter).update(text=words)
        return
    known = MatterWords.objects.filter(matter=matter).values_list("text", flat=True).first()
    if known == words:
        return
    wanted, had = grams_of(words), grams_of(known or "")
    MatterGram.objects.filter(matter=matter, gram__in=had - wanted).delete()
    _add((gram, matter.pk) for gram in wanted - had)
    MatterWords.objects.update_or_create(matter=matter, defaults={"text": words})


@transaction.atomic
def reindex_matters(told: Callable[[int], None] = lambda _number: None) -> int:
    """Make the index of all matters anew: after places were renamed, or when it is in doubt. Returns how many.

    Args:
        told: is told how many are done, now and then.
    """
    MatterGram.objects.all()._raw_delete(MatterGram.objects.db)
    MatterWords.objects.all()._raw_delete(MatterWords.objects.db)
    MatterFresh.objects.all()._raw_delete(MatterFresh.objects.db)
    number = 0
    everything = Matter.objects.select_related("division").defer("clock").order_by("pk").iterator(MANY)
    while some := list(islice(everything, MANY)):
        _index(some)
        number += len(some)
        told(number)
    record(None, MattersReindexed(matters=number), "matters.matter:*")
    return number


def _index(matters: Iterable[Matter]) -> None:
    made = [MatterWords(matter=matter, text=words_of(matter)) for matter in matters]
    MatterWords.objects.bulk_create(made)
    _add(_rows(made))


def _rows(made: list[MatterWords]) -> Iterator[tuple[int, int]]:
    return ((gram, words.matter_id) for words in made for gram in grams_of(words.text))


def _add(rows: Iterable[tuple[int, int]]) -> None:
    """Add grams in the order of the index: neighbours come into the same page of it.

    As a statement of our own, that each database reads once for all rows: with a row of marks for each gram, filing a
    matter would spend a tenth of its time here.
    """
    ordered = sorted(rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            columns = [gram for gram, _matter in ordered], [matter for _gram, matter in ordered]
            cursor.execute(ARRAYS, columns)
        else:
            cursor.executemany(ROW, ordered)
