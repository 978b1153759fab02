"""JSON schema of architecture files, for editors.

It describes the form of a file: bare numbers or entries, partial blocks in variants. What only
`load_arch` can judge (whether every action is priced once, for example) is not in it. The shipped
copy is written by `python -m hwsim.arch.json_schema > arch_configs/arch.schema.json`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hwsim.actions import Counted
from hwsim.arch import derive
from hwsim.arch.block import Block
from hwsim.arch.count import LARGEST_COUNT, LARGEST_PHYSICAL
from hwsim.arch.fields import Kind, block_of, choices_of, kind_of, leaves_of, own_fields
from hwsim.arch.kinds import KINDS
from hwsim.arch.provenance import EVIDENCE
from hwsim.arch.quantity import FORMATS, LARGEST, ByFormat, Included, Quantity
from hwsim.arch.scaling import ACCESSES, Sram
from hwsim.arch.schema import Arch

Schema = dict[str, Any]

_META: Schema = {
    "source": {"type": "string", "description": "Where the numbers inside come from."},
    "evidence": {"$ref": "#/definitions/evidence"},
    "note": {"type": "string"},
}
_ORIGIN: Schema = {name: _META[name] for name in ("source", "evidence")}


def schema() -> Schema:
    """The schema of a whole file."""
    definitions = _entries(list(dict.fromkeys(a for k in KINDS.values() for a in k.ACTIONS)))
    kind = {"type": "object", "properties": {"kind": {"enum": list(KINDS)}}, "required": ["kind"]}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "hwsim architecture",
        "type": "object",
        "properties": {"core": kind},
        "required": ["core"],
        "allOf": [
            {"if": _is_of(name), "then": _file(model, definitions)} for name, model in KINDS.items()
        ],
        "definitions": definitions,
    }


def _is_of(kind: str) -> Schema:
    """Whether a file is of a core kind."""
    core = {"properties": {"kind": {"enum": [kind]}}, "required": ["kind"]}
    return {"properties": {"core": core}, "required": ["core"]}


def _file(model: type[Arch], definitions: Schema) -> Schema:
    """A file of one core kind."""
    whole = _whole(model, definitions)
    variants = {"type": "object", "additionalProperties": _block(model, definitions)}
    variants["description"] = "Overlays of the whole file by name, merged field by field."
    whole["properties"]["variants"] = variants
    return whole


def text() -> str:
    """The schema as the file that is shipped."""
    return json.dumps(schema(), indent=1) + "\n"


def _object(properties: Schema, required: list[str] | None = None) -> Schema:
    block: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**block, "required": required} if required else block


def _reference(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _entries(actions: Sequence[Counted]) -> Schema:
    number = {"type": "number", "minimum": 0, "maximum": LARGEST}
    fields = {"value": number, **_ORIGIN, "low": number, "high": number}
    formats: Schema = {name: _reference("quantity") for name in FORMATS}
    names = {"enum": [action.value for action in actions]}
    listed = {"type": "array", "minItems": 1, "uniqueItems": True, "items": names}
    return {
        "evidence": {"enum": list(EVIDENCE), "description": "How far a number can be trusted."},
        "quantity": {"anyOf": [number, _object(fields, ["value"])]},
        "by_format": _object({**formats, **_META}, ["conv", "dense"]),
        "included": _object({"included_in": listed}, ["included_in"]),
        "sram": _object({"sram": _sram()}, ["sram"]),
    }


def _sram() -> Schema:
    above: Schema = {"type": "number", "exclusiveMinimum": 0}
    fields: Schema = {**dict.fromkeys(derive.NUMBERS, above), "access": {"enum": list(ACCESSES)}}
    return {**_object(fields, list(fields)), "description": " ".join(str(Sram.__doc__).split())}


def _whole(model: type[Block], definitions: Schema) -> Schema:
    """A block and the blocks in it, with every field that must be there."""
    _block(model, definitions)
    properties = dict(definitions[model.__name__]["properties"])
    for name in own_fields(model):
        inner = block_of(model, name)
        if inner and (required := _required(inner)):
            properties[name] = {"allOf": [properties[name]], "required": required}
    return _object(properties, _required(model))


def _required(model: type[Block]) -> list[str]:
    return [name for name, field in model.model_fields.items() if field.is_required()]


def _block(model: type[Block], definitions: Schema) -> Schema:
    """A reference to a block whose every field may be left out, which it defines."""
    if model.__name__ not in definitions:
        properties = {name: _field(model, name, definitions) for name in own_fields(model)}
        words = {"description": " ".join(model.__doc__.split())} if model.__doc__ else {}
        definitions[model.__name__] = {**words, **_object({**_META, **properties})}
    return _reference(model.__name__)


def _field(model: type[Block], name: str, definitions: Schema) -> Schema:
    leaves, kind = leaves_of(model, name), kind_of(model, name)
    if inner := block_of(model, name):
        return _block(inner, definitions)
    if kind in (Kind.TABLE, Kind.NAMED):
        names = r"^[1-9][0-9]*$" if kind is Kind.TABLE else r"^(?!(source|evidence|note)$)"
        table: Schema = {**_object(_META), "patternProperties": {names: _reference("quantity")}}
        return {"anyOf": [table, *_nothing(model, name)]} if _nothing(model, name) else table
    if kind is Kind.ENTRY:
        return {"anyOf": [*_forms(model, name), *_nothing(model, name)]}
    if kind is Kind.COUNT:
        number = [*_number(model, name), *_nothing(model, name)]
        return {"anyOf": [*number, _object({"value": {"anyOf": number}, **_ORIGIN}, ["value"])]}
    if choices := choices_of(model, name):
        return {"enum": list(choices)}
    plain = {"type": "boolean" if bool in leaves else "string"}
    return {"anyOf": [plain, *_nothing(model, name)]} if bool in leaves else plain


def _nothing(model: type[Block], name: str) -> list[Schema]:
    return [{"type": "null"}] if type(None) in leaves_of(model, name) else []


def _forms(model: type[Block], name: str) -> list[Schema]:
    leaves, words = leaves_of(model, name), choices_of(model, name)
    references = {Quantity: "quantity", ByFormat: "by_format", Included: "included"}
    forms = [_reference(word) for leaf, word in references.items() if leaf in leaves]
    if Included in leaves:  # an energy
        forms.append(_reference("sram"))
    return [*forms, {"enum": list(words)}] if words else forms


def _number(model: type[Block], name: str) -> list[Schema]:
    if float in leaves_of(model, name):
        return [{"type": "number", "exclusiveMinimum": 0, "maximum": LARGEST_PHYSICAL}]
    whole = {"type": "integer", "minimum": 1, "maximum": LARGEST_COUNT}
    words = choices_of(model, name)
    return [whole, {"enum": list(words)}] if words else [whole]


if __name__ == "__main__":
    print(text(), end="")
