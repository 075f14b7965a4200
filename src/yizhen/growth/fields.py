"""What the forms of the growth room share."""

from django import forms


class DayInput(forms.DateInput):
    """A day, in the way browsers write it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")
