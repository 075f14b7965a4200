"""Places: divisions, their categories, and how the map has changed."""

from .category import Category
from .change import CHANGES, PlaceChange, Succession
from .division import CODE_LENGTHS, Division

__all__ = ["CHANGES", "CODE_LENGTHS", "Category", "Division", "PlaceChange", "Succession"]
