"""Pages of the matters room, cut by concept."""
