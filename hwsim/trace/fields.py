"""Check plain JSON values against the type hints of a dataclass, and name everything wrong."""

from __future__ import annotations

import difflib
import json
import types
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints


def field_problems(kind: type, value: object, where: str) -> list[str]:
    """What keeps `value` from being read as the dataclass `kind`; `where` is its place."""
    if not isinstance(value, dict):
        return [f"{where}: {_shown(value)} is not an object"]
    assert is_dataclass(kind)
    known = {field.name: field for field in fields(kind)}
    hints = get_type_hints(kind)
    problems = unknown_problems(value, list(known), where)
    for name, field in known.items():
        place = f"{where}.{name}"
        if name in value:
            problems += value_problems(hints[name], value[name], place)
        elif _required(field):
            problems.append(f"{place}: missing")
    return problems


def unknown_problems(value: dict[str, Any], known: list[str], where: str) -> list[str]:
    """The fields of `value` that are not `known`, each with the nearest known one."""
    problems = []
    for name in value:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(known)}"
            place = f"{where}.{name}" if where else name
            problems.append(f"{place}: unknown field{hint}")
    return problems


def value_problems(hint: Any, value: object, where: str) -> list[str]:
    """What keeps `value` from being a `hint`: a scalar, a Literal, an optional, a tuple (as a
    list) or a dataclass (as an object).
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if is_dataclass(hint) and isinstance(hint, type):
        return field_problems(hint, value, where)
    if origin is tuple:
        return _tuple_problems(arguments, value, where)
    if origin is Literal:
        if isinstance(value, str) and value in arguments:
            return []
        return [f"{where}: {_shown(value)} is not one of {', '.join(arguments)}"]
    if origin in (Union, types.UnionType):
        if value is None and types.NoneType in arguments:
            return []
        (hint,) = (a for a in arguments if a is not types.NoneType)
        return value_problems(hint, value, where)
    numbers = (int, float) if hint is float else (hint,)
    if isinstance(value, numbers) and isinstance(value, bool) == (hint is bool):
        return []
    names = {int: "an integer", float: "a number", str: "a string", bool: "true or false"}
    return [f"{where}: {_shown(value)} is not {names[hint]}"]


def _tuple_problems(arguments: tuple[Any, ...], value: object, where: str) -> list[str]:
    if not isinstance(value, list):
        return [f"{where}: {_shown(value)} is not a list"]
    kinds = [arguments[0]] * len(value) if arguments[-1] is ... else list(arguments)
    if len(kinds) != len(value):
        return [f"{where}: {_shown(value)} has {len(value)} values, expected {len(kinds)}"]
    problems = []
    for index, (kind, item) in enumerate(zip(kinds, value, strict=True)):
        problems += value_problems(kind, item, f"{where}[{index}]")
    return problems


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _shown(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
