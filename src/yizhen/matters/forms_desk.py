"""Forms of the desk: saved searches, the digest's day, bulk steps, reply templates."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .desk.bulk import BulkStep
from .desk.replies import VERBS
from .kinds import KINDS
from .lifecycle import STATE_NAMES, VERB_NAMES


class SavedSearchForm(forms.Form):
    """A saved search's name and what its owner wants to be told of; the filters come beside it."""

    name = forms.CharField(label=_("名称"), max_length=40)
    more_than = forms.IntegerField(
        label=_("未销号的超过多少件时告诉我"), required=False, min_value=0, max_value=1_000_000
    )
    any_red = forms.BooleanField(label=_("有超期的就告诉我"), required=False)


class DigestForm(forms.Form):
    """The day from which a digest tells."""

    since = forms.DateField(
        label=_("从哪天起"), widget=forms.DateInput(attrs={"type": "date", "class": "form-control"})
    )


class BulkForm(forms.Form):
    """A step for many matters."""

    step = forms.ChoiceField(choices=[(step.value, step.value) for step in BulkStep])
    text = forms.CharField(max_length=4000, required=False)
    client_id = forms.CharField(max_length=64)


class ReplyForm(forms.Form):
    """A reply template."""

    title = forms.CharField(label=_("名称"), max_length=60)
    verb = forms.ChoiceField(
        label=_("用在哪一步"),
        required=False,
        choices=lambda: [("", _("任何一步")), *((verb.value, VERB_NAMES[verb]) for verb in VERBS)],
    )
    kind = forms.ChoiceField(
        label=_("用于哪类事项"),
        required=False,
        choices=lambda: [("", _("任何种类")), *((kind.code, kind.name) for kind in KINDS.values())],
    )
    state = forms.ChoiceField(
        label=_("在什么状态下"),
        required=False,
        choices=lambda: [("", _("任何状态")), *((state.value, name) for state, name in STATE_NAMES.items())],
    )
    text = forms.CharField(label=_("文字"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
