"""The writers of indicators, figures and imports."""

from .batches import commit_batch, undo_batch
from .catalogue import define_indicator
from .checks import check_workbook
from .tables import check_table, choose, forget_mapping, receive_file

__all__ = [
    "check_table",
    "check_workbook",
    "choose",
    "commit_batch",
    "define_indicator",
    "forget_mapping",
    "receive_file",
    "undo_batch",
]
