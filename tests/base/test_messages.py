"""Messages render in both languages, nest, and never hide what happened."""

from __future__ import annotations

import json
from pathlib import Path

from village_planner.base import Message, PlannerError, render
from village_planner.base.report import Report, write_report


def test_a_message_renders_in_chinese_and_english() -> None:
    message = Message("standards.no_value", {"profile": "p", "key": "k"})
    assert render(message, "zh_CN") == "成果标准“p”中缺少参数“k”。"
    assert render(message, "en") == "Profile “p” has no value “k”."


def test_a_message_inside_a_message_takes_the_same_language() -> None:
    inner = Message("base.report.nothing")
    outer = Message("standards.unreadable", {"file": "f", "reason": inner})
    assert render(inner, "zh_CN") in render(outer, "zh_CN")


def test_a_message_without_entry_or_parameter_still_shows_what_it_knows() -> None:
    assert "x.y" in render(Message("x.y", {"file": "a.xlsx"}))
    assert "a.xlsx" in render(Message("x.y", {"file": "a.xlsx"}))
    assert "standards.no_value" in render(Message("standards.no_value", {"key": "k"}))


def test_an_error_carries_its_message() -> None:
    error = PlannerError("standards.no_value", profile="p", key="k")
    assert error.message.params == {"profile": "p", "key": "k"}
    assert "no value" in str(error)


def test_a_report_is_written_as_json_and_html_and_escapes_what_users_typed(tmp_path: Path) -> None:
    report = Report(Message("base.report.title"), {"村庄数": 3})
    report.section(Message("base.report.title")).add(Message("<b>x</b>"), row=7)
    write_report(report, tmp_path / "r.json")
    data = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert data["figures"] == {"村庄数": 3}
    assert data["sections"][0]["rows"][0]["row"] == 7
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<b>x</b>" not in page
