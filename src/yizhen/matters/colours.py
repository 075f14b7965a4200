"""The three colours of supervision notices (三色督办): blue reminds, orange when blue was ignored, red when orange was.

Practice of a city's supervision office; how many days there are to answer is the kind's ``notice_days``, and whoever
issues a notice may give more or fewer.
"""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Colour(StrEnum):
    """How far a supervision has gone."""

    BLUE = "blue"
    ORANGE = "orange"
    RED = "red"


ORDER = tuple(Colour)
COLOUR_NAMES = {
    Colour.BLUE: _("蓝色提醒"),
    Colour.ORANGE: _("橙色督办"),
    Colour.RED: _("红色督办"),
}
SHAPES = {Colour.BLUE: "●", Colour.ORANGE: "▲", Colour.RED: "■"}


def following(colour: Colour | None) -> Colour | None:
    """Return the colour after one: blue comes first, and nothing after red."""
    if colour is None:
        return Colour.BLUE
    return ORDER[ORDER.index(colour) + 1] if colour != Colour.RED else None
