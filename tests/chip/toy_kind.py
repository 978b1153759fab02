"""The example of docs/plugin.md: a core kind that tests compute by hand."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from tests.toys import quantity

PAGE = (Path(__file__).parents[2] / "docs" / "plugin.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The page's one block of a language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def _module() -> ModuleType:
    made = ModuleType("toy_core")
    sys.modules[made.__name__] = made  # pydantic and dataclasses look their module up
    exec(block("python"), made.__dict__)
    del sys.modules[made.__name__]
    return made


_CORE = _module()
Toy, ToyArch, Visits, VISIT = (getattr(_CORE, n) for n in ("Toy", "ToyArch", "Visits", "VISIT"))


def toy_arch(unit_ps: int = 1000, **timestep: Any) -> Any:
    """The page's chip, with another schedule."""
    file = yaml.safe_load(block("yaml"))
    del file["source"], file["evidence"]
    energies = {
        component: {
            action: price if isinstance(price, str) else quantity(price)
            for action, price in actions.items()
        }
        for component, actions in file["energy_pj"].items()
    }
    return ToyArch.model_validate(
        {
            **file,
            "timestep": {**file["timestep"], **timestep},
            "core": {"kind": "toy", "unit_ps": unit_ps},
            "energy_pj": energies,
            "leakage_uw_per_core": quantity(1),
        }
    )
