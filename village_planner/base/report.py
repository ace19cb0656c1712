"""A report of what a step did: a .json for machines with an .html beside it for people."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from village_planner.base.messages import CHINESE, ENGLISH, Message, render

SAYS = Message("base.report.says")
"""Heading of the column with the rows' messages."""


@dataclass
class Section:
    """One titled table of a report.

    title: heading of the table. rows: one Message per row. facts: extra columns per row,
    parallel to `rows` (e.g. {"source": "a.xlsx", "row": 5}); may be empty.
    """

    title: Message
    rows: list[Message] = field(default_factory=list)
    facts: list[dict[str, Any]] = field(default_factory=list)

    def add(self, message: Message, **facts: Any) -> None:
        """Append one row with its facts."""
        self.rows.append(message)
        self.facts.append(facts)


@dataclass
class Report:
    """Title, figures (name → number or text) and sections, in the order in which they are shown."""

    title: Message
    figures: dict[str, Any] = field(default_factory=dict)
    sections: list[Section] = field(default_factory=list)

    def section(self, title: Message) -> Section:
        """Append an empty section and return it."""
        self.sections.append(Section(title))
        return self.sections[-1]


def write_report(report: Report, path: Path) -> None:
    """Write `path` (.json) and the same content as .html beside it, in Chinese.

    Raises OSError when the folder cannot be written.
    """
    path.write_text(json.dumps(_as_json(report), ensure_ascii=False, indent=1, default=str), encoding="utf-8")
    path.with_suffix(".html").write_text(report_html(report), encoding="utf-8")


def _as_json(report: Report) -> dict[str, Any]:
    return {
        "title": render(report.title, CHINESE),
        "figures": report.figures,
        "sections": [
            {
                "title": render(section.title, CHINESE),
                "rows": [
                    {
                        **facts,
                        "code": row.code,
                        "params": {k: v for k, v in row.params.items() if not isinstance(v, Message)},
                        "zh_CN": render(row, CHINESE),
                        "en": render(row, ENGLISH),
                    }
                    for row, facts in zip(section.rows, section.facts)
                ],
            }
            for section in report.sections
        ],
    }


def report_html(report: Report) -> str:
    """The report as a page in Chinese."""
    title = html.escape(render(report.title, CHINESE))
    parts = [
        "<!DOCTYPE html><html lang='zh-CN'><head><meta charset='utf-8'>",
        f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>",
    ]
    if report.figures:
        cells = "".join(
            f"<tr><th>{html.escape(str(k))}</th><td>{html.escape(str(v))}</td></tr>" for k, v in report.figures.items()
        )
        parts.append(f"<table>{cells}</table>")
    for section in report.sections:
        parts.append(f"<h2>{html.escape(render(section.title, CHINESE))}（{len(section.rows)}）</h2>")
        parts.append(_section_table(section))
    parts.append("</body></html>")
    return "\n".join(parts)


def _section_table(section: Section) -> str:
    if not section.rows:
        return f"<p>{html.escape(render(Message('base.report.nothing'), CHINESE))}</p>"
    columns = list(dict.fromkeys(name for facts in section.facts for name in facts))
    head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
    body = "".join(
        "<tr>"
        + "".join(f"<td>{html.escape(str(facts.get(name, '')))}</td>" for name in columns)
        + f"<td>{html.escape(render(row, CHINESE))}</td></tr>"
        for row, facts in zip(section.rows, section.facts)
    )
    says = html.escape(render(SAYS, CHINESE))
    return f"<table><tr>{head}<th>{says}</th></tr>{body}</table>"


_STYLE = (
    "body{font-family:'Noto Sans CJK SC','Microsoft YaHei',sans-serif;margin:2em;color:#222}"
    "table{border-collapse:collapse;margin:.5em 0}th,td{border:1px solid #bbb;padding:.25em .6em;text-align:left;"
    "vertical-align:top}th,td:first-child{white-space:nowrap}th{background:#f2f2f2}h1{font-size:1.4em}h2{font-size:1.1em}"
)
