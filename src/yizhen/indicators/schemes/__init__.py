"""Differentiated assessment: an index weighed by category, what is added and taken off, and vetoes after the score."""
