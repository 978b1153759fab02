"""The files that a training run keeps: finished float stages, and one that is under way."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from hwsim.errors import InvalidInput
from hwsim.network.graph import Network
from hwsim.staging import write_whole
from hwsim.training.analog import AnalogNetwork
from hwsim.training.optimizer import Muon, TrainableNetwork
from hwsim.training.spike import Surrogate
from hwsim.training.spiking import SpikingNetwork

_FORMAT = "hwsim-stage-2"


@dataclass(frozen=True)
class StageNotes:
    """What is known of a finished stage: `epochs` of all phases, `heldout_percent` in float."""

    stage: str
    epochs: float
    seed: int
    wall_time_s: float
    hardware: str
    heldout_percent: float | None
    heldout_images: int


def stage_path(run_dir: Path, stage: str) -> Path:
    """Where a finished stage is."""
    return run_dir / f"{stage}.pt"


def partial_path(run_dir: Path, stage: str) -> Path:
    """Where a stage under way is."""
    return run_dir / f"{stage}.partial.pt"


def save_stage(
    path: Path, network: TrainableNetwork, surrogate: Surrogate, notes: StageNotes
) -> None:
    """Write a finished stage: float weights, BNTT, neurons."""
    _write(
        path,
        {
            "format": _FORMAT,
            "network": network.network.to_dict(),
            "analog": isinstance(network, AnalogNetwork),
            "surrogate": asdict(surrogate),
            "state": network.state_dict(),
            "notes": asdict(notes),
        },
    )


def load_stage(path: Path) -> tuple[TrainableNetwork, StageNotes]:
    """The network of a finished stage; InvalidInput where the file is something else."""
    data = _read(path)
    network = Network.from_dict(data["network"])
    module: TrainableNetwork
    if data["analog"]:
        module = AnalogNetwork(network)
    else:
        module = SpikingNetwork(network, Surrogate(**data["surrogate"]))
    module.load_state_dict(data["state"])
    module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return module, StageNotes(**data["notes"])


def save_partial(
    path: Path, network: TrainableNetwork, optimizer: Muon, step: int, elapsed_s: float
) -> None:
    """Write a stage under way, replacing the last one whole."""
    _write(
        path,
        {
            "format": _FORMAT,
            "state": network.state_dict(),
            "optimizer": optimizer.state_dict(),
            "step": step,
            "elapsed_s": elapsed_s,
        },
    )


def load_partial(path: Path, network: TrainableNetwork, optimizer: Muon) -> tuple[int, float]:
    """Bring `network` and `optimizer` to where `path` left them: (steps done, seconds)."""
    data = _read(path)
    network.load_state_dict(data["state"])
    optimizer.load_state_dict(data["optimizer"])
    return data["step"], data["elapsed_s"]


def _write(path: Path, data: dict[str, Any]) -> None:
    buffer = io.BytesIO()
    torch.save(data, buffer)
    write_whole(path, buffer.getvalue())


def _read(path: Path) -> dict[str, Any]:
    try:
        data = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds for a damaged file
        raise InvalidInput(f"{path}: not a training stage: {error}") from error
    if not isinstance(data, dict) or data.get("format") != _FORMAT:
        raise InvalidInput(f"{path}: not a training stage of this version ({_FORMAT})")
    return data
