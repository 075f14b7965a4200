"""Forms of the calendars: a year's table, and a closure."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yizhen.web.fields import DayInput, NamedChoice

from .models import Division
from .models.calendar import YEARS

LIMIT = 1024 * 1024  # bytes


def date_field(label: Any, **kwargs: Any) -> forms.DateField:
    """Return a day, chosen in the browser's own calendar."""
    return forms.DateField(label=label, widget=DayInput(), **kwargs)


class NoticeForm(forms.Form):
    """Which year a table is for, and which notice it was taken from."""

    year = forms.IntegerField(label=_("年份"), min_value=YEARS[0], max_value=YEARS[1])
    source = forms.CharField(label=_("依据的通知"), max_length=120)
    published_on = date_field(_("通知日期"))


class CalendarFileForm(NoticeForm):
    """A year's table as a file."""

    file = forms.FileField(
        label=_("表格（.xlsx、.xls、.csv）"), widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"})
    )

    def clean_file(self) -> UploadedFile:
        """Refuse what is too large before reading it."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LIMIT:
            raise forms.ValidationError(_("文件超过 1 MB。一年的放假安排没有这么多。"))
        return file


class CalendarTextForm(NoticeForm):
    """The table that was seen in the dry run, to be imported now."""

    table = forms.CharField(max_length=40_000, strip=False)


class ClosureForm(forms.Form):
    """A closure of a place."""

    division = NamedChoice(label=_("地方"), queryset=Division.objects.none())
    first = date_field(_("第一天"))
    last = date_field(_("最后一天"))
    reason = forms.CharField(label=_("原因"), max_length=60)
    basis = forms.CharField(label=_("依据（批准文件）"), max_length=120)

    def __init__(self, *args: Any, places: QuerySet[Division], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["division"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = places
        self.fields["first"].initial = timezone.localdate
