"""`--set a.b=value`: one more layer over the file, whose numbers are assumed."""

from __future__ import annotations

from hwsim.arch.block import Block
from hwsim.arch.fields import Kind, block_of, kind_of
from hwsim.arch.locate import join, parse
from hwsim.arch.messages import Problem
from hwsim.arch.node import Key, Node
from hwsim.arch.provenance import Origin, whole
from hwsim.errors import UsageError

ORIGIN = Origin("--set", "assumed")
_ENTRIES = (Kind.ENTRY, Kind.TABLE, Kind.NAMED, Kind.COUNT)


def overlay(text: str, tree: Node, root: type[Block]) -> tuple[Node, list[Problem]]:
    """The layer that an override of a file of the model `root` is. A path that leads into an
    entry of `tree` takes the rest of the entry along; a new value takes nothing along."""
    name, equals, value = text.partition("=")
    parts = [part.strip() for part in name.split(".")]
    if not equals or not all(parts):
        raise UsageError(f"--set {text}: write --set NAME=VALUE, for example core.neurons_max=512")
    shown = " ".join(text.split())
    place = f"--set {shown if len(shown) <= 80 else shown[:76] + ' ...'}"
    node, problems = parse(value, lambda _line, _column: place, ".".join(parts))
    return _Overlay(place, node).block(root, tree, parts, ""), problems


class _Overlay:
    def __init__(self, place: str, value: Node) -> None:
        self.place = place
        self.value = value

    def block(
        self, model: type[Block] | None, tree: Node | None, parts: list[str], path: str
    ) -> Node:
        if not parts:
            return self.value
        name, rest = parts[0], parts[1:]
        below = join(path, name)
        old = tree.children.get(name) if tree else None
        if model and rest and kind_of(model, name) in _ENTRIES:
            child = self.entry(old, rest, below)
        else:
            inner = block_of(model, name) if model and kind_of(model, name) else None
            child = self.block(inner, old, rest, below)
        return self.node({name: child}, path)

    def entry(self, old: Node | None, parts: list[str], path: str) -> Node:
        if not parts or parts == ["value"]:
            return self.value
        children = dict(old.children) if old else {}
        number = whole(parts[0])
        name: Key = parts[0] if number is None else number
        children[name] = self.entry(children.get(name), parts[1:], join(path, name))
        numbers = {key: child for key, child in children.items() if isinstance(key, int)}
        if len(numbers) == len(children):
            children = {key: numbers[key] for key in sorted(numbers)}
        return self.node(children, path)

    def node(self, children: dict[Key, Node], path: str) -> Node:
        return Node(children, self.place, self.place, path)
