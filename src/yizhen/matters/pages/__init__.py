"""Pages of the matters room that stand beside the list, the queue and the matter itself, one concept a module."""
