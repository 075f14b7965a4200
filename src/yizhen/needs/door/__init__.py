"""The resident's door, as far as offices use it on somebody's behalf."""
