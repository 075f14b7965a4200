"""Drafting, saving and submitting duty reports."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from yizhen.appraisals.citations import read_figures
from yizhen.appraisals.config import digest
from yizhen.appraisals.models import CampaignState, DutyReport, ReportVersion
from yizhen.appraisals.rules import may_manage, may_write
from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.models import Matter
from yizhen.matters.queries import rectification_of
from yizhen.people.models import Account

SECTION_LIMIT = 20_000


@event("appraisals.report_saved")
class ReportSaved:
    """A version of a report was saved."""

    version: int
    sha256: str


@event("appraisals.report_submitted")
class ReportSubmitted:
    """A report was submitted and locked."""

    version: int
    cited: int
    uncited: int


@event("appraisals.report_returned")
class ReportReturned:
    """A submitted report was given back to its author."""

    remark: str


class EditConflict(ValidationError):
    """Somebody saved another version meanwhile; ``latest`` is that version. Nothing that was typed is lost."""

    def __init__(self, latest: ReportVersion) -> None:
        super().__init__(
            _("另一个窗口已经保存了第 %(n)s 版。请对照后再保存，您写的内容还在下面。") % {"n": latest.number}
        )
        self.latest = latest


def figures_of(report: DutyReport) -> dict[str, dict[str, Any]]:
    """Return the snapshot contents that a report may cite, by indicator code."""
    return {figure.indicator_id: figure.content for figure in report.speaker.figures.all()}


def propose(report: DutyReport) -> dict[str, list[dict[str, Any]]]:
    """Return strengths and gaps that the data shows, most telling first: scored figures beside the city average."""
    scored = [content for content in figures_of(report).values() if content["scored"] and content["city"]]

    def distance(content: dict[str, Any]) -> float:
        city = abs(float(content["city"])) or 1.0
        return abs(float(content["gap"])) / city

    return {
        "strengths": sorted((c for c in scored if c["ahead"]), key=distance, reverse=True)[:6],
        "gaps": sorted((c for c in scored if c["behind"]), key=distance, reverse=True)[:6],
    }


def promises_of(report: DutyReport) -> list[Matter]:
    """Return the rectification items that the report has to begin with: those of this place or department, opened before."""
    speaker = report.speaker
    return list(
        rectification_of(speaker.division)
        .filter(opened_at__lt=speaker.campaign.published_at, addressee=speaker.unit)
        .order_by("due_on", "number")
    )


def draft_sections(report: DutyReport) -> dict[str, str]:
    """Write the first draft from the outline: last period's rectification first, citations, gaps from the data."""
    figures = figures_of(report)
    ideas = propose(report)
    sections = {}
    for section in report.speaker.campaign.config["outline"]:
        if section.get("auto") == "rectification":
            text = _rectification_text(promises_of(report))
        elif section.get("auto") == "gaps":
            text = "\n".join(
                f"({number}){content['name_zh']}为{{{{{content['code']}}}}},市均{{{{{content['code']}.city}}}}"
                + (f",与市均相差{{{{{content['code']}.needed}}}}" if content["needed"] else "")
                + "。原因：。责任人：。完成时限：。"
                for number, content in zip("一二三四五六", ideas["gaps"], strict=False)
            )
        else:
            text = "\n".join(
                f"{figures[code]['name_zh']}{{{{{code}}}}}(市均{{{{{code}.city}}}},同类{{{{{code}.peer}}}})。"
                for code in section.get("cites", [])
                if code in figures
            )
        sections[section["code"]] = text
    return sections


def _rectification_text(promises: list[Matter]) -> str:
    if not promises:
        return "上期没有需要整改的事项。"
    lines = []
    for promise in promises:
        done = [step.text for step in promise.events.all() if step.verb == "report_done"]
        result = done[-1] if done else "正在办理"
        with override("zh-hans"):  # a report is in Chinese, in whatever language its page is read
            lines.append(f"{promise.title}——{promise.state_name}。{result}")
    return "\n".join(lines)


