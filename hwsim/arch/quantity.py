"""A number with its unit in the key, its source and how far it can be trusted.

An entry of the file has one of four forms, told apart by its keys: a `Quantity`, a `ByFormat`
of quantities, `{included_in: [actions]}` or the word `unpublished`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
)

Evidence = Literal["measured", "published", "derived", "assumed", "projected"]
Format = Literal["conv", "dense", "sparse"]
FORMATS: tuple[Format, ...] = ("conv", "dense", "sparse")

FROZEN = ConfigDict(frozen=True, extra="forbid")

LARGEST = 10**12
"""Bound of every quantity: far above any chip, far below what exhausts a machine."""

DIGITS = 15
"""Significant digits, and digits after the point, of a quantity: what a float carries exactly."""


def plain_number(value: object) -> object:
    """Refuse text and truth values, which pydantic would turn into numbers. Floats become the
    shortest decimal that is the same: what the author wrote."""
    if isinstance(value, bool | str):
        raise ValueError("must be a number")
    return Decimal(repr(value)) if isinstance(value, float) else value


def _short(value: Decimal) -> Decimal:
    _, digits, exponent = value.as_tuple()
    if len(digits) > DIGITS or (isinstance(exponent, int) and exponent < -DIGITS):
        raise ValueError(f"must have at most {DIGITS} digits")
    return value


Number = Annotated[
    Decimal,
    BeforeValidator(plain_number),
    Field(ge=0, le=LARGEST, allow_inf_nan=False),
    AfterValidator(_short),
]


class Quantity(BaseModel):
    """`value` with `source` and `evidence`; `low` and `high` bound it where they are known.

    Where an entry gives no source or evidence of its own, the loader fills in those of the
    nearest enclosing block; what is still None has none.
    """

    model_config = FROZEN
    value: Number
    source: str | None = None
    evidence: Evidence | None = None
    low: Number | None = None
    high: Number | None = None


class ByFormat(BaseModel):
    """One value per synapse format; a layer uses `conv` or `dense` by its kind."""

    model_config = FROZEN
    conv: Quantity
    dense: Quantity
    sparse: Quantity | None = None

    def of(self, kind: str) -> Quantity:
        """The value of a layer kind (`conv` or `linear`)."""
        return self.conv if kind == "conv" else self.dense

    def all(self) -> dict[Format, Quantity]:
        """The values that there are, by format."""
        values = {"conv": self.conv, "dense": self.dense, "sparse": self.sparse}
        return {name: value for name in FORMATS if (value := values[name]) is not None}


class Included(BaseModel):
    """Counted, but priced inside other actions."""

    model_config = FROZEN
    included_in: tuple[str, ...] = Field(min_length=1)


Unpublished = Literal["unpublished"]
Price = Quantity | ByFormat | Included | Unpublished

QUANTITY, BY_FORMAT, INCLUDED, UNPUBLISHED = "<value>", "<by format>", "<included>", "<unpublished>"
SRAM = "<sram>"
"""Names of the forms; the brackets keep them apart from fields in an error's location."""


def form(entry: object) -> str:
    """Which of the four forms an entry has (or was meant to have)."""
    if isinstance(entry, str):
        return UNPUBLISHED
    if isinstance(entry, Included) or (isinstance(entry, dict) and "included_in" in entry):
        return INCLUDED
    if isinstance(entry, ByFormat):
        return BY_FORMAT
    if isinstance(entry, dict) and "sram" in entry:
        return SRAM
    if isinstance(entry, dict) and "value" not in entry and any(f in entry for f in FORMATS):
        return BY_FORMAT
    return QUANTITY


_Quantity = Annotated[Quantity, Tag(QUANTITY)]
_ByFormat = Annotated[ByFormat, Tag(BY_FORMAT)]
_Included = Annotated[Included, Tag(INCLUDED)]
_Unpublished = Annotated[Unpublished, Tag(UNPUBLISHED)]

PriceEntry = Annotated[_Quantity | _ByFormat | _Included | _Unpublished, Discriminator(form)]
TimeEntry = Annotated[_Quantity | _ByFormat, Discriminator(form)]
QuantityEntry = Annotated[_Quantity, Discriminator(form)]
LeakageEntry = Annotated[_Quantity | _Unpublished, Discriminator(form)]
"""Fields of the schema: the forms that an entry may have there."""


def ps(quantity: Quantity) -> int:
    """A time in ns as integer picoseconds; the loader has checked that it is whole."""
    return int(quantity.value * 1000)
