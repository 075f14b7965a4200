"""The writers of indicators, figures and imports."""

from .batches import check_workbook, commit_batch, compare, undo_batch
from .catalogue import define_indicator

__all__ = ["check_workbook", "commit_batch", "compare", "define_indicator", "undo_batch"]
