"""A loaded architecture as plain values: a file that loads to the same architecture.

Every number carries its source and evidence, every default is spelt out, nothing is inherited.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from hwsim.arch.block import Block
from hwsim.arch.fields import Kind, kind_of
from hwsim.arch.locate import join
from hwsim.arch.provenance import Origin
from hwsim.arch.quantity import ByFormat, Included, Quantity


def resolve(block: Block, origins: Mapping[str, Origin], path: str = "") -> dict[str, object]:
    """A block as YAML takes it; `origins` knows where its structural numbers come from."""
    model = type(block)
    fields: dict[str, object] = {}
    for name in model.model_fields:
        value = getattr(block, name)
        below = join(path, name)
        if value is None:
            continue
        if isinstance(value, Block):
            fields[name] = resolve(value, origins, below)
        elif kind_of(model, name) is Kind.COUNT and below in origins:
            fields[name] = _entry(_number(value), origins[below])
        else:
            fields[name] = _plain(value)
    return fields


def _plain(value: object) -> object:
    match value:
        case Quantity():
            entry = _entry(_number(value.value), Origin(value.source, value.evidence))
            bounds = {"low": value.low, "high": value.high}
            known = {name: _number(b) for name, b in bounds.items() if b is not None}
            if known and not isinstance(entry, dict):
                entry = {"value": entry}
            return {**entry, **known} if isinstance(entry, dict) else entry
        case ByFormat():
            return {name: _plain(one) for name, one in value.all().items()}
        case Included():
            return {"included_in": list(value.included_in)}
        case dict():
            return {key: _plain(one) for key, one in value.items()}
        case Decimal() | float():
            return _number(value)
        case _:
            return value


def _entry(number: object, origin: Origin) -> object:
    words = {"source": origin.source, "evidence": origin.evidence}
    known = {name: word for name, word in words.items() if word is not None}
    return {"value": number, **known} if known else number


def _number(value: object) -> object:
    if isinstance(value, Decimal | float):
        return int(value) if value == int(value) else float(value)
    return value
