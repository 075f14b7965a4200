"""The unified social credit code of an organisation: 18 characters, the last of which checks the others. Pure.

Source: GB 32100-2015.
"""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18


def check_character(body: str) -> str:
    """Return the check character of the first 17 characters.

    Raises:
        ValueError: when a character is none of such codes.
    """
    whole = sum(ALPHABET.index(mark) * pow(3, place, 31) for place, mark in enumerate(body))
    return ALPHABET[-whole % 31]


def is_credit_code(text: str) -> bool:
    """Return whether a text is such a code."""
    if len(text) != LENGTH or any(mark not in ALPHABET for mark in text):
        return False
    return check_character(text[:-1]) == text[-1]
