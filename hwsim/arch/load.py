"""From a file, a variant and overrides to an `Arch`, or to all that is wrong with them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from hwsim.arch import override, shipped
from hwsim.arch.fields import paths_of
from hwsim.arch.invalid import problem_at, problem_of
from hwsim.arch.kinds import KINDS
from hwsim.arch.layers import flatten, merge
from hwsim.arch.locate import UnreadableError, parse
from hwsim.arch.messages import Problem, did_you_mean, listed, raise_all
from hwsim.arch.node import Key, Node, written
from hwsim.arch.provenance import Origin, Spread
from hwsim.arch.resolved import resolve
from hwsim.arch.rules import findings, unpublished
from hwsim.arch.schema import Arch
from hwsim.errors import InvalidInput

BYTES_MAX = 1 << 20


@dataclass(frozen=True)
class LoadedArch:
    """An architecture and where it comes from.

    `sha256` is of the file's bytes. `resolved` is the whole of `arch` as plain values, a file
    that loads to the same. `origins` has the source and evidence of every number by its dotted
    path, structural ones too. `warnings` are located lines about numbers without either, `doubts`
    those of the core kind about what makes a result less than it seems, and `unpublished` the
    dotted paths of the holes.
    """

    arch: Arch
    path: Path
    sha256: str
    resolved: dict[str, object]
    origins: Mapping[str, Origin]
    warnings: tuple[str, ...]
    unpublished: tuple[str, ...]
    doubts: tuple[str, ...] = ()


def load_arch(
    path_or_name: str,
    variant: str | None = None,
    overrides: Sequence[str] = (),
    strict: bool = False,
) -> LoadedArch:
    """Read an architecture file (or a shipped one by its name), with one of its variants and
    `NAME=VALUE` overrides over it.

    Raises `InvalidInput` with one line per problem. With `strict`, numbers without source or
    evidence and unpublished entries are problems.
    """
    path = shipped.find(str(path_or_name))
    raw = _read(path)
    problems: list[Problem] = []
    root, variants = _file(path, _decode(path, raw), problems)
    model = _model(root, problems)
    tree = _layers(root, variants, model, variant, overrides, problems)
    plain, origins = flatten(tree, model)
    try:
        arch = model.model_validate(plain)
    except ValidationError as error:
        problems += [problem_of(details, tree) for details in error.errors()]
        raise_all(problems)
        raise
    problems += [problem_at(tree, list(at), words) for at, words in findings(arch, origins)]
    raise_all(problems)
    warnings = _without_origin(tree, origins)
    holes = list(unpublished(arch))
    doubts = [problem_at(tree, list(at), words) for at, words in arch.doubts()]
    if strict:
        raise_all(warnings + [problem_at(tree, list(at), "unpublished") for at in holes])
    return LoadedArch(
        arch=arch,
        path=path,
        sha256=hashlib.sha256(raw).hexdigest(),
        resolved=resolve(arch, origins),
        origins=origins,
        warnings=tuple(map(str, warnings)),
        doubts=tuple(map(str, doubts)),
        unpublished=tuple(".".join(map(str, at)) for at in holes),
    )


def _model(root: Node, problems: list[Problem]) -> type[Arch]:
    """The schema class that `core.kind` names; without one nothing else can be judged."""
    core = root.children.get("core")
    kind = core.children.get("kind") if core else None
    if core is not None and not isinstance(core.value, dict):
        words = f"must be a block of fields, not {written(core.plain())}"
        problems.append(Problem(core.place, core.path, words))
    elif kind is None:
        problems.append(problem_at(root, ["core", "kind"] if core else ["core"], "missing"))
    elif (model := KINDS.get(str(kind.value))) is not None:
        return model
    else:
        words = f"must be {listed(KINDS)}, not {written(kind.plain())}"
        hint = did_you_mean(str(kind.value), KINDS)
        problems.append(Problem(kind.place, kind.path, f"{words}{hint}"))
    raise_all(problems)
    raise AssertionError


def _layers(
    root: Node,
    variants: Node,
    model: type[Arch],
    variant: str | None,
    overrides: Iterable[str],
    problems: list[Problem],
) -> Node:
    """The file's tree, with the variant and the overrides merged over it."""
    spread = Spread(problems, model, _foreign(model))
    tree = spread.layer(root)
    layers = {name: spread.layer(node) for name, node in variants.children.items()}
    if variant is not None and variant not in layers:
        known = [str(name) for name in layers]
        there = f"; there is {listed(known, 'and')}" if known else "; the file has none"
        words = f"no variant {variant!r}{there}{did_you_mean(variant, known)}"
        problems.append(Problem(variants.key, "variants", words))
    elif variant is not None:
        tree = merge(tree, layers[variant], model)
        name = Node(variant, variants.key, variants.key, "variant")
        tree = tree.with_children({**tree.children, "variant": name})
    for option in overrides:
        try:
            layer, found = override.overlay(option, tree, model)
        except UnreadableError as error:
            problems.append(error.problem)
            continue
        problems += found
        tree = merge(tree, spread.block(layer, model, override.ORIGIN), model)
    return tree


