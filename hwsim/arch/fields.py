"""What a dotted path of the file leads to, read off the schema."""

from __future__ import annotations

from enum import Enum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from hwsim.arch.block import Block
from hwsim.arch.locate import join
from hwsim.arch.node import Key

META = ("source", "evidence", "note")
"""What every block has beside its own fields."""


class Kind(Enum):
    """What a field of a block holds."""

    BLOCK = "a block of fields"
    ENTRY = "a quantity, or what stands for one"
    TABLE = "quantities by a number"
    NAMED = "quantities by a name"
    COUNT = "a structural number"
    CHOICE = "a word, a text or a truth value"


def block_of(model: type[Block], name: Key) -> type[Block] | None:
    """The model of a field that is a block."""
    for leaf in leaves_of(model, name):
        if isinstance(leaf, type) and issubclass(leaf, Block):
            return leaf
    return None


def kind_of(model: type[Block], name: Key) -> Kind | None:
    """The kind of a field; None where the block has no such field."""
    if not isinstance(name, str) or name not in model.model_fields:
        return None
    leaves = leaves_of(model, name)
    if block_of(model, name):
        return Kind.BLOCK
    for leaf in leaves:
        if get_origin(leaf) is dict:
            return Kind.NAMED if get_args(leaf)[0] is str else Kind.TABLE
    if any(isinstance(leaf, type) and issubclass(leaf, BaseModel) for leaf in leaves):
        return Kind.ENTRY
    if int in leaves or float in leaves:
        return Kind.COUNT
    return Kind.CHOICE


def choices_of(model: type[Block], name: Key) -> tuple[object, ...]:
    """The words that a field takes, if it takes only some."""
    words = [leaf for leaf in leaves_of(model, name) if get_origin(leaf) is Literal]
    return tuple(word for leaf in words for word in get_args(leaf))


def own_fields(model: type[Block]) -> list[str]:
    """The fields of a block, without source, evidence and note."""
    return [name for name in model.model_fields if name not in META]


def paths_of(model: type[Block], path: str = "") -> dict[str, list[str]]:
    """Last word of a path -> the dotted paths that end in it, over the whole schema."""
    found: dict[str, list[str]] = {}
    for name in own_fields(model):
        below = join(path, name)
        found.setdefault(name, []).append(below)
        if inner := block_of(model, name):
            for last, paths in paths_of(inner, below).items():
                found.setdefault(last, []).extend(paths)
    return found


@cache
def leaves_of(model: type[Block], name: Key) -> tuple[Any, ...]:
    """The types that a field may have, unions taken apart."""
    return tuple(_flat(model.model_fields[str(name)].annotation))


def _flat(annotation: Any) -> list[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _flat(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [leaf for part in get_args(annotation) for leaf in _flat(part)]
    return [annotation]
