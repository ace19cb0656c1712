"""The pages of the manual that ships with the plugin: where they lie, and what a viewer without style sheets shows of them."""

from __future__ import annotations

import html
import re
from pathlib import Path

from qgis.PyQt.QtCore import QUrl

from village_planner.base.messages import ENGLISH
from village_planner.desk.language import language

_MANUAL = Path(__file__).absolute().parent.parent / "manual"
_ENGLISH_PAGE = "en"
_BAR = re.compile(r"<nav>.*?</nav>", re.DOTALL)
_LINK = re.compile(r'<a href="([\w-]+)\.html"[^>]*>(.*?)</a>')


def manual_url(page: str) -> QUrl | None:
    """Where a page lies, `page` being its name or name#heading; None where the manual is not there.

    In English a whole page is the short version where there is one; a heading is always that of the Chinese page.
    """
    name, _, heading = page.partition("#")
    wanted = (_ENGLISH_PAGE, name) if language() == ENGLISH and not heading else (name,)
    path = next((path for path in (_MANUAL / f"{name}.html" for name in wanted) if path.is_file()), None)
    if path is None:
        return None
    url = QUrl.fromLocalFile(str(path))
    if heading:
        url.setFragment(heading)
    return url


def read_page(path: Path) -> str:
    """A page without its bar of contents, which only a browser can put aside."""
    return _BAR.sub("", path.read_text(encoding="utf-8"))


def contents(path: Path) -> list[tuple[str, str]]:
    """Name and title of every page, in the order of the bar that the page at `path` has; empty where it has none."""
    bar = _BAR.search(path.read_text(encoding="utf-8"))
    return [(name, html.unescape(title)) for name, title in _LINK.findall(bar.group())] if bar else []