def _foreign(model: type[Arch]) -> dict[str, str]:
    """Dotted paths that only other core kinds have -> whose they are."""
    own = {path for paths in paths_of(model).values() for path in paths}
    found: dict[str, list[str]] = {}
    for kind, other in KINDS.items():
        for path in {path for paths in paths_of(other).values() for path in paths} - own:
            found.setdefault(path, []).append(kind)
    return {path: f"{listed(kinds, 'and')} cores" for path, kinds in found.items()}


def _file(path: Path, text: str, problems: list[Problem]) -> tuple[Node, Node]:
    """The base of a file, and its variants."""
    try:
        root, found = parse(text, lambda line, column: f"{path}:{line}:{column}")
    except UnreadableError as error:
        raise InvalidInput(str(error.problem)) from None
    problems += found
    if root.value is None:
        raise InvalidInput(f"{root.place}: the file is empty")
    if not isinstance(root.value, dict):
        words = f"must be a block of fields, not {written(root.plain())}"
        raise InvalidInput(f"{root.place}: {words}")
    fields: dict[Key, Node] = dict(root.value)
    variants = fields.pop("variants", Node({}, root.place, root.place, "variants"))
    if not isinstance(variants.value, dict | None):
        words = f"must be a block of variants, not {written(variants.plain())}"
        problems.append(Problem(variants.place, variants.path, words))
    for node in variants.children.values():
        if not isinstance(node.value, dict):
            words = f"must be a block of fields, not {written(node.plain())}"
            problems.append(Problem(node.place, node.path, words))
    blocks = {n: node for n, node in variants.children.items() if isinstance(node.value, dict)}
    return root.with_children(fields), variants.with_children(blocks)


def _without_origin(tree: Node, origins: Mapping[str, Origin]) -> list[Problem]:
    problems = []
    for path, origin in origins.items():
        absent = [name for name in ("source", "evidence") if getattr(origin, name) is None]
        if absent:
            keys: list[Key] = [int(part) if part.isdecimal() else part for part in path.split(".")]
            words = f"the number has no {listed(absent, 'and no')}"
            problems.append(problem_at(tree, keys, words))
    return problems


def _read(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise InvalidInput(f"{path}: is a folder, not an architecture file")
        if not path.is_file():
            raise InvalidInput(f"{path}: is not a file that can be read")
        with path.open("rb") as file:
            raw = file.read(BYTES_MAX + 1)
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read: {error.strerror}") from None
    if len(raw) > BYTES_MAX:
        raise InvalidInput(f"{path}: larger than {BYTES_MAX} bytes, not an architecture file")
    return raw


def _decode(path: Path, raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        line, column = before.count("\n") + 1, error.start - raw.rfind(b"\n", 0, error.start)
        raise InvalidInput(f"{path}:{line}:{column}: not UTF-8 text") from None
