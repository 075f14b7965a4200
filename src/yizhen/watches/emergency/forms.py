"""Forms of emergency plans and duty rosters."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yizhen.documents.cells import typed
from yizhen.watches.models import Handover, Plan
from yizhen.watches.models.emergency import KINDS, PARTS
from yizhen.web.fields import DayInput, OnceField

from .actions import Duty, telephone_error, wrong_duty


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput())


class PlanForm(forms.ModelForm):
    """A plan, or its next version."""

    client_id = OnceField()
    kinds = forms.MultipleChoiceField(
        label=_("哪些事件"), choices=list(KINDS.items()), widget=forms.CheckboxSelectMultiple
    )
    valid_from = _day(_("施行日期"))
    valid_until = _day(_("有效期至"))
    contacts = forms.CharField(
        label=_("联系岗位和电话"), widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("一行一个：岗位，空格，电话。写岗位和值班室的座机，不写人名和手机。"),
    )  # fmt: skip

    class Meta:
        model = Plan
        fields = ("title", "text", "document")
        widgets = {"text": forms.Textarea(attrs={"rows": 10})}

    field_order = ("client_id", "title", "kinds", "valid_from", "valid_until", "text", "document", "contacts")

    def clean_contacts(self) -> list[tuple[str, str]]:
        """Return (post, telephone) of each line; every error names its line."""
        found, errors = [], []
        for number, line in enumerate(self.cleaned_data["contacts"].splitlines(), start=1):
            words = line.replace("，", " ").replace(",", " ").replace("：", " ").split()
            if not words:
                continue
            post, telephone = " ".join(words[:-1]), typed(words[-1])
            wrong = gettext("请写岗位和电话。") if not post else telephone_error(telephone)
            wrong = wrong or (gettext("最多 40 字。") if len(post) > 40 else "")
            if wrong:
                errors.append(gettext("第 %(n)s 行：%(wrong)s") % {"n": number, "wrong": wrong})
            found.append((post, telephone))
        if errors:
            raise forms.ValidationError(errors)
        return found


class WeekForm(forms.Form):
    """Who is on duty in a week: a post and a telephone for each part of each day. Empty is a gap."""

    def __init__(self, slots: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.slots = slots
        for slot in slots:
            post, telephone = names_of(slot.day, slot.part)
            words = {"day": f"{slot.day.month}-{slot.day.day}", "part": PARTS[slot.part]}
            self.fields[post] = forms.CharField(
                label=gettext("%(day)s %(part)s 岗位") % words, required=False, initial=slot.shift and slot.shift.post,
                show_hidden_initial=True,
            )  # fmt: skip
            self.fields[telephone] = forms.CharField(
                label=gettext("%(day)s %(part)s 电话") % words, required=False, initial=slot.shift and slot.shift.telephone,
                show_hidden_initial=True,
            )  # fmt: skip

    @property
    def rows(self) -> list[tuple[Any, Any, Any]]:
        """Each slot with its two fields."""
        return [(slot, *(self[name] for name in names_of(slot.day, slot.part))) for slot in self.slots]

    @property
    def duties(self) -> list[Duty]:
        """What was typed otherwise than the page had shown it: what somebody else has set meanwhile stays."""
        changed, made = set(self.changed_data), []
        for slot in self.slots:
            names = names_of(slot.day, slot.part)
            if changed & set(names):
                post, telephone = (self.cleaned_data.get(name, "").strip() for name in names)
                made.append(Duty(slot.day, slot.part, post, typed(telephone)))
        return made

    def clean(self) -> None:
        """Say what is wrong at which field."""
        for duty in self.duties:
            post, telephone = names_of(duty.day, duty.part)
            for name, text in wrong_duty(duty).items():
                self.add_error(telephone if name == "telephone" else post, text)
        for slot, kept in self._overtaken():
            said = " ".join(kept).strip() or gettext("没有人")
            told = gettext("您打开以后，别人改过这一班，现在是：%(kept)s。您填的还在，请核对后再保存。")
            self.add_error(names_of(slot.day, slot.part)[0], told % {"kept": said})

    def _overtaken(self) -> list[tuple[Any, tuple[str, str]]]:
        """Return what was typed over and somebody else has set meanwhile, as it stands now. Sent again, what is typed counts."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        found = []
        for slot in self.slots:
            names = names_of(slot.day, slot.part)
            hidden = [self[name].html_initial_name for name in names]
            kept = (slot.shift.post, slot.shift.telephone) if slot.shift else ("", "")
            shown, sent = (tuple(str(data.get(name, "")).strip() for name in some) for some in (hidden, names))
            if hidden[0] in data and kept not in {shown, sent} and sent != shown:
                for name, value in zip(hidden, kept, strict=True):
                    data[name] = value
                found.append((slot, kept))
        self.data = data
        return found


def names_of(day: date, part: str) -> tuple[str, str]:
    """Return the names of the two fields of a slot."""
    return f"post_{day.isoformat()}_{part}", f"telephone_{day.isoformat()}_{part}"


class HandoverForm(forms.ModelForm):
    """What one shift tells the next."""

    client_id = OnceField()
    day = _day(_("日期"))

    class Meta:
        model = Handover
        fields = ("day", "part", "text")
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}

    field_order = ("client_id", "day", "part", "text")
