"""pydantic's errors in the words of an architecture file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hwsim.arch.locate import join
from hwsim.arch.messages import Problem, did_you_mean, listed
from hwsim.arch.node import Key, Node, written
from hwsim.arch.quantity import BY_FORMAT, FORMATS, INCLUDED, QUANTITY, UNPUBLISHED

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

SPELT = {
    QUANTITY: "a number",
    BY_FORMAT: "{conv: .., dense: ..}",
    INCLUDED: "{included_in: [..]}",
    UNPUBLISHED: "`unpublished`",
}
FIELDS: dict[str, tuple[str, ...]] = {
    BY_FORMAT: FORMATS,
    INCLUDED: ("included_in",),
    QUANTITY: ("value", "source", "evidence", "low", "high"),
}
PRICE = f"{listed(SPELT.values())}"


def problem_at(tree: Node, path: list[Key], message: str, *, at_key: bool = False) -> Problem:
    """A problem at a path of the tree, or at the deepest block that is there. What is wrong with
    an entry is shown at its value."""
    node, left = tree.nearest(path)
    words = node.path
    for name in left:
        words = join(words, name)
    place = node.children.get("value", node).place
    return Problem(node.key if left or at_key else place, words, message)


def problem_of(error: ErrorDetails, tree: Node) -> Problem:
    """The problem that an error of pydantic is."""
    forms = [part for part in error["loc"] if part in SPELT]
    path: list[Key] = [
        part for part in error["loc"] if isinstance(part, int) or part[0] not in "<["
    ]
    node, left = tree.nearest(path)
    value = None if left else node.children.get("value", node).plain()
    quantity = error["loc"][-1] in (QUANTITY, "value") if error["loc"] else False
    message = _message(error, str(forms[-1]) if forms else None, value, quantity)
    return problem_at(tree, path, message, at_key=error["type"] == "extra_forbidden")


def _message(error: ErrorDetails, kind: str | None, value: object, quantity: bool) -> str:
    context = error.get("ctx", {})
    given = f", not {written(value)}"
    match error["type"]:
        case "missing":
            return "missing"
        case "extra_forbidden":
            options = FIELDS.get(kind or "", ())
            hint = did_you_mean(str(error["loc"][-1]), options)
            return f"unknown field{hint}" if hint else f"unknown field; there are {listed(options)}"
        case "literal_error":
            words = re.findall(r"'([^']*)'|(\b\d+\b)", context["expected"])
            options = tuple(quoted or number for quoted, number in words)
            choice = PRICE if kind == UNPUBLISHED else listed(options)
            return f"must be {choice}{given}{_hint(value, options)}"
        case "union_tag_invalid":
            tags = re.findall(r"'(<[^']*>)'", context["expected_tags"])
            return f"must be {listed(SPELT[tag] for tag in tags)}{given}{_hint(value, ())}"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"must be {'a number' if quantity else 'a block of fields'}{given}"
        case "int_type" | "int_from_float":
            return f"must be a whole number{given}{_hint(value, ())}"
        case "greater_than_equal":
            return f"must be at least {context['ge']}{given}"
        case "greater_than":
            return f"must be more than {context['gt']:g}{given}"
        case "less_than_equal":
            return f"must be at most {context['le']}{given}"
        case "bool_type":
            return f"must be true or false{given}"
        case "string_type":
            return f"must be text{given}"
        case "tuple_type" | "list_type":
            return f"must be a list{given}"
        case "too_short":
            return "must not be empty"
        case "value_error":
            return f"{context['error']}{given}{_hint(value, ())}"
        case "decimal_type" | "decimal_parsing" | "float_type" | "finite_number":
            return f"must be a number{given}"
        case _:
            return f"{error['msg'][0].lower()}{error['msg'][1:]}"


def _hint(value: object, options: tuple[str, ...]) -> str:
    if not isinstance(value, str):
        return ""
    if re.fullmatch(r"[-+]?[\d.]+([eE][-+]?\d+)?", value):
        return "; write it without quotes"
    return did_you_mean(value, options)
