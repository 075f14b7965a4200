"""Forms of livelihood projects."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yizhen.indicators.models import Indicator
from yizhen.livelihood.models import MOMENTS, Milestone, Payment, Photo, Project, Vote
from yizhen.people.models import Account, Unit
from yizhen.people.queries import units_visible_to
from yizhen.places.models import Division
from yizhen.places.queries import divisions_visible_to
from yizhen.web.fields import DayInput, NamedChoice, OnceField
from yizhen.web.templatetags.yizhen import label

from .rules import may_record_vote

CONTENT = (
    "name_zh", "name_en", "year", "kind", "what", "lead_unit", "acceptance_unit", "budget", "money_source", "indicator",
)  # fmt: skip


class ProjectForm(forms.ModelForm):
    """What a candidate is to be."""

    lead_unit = NamedChoice(label=_("牵头部门（不选就是乡镇自己）"), queryset=Unit.objects.none(), required=False)
    acceptance_unit = NamedChoice(label=_("验收部门（不能是牵头部门）"), queryset=Unit.objects.none(), required=False)
    indicator = NamedChoice(label=_("要补的短板指标"), queryset=Indicator.objects.none(), required=False)

    class Meta:
        model = Project
        fields = CONTENT
        widgets = {"what": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("lead_unit", "acceptance_unit"):
            self.fields[name].queryset = units_visible_to(user)  # type: ignore[attr-defined]
        self.fields["indicator"].queryset = Indicator.objects.filter(domain="livelihood")  # type: ignore[attr-defined]


class ProposeForm(ProjectForm):
    """A new candidate: where, and what."""

    client_id = OnceField()
    division = NamedChoice(label=_("地方"), queryset=Division.objects.none())

    field_order = ("client_id", "division", *CONTENT)

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        places = divisions_visible_to(user).filter(
            code__startswith=user.scope_id, level__in=["prefecture", "county", "township"], retired_on=None
        )
        self.fields["division"].queryset = places  # type: ignore[attr-defined]
        if len(places) == 1:
            self.fields["division"].initial = places[0].pk
        if user.role == "department":
            self.fields["lead_unit"].initial = user.unit_id


class ChangeForm(ProjectForm):
    """A candidate that is changed: as which version it was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta(ProjectForm.Meta):
        pass


class VoteForm(forms.ModelForm):
    """The totals of a vote: of the meeting, and of each candidate of the congress's place."""

    client_id = OnceField()

    class Meta:
        model = Vote
        fields = ("body", "held_on", "seats", "entitled", "present", "ballots", "invalid", "minutes")
        widgets = {"held_on": DayInput()}

    def __init__(self, candidates: list[Project], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.candidates = candidates
        for one in candidates:
            self.fields[f"votes_{one.pk}"] = forms.IntegerField(
                label=f"{label(one.division)} · {label(one)}", min_value=0, required=False
            )

    @property
    def votes(self) -> dict[int, int]:
        """Votes by project; an empty field means that it was not on the ballot."""
        typed = {one.pk: self.cleaned_data.get(f"votes_{one.pk}") for one in self.candidates}
        return {pk: number for pk, number in typed.items() if number is not None}

    @property
    def meeting(self) -> list[Any]:
        """The fields of the meeting."""
        return [self[name] for name in self._meta.fields or ()]

    @property
    def ballot(self) -> list[tuple[Project, Any]]:
        """The candidates with their fields."""
        return [(one, self[f"votes_{one.pk}"]) for one in self.candidates]


def congresses(user: Account) -> list[Division]:
    """Return the places whose votes the user records, by code."""
    places = divisions_visible_to(user).filter(
        code__startswith=user.scope_id, level__in=["prefecture", "county", "township"], retired_on=None
    )
    return [place for place in places if may_record_vote(user, place)]


class Step(forms.Form):
    """What is filled in on a project's page. Knows the project."""

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project
        field = self.fields.get("milestone")
        if isinstance(field, forms.ModelChoiceField):
            still = project.milestones.all() if not field.required else project.milestones.filter(actual_on=None)
            field.queryset = Milestone.objects.filter(pk__in=still.values("pk"))


class Once(Step):
    """A form that makes something once."""

    client_id = OnceField()


class MilestoneForm(Once):
    """A milestone to come."""

    name = forms.CharField(label=_("节点"), max_length=60)
    planned_on = forms.DateField(label=_("计划日期"), widget=DayInput())


class StartForm(Step):
    """The first day of the works."""

    started_on = forms.DateField(label=_("开工日期"), widget=DayInput())


class FinishForm(Step):
    """A milestone that was reached; one that was entered wrongly may be put right."""

    milestone = forms.ModelChoiceField(label=_("节点"), queryset=Milestone.objects.none())
    actual_on = forms.DateField(label=_("实际日期"), widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["milestone"].queryset = self.project.milestones.all()  # type: ignore[attr-defined]


class DelayForm(Once):
    """Why a date is not kept."""

    milestone = forms.ModelChoiceField(label=_("节点"), queryset=Milestone.objects.none())
    reason = forms.CharField(label=_("原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    new_on = forms.DateField(
        label=_("新的日期"), widget=DayInput(), required=False, help_text=_("定不下来可以先只写原因，30 天内要定。")
    )


class PaymentForm(Once, forms.ModelForm):
    """Money that was paid."""

    class Meta:
        model = Payment
        fields = ("amount", "paid_on", "source", "reason")
        widgets = {"paid_on": DayInput()}


class PhotoForm(Once):
    """A photograph, before or after."""

    file = forms.FileField(label=_("照片（JPEG、PNG、WebP，不超过 12 MB）"))
    moment = forms.ChoiceField(label=_("什么时候拍的"), choices=list(MOMENTS.items()))
    milestone = forms.ModelChoiceField(label=_("节点"), queryset=Milestone.objects.none(), required=False)
    caption = forms.CharField(label=_("说明"), max_length=80)


class WithdrawForm(Step):
    """A photograph that shows too much."""

    photo = forms.ModelChoiceField(label=_("照片"), queryset=Photo.objects.none())
    reason = forms.CharField(label=_("撤下的原因"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photo"].queryset = self.project.photos.filter(withdrawn="")  # type: ignore[attr-defined]


class ReportForm(Step):
    """Works that are done: nothing to fill in."""


class DropForm(Step):
    """A project that is given up."""

    reason = forms.CharField(label=_("终止的原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class AcceptForm(Once):
    """An inspection."""

    passed = forms.TypedChoiceField(
        label=_("结论"),
        choices=[("", "—"), ("1", _("通过")), ("0", _("不通过，退回整改"))],
        coerce=lambda text: text == "1",
    )
    text = forms.CharField(label=_("查了什么、怎样查的"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class PublishForm(Step):
    """Whether residents read of it."""

    public = forms.TypedChoiceField(
        label=_("公开"), choices=[("1", _("公开")), ("0", _("不再公开"))], coerce=lambda text: text == "1"
    )
    reason = forms.CharField(label=_("不再公开的原因"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.project.public:
            self.fields["public"].choices = [("1", _("公开"))]  # type: ignore[attr-defined]
            del self.fields["reason"]
