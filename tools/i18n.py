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
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "resources" / "i18n"
INTERFACE = TRANSLATIONS / "village_planner_zh_CN.ts"
INTERFACE_ROOMS = ("gui", "desk", "processing")
LANGUAGES = ("en", "zh_CN")


@dataclass(frozen=True)
class TranslationCall:
    """One string to translate: where it stands, null where it is no literal and so cannot be; `counted` where it has plural forms."""

    line: int
    context: str
    text: str | None
    comment: str = ""
    counted: bool = False

    def spelled(self) -> str:
        """The call as pylupdate5 reads it best."""
        arguments = [json.dumps(part, ensure_ascii=False) for part in (self.context, self.text, self.comment)]
        return f"QCoreApplication.translate({', '.join(arguments)}{', n' if self.counted else ''})"


def update(translation: Path) -> None:
    """Bring the .ts file up to the strings of the sources: new ones unfinished, vanished ones dropped, translations kept."""
    calls = [call for path in interface_sources() for call in translation_calls(path.read_text(encoding="utf-8"))]
    with tempfile.TemporaryDirectory() as folder:
        # pylupdate5 stumbles over trailing commas and f-strings, so it gets the calls spelled plainly.
        plain = Path(folder) / "strings.py"
        plain.write_text("".join(f"{call.spelled()}\n" for call in calls if call.text is not None), encoding="utf-8")
        # A project file is the only way to tell it that sources are UTF-8.
        project = Path(folder) / "village_planner.pro"
        lines = ["CODECFORTR = UTF-8", "CODECFORSRC = UTF-8", f"SOURCES = {plain}", f"TRANSLATIONS = {translation}"]
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


def translation_calls(source: str) -> list[TranslationCall]:
    """Every `x.tr(text)` and `translate(context, text)` in a Python source text, in the order of its lines.

    The context of a `tr` is the class that it stands in; a method of ours that is itself called `tr` hands on the text of its callers.
    """
    found: list[TranslationCall] = []
    _collect(ast.parse(source), "", found)
    return sorted(found, key=lambda call: call.line)


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


def _collect(node: ast.AST, class_name: str, found: list[TranslationCall]) -> None:
    if isinstance(node, ast.FunctionDef) and node.name == "tr":
        return
    if isinstance(node, ast.ClassDef):
        class_name = node.name
    if isinstance(node, ast.Call):
        call = _translation_call(node, class_name)
        if call:
            found.append(call)
    for child in ast.iter_child_nodes(node):
        _collect(child, class_name, found)


def _translation_call(node: ast.Call, class_name: str) -> TranslationCall | None:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name == "tr" and isinstance(node.func, ast.Attribute) and node.args:
        return TranslationCall(node.lineno, class_name, *_texts(node.args[:2]), counted=len(node.args) > 2)
    # str.translate() has one argument, and is none of ours.
    if name.lstrip("_") in ("translate", "tr") and len(node.args) > 1:
        context = _literal(node.args[0])
        text, comment = _texts(node.args[1:3])
        return TranslationCall(node.lineno, context or "", text if context else None, comment, counted=len(node.args) > 3)
    return None


def _texts(arguments: list[ast.expr]) -> tuple[str | None, str]:
    return _literal(arguments[0]), (_literal(arguments[1]) or "" if len(arguments) > 1 else "")


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


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
