"""Words as numbers: what of a text goes into the search index, and what a query asks the index for. Pure.

At each place of a text stands one gram, an integer of at most 56 bits, and no two texts share one by chance:

- a letter outside ASCII with the letter after it (two code points of 21 bits; 0 where a word ends), so that 井盖 is one;
- an ASCII letter with up to seven ASCII letters after it (7 bits each), so that any part of a number is one range.

Width, case and compatibility forms make no difference (NFKC, Unicode Standard Annex 15, and case folding).
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

END_OF_ASCII = "\x80"
WINDOW = 8  # ASCII letters in a gram
POINT, LETTER = 21, 7  # bits of a code point, and of an ASCII letter


@dataclass(frozen=True, order=True)
class Grams:
    """The grams from ``first`` to ``last``, both included."""

    first: int
    last: int


@dataclass(frozen=True)
class Term:
    """One word of a query: any of ``grams`` stands in every text that has the word; ``exact``: in no other."""

    text: str
    grams: tuple[Grams, ...]

    @property
    def exact(self) -> bool:
        """Whether the first of the grams says all of the word."""
        return len(self.grams) == 1


def folded(text: str) -> str:
    """Return a text as it is compared: one width, one case."""
    plain = unicodedata.normalize("NFKC", text.replace("\0", ""))
    return unicodedata.normalize("NFKC", plain.casefold())


def joined(fields: Iterable[str]) -> str:
    """Return the folded fields as one text, in which no word reaches from one into the next."""
    return "\n".join(folded(field) for field in fields if field)


def grams_of(text: str) -> set[int]:
    """Return the grams of a folded text."""
    return {_gram(word, at)[0] for word in text.split() for at in range(len(word))}


def terms_of(query: str) -> list[Term]:
    """Return the words of a query, each once; a text is found when it has them all."""
    return [Term(word, tuple(_asked(word))) for word in dict.fromkeys(folded(query).split())]


def _asked(word: str) -> Iterable[Grams]:
    """Yield what the index is asked for, but not what the place before already asks for."""
    reached = 0
    for at in range(len(word)):
        gram, end, spare = _gram(word, at)
        if end > reached:
            reached = end
            yield Grams(gram, gram | ((1 << spare) - 1 if end == len(word) else 0))


def _gram(word: str, at: int) -> tuple[int, int, int]:
    """Return the gram at a place of a word, where it ends, and how many of its bits are left for what comes after."""
    if word[at] >= END_OF_ASCII:
        after = ord(word[at + 1]) if at + 1 < len(word) else 0
        return ord(word[at]) << POINT | after, min(at + 2, len(word)), 0 if after else POINT
    gram, end = 0, at
    while end < min(at + WINDOW, len(word)) and word[end] < END_OF_ASCII:
        gram = gram << LETTER | ord(word[end])
        end += 1
    spare = LETTER * (WINDOW - (end - at))
    return gram << spare, end, spare
