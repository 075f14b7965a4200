"""Holding off floods of bogus requests without knowing, or keeping, who sends them (ADR 14)."""
