"""One grid, one worker, one list: what a grid does, and what it may refuse."""
