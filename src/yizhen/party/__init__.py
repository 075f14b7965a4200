"""The fourth board: party building and conduct of a township, as facts with their dates."""
