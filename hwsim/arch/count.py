"""Plain numbers of an architecture file: counts, depths and physical constants."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from hwsim.arch.quantity import plain_number

LARGEST_COUNT = 2**31 - 1
LARGEST_PHYSICAL = 10**6
Count = Annotated[int, Field(strict=True, ge=1, le=LARGEST_COUNT)]


def _depth(value: object) -> object:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if value == "unbounded" or (whole and 1 <= int(str(value)) <= LARGEST_COUNT):
        return value
    raise ValueError("must be a whole number from 1, or unbounded")


Depth = Annotated[int | Literal["unbounded"], BeforeValidator(_depth)]
Positive = Annotated[
    float, BeforeValidator(plain_number), Field(gt=0, le=LARGEST_PHYSICAL, allow_inf_nan=False)
]
