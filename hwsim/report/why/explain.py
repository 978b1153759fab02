"""`hwsim explain`: where a number of a run comes from."""

from __future__ import annotations

from hwsim.report.why.answer import Answer, Explanation
from hwsim.report.why.explain_counts import accesses_answer, count_answer
from hwsim.report.why.explain_energy import energy_answer
from hwsim.report.why.explain_times import time_answer
from hwsim.report.why.names import check_name
from hwsim.report.why.run_folder import RunFolder


def explain(folder: RunFolder, name: str) -> Explanation:
    """A name as `names` lists them, in both experiments. Raises UsageError for another."""
    check_name(folder, name)
    return Explanation(
        run=folder.path.as_posix(),
        name=name,
        images=len(folder.images),
        single=_answer(folder, "single", name),
        stream=_answer(folder, "stream", name),
    )


def _answer(folder: RunFolder, experiment: str, name: str) -> Answer | None:
    kind, _, rest = name.partition(".")
    match kind:
        case "energy":
            return energy_answer(folder, experiment, rest)
        case "counts":
            return count_answer(folder, experiment, rest)
        case "memory_accesses":
            return accesses_answer(folder, experiment, rest)
        case _:
            return time_answer(folder, experiment, name)
