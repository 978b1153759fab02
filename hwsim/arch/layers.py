"""Layers of a file: a variant over its base, overrides over both; and the result, flat."""

from __future__ import annotations

from hwsim.arch.block import Block
from hwsim.arch.fields import Kind, block_of, kind_of
from hwsim.arch.locate import join
from hwsim.arch.node import Key, Node
from hwsim.arch.provenance import Origin


def merge(base: Node, over: Node, model: type[Block]) -> Node:
    """`over` on `base`, field by field. Blocks merge; an entry, a table and a word are replaced
    whole. Both are spread already."""
    if not isinstance(base.value, dict) or not isinstance(over.value, dict):
        return over
    children = dict(base.value)
    for name, child in over.value.items():
        inner = block_of(model, name) if kind_of(model, name) is Kind.BLOCK else None
        old = children.get(name)
        children[name] = merge(old, child, inner) if inner and old else child
    return base.with_children(children)


def flatten(node: Node, model: type[Block], path: str = "") -> tuple[object, dict[str, Origin]]:
    """The plain values as the schema wants them, and the origin of every number by its path."""
    if not isinstance(node.value, dict):
        return node.plain(), {}
    plain: dict[Key, object] = {}
    origins: dict[str, Origin] = {}
    for name, child in node.value.items():
        below = join(path, name)
        kind = kind_of(model, name)
        inner = block_of(model, name)
        if inner:
            plain[name], found = flatten(child, inner, below)
            origins.update(found)
            continue
        numbers = _numbers(child, below) if kind is not Kind.CHOICE else {}
        origins.update(numbers)
        counted = kind is Kind.COUNT and below in numbers
        plain[name] = child.children["value"].plain() if counted else child.plain()
    return plain, origins


def _numbers(node: Node, path: str) -> dict[str, Origin]:
    if "value" in node.children:
        return {path: Origin().inside(node.children)}
    return {
        below: origin
        for name, child in node.children.items()
        for below, origin in _numbers(child, join(path, name)).items()
    }
