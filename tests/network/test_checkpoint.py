from __future__ import annotations

import hashlib
import os
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from hwsim.errors import InvalidInput
from hwsim.network.checkpoint import load_checkpoint, save_checkpoint
from hwsim.network.parameters import Compare
from hwsim.network.stored import parameters_to_plain
from tests.network.nets import random_checkpoint


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "net.pt"
    save_checkpoint(path, random_checkpoint(1))
    return path


@pytest.mark.parametrize("timesteps", [1, 3])
def test_what_is_saved_is_loaded(tmp_path: Path, timesteps: int) -> None:
    checkpoint, path = random_checkpoint(timesteps), tmp_path / "net.pt"
    digest = save_checkpoint(path, checkpoint)
    loaded = load_checkpoint(path)
    assert loaded.sha256 == digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert loaded.network == checkpoint.network
    assert loaded.provenance == checkpoint.provenance
    assert loaded.input_scaling == checkpoint.input_scaling
    for one, other in zip(loaded.parameters, checkpoint.parameters, strict=True):
        assert repr(parameters_to_plain(one)) == repr(parameters_to_plain(other))
        assert np.array_equal(one.weights, other.weights)
    for mine, theirs in zip(loaded.trained, checkpoint.trained, strict=True):
        assert np.array_equal(mine.gamma, theirs.gamma)


def test_same_content_same_bytes_under_any_name(tmp_path: Path) -> None:
    one, other = tmp_path / "one.pt", tmp_path / "other.pt"
    assert save_checkpoint(one, random_checkpoint(1)) == save_checkpoint(
        other, random_checkpoint(1)
    )
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one.pt", "other.pt"]


def message(path: Path) -> str:
    with pytest.raises(InvalidInput) as caught:
        load_checkpoint(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_missing_and_empty(tmp_path: Path) -> None:
    assert "cannot be read" in message(tmp_path / "no.pt")
    assert "cannot be read" in message(tmp_path)
    (tmp_path / "empty.pt").write_bytes(b"")
    assert "truncated (0 bytes)" in message(tmp_path / "empty.pt")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.999])
def test_truncated(saved: Path, share: float) -> None:
    data = saved.read_bytes()
    saved.write_bytes(data[: int(len(data) * share)])
    assert "truncated" in message(saved)


class Hostile:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, ("executed",)


@pytest.mark.parametrize("save", [torch.save, lambda o, p: p.write_bytes(pickle.dumps(o))])
def test_code_is_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, save: Any) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "hostile.pt"
    save({"format": "hwsim-checkpoint", "x": Hostile()}, path)
    assert "nothing was run" in message(path)
    assert not Path("executed").exists()


def test_foreign_files(tmp_path: Path) -> None:
    path = tmp_path / "foreign.pt"
    torch.save(torch.nn.Linear(2, 2).state_dict(), path)
    assert "not a hwsim checkpoint" in message(path)
    torch.save([1, 2], path)
    assert "holds a list" in message(path)
    path.write_bytes(b"PK\x03\x04 not really a zip file")
    assert "not a checkpoint" in message(path)
    path.write_text("hello")
    assert "not a checkpoint" in message(path)


def rewrite(path: Path, **changes: Any) -> None:
    content = torch.load(path, weights_only=True)
    content.update(changes)
    torch.save(content, path)


def test_another_version_is_named(saved: Path) -> None:
    rewrite(saved, format_version=99)
    assert "format 99" in message(saved)


def test_contradictions_are_named(saved: Path) -> None:
    content = torch.load(saved, weights_only=True)
    layers = content["layers"]
    rewrite(saved, layers=layers[:-1])
    assert "layers of weights" in message(saved)
    rewrite(saved, layers=[{**layers[0], "weights": layers[1]["weights"]}, *layers[1:]])
    assert "layer conv1: weights" in message(saved)
    rewrite(saved, layers=[{**layers[0], "weights": layers[0]["weights"].float()}, *layers[1:]])
    assert "float32 values, expected int8" in message(saved)
    rewrite(saved, layers=[{**layers[0], "neuron": {"kind": "none"}}, *layers[1:]])
    assert "without neurons" in message(saved)
    rewrite(saved, layers=[{"weights": layers[0]["weights"]}, *layers[1:]])
    assert "'scales' is missing" in message(saved)
    rewrite(saved, layers=layers, network={**content["network"], "timesteps": "many"})
    assert "network" in message(saved)
    rewrite(saved, network={**content["network"], "timesteps": 2})
    assert "compare is for 1 timestep" in message(saved)
    rewrite(saved, network=content["network"], provenance={"colour": "red"})
    assert "colour" in message(saved)


def test_a_contradiction_is_not_saved(tmp_path: Path) -> None:
    checkpoint = random_checkpoint(1)
    first = checkpoint.parameters[0]
    assert isinstance(first.neuron, Compare)
    wrong = replace(first, neuron=Compare(first.neuron.threshold[:3], first.neuron.sign[:3]))
    with pytest.raises(InvalidInput, match="thresholds"):
        save_checkpoint(
            tmp_path / "x.pt", replace(checkpoint, parameters=(wrong, *checkpoint.parameters[1:]))
        )
    assert not list(tmp_path.iterdir())
