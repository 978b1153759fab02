"""A number with its unit in the key, its source and how far it can be trusted."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Evidence = Literal["measured", "published", "derived", "assumed", "projected"]
Format = Literal["conv", "dense", "sparse"]

FROZEN = ConfigDict(frozen=True, extra="forbid")


def _exact(value: object) -> object:
    """YAML gives binary floats; their shortest decimal is what the author wrote."""
    return Decimal(repr(value)) if isinstance(value, float) else value


Number = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, allow_inf_nan=False)]


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


class Included(BaseModel):
    """Counted, but priced inside other actions."""

    model_config = FROZEN
    included_in: tuple[str, ...] = Field(min_length=1)


Unpublished = Literal["unpublished"]
Price = Quantity | ByFormat | Included | Unpublished
