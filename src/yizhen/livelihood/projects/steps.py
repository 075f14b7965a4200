"""What may be done on a project's page: which form, which action, who sees it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from yizhen.livelihood.models import Project
from yizhen.people.models import Account

from . import actions, forms
from .actions.progress import PLANNING
from .rules import leads, may_accept, may_drop, may_publish, may_withdraw_photo


@dataclass(frozen=True)
class Doing:
    """One thing to do with a project."""

    title: Any
    form: type[forms.Step]
    act: Callable[..., Any]
    open_to: Callable[[Account, Project], bool]
    button: Any = _("保存")
    files: bool = False


def _leading(*stages: str) -> Callable[[Account, Project], bool]:
    return lambda user, project: project.stage in stages and leads(user, project)


def _has_photographs(user: Account, project: Project) -> bool:
    return may_withdraw_photo(user, project) and project.photos.filter(withdrawn="").exists()


DOINGS: dict[str, Doing] = {
    "milestone": Doing(_("加节点"), forms.MilestoneForm, actions.add_milestone, _leading(*PLANNING)),
    "start": Doing(_("开工"), forms.StartForm, actions.start, _leading("listed"), _("开工")),
    "finish": Doing(_("节点完成"), forms.FinishForm, actions.finish_milestone, _leading("building")),
    "delay": Doing(_("说明延期"), forms.DelayForm, actions.explain_delay, _leading("listed", "building")),
    "pay": Doing(_("填支付"), forms.PaymentForm, actions.pay, _leading("listed", "building", "reported", "accepted")),
    "photo": Doing(
        _("传照片"), forms.PhotoForm, actions.keep_photograph, _leading("candidate", "listed", "building", "reported"),
        _("上传"), files=True,
    ),
    "withdraw": Doing(
        _("撤下照片"), forms.WithdrawForm, actions.withdraw_photograph, _has_photographs, _("撤下")
    ),
    "report": Doing(_("报完工"), forms.ReportForm, actions.report_done, _leading("building"), _("报完工，请验收")),
    "accept": Doing(_("验收"), forms.AcceptForm, actions.accept, may_accept, _("提交验收结论")),
    "publish": Doing(_("公开"), forms.PublishForm, actions.publish, may_publish),
    "drop": Doing(_("终止"), forms.DropForm, actions.drop, may_drop, _("终止项目")),
}  # fmt: skip
