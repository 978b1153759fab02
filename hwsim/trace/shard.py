"""A shard file: the arrays of up to 256 images as an uncompressed .npz."""

from __future__ import annotations

import hashlib
import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from hwsim.network.graph import Network
from hwsim.trace.contents import content_problems, spike_counts
from hwsim.trace.layout import AnyArray, Arrays, ArraySpec, array_specs
from hwsim.trace.meta import Shard

_EPOCH = (1980, 1, 1, 0, 0, 0)
_PIECE = 1 << 24
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError),
    *(NotImplementedError, RuntimeError, OverflowError, MemoryError, SyntaxError, KeyError),
)
"""What the readers below raise for bytes that no writer meant."""


def write_shard(path: Path, network: Network, arrays: Arrays) -> Shard:
    """Write the arrays; the same arrays give the same bytes on every machine."""
    specs = array_specs(network)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for spec in specs:
            member = zipfile.ZipInfo(f"{spec.key}.npy", _EPOCH)
            member.create_system = 3
            member.external_attr = 0o600 << 16
            array = np.ascontiguousarray(arrays[spec.key], np.dtype(spec.dtype).newbyteorder("<"))
            with archive.open(member, "w", force_zip64=array.nbytes >= 1 << 30) as file:
                npy.write_array(file, array, version=(1, 0), allow_pickle=False)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Shard(path.name, len(arrays["labels"]), sha256, spike_counts(network, arrays))


def read_shard(
    path: Path, network: Network, shard: Shard, first_image: int
) -> tuple[dict[str, AnyArray], list[str]]:
    """The arrays of a shard and all that is wrong with it; with problems, use no array.

    `first_image` is the number of its first image in the whole trace.
    """
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            if sha256 != shard.sha256:
                return {}, [
                    f"damaged, truncated or replaced: its sha256 is {sha256[:12]}..., "
                    f"meta.json says {shard.sha256[:12]}..."
                ]
            file.seek(0)
            arrays, problems = _read_archive(file, network, shard.images)
    except FileNotFoundError:
        return {}, ["missing"]
    except OSError as error:
        return {}, [f"cannot be read: {error.strerror or error}"]
    if not problems:
        problems = content_problems(network, arrays, first_image)
        problems += _count_problems(network, arrays, shard)
    return arrays, problems


def _read_archive(
    file: IO[bytes], network: Network, images: int
) -> tuple[dict[str, AnyArray], list[str]]:
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGED as error:
        return {}, [f"not an .npz file: {error}"]
    specs = {f"{spec.key}.npy": spec for spec in array_specs(network)}
    names = archive.namelist()
    problems = [f"{spec.key}: missing" for name, spec in specs.items() if name not in names]
    problems += [
        f"{name.removesuffix('.npy')}: not an array of this network"
        for name in dict.fromkeys(names)
        if name not in specs
    ]
    twice = {name for name in names if names.count(name) > 1}
    problems += [f"{name.removesuffix('.npy')}: appears twice" for name in sorted(twice)]
    arrays: dict[str, AnyArray] = {}
    for name, spec in specs.items():
        if name not in names:
            continue
        try:
            with archive.open(name) as member:
                arrays[spec.key] = _read_array(member, spec, images)
        except _MismatchError as error:
            problems.append(f"{spec.key}: {error}")
        except _DAMAGED as error:
            problems.append(f"{spec.key}: damaged: {error}")
    return arrays, problems


class _MismatchError(Exception):
    """An array of another type or shape than the network's."""


def _read_array(member: IO[bytes], spec: ArraySpec, images: int) -> AnyArray:
    """One .npy, whose header must say what the network says before anything is allocated."""
    readers: dict[tuple[int, int], Any] = {
        (1, 0): npy.read_array_header_1_0,
        (2, 0): npy.read_array_header_2_0,
    }
    version = npy.read_magic(member)
    if version not in readers:
        raise _MismatchError(f".npy version {version[0]}.{version[1]}, expected 1.0 or 2.0")
    shape, fortran, dtype = readers[version](member)
    expected = np.dtype(spec.dtype).newbyteorder("<")
    if dtype != expected or shape != spec.shape(images):
        raise _MismatchError(
            f"{dtype.str} {shape}, expected {expected.str} {spec.shape(images)} "
            f"(images{', T' if len(spec.per_image) > 1 else ''}{', ...' if spec.per_image else ''})"
        )
    if fortran and len(shape) > 1:
        raise _MismatchError("Fortran order, expected C order")
    array: AnyArray = np.empty(shape, dtype)
    flat = array.reshape(-1).view(np.uint8)
    filled = 0
    while filled < len(flat):
        piece = member.read(min(len(flat) - filled, _PIECE))
        if not piece:
            raise _MismatchError(f"truncated: {filled} of {len(flat)} bytes")
        flat[filled : filled + len(piece)] = np.frombuffer(piece, np.uint8)
        filled += len(piece)
    if member.read(1):
        raise _MismatchError(f"more than {len(flat)} bytes")
    return array


def _count_problems(network: Network, arrays: Arrays, shard: Shard) -> list[str]:
    counted = spike_counts(network, arrays)
    return [
        f"layer {layer.name} holds {count} spikes, meta.json says {stated}"
        for layer, count, stated in zip(network.spiking_layers, counted, shard.spikes, strict=True)
        if count != stated
    ]
