"""Every message of the validator, in the words of the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwsim.errors import InvalidInput
from hwsim.trace.read import open_trace, read_trace
from hwsim.trace.validate import check_trace, validate
from hwsim.trace.write import write_trace
from tests.trace.samples import edit_meta, edit_shard, restate, toy_network, toy_trace

Edit = Callable[[dict[str, Any]], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two shards: 4 images and 2."""
    write_trace(tmp_path / "t", toy_trace(toy_network(), 6), images_per_shard=4)
    return tmp_path / "t"


def layer(meta: dict[str, Any], index: int) -> dict[str, Any]:
    found: dict[str, Any] = meta["network"]["layers"][index]
    return found


def put(key: str, value: Any) -> Edit:
    """Set `a.0.b` of nested objects and lists."""

    def edit(meta: Any) -> None:
        *path, last = (int(part) if part.isdigit() else part for part in key.split("."))
        for part in path:
            meta = meta[part]
        meta[last] = value

    return edit


META_PROBLEMS: list[tuple[Edit, str]] = [
    (put("format", "numpy"), "format: 'numpy', a trace says \"hwsim-trace\""),
    (put("format_version", 2), "format_version: 2, this hwsim reads version 1"),
    (put("format_version", True), "format_version: True, this hwsim reads version 1"),
    (put("bit_order", "big"), "bit_order: 'big', version 1 has \"little\""),
    (put("neuron_order", "c,y,x"), "neuron_order: 'c,y,x', version 1 has \"y,x,channel\""),
    (lambda m: m.pop("origin"), "origin: missing"),
    (lambda m: m.pop("arrays"), "arrays: missing"),
    (put("arrays", []), "arrays: not an object"),
    (put("writer", 3), "writer: 3 is not a string"),
    (put("image", 6), "image: unknown field; did you mean images?"),
    (put("origin.flie", "x"), "origin.flie: unknown field; did you mean file?"),
    (put("origin.file", None), "origin.file: null is not a string"),
    (put("origin.sha256", "abc"), "origin.sha256: 'abc' is not 64 hexadecimal digits"),
    (put("origin.test_accuracy_percent", "81"), 'percent: "81" is not a number'),
    (put("origin.test_accuracy_percent", 101), "percent: 101 is outside 0 .. 100"),
    (put("network", 5), "network: 5 is not an object"),
    (lambda m: m["network"].pop("timesteps"), "network.timesteps: missing"),
    (put("network.timesteps", "2"), 'network.timesteps: "2" is not an integer'),
    (put("network.timesteps", True), "network.timesteps: true is not an integer"),
    (put("network.timesteps", 0), "network: network toy: timesteps 0 must be >= 1"),
    (put("network.coding", "rate"), 'network.coding: "rate" is not one of direct, poisson'),
    (put("network.weight_bits", 0), "network.weight_bits: 0 must be >= 1"),
    (put("network.layers", {}), "network.layers: {} is not a list"),
    (put("network.layers", []), "network: network toy: no layers"),
    (put("network.layers.1", "fc1"), 'network.layers[1]: "fc1" is not an object'),
    (put("network.layers.1.kernl", 3), "network.layers[1].kernl: unknown field; did you mean ke"),
    (put("network.layers.1.kernel", 3), "network.layers[1].kernel: 3 is not a list"),
    (put("network.layers.1.kernel", [3]), "kernel: [3] has 1 values, expected 2"),
    (put("network.layers.1.kernel", [3, 2.5]), "layers[1].kernel[1]: 2.5 is not an integer"),
    (put("network.layers.1.spiking", 1), "layers[1].spiking: 1 is not true or false"),
    (put("network.layers.1.out_shape", [6, 1, 1]), "fc1 sends (6, 1, 1), fc2 expects (5, 1, 1)"),
    (put("network.layers.0.stride", 0), "network: "),
    (put("network.layers.1.name", "a/b"), "layer name 'a/b': use 1 to 64 of A-Z"),
    (put("network.layers.1.name", "conv1"), "two layers share a name"),
    (put("images", 7), "images: 7, yet the shards hold 6"),
    (put("images", 6.0), "images: 6.0 is not an integer"),
    (put("images_per_shard", 0), "images_per_shard: 0 must be >= 1"),
    (put("images_per_shard", 5), "shards[0].images: 4, expected 5"),
    (put("shards.1.images", 5), "shards[1].images: 5, expected 1 .. 4"),
    (put("shards.0.file", "../x.npz"), "file: '../x.npz', expected \"shard-00000.npz\""),
    (put("shards.0.sha256", "AB" * 32), "is not 64 hexadecimal digits"),
    (lambda m: m["shards"][0].pop("sha256"), "shards[0].sha256: missing"),
    (put("shards.0.spikes", [1]), "shards[0].spikes: 1 counts, the network has 2 spiking layers"),
    (put("shards", []), "images: 6, yet the shards hold 0"),
    (lambda m: m["arrays"].pop("L01.fc1"), "arrays.L01.fc1: missing"),
    (put("arrays.L02", {}), "arrays.L02: unknown field"),
    (put("arrays.labels.dtype", "int32"), 'arrays.labels: {"dtype": "int32", "shape": ["images'),
]


