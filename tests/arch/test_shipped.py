"""The shipped files: strictly valid but for their stated holes, with the published numbers."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from hwsim.actions import Action
from hwsim.arch import shipped
from hwsim.arch.load import LoadedArch, load_arch
from hwsim.arch.quantity import ByFormat, Included, Quantity, ps
from hwsim.arch.rules import quantities
from hwsim.errors import InvalidInput

OPEN = (
    "energy_pj.bntt.param_read",
    "energy_pj.input.write",
    "energy_pj.chip_link.send",
    "energy_pj.barrier.sync",
)
CIM = ("energy_pj.bntt.param_read", "energy_pj.barrier.sync")
SATA = ("energy_pj.bntt.param_read", "energy_pj.input.write", "energy_pj.barrier.sync")
SPIKESIM = (
    "energy_pj.crossbar.shift_add",
    "energy_pj.bntt.param_read",
    "energy_pj.input.write",
    "energy_pj.buffer.psum_read",
    "energy_pj.buffer.psum_write",
    "energy_pj.chip_link.send",
    "leakage_uw_per_core",
)
ISAAC = (
    "energy_pj.membrane.read",
    "energy_pj.membrane.write",
    "energy_pj.bntt.param_read",
    "energy_pj.neuron.access",
    "energy_pj.pool.op",
    "energy_pj.input.write",
    "energy_pj.buffer.temp_access",
    "energy_pj.buffer.psum_read",
    "energy_pj.buffer.psum_write",
    "energy_pj.chip_link.send",
    "leakage_uw_per_core",
)
HOLES: dict[tuple[str, str | None], tuple[str, ...]] = {
    ("loihi_like", None): OPEN,
    ("loihi_like", "sanafe_nahuku"): (*OPEN, "leakage_uw_per_core"),
    ("sram_cim_digital", None): (*CIM, "leakage_uw_per_core"),
    ("systolic_sata", None): SATA,
    ("systolic_sata", "ptb28"): SATA,
    ("rram_spikesim_like", None): SPIKESIM,
    ("rram_spikesim_like", "event_driven"): SPIKESIM,
    ("rram_spikesim_like", "isaac32"): ISAAC,
    ("truenorth_like", None): ("energy_pj.bntt.param_read",),
}


def files() -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    for name in shipped.names():
        text = (shipped.folder() / f"{name}.yaml").read_text(encoding="utf-8")
        found += [(name, None), *((name, v) for v in yaml.safe_load(text).get("variants", {}))]
    return found


def value(loaded: LoadedArch, action: Action, table: str = "energy_pj") -> Decimal:
    arch = loaded.arch
    entry = arch.energy_pj.price(action) if table == "energy_pj" else arch.time_ns.time(action)
    assert isinstance(entry, Quantity)
    return entry.value


def test_the_holes_are_listed_for_every_file() -> None:
    assert set(HOLES) == set(files())


@pytest.mark.parametrize(("name", "variant"), files())
def test_strict_finds_the_holes_and_nothing_else(name: str, variant: str | None) -> None:
    assert load_arch(name, variant).unpublished == HOLES[name, variant]
    with pytest.raises(InvalidInput) as caught:
        load_arch(name, variant, strict=True)
    lines = str(caught.value).split("\n")
    assert all(line.endswith(": unpublished") for line in lines)
    assert len(lines) == len(HOLES[name, variant])


@pytest.mark.parametrize(("name", "variant"), files())
def test_every_number_has_source_and_evidence(name: str, variant: str | None) -> None:
    loaded = load_arch(name, variant)
    assert loaded.warnings == ()
    assert all(origin.source and origin.evidence for origin in loaded.origins.values())
    entries = dict(quantities(loaded.arch))
    assert entries
    for path, quantity in entries.items():
        origin = loaded.origins[".".join(map(str, path))]
        assert (quantity.source, quantity.evidence) == (origin.source, origin.evidence)
    counts = {"mesh.tiles_x", "node_nm", "voltage_v"}
    assert counts <= set(loaded.origins)


@pytest.mark.parametrize(("name", "variant"), files())
def test_the_resolved_form_loads_to_the_same(
    name: str, variant: str | None, tmp_path: Path
) -> None:
    loaded = load_arch(name, variant)
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump(loaded.resolved, sort_keys=False), encoding="utf-8")
    again = load_arch(str(path))
    assert again.arch == loaded.arch
    assert again.origins == loaded.origins
    assert again.resolved == loaded.resolved


def test_table_2_of_davies() -> None:
    loaded = load_arch("loihi_like")
    energies = {a: value(loaded, a) for a in (Action.SYNAPSE_OP, Action.NEURON_UPDATE_ACTIVE)}
    assert energies == {Action.SYNAPSE_OP: Decimal("23.6"), Action.NEURON_UPDATE_ACTIVE: 81}
    assert value(loaded, Action.NEURON_UPDATE_INACTIVE) == 52
    assert value(loaded, Action.ROUTER_HOP_X) == 3
    assert value(loaded, Action.ROUTER_HOP_Y) == 4
    ends = (Action.ROUTER_INJECT, Action.ROUTER_EJECT)
    assert sum(value(loaded, end) for end in ends) == Decimal("1.7")
    assert sum(value(loaded, end, "time_ns") for end in ends) == Decimal("2.1")
    times = {
        "synapse.op": 3500,
        "neuron.update_active": 8400,
        "neuron.update_inactive": 5300,
        "router.hop_x": 4100,
        "router.hop_y": 6500,
    }
    for name, expected in times.items():
        entry = loaded.arch.time_ns.time(Action(name))
        assert isinstance(entry, Quantity)
        assert (ps(entry), entry.evidence) == (expected, "published")


def test_the_mesh_is_four_chips_and_holds_the_limits_of_a_core() -> None:
    arch = load_arch("loihi_like").arch
    assert (arch.mesh.cores, arch.mesh.chips) == (512, 4)
    core = arch.core
    assert (core.neurons_max, core.synapse_mem_kib) == (1024, 128)
    assert (core.axons_in_max, core.axons_out_max) == (4096, 4096)


@pytest.mark.parametrize(
    ("tiles", "expected_ns"),
    [(0, 113), (1, 113), (31, 113), (32, 465), (33, 64), (64, 64), (65, 96), (97, 128), (128, 128)],
)
def test_the_barrier_goes_on_beyond_one_chip(tiles: int, expected_ns: int) -> None:
    arch = load_arch("loihi_like").arch
    beyond = round((113 + (expected_ns - 1) * Decimal(352) / 31) * 1000)
    expected = beyond if tiles > 32 else expected_ns * 1000
    assert arch.timestep.barrier_ps(tiles) == expected


def test_sanafe_is_additive_and_by_format() -> None:
    arch = load_arch("loihi_like", "sanafe_nahuku").arch
    operation = arch.energy_pj.price(Action.SYNAPSE_OP)
    assert isinstance(operation, ByFormat)
    assert [q.value for q in operation.all().values()] == [24, Decimal("35.5"), Decimal("33.6")]
    assert operation.of("linear").value == Decimal("35.5")
    expected = {
        Action.NEURON_ACCESS: "51.2",
        Action.NEURON_UPDATE_ACTIVE: "21.6",
        Action.NEURON_FIRE: "69.3",
        Action.AXON_OUT_SEND: "111",
        Action.AXON_IN_LOOKUP: "0",
        Action.ROUTER_HOP_X: "3",
        Action.ROUTER_HOP_Y: "4.2",
    }
    loaded = load_arch("loihi_like", "sanafe_nahuku")
    assert {a: value(loaded, a) for a in expected} == {a: Decimal(v) for a, v in expected.items()}
    for action in (Action.ROUTER_INJECT, Action.ROUTER_EJECT):
        assert arch.energy_pj.price(action) == Included(included_in=("axon_out.send",))
        assert arch.time_ns.time(action) is None
    assert arch.neuron.accounting == "additive"
    assert [arch.timestep.barrier_ps(n) for n in (1, 2, 3, 4, 28, 29)] == [
        600_000, 1_000_000, 1_000_000, 1_400_000, 1_400_000, 1_800_000,
    ]  # fmt: skip


def test_a_name_is_a_shipped_file_and_a_path_is_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    by_name = load_arch("loihi_like")
    by_path = load_arch(str(shipped.folder() / "loihi_like.yaml"))
    assert by_name.arch == by_path.arch
    assert by_name.sha256 == by_path.sha256
    assert by_name.path.resolve() == by_path.path


def test_files_inside_the_package_come_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = tmp_path / "hwsim" / "_arch_configs"
    packed.mkdir(parents=True)
    text = (shipped.folder() / "loihi_like.yaml").read_text(encoding="utf-8")
    (packed / "mine.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr("hwsim.__file__", str(tmp_path / "hwsim" / "__init__.py"))
    assert shipped.names() == ["mine"]
    assert load_arch("mine").path == packed / "mine.yaml"


def test_loading_imports_neither_torch_nor_pandas() -> None:
    code = (
        "import sys; from hwsim.arch.load import load_arch; load_arch('loihi_like'); "
        "print({'torch', 'pandas', 'numpy', 'matplotlib'} & set(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "set()"
