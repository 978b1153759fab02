"""YAML text to located nodes; nothing is executed, and a hostile text cannot grow.

Scalars follow the core schema of YAML 1.2 (`yes` is a word, `1e-3` is a number), and decimals
stay the decimals that were written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import yaml

from hwsim.arch.messages import Problem
from hwsim.arch.node import Key, Node, Scalar

Place = Callable[[int, int], str]
"""Turns a line and a column, both from 1, into a place."""

NODES_MAX = 100_000
DEPTH_MAX = 32
_STANDARD = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_INT = re.compile(r"[-+]?[0-9]{1,40}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]{1,40}|[0-9]{1,40}(\.[0-9]{0,40})?)([eE][-+]?[0-9]{1,3})?")
_WORDS: dict[str, Scalar] = {"": None, "~": None, "null": None, "true": True, "false": False}


class _Loader(yaml.SafeLoader):
    """Composes only; plain scalars keep their text."""

    yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012


class UnreadableError(Exception):
    """The text is not YAML that can be walked; `problem` says where."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def parse(text: str, place: Place, path: str = "") -> tuple[Node, list[Problem]]:
    """The nodes of one YAML document, and what is wrong in it short of its syntax.

    `place` locates a line and column; `path` is put in front of every dotted path.
    """
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = place(mark.line + 1, mark.column + 1) if mark else place(1, 1)
        words = ", ".join(part for part in (error.context, error.problem) if part)
        raise UnreadableError(Problem(where, path, f"not valid YAML: {words}")) from None
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        where = place(before.count("\n") + 1, error.position - before.rfind("\n"))
        words = f"not valid YAML: the character {chr(error.character)!r} is not allowed"
        raise UnreadableError(Problem(where, path, words)) from None
    except RecursionError:
        raise UnreadableError(Problem(place(1, 1), path, "nested too deeply")) from None
    if root is None:
        return Node(None, place(1, 1), place(1, 1), path), []
    walk = _Walk(place)
    return walk.node(root, path, None, 0), walk.problems


class _Walk:
    def __init__(self, place: Place) -> None:
        self.place = place
        self.problems: list[Problem] = []
        self.seen = 0
        self.inside: set[int] = set()

    def at(self, node: yaml.Node) -> str:
        return self.place(node.start_mark.line + 1, node.start_mark.column + 1)

    def node(self, node: yaml.Node, path: str, key: yaml.Node | None, depth: int) -> Node:
        if id(node) in self.inside:
            raise UnreadableError(Problem(self.at(node), path, "an alias inside its own anchor"))
        self.inside.add(id(node))
        try:
            return self.fresh(node, path, key, depth)
        finally:
            self.inside.remove(id(node))

    def fresh(self, node: yaml.Node, path: str, key: yaml.Node | None, depth: int) -> Node:
        self.seen += 1
        if self.seen > NODES_MAX:
            words = f"expands to more than {NODES_MAX} values"
            raise UnreadableError(Problem(self.at(node), path, words))
        if depth > DEPTH_MAX:
            raise UnreadableError(Problem(self.at(node), path, "nested too deeply"))
        where = self.at(node)
        name = where if key is None else self.at(key)
        if node.tag not in _STANDARD:
            tag = node.tag.replace("tag:yaml.org,2002:", "!!")
            self.problems.append(Problem(where, path, f"the tag {tag} is not allowed"))
            return Node(None, where, name, path)
        if isinstance(node, yaml.MappingNode):
            return Node(self.fields(node, path, depth), where, name, path)
        if isinstance(node, yaml.SequenceNode):
            items = [
                self.node(item, join(path, i), None, depth + 1) for i, item in enumerate(node.value)
            ]
            return Node(items, where, name, path)
        plain = isinstance(node, yaml.ScalarNode) and node.style is None
        return Node(_scalar(node.value) if plain else node.value, where, name, path)

    def fields(self, node: yaml.MappingNode, path: str, depth: int) -> dict[Key, Node]:
        children: dict[Key, Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag not in _STANDARD:
                words = "the name of a field must be a plain word"
                self.problems.append(Problem(self.at(key), path, words))
                continue
            below = join(path, key.value)
            child = self.node(value, below, key, depth + 1)
            if key.value in children:
                first = children[key.value].key
                words = f"given twice, first at {first}"
                self.problems.append(Problem(self.at(key), below, words))
            else:
                children[key.value] = child
        return children


def join(path: str, name: Key) -> str:
    """The dotted path of a field."""
    return f"{path}.{name}" if path else str(name)


def _scalar(text: str) -> Scalar:
    if text.lower() in _WORDS and text in (text.lower(), text.capitalize(), text.upper()):
        return _WORDS[text.lower()]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return Decimal(text)
    return text
