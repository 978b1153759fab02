from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
import yaml

from hwsim.actions import Action
from hwsim.arch.digital import DigitalArch
from hwsim.chip.timing import Overflow
from hwsim.mapping.mapping import Mapping
from hwsim.report.files import render
from hwsim.report.groups import GROUPS
from hwsim.report.manifest import content_hash, folder_name
from tests.report.runs import labelled, run

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return render(run())


def rows(data: bytes) -> Rows:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_the_folder_of_section_6(files: dict[str, bytes]) -> None:
    figures = {
        f"figures/{name}.{kind}"
        for name in ("energy_by_component", "energy_by_layer", "mesh")
        for kind in ("pdf", "svg", "csv")
    }
    assert set(files) == figures | {
        "config.yaml", "summary.json", "activity.csv", "images.csv", "energy.csv", "latency.csv",
        "mapping.json", "report.html",
    }  # fmt: skip


def test_same_run_same_bytes(files: dict[str, bytes]) -> None:
    assert render(run()) == files
    run.cache_clear()
    assert render(run()) == files


def test_activity_sums_to_the_counts(files: dict[str, bytes]) -> None:
    table = rows(files["activity.csv"])
    assert all(int(row["count"]) > 0 for row in table)
    for outcome in (run().single, run().stream):
        activity = outcome.activity
        for action in DigitalArch.ACTIONS:
            mine = sum(
                int(row["count"])
                for row in table
                if row["experiment"] == activity.experiment
                and f"{row['component']}.{row['action']}" == action
            )
            assert mine == activity.totals[action].sum()


def test_idle_steps_and_the_chip_have_names(files: dict[str, bytes]) -> None:
    table = rows(files["activity.csv"])
    assert {row["timestep"] for row in table} == {"0", "1", "idle"}
    barriers = [row for row in table if row["component"] == "barrier"]
    assert {(row["layer"], row["core"]) for row in barriers} == {("chip", "")}


def test_the_bill_multiplies_and_sums(files: dict[str, bytes]) -> None:
    table = rows(files["energy.csv"])
    for outcome in (run().single, run().stream):
        mine = [row for row in table if row["experiment"] == outcome.energy.experiment]
        for row in mine:
            if row["pricing"] == "priced":
                product = Decimal(row["energy_pj_each"]) * int(row["count"])
                assert Decimal(row["energy_pj"]) == product
            else:
                assert row["energy_pj"] == ""
        total = sum(Fraction(row["energy_pj"]) for row in mine if row["energy_pj"])
        assert total == outcome.energy.total.sum
    included = [row for row in table if row["pricing"] == "included"]
    assert {row["source"] for row in included} == {"in neuron.update_active"}
    macs = [row for row in table if (row["component"], row["action"]) == ("synapse", "mac")]
    assert {(row["source"], row["evidence"]) for row in macs} == {("Some, Paper 2018", "published")}


def test_images_sum_to_the_run(files: dict[str, bytes]) -> None:
    table = rows(files["images.csv"])
    assert [row["image"] for row in table] == ["0", "1", "2"]
    assert {row["label"] for row in table} == {""}
    for name, outcome in (("single", run().single), ("stream", run().stream)):
        energy = sum(Fraction(row[f"{name}_energy_total_pj"]) for row in table)
        assert energy == outcome.energy.total.sum
        latency = [int(Decimal(row[f"{name}_latency_ns"]) * 1000) for row in table]
        assert latency == outcome.timing.latency_ps.tolist()


def test_steps_sum_to_the_latency(files: dict[str, bytes]) -> None:
    table = [row for row in rows(files["latency.csv"]) if row["experiment"] == "single"]
    assert [int(row["step"]) for row in table] == [0, 1, 2, 3]
    total = sum(Fraction(row["step_ns"]) for row in table)
    mean = Fraction(int(run().single.timing.latency_ps.sum()), 3000)
    assert float(total) == pytest.approx(float(mean), rel=1e-8)


def test_mapping_can_be_read_back(files: dict[str, bytes]) -> None:
    data = json.loads(files["mapping.json"])
    slices = {"slices": data["slices"]}
    kept = {key: data[key] for key in run().mapping.to_dict() if key != "slices"}
    assert Mapping.from_dict({**kept, **slices}) == run().mapping


def test_the_mesh_behind_the_heat_map(files: dict[str, bytes]) -> None:
    table = rows(files["figures/mesh.csv"])
    assert [int(row["core"]) for row in table] == sorted(run().mapping.cores.tolist())
    assert {row["chip"] for row in table} == {"0", "1"}
    assert max(Fraction(row["utilisation"]) for row in table) <= 1


def test_every_component_is_in_one_group() -> None:
    grouped = [component for group in GROUPS for component in group.components]
    assert len(grouped) == len(set(grouped))
    assert set(grouped) == {action.component for action in Action} | {"leakage"}


def test_figures_have_no_date_and_no_type_3_fonts(files: dict[str, bytes]) -> None:
    for name, data in files.items():
        if name.endswith(".pdf"):
            assert b"CreationDate" not in data
            assert b"/Type3" not in data
            assert b"/Subtype /Type0" in data or b"/CIDFontType2" in data
        if name.endswith(".svg"):
            assert b"<dc:date>" not in data


def test_the_page_needs_no_network(files: dict[str, bytes]) -> None:
    page = files["report.html"].decode()
    assert not re.search(r"""src\s*=|href\s*="(?!#)|@import|url\(|<link|<iframe""", page)
    assert "https://" not in page
    assert page.count("<svg") == page.count("</svg>")
    for layer in run().network.layers:
        assert f'<th scope="row">{layer.name}</th>' in page
    assert "Some, Paper 2018" in page
    assert "barrier.sync" in page
    data = re.search(r'<script type="application/json" id="summary">(.*)</script>', page)
    assert data is not None
    assert json.loads(data[1]) == json.loads(files["summary.json"])


def test_names_from_outside_are_escaped() -> None:
    nasty = "</script><b>x"
    original = run()
    hostile = replace(original, origin=replace(original.origin, file=nasty))
    page = render(hostile)["report.html"].decode()
    assert nasty not in page
    assert folder_name(hostile).isascii()
    assert "/" not in folder_name(hostile)


def test_overflows_are_summed_up_and_listed() -> None:
    original = run()
    timing = original.stream.timing
    found = (Overflow("eject", 1, 4, 9, 20), Overflow("eject", 3, 4, 6, 2))
    overflowing = replace(original.stream, timing=replace(timing, overflows=found))
    short = replace(original, stream=overflowing)
    files = render(short)
    written = json.loads(files["summary.json"])
    assert written["exact"] is False
    assert written["single"]["overflows"] == []
    assert written["stream"]["overflows"] == [
        {"server": "eject", "fifos": 2, "depth": 4, "needed": 9, "place": 1, "packets": 22}
    ]
    assert any("stream: not exact" in note for note in written["assumptions"])
    assert [row["packets"] for row in rows(files["overflows.csv"])] == ["20", "2"]
    assert b"(not exact)" in files["report.html"]


def test_config_is_the_resolved_architecture(files: dict[str, bytes]) -> None:
    assert yaml.safe_load(files["config.yaml"]) == run().arch.resolved


def test_content_hash_depends_on_what_went_in() -> None:
    hashes = {
        content_hash(run()),
        content_hash(run(timesteps=1)),
        content_hash(run(images=1)),
        content_hash(run(seed=8)),
        content_hash(labelled(run(), [1, 1, 1], [0, 0, 0])),
    }
    assert len(hashes) == 5
