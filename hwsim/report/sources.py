"""Every number of the architecture with its unit, source and evidence."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from decimal import Decimal

_UNITS = {
    "_pj": "pJ",
    "_ns": "ns",
    "_us": "us",
    "_ps": "ps",
    "_mhz": "MHz",
    "_um2": "um2",
    "_bytes": "B",
    "_uw": "uW",
    "_uw_per_core": "uW",
    "_bits": "bit",
    "_kib": "KiB",
    "_nm": "nm",
    "_v": "V",
}
_NOT_PHYSICAL = ("schema_version",)


@dataclass(frozen=True)
class Number:
    """One entry of the resolved file by its dotted path. `value` is None where the entry is
    priced inside others (`source` says in which) or unpublished."""

    path: str
    value: Decimal | None
    unit: str
    source: str
    evidence: str
    low: Decimal | None = None
    high: Decimal | None = None


def numbers(resolved: Dict[str, object]) -> list[Number]:
    """In the order of the file; `resolved` is that of `LoadedArch`."""
    return [
        number
        for name, node in resolved.items()
        if name not in _NOT_PHYSICAL
        for number in _walk(node, name, _unit(name, ""))
    ]


def _walk(node: object, path: str, unit: str) -> Iterator[Number]:
    if isinstance(node, Dict):
        if "value" in node:
            yield Number(
                path,
                _decimal(node["value"]),
                unit,
                str(node.get("source") or ""),
                str(node.get("evidence") or ""),
                _decimal(node.get("low")),
                _decimal(node.get("high")),
            )
        elif "included_in" in node:
            yield Number(path, None, unit, "in " + ", ".join(node["included_in"]), "included")
        else:
            for name, below in node.items():
                yield from _walk(below, f"{path}.{name}", _unit(str(name), unit))
    elif node == "unpublished":
        yield Number(path, None, unit, "", "unpublished")
    elif isinstance(node, int | float | Decimal) and not isinstance(node, bool):
        yield Number(path, _decimal(node), unit, "", "")


def _unit(name: str, above: str) -> str:
    return next((unit for ending, unit in _UNITS.items() if name.endswith(ending)), above)


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))
