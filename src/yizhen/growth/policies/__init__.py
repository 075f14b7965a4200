"""Enterprise policies: conditions as data, who qualifies and why, and what was really paid."""
