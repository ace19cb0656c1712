"""The language of Word templates: {{name}} stands for a value, and paragraphs of their own for conditions, repetitions and blocks.

{{if:name}} … {{else}} … {{end}} keeps what lies between where the value is known and not 0; {{each:list}} … {{end}} repeats it for every
item, whose values are {{list.name}}. {{table:B3}}, {{tables}}, {{sheets}}, {{toc}} are blocks that somebody else makes. Within a paragraph,
[[ … {{name}} … ]] is left out where a value in it is not known or 0.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Callable, Iterator, Mapping, Sequence

from lxml import etree

from village_planner.base import InputError
from village_planner.delivery.rows import without_control

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BOOKMARK = "vp_"
"""What the bookmark around a figure begins with; its name follows, and `__2` … where it stands more than once."""
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")
_OPTION = re.compile(r"\[\[.*?\]\]")
_NOISE = (f"{W}proofErr", f"{W}lastRenderedPageBreak", f"{W}noBreakHyphen")


@dataclass(frozen=True)
class Value:
    """What a placeholder becomes: its text; the figure's name, '' for what is none; whether a condition on it holds."""

    text: str
    figure: str = ""
    holds: bool = True


@dataclass(frozen=True)
class Items:
    """A list that a template may repeat something for: the names of what each item has, and the items."""

    names: tuple[str, ...]
    rows: Sequence[Mapping[str, Value]]


