"""The writers of indicators, fields, forms, figures and imports."""

from .approval import approve, give_back
from .batches import commit_batch, undo_batch
from .catalogue import declare_neighbours, define_indicator, publish_indicator
from .checks import check_workbook
from .fields import define_field, forget_expired, retire_field
from .filling import (
    BadWorkbook,
    EditConflict,
    Typed,
    extend_window,
    hand_in,
    open_collection,
    write_cells,
    write_workbook_cells,
)
from .rates import rates_as_batch
from .refusing import refuse_form
from .register import (
    Wanted,
    apply_for_form,
    decide_form,
    drop_lines,
    set_rules,
    take_field,
    withdraw_form,
)
from .tables import check_table, choose, forget_mapping, receive_file
from .thresholds import drop_threshold, set_threshold, watch

__all__ = [
    "BadWorkbook", "EditConflict", "Typed", "Wanted", "apply_for_form", "approve", "check_table", "check_workbook", "choose", "commit_batch",
    "decide_form", "declare_neighbours", "define_field", "define_indicator", "drop_lines", "drop_threshold", "extend_window", "forget_expired", "forget_mapping", "give_back", "hand_in", "open_collection", "publish_indicator", "rates_as_batch", "receive_file",
    "refuse_form", "retire_field", "set_rules", "set_threshold", "take_field", "undo_batch", "watch", "withdraw_form", "write_cells", "write_workbook_cells",
]  # fmt: skip
