from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from hwsim.compare.comparison import Comparison
from hwsim.compare.document import document
from hwsim.compare.figures import figures
from hwsim.compare.latex import latex_files, macro
from hwsim.compare.memories import KINDS, accesses, needed_state
from hwsim.compare.text import compare_table
from hwsim.compare.tidy import compare_csv
from hwsim.compare.write import check_folder, write_comparison
from hwsim.errors import InvalidInput
from hwsim.report.manifest import json_bytes
from hwsim.report.text import WIDTH

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def drawn(made: Comparison) -> dict[str, bytes]:
    return figures(made)


def rows(data: bytes) -> Rows:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_the_list_of_figures(drawn: dict[str, bytes]) -> None:
    names = {
        "energy_by_timesteps-toy-none-toy", "accesses_by_timesteps-toy-none-toy",
        "rates_by_layer-toy-none", "energy_latency-toy-none", "shares", "chips-toy_t1",
        "proxy_and_system", "energy_by_layer-toy_t1-toy", "energy_by_layer-toy_t2-toy",
    }  # fmt: skip
    assert set(drawn) == {f"{name}.{kind}" for name in names for kind in ("pdf", "svg", "csv")}


def test_same_comparison_same_bytes(
    made: Comparison,
    drawn: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert figures(made) == drawn
    monkeypatch.setattr("hwsim.compare.write.figures", lambda comparison: drawn)
    write_comparison(made, tmp_path)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    write_comparison(made, tmp_path)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before
    assert {p.name for p in tmp_path.iterdir()} == {
        "compare.json", "compare.csv", "compare.txt", "figures", "latex"
    }  # fmt: skip


def test_figures_have_no_date_and_no_type_3_fonts(drawn: dict[str, bytes]) -> None:
    for name, data in drawn.items():
        if name.endswith(".pdf"):
            assert b"CreationDate" not in data
            assert b"/Type3" not in data
            assert b"/FontFile2" in data
        if name.endswith(".svg"):
            assert b"<dc:date>" not in data
            assert b'width="244.8pt"' in data  # 3.4 inches


def test_energies_by_component_sum_to_the_total(made: Comparison, drawn: dict[str, bytes]) -> None:
    table = rows(drawn["energy_by_timesteps-toy-none-toy.csv"])
    for pair in made.ran:
        for experiment, measured in pair.measured.items():
            mine = [
                float(row["energy_pj"])
                for row in table
                if (row["network"], row["experiment"]) == (pair.subject.name, experiment)
            ]
            assert sum(mine) == pytest.approx(float(measured.energy_pj), rel=1e-8)


def test_state_apart_from_sums(made: Comparison) -> None:
    """every_step: a scan reads and writes the membrane of each of 128 + 32 + 4 neurons."""
    one, two = (pair.subject for pair in made.ran)
    assert (needed_state(one), needed_state(two)) == (0, 2 * (128 + 32 + 4))
    for pair in made.ran:
        measured = pair.measured["stream"]
        timesteps = pair.subject.network.timesteps
        assert accesses(measured, KINDS[0]) == 2 * 164 * timesteps
        words = sum(a["count"] for a in measured.accesses.values())
        assert sum(accesses(measured, kind) for kind in KINDS) == pytest.approx(words)


def test_rates_are_spikes_over_neurons_and_timesteps(drawn: dict[str, bytes]) -> None:
    neurons = {"conv1": 128, "conv2": 32}
    table = rows(drawn["rates_by_layer-toy-none.csv"])
    assert len(table) == 4
    for row in table:
        rate = float(row["spikes"]) / neurons[row["layer"]] / int(row["timesteps"])
        assert float(row["rate_per_neuron_and_timestep"]) == pytest.approx(rate, rel=1e-8)
        assert rate > 0


def test_layers_hold_all_the_energy_and_the_rates(
    made: Comparison, drawn: dict[str, bytes]
) -> None:
    for pair in made.ran:
        table = rows(drawn[f"energy_by_layer-{pair.subject.name}-toy.csv"])
        for experiment, measured in pair.measured.items():
            mine = [row for row in table if row["experiment"] == experiment]
            total = sum(float(row["energy_pj"]) for row in mine)
            assert total == pytest.approx(float(measured.energy_pj), rel=1e-8)
            assert [row["layer"] for row in mine if row["group"] == "leakage"][-1] == "chip"
            rates = {row["layer"]: row["rate_per_neuron_and_timestep"] for row in mine}
            by_network = {
                row["layer"]: row["rate_per_neuron_and_timestep"]
                for row in rates_of(drawn, pair.subject.name)
            }
            assert {name: rate for name, rate in rates.items() if rate} == by_network


def rates_of(drawn: dict[str, bytes], network: str) -> Rows:
    table = rows(drawn["rates_by_layer-toy-none.csv"])
    return [row for row in table if row["network"] == network]


def test_json_says_all_pairs_and_their_baselines(made: Comparison) -> None:
    said = json.loads(json_bytes(document(made)))
    assert [(p["network"], p["arch"], p["fits"]) for p in said["pairs"]] == [
        ("toy_t1", "toy", True), ("toy_t1", "small:half", False),
        ("toy_t2", "toy", True), ("toy_t2", "small:half", False),
    ]  # fmt: skip
    assert said["pairs"][1]["reason"] == "conv1 needs 9 cores & has 1"
    first = said["pairs"][0]
    assert first["single"]["initiation_interval_ns"] is None
    assert first["stream"]["initiation_interval_ns"]["mean"] > 0
    ratio = first["ann"]["zero_skipping_pj"] / first["stream"]["energy_pj"]["mean"]
    assert first["stream"]["ann_ratio"]["zero_skipping"] == pytest.approx(ratio)
    assert len(said["sentences"]) == 2
    assert "flatters it" in said["sentences"][0]
    assert said["networks"][0]["correct"] == 2
    assert said["anns"][0]["file"] == "toy_ann.pt"


def test_without_an_ann_the_dense_one_is_left(made: Comparison) -> None:
    said = document(replace(made, anns={}))
    assert said["pairs"][0]["ann"]["zero_skipping_pj"] is None
    assert said["pairs"][0]["ann"]["dense_pj"] > 0
    assert "zero-skipping" not in said["sentences"][0]


def test_csv_is_tidy(made: Comparison) -> None:
    table = rows(compare_csv(made))
    refused = [row for row in table if row["quantity"] == "does_not_fit"]
    assert [row["network"] for row in refused] == ["toy_t1", "toy_t2"]
    keys = [(r["network"], r["arch"], r["experiment"], r["quantity"], r["item"], r["unit"])
            for r in table]  # fmt: skip
    assert len(set(keys)) == len(keys)
    shares = [
        float(row["mean"])
        for row in table
        if (row["network"], row["experiment"], row["quantity"])
        == ("toy_t2", "single", "energy_share")
        and row["item"] != "not_measured"
    ]
    assert sum(shares) == pytest.approx(1)


def test_table_fits_a_terminal_and_says_what_does_not_fit(made: Comparison) -> None:
    table = compare_table(made)
    assert max(map(len, table.splitlines())) <= WIDTH
    assert "toy_t2 does not fit: conv1 needs 9 cores & has 1" in table
    assert "\033" not in table
    assert "\033[1m" in compare_table(made, styled=True)


def test_latex_is_well_formed(made: Comparison) -> None:
    for name, data in latex_files(made).items():
        text = data.decode()
        bare = re.sub(r"\\.", "", re.sub(r"(?<!\\)%.*", "", text))
        assert bare.count("{") == bare.count("}")
        assert bare.count("$") % 2 == 0
        assert not re.search(r"[_#~^]", re.sub(r"\$[^$]*\$", "", bare))
        if name == "numbers.tex":
            continue
        body = text.split("\\toprule")[1].split("\\bottomrule")[0]
        cells = {len(re.split(r"(?<!\\)&", line)) for line in body.splitlines() if "&" in line}
        (columns,) = re.findall(r"begin\{tabular\}\{([lr]+)\}", text)
        assert cells == {len(columns)}
        assert all(line.endswith(r"\\") for line in body.splitlines() if "&" in line)


def test_macros_are_letters_and_differ(made: Comparison) -> None:
    text = latex_files(made)["numbers.tex"].decode()
    names = re.findall(r"\\newcommand\{\\(\w+)\}\{[^{}]+\} % ", text)
    assert len(names) == text.count("\\newcommand")
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[A-Za-z]+", name) for name in names)
    assert macro("vgg16_t1", "over proxy") == "\\hwsimVggOneSixTOneOverProxy"


def test_other_folders_are_left_alone(tmp_path: Path) -> None:
    check_folder(tmp_path)
    check_folder(tmp_path / "new")
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(InvalidInput, match="left alone"):
        check_folder(tmp_path)
    with pytest.raises(InvalidInput, match="left alone"):
        check_folder(tmp_path / "thesis.tex")


def test_the_page_names_every_key(made: Comparison) -> None:
    said = document(made)
    pair = said["pairs"][0]
    keys = {
        *said, *said["networks"][0], *pair, *pair["stream"], *pair["stream"]["energy_pj"],
        *pair["ann"], *pair["stream"]["break_even_rate"], *pair["stream"]["ann_ratio"],
    }  # fmt: skip
    page = (Path(__file__).parents[2] / "docs" / "compare.md").read_text()
    named = set(re.findall(r"[a-z_0-9]+", " ".join(re.findall("`([^`\n]+)`", page))))
    assert keys - {"hwsim_version"} <= named
