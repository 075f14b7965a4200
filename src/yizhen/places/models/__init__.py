"""Places: divisions, their categories."""

from .category import Category
from .division import CODE_LENGTHS, Division

__all__ = ["CODE_LENGTHS", "Category", "Division"]
