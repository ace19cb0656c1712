"""What a profile takes over from those that it extends: the nearest file, value, rule, field and part of the package counts."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any, Callable, Mapping, TypeVar

from village_planner.base import Message
from village_planner.standards.landuse import CodeSystem, Crosswalk
from village_planner.standards.profile import CodeList, InputField, InputSpec, LayerSpec, PackageSpec, Profile, RuleSetting, Value
from village_planner.standards.reading import (
    extended_layer,
    parse_json,
    read_code_list,
    read_crosswalk,
    read_json,
    read_layer,
    read_package,
    read_sheet,
    read_table,
    read_values,
    short_name,
    wrong_key,
)
from village_planner.standards.schema import check_file

_T = TypeVar("_T")
_DEEP = ("contents", "domains", "inspection")
"""Parts of package.json that are themselves merged by key."""


class Merged:
    """The folders of a profile and of those that it extends, the nearest first, as one profile."""

    def __init__(self, chain: list[Path]) -> None:
        self._chain = chain
        self._heads = [read_json(folder / "profile.json", "profile") for folder in chain]

    def profile(self) -> Profile:
        """The merged profile. Raises InputError naming file and key of what is missing or wrong."""
        own = self._heads[0]
        codes = self._files("codes", "csv", read_code_list)
        return Profile(
            id=own["id"],
            version=own["version"],
            title=own["title"],
            lineage=tuple(folder.name for folder in self._chain),
            values=self._values,
            codes=codes,
            layers=self._layers(codes),
            inputs=self._inputs(),
            rules=self._rules(),
            tables=self._files("tables", "json", read_table),
            package=self._package(),
            sheets=self._files("sheets", "json", read_sheet),
            texts=self._texts,
            documents=self._files("documents", "docx", lambda path: path),
            systems=self._systems,
            crosswalks=self._crosswalks(),
        )

    @cached_property
    def _texts(self) -> dict[str, str]:
        return {key: text for head in reversed(self._heads) for key, text in head.get("texts", {}).items()}

    @cached_property
    def _values(self) -> dict[str, Value]:
        merged: dict[str, Value] = {}
        for folder, head in self._from_the_root():
            values = read_values(head)
            for key, value in values.items():
                self._check_system(folder / "profile.json", key, value)
            merged.update(values)
        return merged

    @cached_property
    def _systems(self) -> dict[str, CodeSystem]:
        lists = self._files("systems", "csv", read_code_list)
        return {name: CodeSystem(name, self._texts.get(f"system.{name}", name), codes) for name, codes in lists.items()}

    def _check_system(self, file: Path, key: str, value: Value) -> None:
        """A value that names codes of land use may only name those of its system."""
        if not value.system:
            return
        system = self._systems.get(value.system)
        if system is None:
            raise wrong_key(file, f"values.{key}.system", " / ".join(self._systems), value.system)
        named = value.value if isinstance(value.value, list) else [value.value]
        codes = [one[-1] if isinstance(one, list) else one for one in named]
        unknown = next((code for code in codes if not system.has_prefix(str(code))), None)
        if unknown is not None:
            raise wrong_key(file, f"values.{key}.value", Message("standards.expected_land_code", {"system": system.title}), unknown)

    def _crosswalks(self) -> dict[tuple[str, str], Crosswalk]:
        made = self._files("crosswalks", "csv", lambda path: read_crosswalk(path, self._systems))
        return {(crosswalk.source, crosswalk.target): crosswalk for crosswalk in made.values()}

    def _from_the_root(self) -> list[tuple[Path, Mapping[str, Any]]]:
        return list(zip(reversed(self._chain), reversed(self._heads)))

    def _files(self, folder: str, suffix: str, read: Callable[[Path], _T]) -> dict[str, _T]:
        """What the files of a folder say, by their names: the nearest of each name, without those that a nearer profile leaves out."""
        files: dict[str, Path] = {}
        for root, head in self._from_the_root():
            self._leave_out(root, head, folder, files)
            files.update({path.stem: path for path in sorted((root / folder).glob(f"*.{suffix}"))})
        return {name: read(path) for name, path in files.items()}

    @staticmethod
    def _leave_out(root: Path, head: Mapping[str, Any], folder: str, files: dict[str, Any]) -> None:
        """Take away what a profile does not take over."""
        for name in head.get("without", {}).get(folder, []):
            if name not in files:
                raise wrong_key(root / "profile.json", f"without.{folder}", " / ".join(files), name)
            del files[name]

    def _layers(self, codes: Mapping[str, CodeList]) -> dict[str, LayerSpec]:
        shared: dict[str, Mapping[str, Any]] = {}
        for root, _ in self._from_the_root():
            if (root / "fields.json").is_file():
                shared.update(read_json(root / "fields.json", "fields")["fields"])
        layers: dict[str, LayerSpec] = {}
        for path, data in self._layer_files().values():
            layer = read_layer(path, data, shared)
            if layer.name in layers:
                raise wrong_key(path, "name", Message("standards.expected_other_name"), layer.name)
            self._check_fields(path, layer, codes)
            layers[layer.name] = layer
        return layers

    def _layer_files(self) -> dict[str, tuple[Path, dict[str, Any]]]:
        """Path and content of the layers that are delivered, by the names of their files; one that extends another holds what it takes over."""
        files: dict[str, tuple[Path, dict[str, Any]]] = {}
        for root, head in self._from_the_root():
            inherited = dict(files)
            self._leave_out(root, head, "layers", files)
            for path in sorted((root / "layers").glob("*.json")):
                data = parse_json(path)
                if "extends" in data:
                    if data["extends"] not in inherited:
                        raise wrong_key(path, "extends", " / ".join(inherited), repr(data["extends"])[:60])
                    data = extended_layer(data, inherited[data["extends"]][1])
                files[path.stem] = (path, data)
        return files

    def _check_fields(self, path: Path, layer: LayerSpec, codes: Mapping[str, CodeList]) -> None:
        """What a field refers to must be there, and the codes or names that stand in it must fit."""
        for number, field in enumerate(layer.fields):
            here = f"fields[{number}]"
            if field.system and field.system not in self._systems:
                raise wrong_key(path, f"{here}.system", " / ".join(self._systems), field.system)
            if field.domain and field.domain not in codes:
                raise wrong_key(path, f"{here}.domain", " / ".join(codes), field.domain)
            rows = self._systems[field.system].codes.rows if field.system else codes[field.domain].rows if field.domain else ()
            longest = max((len(row[field.shows]) for row in rows), default=0)
            if field.type == "text" and 0 < field.width < longest:
                raise wrong_key(path, f"{here}.width", f">= {longest}", str(field.width))

    def _inputs(self) -> dict[str, InputSpec]:
        merged: dict[str, dict[str, InputField]] = {}
        for folder, _ in self._from_the_root():
            for path in sorted(folder.glob("inputs/*.json")):
                fields = merged.setdefault(path.stem, {})
                for field_id, entry in read_json(path, "input")["fields"].items():
                    inherited = fields[field_id].names if entry.get("add") and field_id in fields else ()
                    names = (*entry["names"], *inherited)
                    fields[field_id] = InputField(field_id, entry["alias"], names, str(entry.get("content", "")), bool(entry.get("required", False)))
        return {stem: InputSpec(stem, fields) for stem, fields in merged.items()}

    def _rules(self) -> dict[str, RuleSetting]:
        merged: dict[str, dict[str, Any]] = {}
        for path in (path for folder, _ in self._from_the_root() for path in sorted(folder.glob("rules*.json"))):
            for rule_id, entry in read_json(path, "rules")["rules"].items():
                values = {**merged.get(rule_id, {}).get("values", {}), **entry.get("values", {})}
                merged[rule_id] = {**merged.get(rule_id, {}), **entry, "values": values, "_path": path}
        return {
            rule_id: RuleSetting(
                rule_id,
                _of_rule(entry, rule_id, "title"),
                _of_rule(entry, rule_id, "on"),
                _of_rule(entry, rule_id, "severity"),
                entry["values"],
                str(entry.get("basis", "")),
                _of_rule(entry, rule_id, "source"),
                _of_rule(entry, rule_id, "confidence"),
            )
            for rule_id, entry in merged.items()
        }

    def _package(self) -> PackageSpec:
        """The package as the parts of package.json make it; without entries where no profile of the chain has one."""
        merged: dict[str, Any] = {}
        file = None
        for folder, _ in self._from_the_root():
            if (folder / "package.json").is_file():
                file = folder / "package.json"
                data = parse_json(file)
                deep = {key: {**merged.get(key, {}), **data[key]} for key in _DEEP if isinstance(data.get(key), dict)}
                merged = {**merged, **data, **deep}
        if file is None:
            return PackageSpec(root="", entries=(), editions={}, source="", confidence="")
        check_file(short_name(file), merged, "package")
        return read_package(merged)


def _of_rule(entry: Mapping[str, Any], rule_id: str, key: str) -> Any:
    """What a rule must say once what it inherits has been added."""
    if key not in entry:
        raise wrong_key(entry["_path"], f"rules.{rule_id}.{key}", key, Message("standards.found_nothing"))
    return entry[key]
