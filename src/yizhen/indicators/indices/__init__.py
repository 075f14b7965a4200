"""Composite indices of townships: what an office states (``spec``), what is known (``gathering``), what comes out."""
