"""A table on its way in: uploaded and shown as a dry run, then carried back by the page to be taken over."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext as _

from .carried import UnreadableTable, rows_of_file, rows_of_text

LARGEST = 8 * 1024 * 1024  # bytes

Table = TypeVar("Table")


class TableForm(forms.Form):
    """A table as a file, or the text in which a page carried it back."""

    file = forms.FileField()

    def __init__(self, label: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = label
        self.fields["file"].required = not self.is_carried

    @property
    def is_carried(self) -> bool:
        """Whether the table has been seen, and is to be taken over."""
        return self.is_bound and "table" in self.data

    def clean_file(self) -> Any:
        """Refuse what is too large to be such a table."""
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST:
            raise forms.ValidationError(_("文件超过 8 MB。"))
        return file

    def checked(self, check: Callable[[Iterator[list[Any]]], Table]) -> Table | None:
        """Return the table as ``check`` found it; None when there is none that can be read, which is said at the form."""
        if not self.is_valid():
            return None
        try:
            if self.is_carried:
                return check(rows_of_text(self.data["table"]))
            file = self.cleaned_data["file"]
            return check(rows_of_file(file.read(), file.name))
        except UnreadableTable as error:
            self.add_error(None if self.is_carried else "file", str(error))
            return None
