"""What a resident fills in: what and where, nothing about himself."""

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yizhen.matters.kinds import WORK_LINES
from yizhen.places.models import Division
from yizhen.web.templatetags.yizhen import label


class AskForm(forms.Form):
    """A request. No name, no telephone: it is followed by a code."""

    client_id = forms.CharField(widget=forms.HiddenInput, max_length=40, initial=lambda: secrets.token_hex(12))
    division = forms.ModelChoiceField(label=_("在哪个乡镇（街道）"), queryset=Division.objects.none())
    work_line = forms.ChoiceField(label=_("是哪方面的事"), choices=list(WORK_LINES.items()))
    title = forms.CharField(label=_("一句话说清楚"), max_length=60)
    text = forms.CharField(
        label=_("具体情况（地点、时间、希望怎样解决）"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["division"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Division.objects.filter(level="township").select_related("parent")
        field.label_from_instance = lambda place: f"{label(place.parent)} {label(place)}"  # type: ignore[method-assign,assignment]
