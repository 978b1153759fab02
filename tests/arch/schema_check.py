"""The part of JSON schema that `arch.schema.json` uses, small enough to read."""

from __future__ import annotations

import re
from typing import Any

TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": int | float,
    "null": type(None),
}
WORDS = {"$schema", "title", "description", "definitions"}


def fits(value: Any, rule: dict[str, Any], root: dict[str, Any]) -> bool:
    checks = [_fits(value, name, rule, root) for name in rule if name not in WORDS]
    return all(checks)


def _fits(value: Any, name: str, rule: dict[str, Any], root: dict[str, Any]) -> bool:
    wanted = rule[name]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match name:
        case "$ref":
            return fits(value, root["definitions"][wanted.rsplit("/", 1)[1]], root)
        case "type":
            is_bool = isinstance(value, bool)
            return isinstance(value, TYPES[wanted]) and is_bool == (wanted == "boolean")
        case "anyOf":
            return any(fits(value, one, root) for one in wanted)
        case "if":
            return not fits(value, wanted, root) or fits(value, rule["then"], root)
        case "then":
            return True
        case "allOf":
            return all(fits(value, one, root) for one in wanted)
        case "enum":
            return value in wanted
        case "required":
            return not isinstance(value, dict) or all(field in value for field in wanted)
        case "minimum":
            return not number or value >= wanted
        case "exclusiveMinimum":
            return not number or value > wanted
        case "maximum":
            return not number or value <= wanted
        case "minItems":
            return len(value) >= wanted
        case "uniqueItems":
            return len(set(value)) == len(value)
        case "items":
            return all(fits(one, wanted, root) for one in value)
        case "properties":
            inside = wanted.items() if isinstance(value, dict) else ()
            return all(fits(value[field], one, root) for field, one in inside if field in value)
        case "patternProperties":
            return all(
                fits(one, inner, root)
                for pattern, inner in wanted.items()
                for field, one in (value.items() if isinstance(value, dict) else ())
                if re.search(pattern, str(field))
            )
        case "additionalProperties":
            known = rule.get("properties", {})
            patterns = rule.get("patternProperties", {})
            extra = [
                one
                for field, one in (value.items() if isinstance(value, dict) else ())
                if field not in known and not any(re.search(p, str(field)) for p in patterns)
            ]
            return not extra if wanted is False else all(fits(one, wanted, root) for one in extra)
    raise AssertionError(f"the schema uses {name}, which this checker does not know")
