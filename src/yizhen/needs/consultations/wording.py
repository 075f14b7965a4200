"""What people write: nothing in it may say who wrote it."""

import re
import unicodedata

# A telephone number has 11 digits, an identity number 18 (GB 11643); a landline with its area code 10 to 12.
NUMBER = re.compile(r"\d(?:[\s-]?\d){9,}")


def names_somebody(text: str) -> bool:
    """Return whether a text holds a number that may be somebody's telephone or identity number.

    >>> names_somebody("我的电话 139 0000 0000"), names_somebody("２０２６年要修 120 盏灯")
    (True, False)
    """
    return NUMBER.search(unicodedata.normalize("NFKC", text)) is not None
