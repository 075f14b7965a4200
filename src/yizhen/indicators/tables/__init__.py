"""Tables of people read as figures: units, names of places, headings, and what the columns mean. Writes nothing."""
