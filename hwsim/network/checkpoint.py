"""The checkpoint file: a trained integer network, complete and without code.

A torch archive of plain values (tensors, dicts, lists, strings, numbers) that loads with
`weights_only=True`. The same content gives the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import warnings
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from hwsim.errors import InvalidInput
from hwsim.network.fold import FloatNeurons
from hwsim.network.graph import Network
from hwsim.network.parameters import InputScaling, LayerParameters
from hwsim.network.stored import (
    check_parameters,
    check_trained,
    parameters_from_plain,
    parameters_to_plain,
    trained_from_plain,
    trained_to_plain,
)
from hwsim.staging import write_whole

FORMAT = "hwsim-checkpoint"
FORMAT_VERSION = 1


@dataclass(frozen=True)
class Provenance:
    """Where a checkpoint comes from.

    `test_accuracy_percent` was measured with exactly the integers in the file, on the first
    `test_images` of the data set's test split (all of them, unless few); `float_accuracy_percent`
    with the float weights before quantisation, `heldout_accuracy_percent` on training images
    that were not trained on. `mean_spike_rate` is spikes per neuron over all timesteps, mean over
    the layers (None for an ANN); `mac_weighted_rate` is the share of dense MACs whose input is not
    zero.
    `parent_sha256` is that of the file of the stage before (None for the first). `recipe` is the
    whole training recipe as plain values.
    """

    dataset: str
    test_accuracy_percent: float | None = None
    test_images: int = 0
    float_accuracy_percent: float | None = None
    heldout_accuracy_percent: float | None = None
    mean_spike_rate: float | None = None
    mac_weighted_rate: float | None = None
    parent_sha256: str | None = None
    stage: str = ""
    recipe: dict[str, Any] = field(default_factory=dict)
    epochs: float = 0.0
    seed: int = 0
    wall_time_s: float = 0.0
    hardware: str = ""
    hwsim_version: str = ""


@dataclass(frozen=True)
class Checkpoint:
    """A network with its integers; `sha256` is that of the file ("" before it is saved).

    `trained` are the float neurons from which those of the spiking layers were made, in their
    order (empty: not kept): what an exactness check or an exit rule on gamma needs.
    """

    network: Network
    parameters: tuple[LayerParameters, ...]
    input_scaling: InputScaling
    provenance: Provenance
    trained: tuple[FloatNeurons, ...] = ()
    format_version: int = FORMAT_VERSION
    sha256: str = ""


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> str:
    """Write `checkpoint` to `path` in one step; returns the sha256 of the file.

    Raises InvalidInput where its parameters do not belong to its network or `path` cannot be
    written, HwsimError where the disk is full.
    """
    check_parameters(checkpoint.network, checkpoint.parameters)
    check_trained(checkpoint.network, checkpoint.trained)
    content = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "network": checkpoint.network.to_dict(),
        "input_scaling": asdict(checkpoint.input_scaling),
        "layers": [parameters_to_plain(layer) for layer in checkpoint.parameters],
        "trained": [trained_to_plain(neurons) for neurons in checkpoint.trained],
        "provenance": asdict(checkpoint.provenance),
    }
    # Through memory: torch names the inside of an archive after the file, bytes must not.
    buffer = io.BytesIO()
    torch.save(content, buffer)
    data = buffer.getvalue()
    write_whole(path, data)
    return hashlib.sha256(data).hexdigest()


def load_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint in `path`; nothing in the file is executed.

    Raises InvalidInput, naming the file and what is wrong, for a file that is missing,
    truncated, contains code, is something else, is of another version, or contradicts itself.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read: {error.strerror}") from error
    content = _unpack(path, data)
    if content.get("format") != FORMAT:
        raise InvalidInput(
            f"{path}: a torch file, but not a hwsim checkpoint; `hwsim train` writes those"
        )
    version = content.get("format_version")
    if version != FORMAT_VERSION:
        raise InvalidInput(
            f"{path}: checkpoint format {version!r}, this hwsim reads format {FORMAT_VERSION}"
        )
    try:
        network = Network.from_dict(content["network"])
        parameters = tuple(parameters_from_plain(layer) for layer in content["layers"])
        check_parameters(network, parameters)
        scaling = content["input_scaling"]
        checkpoint = Checkpoint(
            network,
            parameters,
            InputScaling(tuple(scaling["mean"]), tuple(scaling["std"]), float(scaling["step"])),
            Provenance(**content["provenance"]),
            tuple(trained_from_plain(neurons) for neurons in content["trained"]),
            FORMAT_VERSION,
            hashlib.sha256(data).hexdigest(),
        )
        check_trained(network, checkpoint.trained)
        _check_scaling(checkpoint)
    except InvalidInput as error:
        raise InvalidInput(f"{path}: {error}") from error
    except KeyError as error:
        raise InvalidInput(f"{path}: damaged checkpoint: {error} is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidInput(f"{path}: damaged checkpoint: {error}") from error
    return checkpoint


def _check_scaling(checkpoint: Checkpoint) -> None:
    scaling, channels = checkpoint.input_scaling, checkpoint.network.input_shape[0]
    if len(scaling.mean) != channels or len(scaling.std) != channels:
        raise InvalidInput(f"input scaling: mean and std must have {channels} values")
    if not scaling.step > 0 or not all(value > 0 for value in scaling.std):
        raise InvalidInput("input scaling: step and std must be > 0")


def _unpack(path: Path, data: bytes) -> dict[str, Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            content = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if "GLOBAL" in str(error) or "Unsupported" in str(error) or "allowlist" in str(error):
            raise InvalidInput(
                f"{path}: contains objects that would run code when loaded, which no hwsim "
                "checkpoint does; nothing was run"
            ) from error
        raise InvalidInput(f"{path}: not a checkpoint, or damaged") from error
    # Whatever torch's readers raise for bytes that are no archive, or half of one.
    except Exception as error:
        raise InvalidInput(f"{path}: not a checkpoint, or truncated ({len(data)} bytes)") from error
    if not isinstance(content, dict):
        raise InvalidInput(f"{path}: holds a {type(content).__name__}, not a hwsim checkpoint")
    return content
