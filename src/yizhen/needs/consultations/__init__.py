"""Consultations: a question to people, their answers, and what was done with them."""
