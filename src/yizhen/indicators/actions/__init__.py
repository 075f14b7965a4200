"""The writers of indicators, figures and imports."""

from .batches import commit_batch, undo_batch
from .catalogue import define_indicator
from .checks import check_workbook

__all__ = ["check_workbook", "commit_batch", "define_indicator", "undo_batch"]
