"""Enterprises: what an office knows of a firm, who serves it, what it asked for and what it is owed."""
