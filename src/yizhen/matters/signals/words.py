"""What each sign is, in words: what is counted, out of what, how it works, and what may honestly explain it."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from yizhen.matters.models import SIGNALS
from yizhen.matters.spans import Rate, rates_of


@dataclass(frozen=True)
class Words:
    """One sign in words; ``measured`` is how it did on the simulated years (empty while nobody measured)."""

    code: str
    count: Any
    of: Any
    how: Any
    honest: Any

    @property
    def name(self) -> Any:
        """Its name."""
        return SIGNALS[self.code]

    @property
    def measured(self) -> dict[str, int]:
        """Return planted, found, false, clean_looked, clean_false as measured."""
        found: dict[str, int] = measurement().get("signals", {}).get(self.code, {})
        return found

    @property
    def false_rate(self) -> Rate:
        """How many units gave a false alarm in years without any fraud, with its interval."""
        return rates_of([(self.measured.get("clean_false", 0), self.measured.get("clean_looked", 0))])[0]


@cache
def measurement() -> dict[str, Any]:
    """Return what ``yizhen signals --check --write`` measured: day, years, matters a year, figures by sign."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name("measured.json").read_text(encoding="utf-8"))
    return found


def measured_on() -> date | None:
    """Return the day of the measurement; None before the first."""
    day = measurement().get("measured_on", "")
    return date.fromisoformat(day) if day else None


WORDS = {
    words.code: words
    for words in (
        Words(
            "burst",
            _("考核（述职）日前七天内报办结的"),
            _("这段时间报办结的"),
            _("考核日前七天内报办结的比例，和同类单位同样七天的比例相比。节假日和月底大家一样，所以不会因此提示。"),
            _("集中清理积压、专项行动、系统停机后补录。"),
        ),
        Words(
            "last_minute",
            _("期限当天下班前三十分钟内或者下班后报办结的"),
            _("这段时间报办结的"),
            _("期限当天 17:00 以后才报办结的比例，和同类单位相比。"),
            _("事情当天办完、下班前统一录入；晚间值班处置。"),
        ),
        Words(
            "copied_text",
            _("办结说明与本单位另一件相同或几乎相同的"),
            _("办结说明够长、可以比较的"),
            _("去掉数字和标点后逐对比较本单位的办结说明，相似度 90% 以上算雷同。短的不比。"),
            _("同一处管网修复带来多件同样的办结；使用统一模板。"),
        ),
        Words(
            "copied_file",
            _("佐证文件与本单位另一件完全相同的"),
            _("附了佐证文件的"),
            _("比较文件的哈希值：只看是不是同一个文件，不看内容。"),
            _("一份验收单、一本台账本来就说明几件事。"),
        ),
        Words(
            "few_channels",
            _("同一天来自同一份网络地址的评价对"),
            _("同一天的评价对"),
            _(
                "每天把网络地址随机分成 32 份，只记每份有几个评价。任取同一天的两个评价，落在同一份里的机会，和同类单位相比。分法每天重新随机，从不保存，谁评价的查不出来。"
            ),
            _("群众在便民服务中心的电脑上评价；全村共用一个出口地址；网站在反向代理后面。"),
        ),
        Words(
            "too_flat",
            _("逾期、返工、重新打开的"),
            _("这段时间到期的"),
            _("逾期、返工和重新打开合起来不到 1%，而且低得不像同类单位的正常波动。"),
            _("件数以简单事项为主；确实办得好，抽查会证明。"),
        ),
        Words(
            "exclusions",
            _("批准不计入比率的"),
            _("这段时间到期的"),
            _("批准不计入的比例，和同类单位相比。"),
            _("辖区内有一批案件进入诉讼或者复议。"),
        ),
        Words(
            "reopened",
            _("评价没解决、回头看反弹而重新打开的"),
            _("核验通过的"),
            _("核验通过以后又重新打开的比例，和同类单位相比。"),
            _("难题集中、季节性反复；严格回头看的单位也会多一些。"),
        ),
    )
}
