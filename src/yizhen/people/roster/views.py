"""Pages of the roster: figures of a day, the list behind a figure, and the import with its dry run."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from yizhen.documents.uploads import TableForm
from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.people.asking import who_asks
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.web.downloads import attachment
from yizhen.web.errors import ErrorsAt
from yizhen.web.fields import DayInput
from yizhen.web.forms import posted
from yizhen.web.templatetags.yizhen import label

from .keeping import import_roster, look_at
from .posts import DEGREES, POSTS
from .reading import held_in, may_keep_roster, posts_of
from .statistics import CAREERS, DECADES, FIGURES, Held, Summary, by_county, careers, summary
from .table import TITLES, check_roster

SECTIONS = (
    (gettext_lazy("年龄"), ("young", *(f"born_{decade}s" for decade in DECADES), "no_birth")),
    (gettext_lazy("学历"), ("bachelor_or_above", "postgraduate", *DEGREES, "no_degree")),
)


class DayForm(forms.Form):
    """As of which day, beside which other day, and when the term change was."""

    as_of = forms.DateField(label=gettext_lazy("截至"), required=False, widget=DayInput())
    before = forms.DateField(label=gettext_lazy("对照"), required=False, widget=DayInput())
    first = forms.DateField(label=gettext_lazy("换届从"), required=False, widget=DayInput())
    last = forms.DateField(label=gettext_lazy("换届到"), required=False, widget=DayInput())

    def clean(self) -> dict[str, Any]:
        """Fill in what was left out, and refuse days to come and a change that ends before it begins."""
        data = super().clean() or {}
        today = timezone.localdate()
        for name in ("as_of", "before"):
            if (day := data.get(name)) and day > today:
                self.add_error(name, _("不能晚于今天。"))
        data["as_of"] = data.get("as_of") or today
        data["first"] = data.get("first") or date(2021, 1, 1)
        data["last"] = data.get("last") or date(2021, 12, 31)
        if data["last"] < data["first"]:
            self.add_error("last", _("不能早于开始的日子。"))
        return data


def keeper(request: HttpRequest) -> Account:
    """Return who asks, if it is the organisation office."""
    return who_asks(request, may_keep_roster, _("干部名册由组织部门管理。"))


@never_cache
@login_required
def figures(request: HttpRequest) -> HttpResponse:
    """Show the figures of the heads of townships on a day, each with its definition and the way to its list."""
    user = keeper(request)
    form = DayForm(request.GET or {"as_of": timezone.localdate().isoformat()})
    if not form.is_valid():
        return render(request, "people/roster.html", {"form": form}, status=400)
    asked = form.cleaned_data
    held = held_in(user)
    now = summary(held, asked["as_of"])
    then = summary(held, asked["before"]) if asked.get("before") else None
    found = careers(held, asked["as_of"], asked["first"], asked["last"])
    look_at(user, "figures", now.day, len(now.chiefs))
    if request.GET.get("format") == "xlsx":
        return _workbook(user, now, then, found)
    query = f"as_of={now.day.isoformat()}&first={asked['first'].isoformat()}&last={asked['last'].isoformat()}"
    context = {
        "form": form,
        "asked": asked,
        "now": now,
        "then": then,
        "query": query,
        "sections": [(name, [_line(code, now, then) for code in codes]) for name, codes in SECTIONS],
        "careers": _career_lines(found),
        "counties": _county_lines(now.chiefs, now.day),
        "posts": [POSTS["town_secretary"], POSTS["town_head"]],
    }
    return render(request, "people/roster.html", context)


@never_cache
@login_required
def members(request: HttpRequest, code: str) -> HttpResponse:
    """Show whom a figure counts, and keep that somebody looked."""
    user = keeper(request)
    form = DayForm(request.GET)
    if code not in {**FIGURES, **CAREERS} or not form.is_valid():
        raise Http404
    asked = form.cleaned_data
    held = held_in(user)
    if code in FIGURES:
        officials = summary(held, asked["as_of"]).members[code]
        name, words, _test = FIGURES[code]
    else:
        officials = careers(held, asked["as_of"], asked["first"], asked["last"])[code]
        name, words = CAREERS[code]
    look_at(user, code, asked["as_of"], len(officials))
    context = {
        "name": name, "words": words, "asked": asked, "count": len(officials),
        "posts": posts_of(user, officials, asked["as_of"]), "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "people/roster_members.html", context)


def _line(code: str, now: Summary, then: Summary | None) -> dict[str, Any]:
    name, words, _test = FIGURES[code]
    return {
        "code": code, "name": name, "words": words, "count": now.count(code), "share": now.share(code),
        "before": then.count(code) if then else None, "share_before": then.share(code) if then else None,
    }  # fmt: skip


def _career_lines(found: dict[str, list[int]]) -> list[dict[str, Any]]:
    wholes = {"experienced": "leaders", "direct": "promoted"}
    return [
        {
            "code": code, "name": name, "words": words, "count": len(found[code]),
            "share": 100 * len(found[code]) / len(found[wholes[code]]) if code in wholes and found[wholes[code]] else None,
        }
        for code, (name, words) in CAREERS.items()
    ]  # fmt: skip


def _county_lines(chiefs: list[Held], day: date) -> list[tuple[Division, list[int], float | None]]:
    counted = by_county(chiefs, day)
    places = Division.objects.in_bulk(list(counted))
    return [
        (places[code], [posts["town_secretary"], posts["town_head"]], age)
        for code, (posts, age) in counted.items()
        if code in places
    ]


def _workbook(user: Account, now: Summary, then: Summary | None, found: dict[str, list[int]]) -> HttpResponse:
    """Return the figures as a workbook: counts and definitions, no names."""
    rows: list[list[Any]] = [[_("项目"), _("人数"), _("占比 %"), _("对照人数"), _("定义")]]
    for code in ("count", *(code for _name, codes in SECTIONS for code in codes)):
        line = _line(code, now, then)
        share = None if line["share"] is None else round(line["share"], 1)
        rows.append([str(line["name"]), line["count"], share, line["before"], str(line["words"])])
    age = None if now.average_age is None else round(now.average_age, 1)
    rows.append([_("平均年龄（周岁）"), age, None, None, _("按出生年月算到这一天的周岁的平均数")])
    rows.append([_("最早的出生年月"), now.oldest, None, None, ""])
    rows.append([_("最晚的出生年月"), now.youngest, None, None, ""])
    for line in _career_lines(found):
        share = None if line["share"] is None else round(line["share"], 1)
        rows.append([str(line["name"]), line["count"], share, None, str(line["words"])])
    footer = f"{label(user.scope)} · {now.day.isoformat()}"
    return attachment(write_workbook([Sheet(_("名册统计"), rows, footer)]), f"roster-{now.day.isoformat()}.xlsx")


@never_cache
@login_required
def import_table(request: HttpRequest) -> HttpResponse:
    """Check a roster, show what taking it over would do, and take it over once that has been seen."""
    user = keeper(request)
    form = TableForm(_("名册（.xlsx、.xls 或 .csv）"), posted(request), request.FILES or None)
    table = form.checked(lambda rows: check_roster(user, rows))
    if table is not None and form.is_carried:
        with ErrorsAt(form):
            try:
                done = import_roster(user, table)
            except IntegrityError as error:
                raise ValidationError(_("有人刚刚导入了同样的行，请重新上传核对。")) from error
            messages.success(request, _("已导入：新增 %(new)s 次任职，更新 %(changed)s 次，相同 %(same)s 行。") % done)
            return redirect("people:roster")
    elif table is not None:
        look_at(user, "dry-run", timezone.localdate(), len(table.rows))
    wrong = bool(form.errors) or (table is not None and not table.is_whole)
    context = {"form": form, "table": table, "titles": TITLES, "degrees": DEGREES.values(), "kinds": POSTS.values()}
    return render(request, "people/roster_import.html", context, status=400 if wrong else 200)


@login_required
def template(request: HttpRequest) -> HttpResponse:
    """Give the empty roster, with one row that shows how it is written."""
    user = keeper(request)
    sample = [
        "G001",
        "示例干部",
        "1978-06",
        "大学本科",
        "乡镇（街道）党（工）委书记",
        "某镇党委书记",
        "",
        "2021-05-18",
        "",
    ]
    content = write_workbook([Sheet(_("干部名册"), [list(TITLES), sample], label(user.scope))])
    return attachment(content, "roster-template.xlsx")
