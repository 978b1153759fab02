"""Which quantised ANN each network is compared with, and what it does on the same images."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hwsim.compare.ann import Ann, ann_of
from hwsim.compare.comparison import Family
from hwsim.compare.subject import Subject
from hwsim.errors import InvalidInput, UsageError
from hwsim.network.header import checkpoint_name, read_network
from hwsim.progress import Tell
from hwsim.trace.read import is_trace


def apart(networks: Sequence[Path], ann: Path | None) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """The spiking networks, and the ANNs among them (and `ann`), each in order."""
    analog = [p for p in networks if not is_trace(p) and read_network(p).analog]
    spiking = [path for path in networks if path not in analog]
    if not spiking:
        raise UsageError(
            f"{', '.join(map(str, analog))}: an ANN, and no spiking network to compare"
        )
    return tuple(spiking), tuple(dict.fromkeys([*([ann] if ann else []), *analog]))


def counted_anns(
    subjects: Sequence[tuple[Path, Subject]], given: Sequence[Path], data: Path | None, tell: Tell
) -> dict[Family, Ann]:
    """The ANN of each family that has one: a `given` one, or `vgg16_ann.pt` (of another data
    set than CIFAR-10 `vgg16_cifar100_ann.pt`) beside the first checkpoint that has it.

    Raises UsageError for a given one that has none of the networks' layers, and InvalidInput for
    one whose images have other labels.
    """
    chosen: dict[Family, tuple[Path, Subject]] = {}
    for path in given:
        network = read_network(path)
        mine = next((s for _, s in subjects if s.family == (network.name, network.dataset)), None)
        if mine is None:
            raise UsageError(
                f"{path}: an ANN of {network.name} for {network.dataset}, not compared"
            )
        chosen.setdefault(mine.family, (path, mine))
    for source, subject in subjects:
        beside = source.parent / checkpoint_name(subject.network, "ann")
        if subject.family not in chosen and not is_trace(source) and beside.is_file():
            chosen[subject.family] = (beside, subject)
    return {
        family: _counted(path, subject, data, tell) for family, (path, subject) in chosen.items()
    }


def _counted(path: Path, subject: Subject, data: Path | None, tell: Tell) -> Ann:
    from hwsim.trace.analog import analog_counts

    counted = analog_counts(path, subject.images, data, tell)
    theirs, ours = counted.network.layers, subject.network.layers
    if [a.dense_macs for a in theirs] != [b.dense_macs for b in ours]:
        raise UsageError(f"{path}: its layers are not those of {subject.name}")
    if not np.array_equal(counted.labels, subject.survey.labels):
        raise InvalidInput(
            f"{path}: the labels of its first {subject.images} images are not those of "
            f"{subject.name}; both need the same data set"
        )
    return ann_of(counted)
