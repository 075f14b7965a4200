"""Townships tell each other what they tried: with numbers that are cited, and with what failed."""