@transaction.atomic
def save_report(actor: Account, report: DutyReport, sections: dict[str, str], *, base: int) -> ReportVersion:
    """Save a version; the same text again makes none.

    Args:
        actor: who saves.
        report: the report.
        sections: section code → text.
        base: the number of the version that the author started from.

    Raises:
        PermissionDenied: when the actor is not its author, or it is locked.
        EditConflict: when another version was saved meanwhile.
        ValidationError: keyed by section, when a text is too long.
    """
    report = DutyReport.objects.select_for_update(of=("self",)).select_related("speaker__campaign").get(pk=report.pk)
    if not may_write(actor, report):
        raise PermissionDenied(_("报告已提交锁定，或不归您撰写。"))
    outline = [section["code"] for section in report.speaker.campaign.config["outline"]]
    cleaned = {code: sections.get(code, "").replace("\r\n", "\n").strip() for code in outline}
    if too_long := {code: _("这一部分太长了。") for code, text in cleaned.items() if len(text) > SECTION_LIMIT}:
        raise ValidationError(too_long)
    latest = report.versions.first()
    sha256 = digest(cleaned)
    if latest is not None and latest.sha256 == sha256:
        return latest
    if latest is not None and latest.number != base:
        raise EditConflict(latest)
    version = ReportVersion.objects.create(
        report=report,
        number=(latest.number if latest else 0) + 1,
        sections=cleaned,
        sha256=sha256,
        by=actor,
        by_label=str(actor),
        at=timezone.now(),
    )
    record(
        actor,
        ReportSaved(version=version.number, sha256=sha256),
        f"appraisals.report:{report.pk}",
        scope=report.speaker.division_id,
    )
    return version


@transaction.atomic
def submit_report(actor: Account, report: DutyReport) -> DutyReport:
    """Submit the latest version and lock it.

    Raises:
        PermissionDenied: when the actor is not its author.
        ValidationError: when nothing is written, a citation is unknown, or it is over one of the two hard limits.
    """
    report = DutyReport.objects.select_for_update(of=("self",)).select_related("speaker__campaign").get(pk=report.pk)
    if not may_write(actor, report):
        raise PermissionDenied(_("报告已提交锁定，或不归您撰写。"))
    version = report.versions.first()
    if version is None:
        raise ValidationError(_("还没有保存过任何内容。"))
    found = read_figures(version.sections, figures_of(report))
    limits = report.speaker.campaign.config["limits"]
    problems = []
    if found.unknown:
        problems.append(_("引用了快照里没有的指标：%(codes)s。") % {"codes": "、".join(found.unknown)})
    if found.characters > int(limits["written_chars_max"]):
        problems.append(
            _("全文 %(n)s 字，超过 %(max)s 字的上限。") % {"n": found.characters, "max": limits["written_chars_max"]}
        )
    if found.minutes > float(limits["spoken_minutes"]) * 2:
        problems.append(_("念完约需 %(n)s 分钟，请压缩。") % {"n": found.minutes})
    if problems:
        raise ValidationError(problems)
    report.submitted_at, report.remark = timezone.now(), ""
    report.save(update_fields=["submitted_at", "remark"])
    record(
        actor,
        ReportSubmitted(version=version.number, cited=len(found.cited), uncited=len(found.uncited)),
        f"appraisals.report:{report.pk}",
        scope=report.speaker.division_id,
    )
    return report


@transaction.atomic
def return_report(actor: Account, report: DutyReport, remark: str) -> DutyReport:
    """Give a submitted report back to its author with a remark, while reports are still being collected.

    Raises:
        PermissionDenied: when the actor does not run the campaign.
        ValidationError: without a remark, or once the session has begun.
    """
    report = DutyReport.objects.select_for_update(of=("self",)).select_related("speaker__campaign").get(pk=report.pk)
    campaign = report.speaker.campaign
    if not may_manage(actor, campaign):
        raise PermissionDenied(_("只有本次评议的组织部门可以这样做。"))
    if campaign.state != CampaignState.PUBLISHED:
        raise ValidationError(_("会议已经开始，报告不能再退回修改。"))
    if not remark.strip():
        raise ValidationError(_("请写明修改意见。"))
    report.submitted_at, report.remark = None, remark.strip()[:400]
    report.save(update_fields=["submitted_at", "remark"])
    record(
        actor, ReportReturned(remark=report.remark), f"appraisals.report:{report.pk}", scope=report.speaker.division_id
    )
    return report