@dataclass
class Template:
    """Fills one document. blocks: by name, each takes what stands behind the colon ('' nothing) and gives paragraphs and tables."""

    file: str
    values: Mapping[str, Value]
    lists: Mapping[str, Items]
    blocks: Mapping[str, Callable[[str], list[Any]]]
    _used: dict[str, int] = field(default_factory=dict)
    _bookmarks: int = 1000

    def fill_body(self, body: Any) -> None:
        """Fill a body; its last element, the last section's set-up, stays. Raises InputError for a placeholder or block that is wrong."""
        children = [child for child in body if child.tag != f"{W}sectPr"]
        self._check(children, set(self.values))
        result = self._expanded(children, self.values)
        for child in children:
            body.remove(child)
        for position, element in enumerate(result):
            body.insert(position, element)

    def fill_part(self, root: Any) -> None:
        """Fill every paragraph of a header or footer."""
        for paragraph in list(root.iter(f"{W}p")):
            self._check_names(paragraph, set(self.values))
            self._fill(paragraph, self.values)

    def shown_blocks(self, elements: Sequence[Any]) -> list[tuple[str, str]]:
        """Word and argument of the blocks that filling these elements will ask for, in their order; of a repetition once."""
        found: list[tuple[str, str]] = []
        position = 0
        while position < len(elements):
            word, argument = _marker(elements[position])
            if word in ("if", "each"):
                middle, stop = self._ends(elements, position)
                holds = self.values[argument].holds if word == "if" and argument in self.values else True
                found += self.shown_blocks(elements[position + 1 : middle] if holds else elements[middle + 1 : stop])
                position = stop
            elif word in self.blocks:
                found.append((word, argument))
            position += 1
        return found

    def bookmarked(self, name: str, content: Sequence[Any]) -> list[Any]:
        """Elements between the two ends of a bookmark called after a figure or table."""
        count = self._used[name] = self._used.get(name, 0) + 1
        self._bookmarks += 1
        start, end = _element("bookmarkStart"), _element("bookmarkEnd")
        start.set(f"{W}id", str(self._bookmarks))
        start.set(f"{W}name", f"{BOOKMARK}{name}" + (f"__{count}" if count > 1 else ""))
        end.set(f"{W}id", str(self._bookmarks))
        return [start, *content, end]

    def _expanded(self, elements: Sequence[Any], values: Mapping[str, Value]) -> list[Any]:
        result: list[Any] = []
        position = 0
        while position < len(elements):
            element = elements[position]
            word, argument = _marker(element)
            if word in ("if", "each"):
                middle, stop = self._ends(elements, position)
                inner = elements[position + 1 : middle]
                if word == "if":
                    chosen = inner if values[argument].holds else elements[middle + 1 : stop]
                    result += self._expanded(chosen, values)
                else:
                    for row in self.lists[argument].rows:
                        result += self._expanded(inner, {**values, **{f"{argument}.{name}": value for name, value in row.items()}})
                result += [_section_end(own) for own in elements[position : stop + 1] if _has_section(own) and own not in inner]
                position = stop + 1
                continue
            if word in self.blocks:
                result += self.blocks[word](argument)
                result += [_section_end(element)] if _has_section(element) else []
            else:
                copy = deepcopy(element)
                for paragraph in list(copy.iter(f"{W}p")):
                    self._fill(paragraph, values)
                result.append(copy)
            position += 1
        return result

    def _ends(self, elements: Sequence[Any], start: int) -> tuple[int, int]:
        """Where the {{else}} (or the {{end}}) and the {{end}} of a block stand."""
        depth, middle = 0, None
        for position in range(start + 1, len(elements)):
            word, _ = _marker(elements[position])
            if word in ("if", "each"):
                depth += 1
            elif word == "else" and depth == 0:
                middle = position
            elif word == "end":
                if depth == 0:
                    return (position if middle is None else middle), position
                depth -= 1
        raise InputError("delivery.document_no_end", file=self.file, block=_text(elements[start]).strip())

    def _check(self, elements: Sequence[Any], names: set[str]) -> None:
        """Refuse what the template names and nobody knows, also in parts that will not be shown."""
        position = 0
        while position < len(elements):
            element = elements[position]
            word, argument = _marker(element)
            if word in ("if", "each"):
                _, stop = self._ends(elements, position)
                if argument not in (names if word == "if" else self.lists):
                    self._refuse(_text(element).strip())
                more = {f"{argument}.{name}" for name in self.lists[argument].names} if word == "each" else set()
                self._check(elements[position + 1 : stop], names | more)
                position = stop
            elif word == "end":
                raise InputError("delivery.document_no_start", file=self.file, block="{{end}}")
            elif word not in self.blocks and word != "else":
                for paragraph in element.iter(f"{W}p"):
                    self._check_names(paragraph, names)
            position += 1

    def _check_names(self, paragraph: Any, names: set[str]) -> None:
        for found in _PLACEHOLDER.finditer(_text(paragraph)):
            if found.group(1).strip() not in names:
                self._refuse(found.group(0))

    def _refuse(self, placeholder: str) -> None:
        raise InputError("delivery.document_placeholder", file=self.file, placeholder=placeholder[:80])

    def _fill(self, paragraph: Any, values: Mapping[str, Value]) -> None:
        """Put values in place of placeholders; Word may have cut one into several runs."""
        if "{{" not in _text(paragraph):
            return
        for noise in [child for child in paragraph.iter() if child.tag in _NOISE]:
            noise.getparent().remove(noise)
        for run in [run for run in paragraph.iter(f"{W}r") if "{{" in _run_text(run)]:
            _part(run)
        for runs in list(_text_runs(paragraph)):
            whole = "".join(_run_text(run) for run in runs)
            if "{{" not in whole and "[[" not in whole:
                continue
            for element in self._pieces(runs, whole, values):
                runs[0].addprevious(element)
            for run in runs:
                run.getparent().remove(run)

    def _pieces(self, runs: Sequence[Any], whole: str, values: Mapping[str, Value]) -> Iterator[Any]:
        """New runs for neighbouring runs, each in the form of that in which its text began."""
        whole, owner = _without_options(whole, [run for run in runs for _ in _run_text(run)], values)
        position = 0
        for found in _PLACEHOLDER.finditer(whole):
            yield from _plain_runs(whole, owner, position, found.start())
            value = values[found.group(1).strip()]
            run = _run_like(owner[found.start()], value.text)
            yield from self.bookmarked(value.figure, [run]) if value.figure else [run]
            position = found.end()
        yield from _plain_runs(whole, owner, position, len(whole))


