"""README and docs quote what the shipped networks give; `make pages` writes them."""

from __future__ import annotations

import csv
import io
import json
import re
from fractions import Fraction
from pathlib import Path

import pytest

from hwsim import pipeline, units
from hwsim.arch.load import load_arch
from hwsim.compare.document import document
from hwsim.compare.figures import figures
from hwsim.report.images_csv import images_csv
from hwsim.report.manifest import json_bytes
from pages import blocks
from pages.gallery import entries
from pages.paths import FIGURES, NETWORK, PAGES, ROOT, SESSIONS, SOURCES
from pages.results import Results, by_timesteps, story
from pages.session import Typed, without
from pages.sessions import DEMO_IMAGES
from pages.sources import check_comparison, inputs, outputs
from pages.write import texts
from tests.compare.made import comparison

HINT = "run `make pages`"


def test_the_pages_say_what_their_sources_say() -> None:
    said = texts()
    drifted = [p.name for p in PAGES if blocks.rewritten(p.read_text(), said) != p.read_text()]
    assert drifted == [], HINT


def test_the_sources_are_those_that_ship() -> None:
    """Checkpoints, architectures, and every file that was made from them."""
    kept = json.loads(SOURCES.read_text())
    assert kept["from"] == inputs(), HINT
    assert kept["made"] == outputs(), HINT
    check_comparison(Results.read())


def test_one_image_of_the_demo_again() -> None:
    """What `single` gives does not depend on the images behind it."""
    found = rows(images_csv(pipeline.run(NETWORK, load_arch("loihi_like"), 1)))
    kept = rows((SESSIONS / DEMO_IMAGES).read_bytes())
    alone = [name for name in kept[0] if "stream" not in name and name != "interval_ns"]
    assert len(alone) > 10
    assert {n: found[0][n] for n in alone} == {n: kept[0][n] for n in alone}, HINT


def test_the_demo_is_the_mean_of_its_images() -> None:
    demo, images = (SESSIONS / "demo.txt").read_text(), rows((SESSIONS / DEMO_IMAGES).read_bytes())
    means = [
        units.energy(sum(Fraction(i[f"{e}_energy_total_pj"]) for i in images) / len(images))
        for e in ("single", "stream")
    ]
    (line,) = (line for line in demo.splitlines() if line.startswith("energy  "))
    assert line.split() == ["energy", *" ".join(means).split()]
    assert f"{len(images)} images" in demo


def test_the_comparison_and_the_demo_agree() -> None:
    images = rows((SESSIONS / DEMO_IMAGES).read_bytes())
    results = Results.read()
    (network,) = (n for n in results.networks if n["file"] == NETWORK.name)
    assert network["images"] == len(images)
    energy = results.pair(network, "loihi_like")["single"]["energy_pj"]["mean"]
    mean = sum(float(i["single_energy_total_pj"]) for i in images) / len(images)
    assert energy == pytest.approx(mean, rel=1e-8)


def test_every_link_leads_somewhere() -> None:
    broken = [
        (page.name, link)
        for page in PAGES
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
        if not (page.parent / link).exists()
    ]
    assert broken == []


def test_the_copies_stay_small() -> None:
    assert sum(path.stat().st_size for path in FIGURES.glob("*.svg")) < 1_000_000
    shown = "".join(page.read_text() for page in PAGES)
    assert all(path.name in shown for path in FIGURES.glob("*.svg"))


def test_the_gallery_knows_the_names_of_the_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drawing them has tests of its own."""
    monkeypatch.setattr("hwsim.compare.figures.saved", lambda name, draw: {f"{name}.svg": b""})
    made = comparison(tmp_path)
    results = Results(json.loads(json_bytes(document(made))))
    drawn = figures(made)
    for entry in entries(results):
        assert {f"{entry.name}.svg", f"{entry.name}.csv"} <= set(drawn)
    table = by_timesteps(results, results.networks, results.chips).splitlines()
    assert [line.count("|") for line in table] == [13] * 6
    assert [line.split(" | ")[1] for line in table[2:]] == ["2", "1", "2", "1"]
    assert "does not fit" in table[-1]
    told = story(results, "toy")
    assert told is not None
    long, short = (results.pair(network, "toy") for network in results.networks)
    ratio = units.plain(
        long["single"]["latency_ns"]["mean"] / short["single"]["latency_ns"]["mean"], 3
    )
    assert f"at T = 2 over T = 1, {ratio} times the latency" in told
    assert story(results, "small:half") is None


def test_networks_of_another_data_set_stand_apart() -> None:
    def network(timesteps: int, dataset: str) -> dict[str, object]:
        return {"network": "vgg16", "dataset": dataset, "timesteps": timesteps}

    one, two, other = network(1, "cifar10"), network(2, "cifar10"), network(1, "cifar100")
    results = Results({"networks": [other, one, two]})
    assert results.networks == [two, one]
    assert results.others == [other]


def test_blocks_are_rewritten_and_nothing_else() -> None:
    page = "a <!-- numbers: x -->1<!-- end --> b\n<!-- numbers: y -->\n<!-- end -->\nc\n"
    said = {"x": "2 %", "y": "| t |\n| u |\n", "z": "unused"}
    once = blocks.rewritten(page, said)
    assert once == (
        "a <!-- numbers: x -->2 %<!-- end --> b\n"
        "<!-- numbers: y -->\n| t |\n| u |\n<!-- end -->\nc\n"
    )
    assert blocks.rewritten(once, said) == once


@pytest.mark.parametrize(
    "page",
    ["<!-- numbers: w --> <!-- end -->", "<!-- numbers: x --> 1", "<!-- end -->"],
)
def test_a_block_that_cannot_be_written(page: str) -> None:
    with pytest.raises(ValueError, match="block"):
        blocks.rewritten(page, {"x": "1"})


def test_what_a_session_leaves_out() -> None:
    text = "head\n\nOne\n  1\n\nTwo: a, b\n  2\n\nThree\n  3"
    assert without(text, ("Three",)) == "head\n\n[... one, two ...]\n\nThree\n  3"
    assert without(text, ()) == "head\n\n[... one, two, three ...]"
    assert Typed("hwsim x", lines=2).shortened("a\nb\nc\nd\n") == "a\nb\n[... 2 more lines ...]\n"
    assert Typed("hwsim x", lines=0).shortened("a\n") == ""


def test_a_session_that_fails_says_so() -> None:
    with pytest.raises(RuntimeError, match="explain nowhere energy: exit code 3"):
        Typed("hwsim explain nowhere energy").run(ROOT)


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))
