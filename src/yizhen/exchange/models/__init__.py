"""The nouns of the exchange room."""

from .adoption import Adoption
from .note import MOMENTS, NOTE_STATES, NoteFigure, PracticeNote
from .thread import Answer, Question

__all__ = ["MOMENTS", "NOTE_STATES", "Adoption", "Answer", "NoteFigure", "PracticeNote", "Question"]
