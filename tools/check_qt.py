"""Refuses Qt spellings that break on Qt 6: unscoped enums (`Qt.UserRole`) and imports of PyQt itself instead of `qgis.PyQt`."""

from __future__ import annotations

import ast
import enum
import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHECKED_FOLDERS = ("village_planner", "tests", "tools")
BINDINGS = ("PyQt5", "PyQt6", "PySide2", "PySide6")


@dataclass(frozen=True)
class Misspelling:
    """One place to mend: `line` in the file, and what to write there."""

    line: int
    advice: str


def misspellings(source: str) -> list[Misspelling]:
    """Every unscoped Qt enum and every direct import of a Qt binding in one Python source text."""
    tree = ast.parse(source)
    return sorted([*_binding_imports(tree), *_unscoped_enums(tree)], key=lambda found: found.line)


def _binding_imports(tree: ast.AST) -> Iterator[Misspelling]:
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        for module in modules:
            if module.split(".")[0] in BINDINGS:
                yield Misspelling(node.lineno, f"import {module} from qgis.PyQt")


def _unscoped_enums(tree: ast.AST) -> Iterator[Misspelling]:
    names = _qt_names(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        owner = _resolve(node.value, names)
        if not isinstance(owner, type) or isinstance(owner, enum.EnumMeta):
            continue
        scope = _enum_scope(owner, node.attr)
        if scope:
            yield Misspelling(node.lineno, f"write {ast.unparse(node.value)}.{scope}.{node.attr} for {ast.unparse(node)}")


def _qt_names(tree: ast.AST) -> dict[str, object]:
    names: dict[str, object] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("qgis.PyQt"):
            module = importlib.import_module(str(node.module))
            for alias in node.names:
                target = getattr(module, alias.name, None) or _submodule(f"{node.module}.{alias.name}")
                names[alias.asname or alias.name] = target
    return names


def _submodule(name: str) -> object:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _resolve(node: ast.expr, names: dict[str, object]) -> object:
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        return getattr(_resolve(node.value, names), node.attr, None)
    return None


def _enum_scope(owner: type, name: str) -> str | None:
    """Name of the enum that `owner.name` belongs to, None where it is no member of an enum of `owner`."""
    value = getattr(owner, name, None)
    kind = type(value)
    is_enum = isinstance(kind, enum.EnumMeta) or type(kind).__name__ == "enumtype"
    if not is_enum or type(owner).__name__ == "enumtype":
        return None
    scope = kind.__qualname__.rsplit(".", 1)[-1]
    return scope if hasattr(getattr(owner, scope, None), name) else None


def main() -> int:
    """Print each misspelling in the checkout as file:line; 1 when there is one."""
    count = 0
    for folder in CHECKED_FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "_vendor" in path.parts:
                continue
            for found in misspellings(path.read_text(encoding="utf-8")):
                print(f"{path.relative_to(ROOT)}:{found.line}: {found.advice}")
                count += 1
    print("Qt spelling: " + (f"{count} to mend" if count else "clean"))
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
