"""Kinds of posts and degrees, as the roster writes them."""

from django.utils.translation import gettext_lazy as _

POSTS = {
    "town_secretary": _("乡镇（街道）党（工）委书记"),
    "town_head": _("乡镇长（街道办事处主任）"),
    "county_leader": _("县（市、区）党政领导班子成员"),
    "other": _("其他职务"),
}
CHIEFS = ("town_secretary", "town_head")  # 乡镇（街道）党政正职
LEADER = "county_leader"
DEGREES = {
    "below_bachelor": _("大学本科以下"),
    "bachelor": _("大学本科"),
    "master": _("硕士研究生"),
    "doctor": _("博士研究生"),
}
POSTGRADUATE = ("master", "doctor")
LEVELS = {"town_secretary": "township", "town_head": "township", "county_leader": "county"}  # where a post is held