def _without_options(whole: str, owner: list[Any], values: Mapping[str, Value]) -> tuple[str, list[Any]]:
    """The text and its owners without the options [[…]] whose values do not hold, and without the brackets of those that stay."""
    dropped: set[int] = set()
    for found in _OPTION.finditer(whole):
        stays = all(values[name.group(1).strip()].holds for name in _PLACEHOLDER.finditer(found.group()))
        marks = (*range(found.start(), found.start() + 2), *range(found.end() - 2, found.end()))
        dropped |= set(marks if stays else range(*found.span()))
    kept = [position for position in range(len(whole)) if position not in dropped]
    return "".join(whole[position] for position in kept), [owner[position] for position in kept]


def _element(name: str) -> Any:
    return etree.Element(f"{W}{name}", nsmap={"w": W[1:-1]})


def _marker(element: Any) -> tuple[str, str]:
    """Word and argument of a paragraph that holds nothing but {{word}} or {{word:argument}}; ('', '') for others."""
    if element.tag != f"{W}p":
        return "", ""
    found = _PLACEHOLDER.fullmatch(_text(element).strip())
    word, _, argument = found.group(1).strip().partition(":") if found else ("", "", "")
    return (word, argument.strip()) if word in ("if", "else", "end", "each", "table", "tables", "sheets", "toc") else ("", "")


def _text(paragraph: Any) -> str:
    return "".join(node.text or "" for node in paragraph.iter(f"{W}t"))


def _run_text(run: Any) -> str:
    return "".join(node.text or "" for node in run.iterchildren(f"{W}t"))


def _part(run: Any) -> None:
    """Give each text, tab and break of a run a run of its own."""
    form, content = run.find(f"{W}rPr"), [child for child in run if child.tag != f"{W}rPr"]
    if len(content) < 2:
        return
    for child in content:
        made = _element("r")
        if form is not None:
            made.append(deepcopy(form))
        made.append(child)
        run.addprevious(made)
    run.getparent().remove(run)


def _text_runs(paragraph: Any) -> Iterator[list[Any]]:
    """Neighbouring runs that hold nothing but text; bookmarks that Word sets for itself do not part them."""
    for parent in [paragraph, *paragraph.iter(f"{W}hyperlink", f"{W}ins", f"{W}smartTag")]:
        runs: list[Any] = []
        for child in [*parent, None]:
            if child is not None and child.tag == f"{W}r" and all(node.tag in (f"{W}t", f"{W}rPr") for node in child):
                runs.append(child)
            elif runs and (child is None or child.tag not in (f"{W}bookmarkStart", f"{W}bookmarkEnd")):
                yield runs
                runs = []


def _plain_runs(whole: str, owner: Sequence[Any], start: int, stop: int) -> Iterator[Any]:
    while start < stop:
        end = start
        while end < stop and owner[end] is owner[start]:
            end += 1
        yield _run_like(owner[start], whole[start:end])
        start = end


def _run_like(run: Any, text: str) -> Any:
    made = _element("r")
    form = run.find(f"{W}rPr")
    if form is not None:
        made.append(deepcopy(form))
    for number, line in enumerate(without_control(text).split("\n")):
        if number:
            made.append(_element("br"))
        node = _element("t")
        node.text = line
        node.set(_SPACE, "preserve")
        made.append(node)
    return made


def _has_section(element: Any) -> bool:
    return element.tag == f"{W}p" and element.find(f"{W}pPr/{W}sectPr") is not None


def _section_end(paragraph: Any) -> Any:
    """The paragraph with nothing but the section that ends in it."""
    copy = deepcopy(paragraph)
    for child in [child for child in copy if child.tag != f"{W}pPr"]:
        copy.remove(child)
    return copy
