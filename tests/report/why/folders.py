"""Run folders without pictures, and runs whose architecture is another one."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from hwsim.arch.digital import DigitalArch
from hwsim.arch.resolved import resolve
from hwsim.energy import price
from hwsim.report.activity_csv import activity_csv
from hwsim.report.energy_csv import energy_csv
from hwsim.report.floor import mesh_csv
from hwsim.report.images_csv import images_csv
from hwsim.report.latency_csv import latency_csv
from hwsim.report.manifest import json_bytes, manifest
from hwsim.report.summary import summary
from hwsim.report.why.run_folder import RunFolder, open_run
from hwsim.result import Outcome, Run


def folder(what: Run, path: Path) -> RunFolder:
    """Written and opened."""
    files = {
        "summary.json": json_bytes(summary(what)),
        "config.yaml": yaml.safe_dump(dict(what.arch.resolved), sort_keys=False).encode(),
        "activity.csv": activity_csv(what),
        "energy.csv": energy_csv(what),
        "images.csv": images_csv(what),
        "latency.csv": latency_csv(what),
        "figures/mesh.csv": mesh_csv(what, what.stream),
    }
    files["manifest.json"] = manifest(what, files, [], 0.0, None)
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return open_run(path)


def repriced(what: Run, **entries: Any) -> Run:
    """The same counts and times with other entries of the table: `router__hop_x={"value": 3}`, or
    `leakage_uw_per_core=...`."""
    resolved: Any = copy.deepcopy(dict(what.arch.resolved))
    for name, entry in entries.items():
        component, dot, action = name.partition("__")
        if dot:
            resolved["energy_pj"][component][action] = entry
        else:
            resolved[component] = entry
    arch = DigitalArch.model_validate(resolved)
    loaded = replace(what.arch, arch=arch, resolved=resolve(arch, {}))

    def outcome(old: Outcome) -> Outcome:
        intervals = old.timing.interval_ps
        energy = price(old.activity, intervals, what.mapping, arch, what.network)
        return replace(old, energy=energy)

    return replace(what, arch=loaded, single=outcome(what.single), stream=outcome(what.stream))
