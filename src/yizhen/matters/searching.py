"""Searching matters: the rarest gram of a query finds the candidates, the rest is compared letter by letter.

What is found is the same as if every visible matter were looked at, on both databases: a matter has a word of the query
when its number, its place's name, its title or its text (of a sealed kind: its number or its place's name) contains it.
"""

from django.db import connection
from django.db.models import QuerySet

from .models import Matter, MatterGram, MatterWords
from .words import Grams, terms_of

LONGEST = 60
ENOUGH = 2_000  # grams are not counted further: one of so many matters is no help
COMPARED = 12  # as many grams of a query are compared


def search(matters: QuerySet[Matter], text: str) -> QuerySet[Matter]:
    """Narrow visible matters down to those that have every word of a text; without a word it narrows nothing.

    What was filed last is not in the index yet and is looked at word by word. One query now where the words have several grams, and none where they have one.
    """
    terms = terms_of(text.strip()[:LONGEST])
    if not terms:
        return matters
    rarest = _rarest([grams for term in terms for grams in term.grams][:COMPARED])
    asked = {"gram": rarest.first} if rarest.first == rarest.last else {"gram__range": (rarest.first, rarest.last)}
    indexed = MatterGram.objects.filter(**asked).values_list("matter")
    fresh = MatterWords.objects.filter(matter__fresh__isnull=False)
    for term in terms:
        fresh = fresh.filter(text__contains=term.text)
    matters = matters.filter(pk__in=indexed.union(fresh.values_list("matter"), all=True))
    for term in terms:
        if term.grams != (rarest,):
            matters = matters.filter(words__text__contains=term.text)
    return matters


def _rarest(asked: list[Grams]) -> Grams:
    """Return the grams that the fewest matters have."""
    if len(asked) == 1:
        return asked[0]
    table = connection.ops.quote_name(MatterGram._meta.db_table)
    few = f"(SELECT 1 FROM {table} WHERE gram BETWEEN %s AND %s LIMIT {ENOUGH}) AS few"  # noqa: S608
    counts = " UNION ALL ".join(f"SELECT COUNT(*), {number} FROM {few}" for number in range(len(asked)))  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(counts, [end for one in asked for end in (one.first, one.last)])
        return asked[min(cursor.fetchall())[1]]
