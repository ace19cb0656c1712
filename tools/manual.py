"""Builds the user's manual: docs/manual/*.md become HTML pages that the help buttons open without a network."""

from __future__ import annotations

import html
import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from markdown_it import MarkdownIt

from village_planner.standards import Profile, load_profile

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "docs" / "manual"
IMAGES = "images"
WIDEST = 860
"""Pixels that a picture may take on a page."""
CONTENTS = ("index", "install", "first-plan", "overview", "classify", "check", "deliver", "tables", "profiles", "commands", "rules", "messages", "en")
"""The pages in the order in which the bar on the left lists them."""

_DIRECTIVE = re.compile(r"^\{\{(\w+)(?: ([\w-]+))?\}\}$", re.MULTILINE)
_SEVERITIES = {"A": "A（严重）", "B": "B（重要）", "C": "C（一般）"}
_ROOMS = {
    "base": "通用", "standards": "成果标准", "spatial": "空间数据", "plan": "规划文件", "intake": "导入", "checks": "质检规则", "delivery": "成果包",
    "desk": "桌面", "gui": "界面", "processing": "命令", "demo": "演示数据",
}  # fmt: skip
_PAGE = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title><style>{style}</style></head>
<body><nav><h2>村庄布局规划</h2>{contents}</nav><main>{body}</main></body></html>
"""
_STYLE = """
body{margin:0;font:15px/1.7 "Microsoft YaHei","Noto Sans CJK SC","PingFang SC",sans-serif;color:#222;display:flex}
nav{width:210px;flex:none;padding:1em;background:#f2f5f7;min-height:100vh;box-sizing:border-box}
nav h2{font-size:16px;margin:.2em 0 .8em}nav a{display:block;padding:.2em .4em;color:#245;text-decoration:none}nav a.here{background:#d9e4ea;border-radius:4px}
main{max-width:900px;padding:1em 2em 4em}h1{font-size:24px}h2{font-size:19px;border-bottom:1px solid #dde;margin-top:2em}h3{font-size:16px}
img{max-width:100%;border:1px solid #ccd}table{border-collapse:collapse;margin:.6em 0}
td,th{border:1px solid #ccd;padding:.25em .6em;vertical-align:top;text-align:left}
th{background:#eef2f5}code{background:#f0f0f0;padding:0 .25em;font-size:13px}pre{background:#f5f5f5;padding:.7em;overflow:auto}
"""


def build(target: Path, sources: Path = SOURCES) -> list[Path]:
    """Write one HTML page per Markdown page into `target`, with the pictures, and return the pages.

    Only what differs is written. Raises ValueError for a directive that is not known, naming page and directive.
    """
    target.mkdir(parents=True, exist_ok=True)
    pages = {name: sources / f"{name}.md" for name in CONTENTS if (sources / f"{name}.md").exists()}
    titles = {name: _title(path) for name, path in pages.items()}
    wanted = {f"{name}.html": _page(name, path, titles).encode() for name, path in pages.items()}
    images = sources / IMAGES
    wanted.update({f"{IMAGES}/{path.name}": path.read_bytes() for path in sorted(images.iterdir())} if images.is_dir() else {})
    for present in [path for path in target.rglob("*") if path.is_file()]:
        if present.relative_to(target).as_posix() not in wanted:
            present.unlink()
    for name, content in wanted.items():
        file = target / name
        file.parent.mkdir(exist_ok=True)
        if not file.exists() or file.read_bytes() != content:
            file.write_bytes(content)
    return [target / f"{name}.html" for name in pages]


def rule_ids(profile: Profile) -> list[str]:
    """All rules of the profile, those of plans and those of packages."""
    return list(profile.rules)


def messages() -> Iterator[tuple[str, str, str, str]]:
    """Room, code, Chinese and English of every sentence that the program may say, in the order of rooms and codes."""
    for room in _ROOMS:
        path = ROOT / "resources" / "i18n" / f"messages.{room}.json"
        if path.exists():
            for code, texts in sorted(json.loads(path.read_text(encoding="utf-8")).items()):
                yield room, code, texts["zh_CN"], texts["en"]


def _title(path: Path) -> str:
    return path.read_text(encoding="utf-8").splitlines()[0].lstrip("# ").strip()


def _page(name: str, path: Path, titles: dict[str, str]) -> str:
    text = _DIRECTIVE.sub(lambda found: _expanded(path, found), path.read_text(encoding="utf-8"))
    body = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    body = re.sub(r'href="([\w-]+)\.md(#[^"]*)?"', r'href="\1.html\2"', body)
    body = re.sub(r'<img src="([^"]+)"', lambda found: _sized(path.parent, found), body)
    body = re.sub(r"<(h[23])>(.*?)</\1>", _anchored, body)
    here = {name: ' class="here"'}
    contents = "".join(f'<a href="{page}.html"{here.get(page, "")}>{html.escape(title)}</a>' for page, title in titles.items())
    return _PAGE.format(language="en" if name == "en" else "zh-CN", title=html.escape(titles[name]), style=_STYLE, contents=contents, body=body)


def _sized(folder: Path, found: re.Match[str]) -> str:
    """A picture that is no wider than the page: the viewer within QGIS knows no style that would say so."""
    with open(folder / found.group(1), "rb") as file:
        width = int.from_bytes(file.read(20)[16:20], "big")
    return f'{found.group()} width="{min(width, WIDEST)}"'


def _anchored(found: re.Match[str]) -> str:
    """A heading that can be linked to: by the rule id that it begins with, else by its whole text. A rule's id alone gets its title."""
    level, text = found.groups()
    plain = re.sub(r"<[^>]+>", "", text)
    rule = re.match(r"[A-Z]{2}-\d+", plain)
    if rule is None:
        return f'<{level} id="{html.escape(plain)}">{text}</{level}>'
    setting = load_profile().rule(rule.group())
    title = f" {html.escape(setting.title)}" if setting is not None and plain == rule.group() else ""
    return f'<{level} id="{rule.group().lower()}">{text}{title}</{level}>'


def _expanded(path: Path, found: re.Match[str]) -> str:
    makers: dict[str, Callable[[str], str]] = {
        "rule": _rule_table, "messages": _message_tables, "values": _value_table, "columns": _column_table, "codes": _code_table,
        "crosswalk": _crosswalk_table,
    }  # fmt: skip
    if found.group(1) not in makers:
        raise ValueError(f"{path.name}: {found.group()} is no directive; known: {', '.join(makers)}")
    return makers[found.group(1)](found.group(2) or "")


def _rule_table(rule_id: str) -> str:
    """What the profile says of a rule."""
    setting = load_profile().rule(rule_id)
    if setting is None:
        raise ValueError(f"{{{{rule {rule_id}}}}}: the profile has no such rule")
    limits = "，".join(f"{name} = {value}" for name, value in setting.values.items()) or "—"
    rows = [
        ("等级", _SEVERITIES.get(setting.severity, setting.severity)), ("默认", "启用" if setting.on else "停用"), ("限值（rules.json）", limits),
        ("依据", setting.basis or "—"), ("来源与可信度", f"{setting.source}；{_confidence(setting.confidence)}"),
    ]  # fmt: skip
    return _table(["项目", setting.title], rows)


def _value_table(_: str) -> str:
    """The values of the profile with source and confidence."""
    rows = [(key, str(value.value), value.unit, value.source, _confidence(value.confidence)) for key, value in load_profile().values.items()]
    return _table(["名称", "值", "单位", "来源", "可信度"], rows)


def _column_table(input_id: str) -> str:
    """The columns that a user's table of this kind may have, with the headings that are recognised."""
    spec = load_profile().inputs.get(input_id)
    if spec is None:
        raise ValueError(f"{{{{columns {input_id}}}}}: the profile knows no such table")
    rows = [(field.alias, "、".join(field.names), "必填" if field.required else "") for field in spec.fields.values()]
    return _table(["内容", "可识别的表头", ""], rows)


def _code_table(list_id: str) -> str:
    """The words of a code list, with the other words that are recognised, and keys and units where it has them."""
    codes = load_profile().code_list(list_id)
    more = [(name, title) for name, title in (("unit", "单位"), ("key", "按键")) if any(row.get(name) for row in codes.rows)]
    rows = [
        (row["name"], (row.get("aliases") or "").replace("|", "、"), *(row.get(name) or "" for name, _ in more), f"`{row['code']}`") for row in codes.rows
    ]  # fmt: skip
    return _table(["名称", "也可写作", *(title for _, title in more), "代码"], rows)


def _crosswalk_table(name: str) -> str:
    """The codes of land use that can become several codes of another classification."""
    profile = load_profile()
    source, target = (profile.system(system_id) for system_id in name.split("__"))
    to_decide = profile.crosswalk(source.id, target.id).to_decide
    rows = [
        (f"{code} {source.name(source.code(code))}", "、".join(f"{one.code.code} {target.name(one.code)}" for one in targets))
        for code, targets in to_decide.items()
    ]  # fmt: skip
    return _table([source.title, target.title], rows)


def _message_tables(_: str) -> str:
    """Every sentence of the program, a table for each room."""
    parts = []
    for room, title in _ROOMS.items():
        rows = [(f"`{code}`", _escaped(chinese), _escaped(english)) for found, code, chinese, english in messages() if found == room]
        if rows:
            parts.append(f"## {title}\n\n" + _table(["代码", "中文", "English"], rows))
    return "\n\n".join(parts)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines: list[Sequence[str]] = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines)


def _escaped(text: str) -> str:
    return html.escape(text).replace("{", "〈").replace("}", "〉")


def _confidence(code: str) -> str:
    return {"sourced": "有公开来源", "proposal": "建议值"}.get(code, "凭记忆，待核对原文")


def main() -> int:
    """Build the manual into build/manual, for looking at it."""
    target = ROOT / "build" / "manual"
    shutil.rmtree(target, ignore_errors=True)
    for page in build(target):
        print(page.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
