"""Signs that figures may be made rather than earned: gathered per unit and period, shown first to the unit itself."""
