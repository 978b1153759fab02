"""The names that `hwsim explain` knows, and those near one that it does not."""

from __future__ import annotations

from difflib import get_close_matches

from hwsim.energy import LEAKAGE
from hwsim.errors import UsageError
from hwsim.report.why.run_folder import RunFolder
from hwsim.report.why.words import COUNTS, DENSE

TIMES = ("latency", "initiation_interval", "throughput", "power", "edp")
_NEAR = 5


def names(folder: RunFolder) -> list[str]:
    """Everything that can be explained about a run."""
    actions = folder.actions
    components = dict.fromkeys(action.split(".")[0] for action in actions)
    return [
        *(f"energy.{part}" for part in ("total", "dynamic", LEAKAGE, *components)),
        *(f"energy.{action}" for action in actions),
        *(f"energy.by_layer.{layer}" for layer in folder.layers),
        *(f"counts.{name}" for name in (*COUNTS, DENSE, *actions)),
        *(f"memory_accesses.{action}" for action in folder.memories),
        *TIMES,
    ]


def check_name(folder: RunFolder, name: str) -> None:
    """Raise UsageError, with near names, for one that is not among `names`."""
    known = names(folder)
    if name in known:
        return
    near = near_names(name, known)
    hint = f"did you mean {', '.join(near)}?" if near else "see hwsim explain --help"
    raise UsageError(f"{name}: nothing of that name in {folder.path}; {hint}")


def near_names(name: str, known: list[str]) -> list[str]:
    """The names that hold all of `name`, or its last part, then those that are spelt alike."""
    lowered = name.lower()
    last = lowered.rpartition(".")[2]
    near = [one for one in known if lowered and lowered in one]
    near += [one for one in known if last and last == one.rpartition(".")[2]]
    near += get_close_matches(lowered, known, n=_NEAR, cutoff=0.6)
    return list(dict.fromkeys(near))[:_NEAR]
