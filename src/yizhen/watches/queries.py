"""What this room says about a place on boards."""

from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.web.board import BoardLine

from .emergency.queries import board_lines as duty_lines
from .readiness.queries import board_lines as readiness_lines
from .series.queries import board_lines as series_lines


def board_lines(user: Account, division: Division) -> list[BoardLine]:
    """Return what is watched and what is ready in a place, for the livelihood board."""
    return [*series_lines(user, division), *readiness_lines(user, division)]


def safety_lines(user: Account, division: Division) -> list[BoardLine]:
    """Return who is on duty in a place, for the safety board."""
    return duty_lines(user, division)
