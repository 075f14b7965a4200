"""What makes a township grow: investment projects, screened by what they bring and what they cost."""