@pytest.mark.parametrize(("edit", "message"), META_PROBLEMS, ids=[m for _, m in META_PROBLEMS])
def test_meta(folder: Path, edit: Edit, message: str) -> None:
    edit_meta(folder, edit)
    problems = validate(folder)
    assert any(message in problem for problem in problems), problems
    assert all(problem.startswith(f"{folder}/meta.json: ") for problem in problems)
    with pytest.raises(InvalidInput):
        open_trace(folder)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b'{\n "format": "hwsim-trace",\n "x" 3}', "meta.json:3:6: Expecting ':' delimiter"),
        (b"", "meta.json:1:1: Expecting value"),
        (b"[]", "not an object"),
        (b'{"a": 1, "a": 2}', "a: given twice"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "an integer has at most 18 digits"),
        (b"\xff{}", "not UTF-8 text (byte 0)"),
        (b"[" * 200_000, "nested too deeply"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_json(folder: Path, text: bytes, message: str) -> None:
    (folder / "meta.json").write_bytes(text)
    (problem,) = validate(folder)
    assert message in problem


SHARD_PROBLEMS: list[tuple[Edit, str]] = [
    (lambda a: a.pop("L01.fc1"), "L01.fc1: missing"),
    (lambda a: a.update({"L02.fc2": np.zeros(1)}), "L02.fc2: not an array of this network"),
    (lambda a: a.update(labels=a["labels"].astype("<i4")), "labels: <i4 (4,), expected <i8 (4,)"),
    (lambda a: a.update(labels=a["labels"].astype(">i8")), "labels: >i8 (4,), expected <i8 (4,)"),
    (lambda a: a.update(labels=a["labels"][:3]), "labels: <i8 (3,), expected <i8 (4,)"),
    (lambda a: a.update(input=a["input"][:, 0]), "input: |i1 (4, 9), expected |i1 (4, 1, 9)"),
    (lambda a: a.update({"L00.conv1": a["L00.conv1"][:, :1]}), "conv1: |u1 (4, 1, 4), expected"),
    (
        lambda a: a.update({"L00.conv1": np.asfortranarray(a["L00.conv1"])}),
        "L00.conv1: Fortran order, expected C order",
    ),
    (lambda a: a["labels"].__setitem__(1, 4), "labels: image 1: label 4 is outside 0 .. 3"),
    (lambda a: a["labels"].__setitem__(slice(None), -2), "labels: image 0 (and 3 more): label -2"),
    (lambda a: a["input"].__setitem__((2, 0, 3), -128), "input: image 2: -128 is outside"),
    (
        lambda a: a["L00.conv1"].__setitem__((3, 1, 3), 255),
        "L00.conv1: image 3: bits beyond neuron 26 are set; the upper 5 bits of the last byte",
    ),
    (
        lambda a: a["readout"].__setitem__((1, 2), 10**9),
        "readout: image 1: class 2 sums to 1000000000, impossible with 8-bit weights where",
    ),
    (
        lambda a: a["readout"].__setitem__((1, 2), np.iinfo(np.int64).min),
        "readout: image 1: class 2 sums to -9223372036854775808",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "message"), SHARD_PROBLEMS, ids=[m for _, m in SHARD_PROBLEMS])
def test_shard(folder: Path, edit: Edit, message: str) -> None:
    edit_shard(folder, edit)
    problems = validate(folder)
    assert any(message in problem for problem in problems), problems
    assert all(problem.startswith(f"{folder}/shard-00000.npz: ") for problem in problems)
    open_trace(folder)  # its shards are not read
    with pytest.raises(InvalidInput):
        read_trace(folder)


def test_images_are_numbered_through_the_shards(folder: Path) -> None:
    edit_shard(folder, lambda a: a["labels"].__setitem__(1, 9), index=1)
    assert validate(folder) == [
        f"{folder}/shard-00001.npz: labels: image 5: label 9 is outside 0 .. 3 (-1 where unknown)"
    ]


def test_all_problems_at_once(folder: Path) -> None:
    edit_shard(folder, lambda a: a["labels"].__setitem__(0, 9), index=0)
    edit_shard(folder, lambda a: a["labels"].__setitem__(0, 8), index=1)
    (folder / "shard-00002.npz").write_bytes(b"")
    problems = validate(folder)
    assert [problem.split(": ")[0].rsplit("/", 1)[1] for problem in problems] == [
        "shard-00002.npz",
        "shard-00000.npz",
        "shard-00001.npz",
    ]
    with pytest.raises(InvalidInput) as caught:
        check_trace(folder)
    assert str(caught.value).splitlines() == problems


def test_silent_layer(folder: Path) -> None:
    for index in (0, 1):
        edit_shard(
            folder,
            lambda a: (a["L01.fc1"].fill(0), a["readout"].fill(0)),
            index=index,
        )
    assert validate(folder) == [
        f"{folder}/meta.json: layer fc1 recorded no spikes in any of 6 images",
        f"{folder}: readout: zero in every image: nothing was recorded",
    ]
    with pytest.raises(InvalidInput, match="layer fc1 recorded no spikes in any of 6 images"):
        open_trace(folder)


def test_a_layer_silent_in_one_shard_only_is_no_problem(folder: Path) -> None:
    edit_shard(folder, lambda a: (a["L01.fc1"].fill(0), a["readout"].fill(0)), index=1)
    assert validate(folder) == []
    assert read_trace(folder).images == 6


def test_input_of_zeros(folder: Path) -> None:
    for index in (0, 1):
        edit_shard(folder, lambda a: a["input"].fill(0), index=index)
    message = f"{folder}: input: zero in every image: nothing was recorded"
    assert validate(folder) == [message]
    with pytest.raises(InvalidInput, match=message):
        read_trace(folder)


def test_counts_that_differ_from_the_bits(folder: Path) -> None:
    edit_meta(folder, put("shards.0.spikes.1", 3))
    (problem,) = validate(folder)
    assert "shard-00000.npz: layer fc1 holds" in problem
    assert problem.endswith("spikes, meta.json says 3")


def test_an_array_that_appears_twice(folder: Path) -> None:
    import zipfile

    with (
        pytest.warns(UserWarning, match="Duplicate name"),
        zipfile.ZipFile(folder / "shard-00000.npz", "a") as archive,
    ):
        archive.writestr("labels.npy", b"")
    restate(folder, 0)
    assert f"{folder}/shard-00000.npz: labels: appears twice" in validate(folder)


def test_pickled_arrays_are_not_loaded(folder: Path) -> None:
    edit_shard(folder, lambda a: a.update(labels=np.array([{}, 1, 2, 3], dtype=object)))
    assert validate(folder) == [
        f"{folder}/shard-00000.npz: labels: |O (4,), expected <i8 (4,) (images)"
    ]


def test_hidden_bytes_behind_an_array(folder: Path) -> None:
    import io
    import zipfile

    with np.load(folder / "shard-00000.npz") as file:
        arrays = dict(file)
    with zipfile.ZipFile(folder / "shard-00000.npz", "w") as archive:
        for key, array in arrays.items():
            buffer = io.BytesIO()
            np.save(buffer, array)
            extra = {"labels": b"x", "readout": b""}.get(key, b"")
            data = buffer.getvalue()[: -1 if key == "readout" else None]
            archive.writestr(f"{key}.npy", data + extra)
    restate(folder, 0)
    assert validate(folder) == [
        f"{folder}/shard-00000.npz: readout: truncated: 127 of 128 bytes",
        f"{folder}/shard-00000.npz: labels: more than 32 bytes",
    ]


def test_deflated_shards_are_read(folder: Path) -> None:
    with np.load(folder / "shard-00000.npz") as file:
        arrays = dict(file)
    before = read_trace(folder)
    np.savez_compressed(folder / "shard-00000.npz", **arrays)
    restate(folder, 0)
    assert validate(folder) == []
    np.testing.assert_array_equal(read_trace(folder).readout, before.readout)


def test_no_trace_at_all(tmp_path: Path) -> None:
    assert validate(tmp_path / "none") == [f"{tmp_path}/none: no such trace"]
    assert validate(tmp_path) == [f"{tmp_path}: no meta.json in it: not a trace"]
    (tmp_path / "file").touch()
    assert validate(tmp_path / "file") == [
        f"{tmp_path}/file: not a folder; a trace is one, with meta.json in it"
    ]
    (tmp_path / "meta.json").mkdir()
    assert validate(tmp_path) == [f"{tmp_path}/meta.json: cannot be read: Is a directory"]


def test_a_trace_of_another_network(folder: Path) -> None:
    network = toy_network()
    assert validate(folder, network=network) == []
    assert validate(folder, network=replace(network, timesteps=1)) == [
        f"{folder}: a trace of another network: timesteps 2, expected 1"
    ]
    assert validate(folder, network=toy_network(channels=2)) == [
        f"{folder}: a trace of another network: layer 0 (conv1): out_shape (3, 3, 3), expected "
        "(2, 3, 3)",
        f"{folder}: a trace of another network: layer 1 (fc1): in_shape (3, 3, 3), expected "
        "(2, 3, 3)",
    ]
    first = replace(network.layers[0], spiking=False)
    assert f"{folder}: a trace of another network: 3 layers, expected 1" in validate(
        folder, network=replace(network, layers=(first,))
    )


def test_a_trace_of_another_checkpoint(folder: Path) -> None:
    assert validate(folder, checkpoint_sha256="ab" * 32) == []
    assert validate(folder, checkpoint_sha256="cd" * 32) == [
        f"{folder}: a trace of another checkpoint: recorded from toy.pt (sha256 abababababab...), "
        "not from the one with sha256 cdcdcdcdcdcd..."
    ]


def test_progress_counts_images(folder: Path) -> None:
    seen: list[tuple[int, int]] = []
    validate(folder, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(4, 6), (6, 6)]
