"""Sources move down: from the block that states them to every number inside it.

A layer of a file (its base, a variant, an override) is spread before the layers are merged, so
the source of one layer never reaches a number of another. Afterwards every number is an entry
`{value, source, evidence}`, structural ones too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from hwsim.arch.block import Block
from hwsim.arch.fields import META, Kind, block_of, kind_of, own_fields, paths_of
from hwsim.arch.locate import join
from hwsim.arch.messages import Problem, did_you_mean, listed
from hwsim.arch.node import Key, Node, written
from hwsim.arch.quantity import BY_FORMAT, FORMATS, QUANTITY, Evidence, form

EVIDENCE: tuple[str, ...] = get_args(Evidence)


@dataclass(frozen=True)
class Origin:
    """Where a number comes from, and how far it can be trusted."""

    source: str | None = None
    evidence: str | None = None

    def inside(self, fields: Mapping[Key, Node]) -> Origin:
        """The origin of what a block or entry holds. A source of its own takes no evidence from
        outside: what was said of one source says nothing about another."""
        source = fields["source"].value if "source" in fields else None
        evidence = fields["evidence"].value if "evidence" in fields else None
        own = str(evidence) if evidence in EVIDENCE else None
        if isinstance(source, str):
            return Origin(source, own)
        return Origin(self.source, own or self.evidence)


class Spread:
    """Spreads a layer of a file of the model `root`; what is wrong with names, sources and
    evidence goes to `problems`. `foreign` are dotted paths of other models, and whose."""

    def __init__(
        self, problems: list[Problem], root: type[Block], foreign: Mapping[str, str]
    ) -> None:
        self.problems, self.root, self.foreign = problems, root, foreign

    def layer(self, node: Node) -> Node:
        """A whole layer."""
        return self.block(node, self.root, Origin())

    def block(self, node: Node, model: type[Block], origin: Origin) -> Node:
        """A block with every number below it as an entry, without fields that do not exist."""
        if not isinstance(node.value, dict):
            return node
        origin = origin.inside(node.value)
        self.check_meta(node)
        children: dict[Key, Node] = {}
        for name, child in node.value.items():
            match kind_of(model, name):
                case None:
                    self.say(child, self.unknown_field(name, model, child.path), at_key=True)
                case Kind.BLOCK:
                    inner = block_of(model, name)
                    assert inner is not None
                    children[name] = self.block(child, inner, origin)
                case Kind.ENTRY:
                    children[name] = self.entry(child, origin)
                case Kind.TABLE:
                    children[name] = self.table(child, origin)
                case Kind.NAMED:
                    children[name] = self.table(child, origin, named=True)
                case Kind.COUNT:
                    children[name] = self.count(child, origin)
                case Kind.CHOICE if name not in ("source", "evidence"):
                    children[name] = child
        return node.with_children(children)

    def entry(self, node: Node, origin: Origin) -> Node:
        """A quantity, or one by format; anything else is left as it is."""
        kind = form(node.plain())
        if kind == BY_FORMAT:
            self.check_meta(node)
            origin = origin.inside(node.children)
            return node.with_children(
                {
                    name: self.quantity(child, origin) if name in FORMATS else child
                    for name, child in node.children.items()
                    if name not in META
                }
            )
        return self.quantity(node, origin) if kind == QUANTITY else node

    def table(self, node: Node, origin: Origin, *, named: bool = False) -> Node:
        """Quantities by a whole number, or by a name."""
        if not isinstance(node.value, dict):
            return node
        self.check_meta(node)
        origin = origin.inside(node.value)
        children: dict[Key, Node] = {}
        for name, child in node.value.items():
            if name in META:
                continue
            key = name if named else whole(name)
            if key is None:
                self.say(child, "must be a whole number", at_key=True)
            else:
                children[key] = self.quantity(child, origin)
        return node.with_children(children)

    def count(self, node: Node, origin: Origin) -> Node:
        """A structural number, bare or with an origin of its own; no bounds."""
        if isinstance(node.value, str | None) or (node.children and "value" not in node.children):
            return node
        self.check_meta(node)
        for name, child in node.children.items():
            if name not in ("value", "source", "evidence"):
                words = "there are value, source and evidence"
                self.say(child, f"unknown field; {words}", at_key=True)
        return self.quantity(node, origin)

    def quantity(self, node: Node, origin: Origin) -> Node:
        """A number, bare or as an entry, as an entry with source and evidence."""
        if isinstance(node.value, list | None):
            return node
        bare: dict[Key, Node] = {"value": node}
        children = node.value if isinstance(node.value, dict) else bare
        origin = origin.inside(children)
        given = {"source": origin.source, "evidence": origin.evidence}
        filled: dict[Key, Node] = {
            name: Node(word, node.place, node.key, join(node.path, name))
            for name, word in given.items()
            if name not in children
        }
        return node.with_children({**children, **filled})

    def check_meta(self, node: Node) -> None:
        """pydantic does not see the source and evidence of a block, so they are judged here."""
        for name, child in node.children.items():
            if name in ("source", "note") and not isinstance(child.value, str | None):
                self.say(child, f"must be text, not {written(child.plain())}")
            elif name == "evidence" and child.value not in (*EVIDENCE, None):
                hint = did_you_mean(str(child.value), EVIDENCE)
                words = f"must be {listed(EVIDENCE)}, not {written(child.plain())}{hint}"
                self.say(child, words)

    def unknown_field(self, name: Key, model: type[Block], path: str) -> str:
        """The message for a field that a block does not have."""
        if path in self.foreign:
            return f"is a field of {self.foreign[path]}"
        own = own_fields(model)
        elsewhere = paths_of(self.root).get(str(name), [])
        hint = f"; did you mean {listed(elsewhere)}?" if 0 < len(elsewhere) <= 3 else ""
        hint = hint or did_you_mean(str(name), (*own, *META))
        if not hint:
            hint = f"; there are {listed(own, 'and')}"
        return f"unknown field{hint}"

    def say(self, node: Node, message: str, at_key: bool = False) -> None:
        """Add a problem at a node."""
        self.problems.append(Problem(node.key if at_key else node.place, node.path, message))


def whole(name: Key) -> int | None:
    """The number that a key of a table is, if it is one, plainly written."""
    text = str(name)
    return int(text) if text.isdecimal() and len(text) < 16 and str(int(text)) == text else None
