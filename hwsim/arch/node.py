"""A YAML value that knows where it was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

Scalar = str | int | Decimal | bool | None
Key = str | int


@dataclass(frozen=True)
class Node:
    """A scalar, list or mapping; `place` is where the value stands (`file:line:col`), `key` where
    the name in front of it does, and `path` its dotted path in the user's words."""

    value: Scalar | list[Node] | dict[Key, Node]
    place: str
    key: str
    path: str = ""

    @property
    def children(self) -> dict[Key, Node]:
        """The fields of a mapping; none for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    def nearest(self, path: Sequence[Key]) -> tuple[Node, Sequence[Key]]:
        """The deepest node along a path, and what of the path is left."""
        node = self
        for depth, name in enumerate(path):
            if isinstance(node.value, list) and isinstance(name, int) and name < len(node.value):
                node = node.value[name]
            elif name in node.children:
                node = node.children[name]
            else:
                return node, path[depth:]
        return node, ()

    def with_children(self, children: dict[Key, Node]) -> Node:
        """The same place, other fields."""
        return replace(self, value=children)

    def plain(self) -> object:
        """The value without its places."""
        if isinstance(self.value, dict):
            return {name: child.plain() for name, child in self.value.items()}
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        return self.value


def written(value: object) -> str:
    """A value in a message, as the file spells it and at most 40 characters long."""
    match value:
        case None:
            text = "nothing"
        case bool():
            text = str(value).lower()
        case str():
            text = repr(value)
        case dict():
            text = "a block"
        case list() | tuple():
            text = "a list"
        case _:
            text = str(value)
    return text if len(text) <= 40 else text[:36] + " ..."
