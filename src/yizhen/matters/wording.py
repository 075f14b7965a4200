"""Texts made comparable."""

import unicodedata


def normalised(text: str) -> str:
    """Return the letters and digits of a text alone: spacing, punctuation, width and case do not make it another."""
    # Decomposed on both sides of the folding: an accent must vanish whether or not it stands right behind its letter.
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] in "LN")


def grams(text: str, sizes: tuple[int, ...] = (2, 3)) -> list[str]:
    """Return the runs of characters of a normalised text, of each size, in order: what words are made of."""
    return [text[at : at + size] for size in sizes for at in range(len(text) - size + 1)]
