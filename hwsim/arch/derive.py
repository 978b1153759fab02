"""Energies that an architecture file gives by the SRAM they are of: made into numbers.

Done after the layers of a file are merged, so that an override may change one field of an SRAM.
"""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

from hwsim.arch.locate import join
from hwsim.arch.messages import Problem, did_you_mean, listed
from hwsim.arch.node import Key, Node, written
from hwsim.arch.scaling import Access, Sram

TABLE, FORM = "energy_pj", "sram"
NUMBERS = ("kib", "width_bits", "node_nm")
FIELDS = (*NUMBERS, "access")
EVIDENCE = "derived"


def derive(tree: Node, problems: list[Problem]) -> Node:
    """The tree with a value, a source and an evidence for every `{sram: ..}` of its energies.

    What is wrong with one goes to `problems`, and 0 in its place.
    """
    if TABLE not in tree.children:
        return tree
    table = _walk(tree.children[TABLE], problems)
    return tree.with_children({**tree.children, TABLE: table})


def _walk(node: Node, problems: list[Problem]) -> Node:
    if FORM in node.children:
        return _entry(node, problems)
    if not node.children:
        return node
    below = {name: _walk(child, problems) for name, child in node.children.items()}
    return node.with_children(below)


def _entry(node: Node, problems: list[Problem]) -> Node:
    """An entry that has an SRAM, as one that has a value."""
    found: list[Problem] = []
    for name, child in node.children.items():
        if name != FORM:
            words = "an entry has a value or an sram, not both; the value's source is its own"
            found.append(Problem(child.key, child.path, words))
    sram = _sram(node.children[FORM], found)
    problems += found
    value: Decimal = Decimal(0) if sram is None else sram[0]
    source = "" if sram is None else sram[1]
    filled: dict[Key, Decimal | str] = {"value": value, "source": source, "evidence": EVIDENCE}
    return node.with_children(
        {
            name: Node(word, node.place, node.key, join(node.path, name))
            for name, word in filled.items()
        }
    )


def _sram(node: Node, found: list[Problem]) -> tuple[Decimal, str] | None:
    """Energy and source of a block of `FIELDS`; None where it is none."""
    if not isinstance(node.value, dict):
        words = f"must be a block of {listed(FIELDS, 'and')}, not {written(node.plain())}"
        found.append(Problem(node.place, node.path, words))
        return None
    before = len(found)
    for name, child in node.children.items():
        if name not in FIELDS:
            hint = did_you_mean(str(name), FIELDS) or f"; there are {listed(FIELDS, 'and')}"
            found.append(Problem(child.key, child.path, f"unknown field{hint}"))
    numbers = [_number(node, name, found) for name in NUMBERS]
    access = _access(node, found)
    if access is None or len(found) > before:
        return None
    kib, width_bits, node_nm = (number for number in numbers if number is not None)
    sram = Sram(kib, width_bits, node_nm, access)
    try:
        return sram.energy_pj(), sram.source()
    except ValueError as error:
        found.append(Problem(node.place, node.path, str(error)))
        return None


def _number(node: Node, name: str, found: list[Problem]) -> Decimal | None:
    child = node.children.get(name)
    if child is None:
        found.append(Problem(node.key, join(node.path, name), "missing"))
        return None
    value = child.value
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value <= 0:
        words = f"must be a number above 0, not {written(child.plain())}"
        found.append(Problem(child.place, child.path, words))
        return None
    return Decimal(value)


def _access(node: Node, found: list[Problem]) -> Access | None:
    child = node.children.get("access")
    if child is None:
        found.append(Problem(node.key, join(node.path, "access"), "missing"))
        return None
    for access in get_args(Access):
        if child.value == access:
            return access  # type: ignore[no-any-return]
    words = f"must be {listed(get_args(Access))}, not {written(child.plain())}"
    found.append(Problem(child.place, child.path, words))
    return None
