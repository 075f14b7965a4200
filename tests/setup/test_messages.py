"""The translation tool, on a small source tree of its own."""

import gettext
import shutil
from pathlib import Path

import pytest

from tools import messages

VIEWS = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext
A = _("登录")
B = gettext_lazy("共 %(count)d 人")
C = pgettext("matter", "办结")
def d(n): return ngettext("%(n)d 件", "%(n)d 件", n)
"""
TEMPLATE = """{% load i18n %}
   <a title="{% translate "首页" %}">
{% blocktranslate trimmed count n=items|length %}
    还剩 {{ n }} 项
{% plural %}
    还剩 {{ n }} 项
{% endblocktranslate %}
  {{ name|default:_("未命名") }} {# 注释 #}
"""
ENGLISH = {
    "登录": "Sign in",
    "共 %(count)d 人": "%(count)d people",
    "办结": "Close",
    "首页": "Home",
    "未命名": "Unnamed",
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "room" / "templates").mkdir(parents=True)
    (tmp_path / "room" / "views.py").write_text(VIEWS, encoding="utf-8")
    (tmp_path / "room" / "templates" / "page.html").write_text(TEMPLATE, encoding="utf-8")
    messages.update(tmp_path)
    return tmp_path


def fill(source: Path) -> None:
    path = messages.po_path(source)
    content = path.read_text(encoding="utf-8")
    for chinese, english in ENGLISH.items():
        content = content.replace(f'msgid "{chinese}"\nmsgstr ""', f'msgid "{chinese}"\nmsgstr "{english}"')
    for unit, one, many in [("%(n)d 件", "one matter", "%(n)d matters"), ("还剩 %(n)s 项", "%(n)s left", "%(n)s left")]:
        before = f'msgid "{unit}"\nmsgid_plural "{unit}"\nmsgstr[0] ""\nmsgstr[1] ""'
        content = content.replace(before, before.replace('[0] ""', f'[0] "{one}"').replace('[1] ""', f'[1] "{many}"'))
    path.write_text(content, encoding="utf-8")


def test_check_names_what_is_missing_and_is_content_when_all_is_there(source: Path) -> None:
    assert len(messages.faults(source)) == 7
    fill(source)
    assert messages.faults(source) == []


def test_update_keeps_translations_and_drops_what_is_gone(source: Path) -> None:
    fill(source)
    assert messages.update(source) is False
    (source / "room" / "views.py").write_text(VIEWS.replace("登录", "登入"), encoding="utf-8")
    assert len(messages.faults(source)) == 2
    assert messages.update(source) is True
    assert messages.faults(source) == ["no English: '登入'"]
    assert "登录" not in messages.po_path(source).read_text(encoding="utf-8")


def test_check_names_a_lost_placeholder_and_a_fuzzy_sentence(source: Path) -> None:
    fill(source)
    path = messages.po_path(source)
    content = path.read_text(encoding="utf-8").replace("%(count)d people", "many people")
    path.write_text(content.replace('msgid "登录"', '#, fuzzy\nmsgid "登录"'), encoding="utf-8")
    assert sorted(messages.faults(source)) == [
        "fuzzy: '登录'",
        "placeholders differ: '共 %(count)d 人' → 'many people'",
    ]


def test_compiled_file_answers(source: Path) -> None:
    fill(source)
    assert messages.compile_messages(source) is True
    assert messages.compile_messages(source) is False
    with messages.po_path(source).with_suffix(".mo").open("rb") as file:
        english = gettext.GNUTranslations(file)
    assert english.gettext("登录") == "Sign in"
    assert english.pgettext("matter", "办结") == "Close"
    assert english.ngettext("%(n)d 件", "%(n)d 件", 3) == "%(n)d matters"
    assert english.ngettext("还剩 %(n)s 项", "还剩 %(n)s 项", 1) == "%(n)s left"


def test_repository_compiles_to_the_same_bytes_twice(source: Path) -> None:
    fill(source)
    compiled = messages.po_path(source).with_suffix(".mo")
    messages.compile_messages(source)
    first = compiled.read_bytes()
    compiled.unlink()
    messages.compile_messages(source)
    assert compiled.read_bytes() == first
    shutil.rmtree(source)
