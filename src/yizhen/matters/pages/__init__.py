"""Pages of the matters room, by concept."""
