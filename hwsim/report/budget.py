"""Budgets that a user states on the command line, against the result."""

from __future__ import annotations

import math
from typing import Any

from hwsim.errors import BudgetExceeded, UsageError

BUDGETS = {
    "latency_us": lambda s: s["single"]["latency_ns"]["mean"] / 1e3,
    "energy_uj": lambda s: s["single"]["energy_pj"]["total"] / 1e6,
}
"""Name -> its value in a summary: the mean of one image alone."""


def parse_budgets(texts: tuple[str, ...]) -> dict[str, float]:
    """`K=V` options as numbers. Raises UsageError for an unknown name or no positive number."""
    limits = {}
    for text in texts:
        name, _, value = text.partition("=")
        if name not in BUDGETS:
            raise UsageError(f"--budget {text}: there are {', '.join(BUDGETS)}")
        try:
            limits[name] = float(value)
        except ValueError:
            limits[name] = math.nan
        if not 0 < limits[name] < math.inf:
            raise UsageError(f"--budget {text}: {value!r} is not a positive number")
    return limits


def check_budgets(limits: dict[str, float], summary: dict[str, Any]) -> None:
    """Raise BudgetExceeded with every budget that the result does not keep."""
    over = [
        f"--budget {name}={limit:g}: one image takes {BUDGETS[name](summary):.6g}"
        for name, limit in limits.items()
        if BUDGETS[name](summary) > limit
    ]
    if over:
        raise BudgetExceeded("\n".join(over))
