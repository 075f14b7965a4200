"""Watches, their readings and levels."""
