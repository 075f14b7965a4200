"""Integrity: yearly commitments of leaders and what they have declared. Facts with their dates, never a score."""
