"""Teams on matters: who may form them, and what they are doing."""
