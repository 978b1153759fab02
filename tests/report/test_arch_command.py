"""`hwsim arch`: nothing of a file is left out, and a difference is what an override made."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner, Result

from hwsim.arch import shipped
from hwsim.arch.load import load_arch, variants_of
from hwsim.errors import InvalidInput, UsageError
from hwsim.report.arch_command import arch_command
from hwsim.report.arch_difference import differences
from hwsim.report.catalogue import PROJECTION, catalogue, catalogue_table, item
from hwsim.report.datasheet import datasheet

PAIR = ("loihi_like", "loihi_like:sanafe_nahuku")


def arch(*words: str) -> Result:
    return CliRunner().invoke(arch_command, words)


def shown(*words: str) -> str:
    result = arch(*words)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_every_file_and_variant_is_listed() -> None:
    listed = {(line["name"], line["variant"]) for line in json.loads(shown("list", "--json"))}
    expected = {(n, v) for n in shipped.names() for v in (None, *variants_of(n))}
    assert listed == expected
    text = shown("list")
    assert all(line.label in text for line in catalogue())


def test_a_line_counts_the_numbers_of_its_file() -> None:
    loaded = load_arch("loihi_like")
    line = item(loaded)
    assert (line.kind, line.schedule, line.cores, line.chips) == (
        "digital",
        "pipelined_barrier",
        512,
        4,
    )
    assert sum(line.evidence.values()) == len(loaded.origins)
    assert line.unpublished == loaded.unpublished


@pytest.mark.parametrize("name", PAIR)
def test_the_sheet_has_every_number_with_its_source(name: str) -> None:
    base, _, variant = name.partition(":")
    loaded = load_arch(base, variant or None)
    text = " ".join(shown("show", name).split())
    for path, origin in loaded.origins.items():
        assert re.search(
            rf"{re.escape(path)} [\d.]+ (\([^)]*\) )?(\S+ )?{origin.evidence}", text
        ), path
        assert origin.source
        assert " ".join(origin.source.split()) in text
    for path in loaded.unpublished:
        assert path in text
    numbers = json.loads(shown("show", name, "--json"))["numbers"]
    valued = {n["path"]: n for n in numbers if n["value"] is not None}
    assert set(valued) == set(loaded.origins)
    assert valued["energy_pj.router.hop_x"]["unit"] == "pJ"
    assert valued["energy_pj.router.hop_x"]["value"] == 3


def test_a_variant_has_two_spellings() -> None:
    assert shown("show", PAIR[1]) == shown("show", "loihi_like", "--variant", "sanafe_nahuku")
    both = arch("show", PAIR[1], "--variant", "other")
    assert isinstance(both.exception, UsageError)
    assert isinstance(arch("show", "loihi_like:nahuku").exception, InvalidInput)


def test_a_difference_is_what_was_overridden() -> None:
    changes = ["core.neurons_max=512", "neuron.scan=layers_in_work", "time_ns.router.eject=null"]
    other = load_arch("loihi_like", overrides=changes)
    found = {d.path: d.sides for d in differences(load_arch("loihi_like"), other)}
    assert set(found) == {"core.neurons_max", "neuron.scan", "time_ns.router.eject"}
    one, two = found["core.neurons_max"]
    assert one
    assert two
    assert (one.value, two.value) == ("1024", "512")
    assert two.source == "--set"
    assert one.source != "--set"
    assert found["time_ns.router.eject"][1] is None


def test_nothing_differs_from_itself() -> None:
    assert json.loads(shown("diff", "loihi_like", "loihi_like", "--json"))["differences"] == []


def test_a_difference_shows_both_values_and_sources() -> None:
    text = " ".join(shown("diff", *PAIR).split())
    assert "loihi_like 4 pJ (published; Davies et al." in text
    assert "loihi_like:sanafe_nahuku 4.2 pJ (derived; Boyle et al." in text
    paths = [d["path"] for d in json.loads(shown("diff", *PAIR, "--json"))["differences"]]
    assert "energy_pj.router.hop_y" in paths
    assert "energy_pj.router.hop_x" not in paths


def test_a_projection_says_so_wherever_it_is_printed() -> None:
    loaded = load_arch("loihi_like", overrides=["projection=true"])
    assert PROJECTION in datasheet(loaded)
    assert PROJECTION in " ".join(catalogue_table([item(loaded)]).split())
    assert PROJECTION not in datasheet(load_arch("loihi_like"))


def test_lines_are_as_wide_as_a_terminal() -> None:
    for words in (("list",), ("show", PAIR[1]), ("diff", *PAIR)):
        assert max(map(len, shown(*words).splitlines())) <= 100
