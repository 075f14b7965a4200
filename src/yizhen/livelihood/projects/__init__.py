"""Livelihood projects: proposed, voted on, built, paid, accepted by others, judged by residents and by their indicator."""
