"""The table of trained/README.md, made from the checkpoints themselves.

    python -m hwsim.training.table trained/

prints Markdown; nothing is measured anew, `hwsim eval` does that.
"""

from __future__ import annotations

import sys
from pathlib import Path

from hwsim.errors import HwsimError, InvalidInput
from hwsim.network.checkpoint import load_checkpoint
from hwsim.network.graph import Network

# Accuracies at T = 1, in percent: BNTT + IIR (Tran & Hoang 2023), Temporal Pruning (Chowdhury
# et al. 2022).
_PAPERS = {
    ("vgg16", "cifar10"): ("91.01", "93.05"),
    ("vgg16", "cifar100"): ("71.88", "70.15"),
    ("vgg16", "imagenet"): ("69.8", "69.00"),
}
_COLUMNS = (
    "file",
    "data set",
    "T",
    "test accuracy, integers",
    "float",
    "images",
    "spikes per neuron",
    "R",
    "bits",
    "weights, MB",
    "Tran & Hoang",
    "Temporal Pruning",
)


def table(folder: Path) -> str:
    """A Markdown table with one row per checkpoint in `folder`: by data set, the ANN, falling T.

    Raises InvalidInput where there is none, or where one is damaged.
    """
    files = sorted(folder.glob("*.pt"))
    if not files:
        raise InvalidInput(f"{folder}: no checkpoints (*.pt)")
    loaded = [(file, load_checkpoint(file)) for file in files]
    loaded.sort(key=lambda pair: _place(pair[1].network))
    lines = [f"| {' | '.join(_COLUMNS)} |", "|" + " --- |" * len(_COLUMNS)]
    for file, checkpoint in loaded:
        network, notes = checkpoint.network, checkpoint.provenance
        papers = _PAPERS.get((network.name, network.dataset), ("", ""))
        cells = (
            file.name,
            network.dataset,
            "ANN" if network.analog else str(network.timesteps),
            _number(notes.test_accuracy_percent, ".2f", " %"),
            _number(notes.float_accuracy_percent, ".2f", " %"),
            str(notes.test_images),
            _number(notes.mean_spike_rate, ".3f"),
            _number(notes.mac_weighted_rate, ".1%"),
            str(network.weight_bits),
            f"{_weight_bytes(network) / 1e6:.1f}",
            *(papers if network.timesteps == 1 and not network.analog else ("", "")),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _place(network: Network) -> tuple[str, bool, int, int]:
    return network.dataset, not network.analog, -network.timesteps, -network.weight_bits


def _weight_bytes(network: Network) -> float:
    """With `weight_bits` each, as a chip stores them; the file has a byte for each."""
    weights = sum(layer.out_shape[0] * layer.fan_in for layer in network.layers)
    return weights * network.weight_bits / 8


def _number(value: float | None, form: str, unit: str = "") -> str:
    return "" if value is None else format(value, form) + unit


def main() -> None:
    """Print the table of the folder that the command line names."""
    try:
        print(table(Path(sys.argv[1] if len(sys.argv) > 1 else "trained")))
    except HwsimError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
