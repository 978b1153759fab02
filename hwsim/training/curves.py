"""A figure of a training run, drawn from its log."""

from __future__ import annotations

import csv
from io import BytesIO
from pathlib import Path

from hwsim.staging import write_whole

Row = dict[str, str]


def read_log(run_dir: Path) -> dict[str, list[Row]]:
    """The rows of `run_dir`/log.csv by stage, in the order of the run.

    Where a stage was resumed or repeated, the rows that were trained again are left out.
    """
    with (run_dir / "log.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    stages: dict[str, list[Row]] = {}
    for row in rows:
        kept = [r for r in stages.get(row["stage"], []) if int(r["step"]) < int(row["step"])]
        stages[row["stage"]] = [*kept, row]
    return stages


def write_curves(run_dir: Path) -> Path:
    """Draw loss and accuracy over the epochs of every stage to `run_dir`/curves.svg."""
    import matplotlib
    from matplotlib.figure import Figure

    # A fixed salt, so that the same log gives the same bytes.
    matplotlib.rcParams["svg.hashsalt"] = "hwsim"
    figure = Figure(figsize=(8, 6), layout="constrained")
    losses, accuracies = figure.subplots(2, 1, sharex=True)
    start = 0.0
    for stage, rows in read_log(run_dir).items():
        epochs = [start + float(row["epoch"]) for row in rows]
        (line,) = losses.plot(epochs, [float(row["loss"]) for row in rows], label=stage)
        held = [(e, r) for e, r in zip(epochs, rows, strict=True) if r["heldout_percent"]]
        accuracies.plot(
            epochs, [float(row["accuracy_percent"]) for row in rows], color=line.get_color(), lw=0.6
        )
        accuracies.plot(
            [e for e, _ in held],
            [float(r["heldout_percent"]) for _, r in held],
            "o-",
            color=line.get_color(),
        )
        start = epochs[-1]
    losses.set_ylabel("training loss")
    losses.legend(ncols=6)
    accuracies.set_ylabel("accuracy, %\n(dots: held-out images)")
    accuracies.set_xlabel("epochs")
    buffer = BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    path = run_dir / "curves.svg"
    write_whole(path, buffer.getvalue())
    return path
