"""Which department a matter belongs to: ordered rules that are proven by cases, and a suggestion learnt from history."""
