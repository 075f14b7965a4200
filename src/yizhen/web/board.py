"""One line of a board: what a room says about a place on the front command post."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class BoardLine:
    """What a room knows of a place, in one line that opens to where it comes from.

    ``value`` is the figure with its unit, ``detail`` what it is of and as of when; ``light`` is ``red``, ``yellow``, ``green`` or
    empty, and never stands for how many people complained.
    """

    name: Any
    value: Any
    address: str
    detail: Any = ""
    light: str = ""
