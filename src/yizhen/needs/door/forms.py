"""What a resident fills in, or an office on his behalf: what and where, nothing about himself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yizhen.places.models import Division
from yizhen.web.fields import OnceField

from .places import TOWNSHIP, places_in_use, township_choices, village_choices

KINDS = {"request": "resident_request", "talent": "talent_suggestion"}
# The four lines of work, in words of who has something to ask.
LINES = [
    ("livelihood", _("惠民生：水电路、住房、看病、上学、养老")),
    ("safety", _("保平安：安全隐患、防汛防火、治安、纠纷")),
    ("development", _("促发展：办厂开店、种养、务工")),
    ("party_style", _("党建作风：干部办事、服务态度")),
]
BY_WAY_OF = {"phone": _("电话"), "counter": _("窗口")}


class Photographs(forms.FileInput):
    """A box for several photographs."""

    allow_multiple_selected = True


class PhotographsField(forms.FileField):
    """Several files; what they hold is for the action to look through."""

    widget = Photographs

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the files one by one."""
        return [super(PhotographsField, self).clean(each, initial) for each in data or []]


class RequestForm(forms.Form):
    """A request or a suggestion. No name, no telephone: it is followed by a code.

    The place is chosen from a list: of a township's villages when the township is known, of all townships before.
    """

    client_id = OnceField()
    about = forms.ChoiceField(
        widget=forms.HiddenInput, choices=[(code, code) for code in KINDS], initial="request", required=False
    )
    division = forms.ModelChoiceField(label=_("在哪里"), queryset=Division.objects.none())
    work_line = forms.ChoiceField(label=_("是哪方面的事"), choices=LINES, initial="livelihood")
    title = forms.CharField(label=_("一句话说清楚"), max_length=60)
    text = forms.CharField(
        label=_("具体情况（地点、时间、希望怎样解决）"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )
    photo = PhotographsField(
        label=_("照片（最多 3 张；拍摄地点等信息会去掉）"), required=False, widget=Photographs(attrs={"accept": "image/*"})
    )  # fmt: skip

    def __init__(self, *args: Any, township: Division | None = None, scope: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.township = township or self._posted_township()
        field = self.fields["division"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = places_in_use()
        if self.township is not None:
            field.choices = village_choices(self.township, scope)
            field.initial = scope if len(scope) > TOWNSHIP else self.township.code
        else:
            field.choices = [("", "—"), *township_choices(scope)]
        if self.is_talent:
            del self.fields["work_line"]

    def _posted_township(self) -> Division | None:
        code = str(self.data.get("division", ""))[:TOWNSHIP] if self.is_bound else ""
        return places_in_use().filter(code=code, level="township").first() if code else None

    @property
    def is_talent(self) -> bool:
        """Whether this is a talent's need or suggestion, which has a kind of its own."""
        about = self.data.get("about") if self.is_bound else self.initial.get("about")
        return about == "talent"

    def clean_about(self) -> str:
        """Take a request where nothing is said."""
        return self.cleaned_data["about"] or "request"

    def taken(self) -> dict[str, Any]:
        """Return what :func:`yizhen.matters.actions.take_request` is told."""
        data = self.cleaned_data
        given = {name: data[name] for name in ("division", "title", "text", "client_id")}
        kind = KINDS[data["about"]]
        line = data.get("work_line", "development")
        return {**given, "kind": kind, "work_line": line, "files": data["photo"]}


class BehalfForm(RequestForm):
    """A request that somebody made on the telephone or at the counter."""

    channel = forms.ChoiceField(label=_("怎样收到的"), choices=list(BY_WAY_OF.items()), widget=forms.RadioSelect)
    about = forms.ChoiceField(
        label=_("哪一类"), choices=[("request", _("居民的诉求、建议")), ("talent", _("人才的需求、建议"))],
        widget=forms.RadioSelect, initial="request",
    )  # fmt: skip
    field_order = ("client_id", "channel", "about", "division", "work_line", "title", "text", "photo")
