"""Forms of the people room."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yizhen.places.models import Division
from yizhen.web.fields import DayInput, NamedChoice
from yizhen.web.templatetags.yizhen import label

from .models import ADMIN_ROLES, ROLES, Account, Unit
from .roster.posts import DEGREES, POSTS


class FirstRunForm(forms.Form):
    """Usernames and passwords of the three separated administrators."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for role in ADMIN_ROLES:
            self.fields[f"{role}.username"] = forms.CharField(
                label=_("用户名"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
            )
            self.fields[f"{role}.password"] = forms.CharField(
                label=_("密码"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
            )

    def administrators(self) -> dict[str, tuple[str, str]]:
        """Return role → (username, password)."""
        data = self.cleaned_data
        return {role: (data[f"{role}.username"], data[f"{role}.password"]) for role in ADMIN_ROLES}


class AccountForm(forms.Form):
    """A new account of a business role."""

    username = forms.CharField(label=_("用户名"), max_length=40)
    display_name = forms.CharField(label=_("显示名称（岗位）"), max_length=60)
    role = forms.ChoiceField(label=_("角色"))
    scope = forms.CharField(label=_("管辖范围（区划代码）"), max_length=15)
    unit = NamedChoice(label=_("部门"), queryset=Unit.objects.all(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = [
            (code, label({"zh": zh, "en": en})) for code, (zh, en) in ROLES.items() if code not in ADMIN_ROLES
        ]

    def clean_scope(self) -> Division:
        """Return the division of the code that was typed."""
        code = self.cleaned_data["scope"].strip()
        try:
            return Division.objects.get(code=code)
        except Division.DoesNotExist as error:
            raise forms.ValidationError(_("没有代码为“%(code)s”的区划。"), params={"code": code}) from error


class OfficialForm(forms.Form):
    """An official and the post taken up."""

    name = forms.CharField(label=_("姓名"), max_length=40)
    division = NamedChoice(label=_("乡镇（街道）"), queryset=Division.objects.none())
    post = forms.ChoiceField(
        label=_("职务类别"), choices=[(code, name) for code, name in POSTS.items() if code != "county_leader"]
    )
    title = forms.CharField(label=_("职务"), max_length=60)
    birth_month = forms.RegexField(
        label=_("出生年月"), regex=r"^(19|20)\d\d-(0[1-9]|1[0-2])$", required=False, help_text=_("写成 1978-06")
    )
    education = forms.ChoiceField(label=_("学历"), choices=[("", _("请选择")), *DEGREES.items()], required=False)
    began_on = forms.DateField(label=_("任职日期"), widget=DayInput())

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["division"]
        assert isinstance(field, NamedChoice)
        field.queryset = Division.objects.filter(code__startswith=user.scope_id, level="township")


class PasswordForm(forms.Form):
    """A new password, typed twice; whoever has one proves it first, so that a desk left open gives no account away."""

    current = forms.CharField(
        label=_("现在的密码"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    password = forms.CharField(
        label=_("新密码"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    again = forms.CharField(
        label=_("再输一次"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not user.has_usable_password():
            del self.fields["current"]

    def clean_current(self) -> str:
        """Refuse a wrong current password."""
        typed: str = self.cleaned_data["current"]
        if not self.user.check_password(typed):
            raise forms.ValidationError(_("现在的密码不对。"))
        return typed

    def clean(self) -> dict[str, Any]:
        """Refuse two different passwords."""
        data = super().clean() or {}
        if data.get("password") != data.get("again"):
            self.add_error("again", _("两次输入的不一样。"))
        return data
