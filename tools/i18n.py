"""Keeps the Chinese of the interface whole: collects its strings, and tells what lacks a translation."""

from __future__ import annotations

import ast
import json
import shutil
import string
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "resources" / "i18n"
INTERFACE = TRANSLATIONS / "village_planner_zh_CN.ts"
INTERFACE_ROOMS = ("gui", "desk", "processing")
LANGUAGES = ("en", "zh_CN")


def update(translation: Path) -> None:
    """Bring the .ts file up to the strings of the sources: new ones unfinished, vanished ones dropped, translations kept."""
    with tempfile.TemporaryDirectory() as folder:
        # A project file is the only way to tell pylupdate5 that sources are UTF-8.
        project = Path(folder) / "village_planner.pro"
        sources = " ".join(str(path) for path in interface_sources())
        lines = ["CODECFORTR = UTF-8", "CODECFORSRC = UTF-8", f"SOURCES = {sources}", f"TRANSLATIONS = {translation}"]
        project.write_text("\n".join(lines) + "\n", encoding="utf-8")
        subprocess.run([_pylupdate_command(), "-noobsolete", str(project)], check=True, capture_output=True)
    _drop_locations(translation)


def untranslated(translation: Path) -> list[str]:
    """Each string of the sources, as `context: text`, that the .ts file lacks or has no finished translation for."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / translation.name
        if translation.exists():
            shutil.copy(translation, copy)
        update(copy)
        missing = []
        for context in ElementTree.parse(copy).getroot().iter("context"):
            for message in context.iter("message"):
                text = message.find("translation")
                forms = [] if text is None else [form.text for form in text.iter("numerusform")] or [text.text]
                if text is None or text.get("type") == "unfinished" or not all(forms):
                    missing.append(f"{context.findtext('name')}: {message.findtext('source')}")
        return missing


def unreachable(source: str) -> list[int]:
    """Lines of a Python source text whose strings pylupdate5 cannot collect rightly.

    These are calls of `tr()` and `translate()` inside an f-string or with other than literal texts, and of a bare `tr()`, whose context
    pylupdate5 takes for the text.
    """
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    in_fstring = {id(inner) for node in nodes if isinstance(node, ast.JoinedStr) for inner in ast.walk(node)}
    # A method `tr` of ours hands on the text that its callers give.
    in_own_tr = {id(inner) for node in nodes if isinstance(node, ast.FunctionDef) and node.name == "tr" for inner in ast.walk(node)}
    calls = [node for node in nodes if isinstance(node, ast.Call) and id(node) not in in_own_tr and _translation_texts(node)]
    return sorted(call.lineno for call in calls if id(call) in in_fstring or not _is_collected(call))


def interface_sources() -> list[Path]:
    """The Python files whose strings the user sees in the interface."""
    package = ROOT / "village_planner"
    entry = package / "plugin.py"
    rooms = [path for room in INTERFACE_ROOMS for path in (package / room).rglob("*.py")]
    return sorted([entry, *rooms] if entry.exists() else rooms)


def message_faults(folder: Path) -> list[str]:
    """What is wrong in the `messages.<room>.json` of a folder: a language without a text, or placeholders that differ."""
    faults = []
    for path in sorted(folder.glob("messages.*.json")):
        for code, texts in json.loads(path.read_text(encoding="utf-8")).items():
            missing = [language for language in LANGUAGES if not texts.get(language, "").strip()]
            if missing:
                faults.append(f"{path.name}: {code}: no text in {', '.join(missing)}")
                continue
            try:
                fields = [_placeholders(texts[language]) for language in LANGUAGES]
            except ValueError as error:
                faults.append(f"{path.name}: {code}: {error}")
                continue
            if fields[0] != fields[1]:
                faults.append(f"{path.name}: {code}: placeholders differ: {sorted(fields[0] ^ fields[1])}")
    return faults


def _called_name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _translation_texts(call: ast.Call) -> list[ast.expr]:
    """The text of a `tr()`, or context and text of a `translate()`; empty for any other call (as str.translate, of one argument)."""
    wanted = {"tr": 1, "translate": 2, "_translate": 2}.get(_called_name(call), 0)
    return call.args[:wanted] if len(call.args) >= wanted else []


def _is_collected(call: ast.Call) -> bool:
    is_bare_tr = isinstance(call.func, ast.Name) and call.func.id == "tr"
    return not is_bare_tr and all(isinstance(text, ast.Constant) and isinstance(text.value, str) for text in _translation_texts(call))


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _pylupdate_command() -> str:
    command = shutil.which("pylupdate5")
    if command is None:
        raise FileNotFoundError("pylupdate5 is not installed: run `make setup`")
    return command


def _drop_locations(translation: Path) -> None:
    """Line numbers would make every edit of a source a change of the translation."""
    lines = translation.read_text(encoding="utf-8").splitlines(keepends=True)
    translation.write_text("".join(line for line in lines if "<location " not in line), encoding="utf-8")


def main() -> int:
    """Update the .ts file of the interface and list what is still to translate."""
    TRANSLATIONS.mkdir(parents=True, exist_ok=True)
    update(INTERFACE)
    missing = untranslated(INTERFACE)
    for entry in missing:
        print(f"no translation: {entry}")
    print(f"{INTERFACE.relative_to(ROOT)}: {len(missing)} to translate")
    return 0


if __name__ == "__main__":
    sys.exit(main())
