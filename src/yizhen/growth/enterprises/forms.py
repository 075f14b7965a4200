"""Forms of enterprises."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yizhen.growth.models import Enterprise, PublicPayment, Visit
from yizhen.growth.policies.conditions import FACTS, FLAG
from yizhen.people.models import Account
from yizhen.people.queries import units_visible_to
from yizhen.places.queries import townships_visible_to
from yizhen.web.fields import DayInput, NamedChoice, OnceField

IDENTITY = ("credit_code", "name_zh", "name_en")
FIELDS = (*IDENTITY, "is_key", *FACTS, "source", "as_of")
UNKNOWN = [("", _("不知道")), ("True", _("是")), ("False", _("否"))]  # as a kept value is written


class EnterpriseForm(forms.ModelForm):
    """What is known of a firm; what is not known stays empty."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Enterprise
        fields = (*FIELDS, "left_on")
        widgets = {
            "loan_due_on": DayInput(),
            "as_of": DayInput(),
            "left_on": DayInput(),
        }

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, fact in FACTS.items():
            if fact.kind == FLAG:
                self.fields[name].widget = forms.Select(choices=UNKNOWN)
        if user.role != "department":  # which department is in charge is not its own to say
            self.fields["department"] = NamedChoice(
                label=_("主管部门"), queryset=units_visible_to(user).order_by("code"), required=False
            )
            self.initial.setdefault("department", self.instance.department_id)
        if self.instance.pk:
            self.fields["seen"].initial = self.instance.changed_at.isoformat()


class RegisterForm(EnterpriseForm):
    """A new firm: where, and which department is in charge."""

    client_id = OnceField()
    division = NamedChoice(label=_("乡镇（街道），按实际经营地"), queryset=None)

    field_order = ("client_id", "division", "department", *FIELDS)

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        del self.fields["left_on"], self.fields["seen"]
        places = townships_visible_to(user).filter(code__startswith=user.scope_id, retired_on=None).order_by("code")
        self.fields["division"].queryset = places  # type: ignore[attr-defined]
        self.order_fields(self.field_order)
        if len(places) == 1:
            self.fields["division"].initial = places[0].pk


class OfficerForm(forms.Form):
    """Which post serves a firm."""

    officer: Any = forms.ModelChoiceField(
        label=_("服务专员（岗位账号）"), queryset=None, required=False, empty_label=_("没有")
    )

    def __init__(self, accounts: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = accounts  # type: ignore[attr-defined]


class RequestForm(forms.Form):
    """What a firm asks for; the fields of the kind stand beside it."""

    client_id = OnceField()
    title = forms.CharField(label=_("标题"), max_length=120)
    text = forms.CharField(label=_("要解决什么"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


class VisitForm(forms.ModelForm):
    """What a firm asked on a visit."""

    client_id = OnceField()

    class Meta:
        model = Visit
        fields = ("on", "asked", "answered")
        widgets = {
            "on": DayInput(),
            "asked": forms.Textarea(attrs={"rows": 4}),
            "answered": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()


class PaymentForm(forms.ModelForm):
    """What a public body owes a firm."""

    client_id = OnceField()
    debtor = NamedChoice(label=_("欠款的机关、事业单位"), queryset=None)

    class Meta:
        model = PublicPayment
        fields = ("subject", "amount", "scale", "begins", "began_on", "agreed_days", "source")
        widgets = {"began_on": DayInput()}

    field_order = ("client_id", "debtor", "subject", "amount", "scale", "begins", "began_on", "agreed_days", "source")

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["debtor"].queryset = units_visible_to(user).order_by("code")  # type: ignore[attr-defined]


class SettleForm(forms.Form):
    """That a sum has arrived."""

    paid_on = forms.DateField(label=_("付清日期"), widget=DayInput())
    paid_source = forms.CharField(label=_("到账凭据"), max_length=120)
