"""The grammar of a profile's files: one JSON Schema (resources/profiles/schema.json) that loading, `make lint` and editors share."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Callable

import fastjsonschema

from village_planner.base import InputError, Message, resource

SCHEMA = "schema.json"
_SHOWN = 60
_TYPES = {"string": "text", "integer": "whole", "number": "number", "boolean": "boolean", "array": "list", "object": "object", "null": "null"}


def check_file(file: str, data: Any, kind: str) -> None:
    """Refuse the content of a profile's file that does not follow its grammar.

    file: how the file is called in the refusal. kind: a definition of the schema (`profile`, `fields`, `layer`, `input`, `rules`, `table`,
    `sheet`, `package`). Raises InputError (`standards.wrong_key`) with the key, what was expected and what was found.
    """
    try:
        _validator(kind)(data)
    except fastjsonschema.JsonSchemaValueException as error:
        key, expected, found = _explained(error)
        where = ".".join(part for part in (error.name.partition("data")[2].lstrip("."), key) if part)
        raise InputError("standards.wrong_key", file=file, key=where or "{}", expected=expected, found=found) from error


@cache
def _validator(kind: str) -> Callable[[Any], Any]:
    definitions = json.loads(resource("profiles", SCHEMA).read_text(encoding="utf-8"))["definitions"]
    return fastjsonschema.compile({"$ref": f"#/definitions/{kind}", "definitions": definitions}, use_default=False)


def _explained(error: fastjsonschema.JsonSchemaValueException) -> tuple[str, Message | str, Message | str]:
    """The key within the place that is wrong ('' for the place itself), what was expected there, and what was found."""
    definition, rule, value = error.definition, error.rule, error.value
    if rule == "required":
        key = next(name for name in definition["required"] if name not in value)
        return key, _described(definition["properties"].get(key, {})), Message("standards.found_nothing")
    if rule == "additionalProperties":
        known = definition["properties"]
        return next(name for name in value if name not in known), " / ".join(known), Message("standards.found_unknown")
    return "", _described(definition), repr(value)[:_SHOWN]


def _described(definition: dict[str, Any]) -> Message | str:
    """What may stand there: the values of a list, or a type, with the schema's own words."""
    if "enum" in definition:
        return " / ".join(map(str, definition["enum"]))
    if "pattern" in definition:
        return str(definition.get("description", definition["pattern"]))
    kinds = definition.get("type", [])
    names = [kinds] if isinstance(kinds, str) else kinds
    words = [Message(f"standards.type.{_TYPES[name]}") for name in names]
    if not words:
        return str(definition.get("description", ""))
    code = "standards.expected_filled" if "minLength" in definition or "minItems" in definition else "standards.expected"
    return Message(code, {"type": words[0], "meaning": definition.get("description", "")})
