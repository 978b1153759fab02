"""A run folder that was written before, read back: exact counts, prices and step times."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from hwsim.chip.timing import ARRAY
from hwsim.errors import InvalidInput
from hwsim.report.manifest import MANIFEST, SCHEMA_VERSION
from hwsim.report.why.rows import BillLine, CoreLoadRow, Counted, ImageRow, Step

Json = dict[str, Any]
Row = dict[str, str]
T = TypeVar("T")

_DAMAGE = (ValueError, KeyError, TypeError, ArithmeticError, RecursionError, AttributeError)
"""What reading a cell that no writer wrote can raise."""


@dataclass(frozen=True)
class RunFolder:
    """The files of a run, each read when it is asked for.

    Everything raises InvalidInput with the file's name where it is missing, was changed since the
    run wrote it, or is of another version.
    """

    path: Path

    @cached_property
    def manifest(self) -> Json:
        """manifest.json."""
        return self._json(MANIFEST)

    @cached_property
    def files(self) -> dict[str, str]:
        """The sha256 of every file but the manifest, as the run wrote them."""
        found = self.manifest.get("files")
        if not isinstance(found, dict):
            raise self._damaged(MANIFEST, "no files")
        return found

    @cached_property
    def summary(self) -> Json:
        """summary.json."""
        return self._json("summary.json")

    @cached_property
    def config(self) -> Json:
        """config.yaml: the architecture as resolved."""
        import yaml

        try:
            found = yaml.safe_load(self.text("config.yaml"))
        except yaml.YAMLError as error:
            raise self._damaged("config.yaml", error) from error
        if not isinstance(found, dict):
            raise self._damaged("config.yaml", "not a block of fields")
        return found

    @cached_property
    def bill(self) -> tuple[BillLine, ...]:
        """energy.csv."""
        return self._rows("energy.csv", BillLine.of)

    @cached_property
    def counted(self) -> tuple[Counted, ...]:
        """activity.csv."""
        return self._rows("activity.csv", Counted.of)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """latency.csv."""
        return self._rows("latency.csv", Step.of)

    @cached_property
    def images(self) -> tuple[ImageRow, ...]:
        """images.csv, at least one."""
        rows = self._rows("images.csv", ImageRow.of)
        if not rows:
            raise self._damaged("images.csv", "no image")
        return rows

    @cached_property
    def cores(self) -> tuple[CoreLoadRow, ...]:
        """figures/mesh.csv: how busy each core was in `stream`."""
        return self._rows("figures/mesh.csv", CoreLoadRow.of)

    @property
    def layers(self) -> list[str]:
        """The layers in order, the chip last."""
        return list(self.summary["single"]["energy_pj"]["by_layer"])

    @cached_property
    def actions(self) -> list[str]:
        """What the chip's core kind can emit: the actions of its energy table."""
        table = self.config["energy_pj"]
        return [f"{component}.{action}" for component in table for action in table[component]]

    @property
    def memories(self) -> Json:
        """Those that touch a memory, with what `single` touched of each."""
        accesses: Json = self.summary["single"]["memory_accesses"]
        return accesses

    @property
    def passes(self) -> bool:
        """Whether a step is the pass of one layer, as `Timing.passes` has it."""
        core = self.summary["stream"]["bottleneck"]["core"]
        return core is not None and core["server"] == ARRAY

    def text(self, name: str) -> str:
        """A file's text, as the run wrote it."""
        data = self.read(name)
        if name != MANIFEST and hashlib.sha256(data).hexdigest() != self.files.get(name):
            raise InvalidInput(f"{self.path / name}: not what the run wrote, says its {MANIFEST}")
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            raise self._damaged(name, error) from error

    def _json(self, name: str) -> Json:
        try:
            found = json.loads(self.text(name))
            version = found["schema_version"]
        except _DAMAGE as error:
            raise self._damaged(name, error) from error
        if version != SCHEMA_VERSION:
            raise InvalidInput(
                f"{self.path / name}: schema_version {version!r}, this version reads "
                f"{SCHEMA_VERSION}"
            )
        read: Json = found
        return read

    def _rows(self, name: str, of: Callable[[Row], T]) -> tuple[T, ...]:
        try:
            return tuple(of(row) for row in csv.DictReader(io.StringIO(self.text(name))))
        except (*_DAMAGE, csv.Error) as error:
            raise self._damaged(name, error) from error

    def read(self, name: str) -> bytes:
        """A file's bytes, whatever they are."""
        path = self.path / name
        try:
            return path.read_bytes()
        except FileNotFoundError as error:
            raise InvalidInput(f"{path}: no such file; {self.path} is no run of hwsim") from error
        except OSError as error:
            raise InvalidInput(f"{path}: cannot be read: {error.strerror}") from error

    def _damaged(self, name: str, why: object) -> InvalidInput:
        return InvalidInput(f"{self.path / name}: not as hwsim writes it: {why}")


def open_run(path: Path) -> RunFolder:
    """The run in a folder. Raises InvalidInput where it has no manifest or no summary."""
    if not path.is_dir():
        raise InvalidInput(f"{path}: no such folder" if not path.exists() else f"{path}: no folder")
    folder = RunFolder(path)
    _ = folder.manifest, folder.summary
    return folder
