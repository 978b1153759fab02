"""The pages of validation and assumptions say what the code says today."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks.assumptions.measure import Figures, Subjects
from benchmarks.assumptions.page import PAGE as ASSUMPTIONS
from benchmarks.assumptions.page import effects
from benchmarks.assumptions.switch import SWITCHES, Switch
from benchmarks.marked import made, replaced
from benchmarks.validation import mesh, rates, sanafe
from benchmarks.validation.page import PAGE, SUMMARY, rows_table, summary, with_part
from benchmarks.validation.row import Row
from benchmarks.validation.sections import SECTIONS, Section
from hwsim.chip import burst, packet
from hwsim.network.vgg import VggShape, vgg
from hwsim.trace.synthetic import synthetic_trace
from hwsim.trace.write import write_trace

ROOT = Path(__file__).parent.parent
VALIDATION = (ROOT / PAGE).read_text(encoding="utf-8")
FAST = [section for section in SECTIONS if not section.slow]
TINY = VggShape("vgg9", width=1 / 16, classifier=(64,))


@pytest.mark.parametrize("section", FAST, ids=lambda section: section.name)
def test_the_page_has_the_rows_of_today(section: Section) -> None:
    rows = section.rows()
    assert made(VALIDATION)[section.name] == rows_table(rows)
    assert [row.claim for row in rows if row.tag != "prediction" and row.holds is False] == []


def test_every_section_is_on_the_page_and_summed_up() -> None:
    parts = made(VALIDATION)
    assert set(parts) == {SUMMARY, *(section.name for section in SECTIONS)}
    assert parts[SUMMARY] == summary(VALIDATION)
    assert "| regression | fails |" not in VALIDATION
    assert "| calibration | fails |" not in VALIDATION


def test_rates_of_a_small_network() -> None:
    ratio, *even = rates.rows(ROOT / "trained", 1, TINY)
    assert ratio.claim.endswith("of 1 images")
    assert 1 < ratio.ours < 100
    assert [row.holds for row in even] == [None, None]
    synapses, full = (row.ours for row in even)
    assert 0 <= full < synapses  # the whole bill is the harder test


@pytest.mark.skipif(find_spec("sanafe") is None, reason="sanafe (GPL) is not installed")
def test_sanafe_counts_alike_on_a_small_network() -> None:
    small = sanafe.Case(6, (2, 3), 2)
    rows = sanafe.rows(small)
    assert [row for row in rows if not row.holds] == []
    # Nothing that is 0 in both would show anything.
    assert all(row.published for row in rows)
    assert "SANA-FE, cycle" in sanafe.details(small)


def test_unbounded_fifos_saturate_in_both_transports_alike() -> None:
    fast = mesh.saturation(4, 50, burst.transport, "unbounded")
    assert fast == mesh.saturation(4, 50, packet.transport, "unbounded")
    assert mesh.saturation(4, 50, packet.transport, 1) < fast < 1


def row(published: float | tuple[float, float], ours: float, **options: object) -> Row:
    given = {"tag": "prediction", **options}
    return Row("claim", published, ours, "", source="test", **given)  # type: ignore[arg-type]


def test_a_regression_has_every_published_digit() -> None:
    assert row(1556.7, 1556.6553, tag="regression").holds
    assert not row(1556.7, 1556.64, tag="regression").holds
    assert row(71163, 71163.2, tag="regression").holds
    assert not row(71163, 71163.6, tag="regression").holds
    assert row(0, 0, tag="regression").difference == 0


def test_a_prediction_holds_within_its_bound_or_is_shown() -> None:
    assert row(0.5, 0.48, within=0.05).verdict == "holds"
    assert row(0.5, 0.47, within=0.05).verdict == "fails"
    assert row(5.7, 20.0).verdict == "shown"
    assert row((25, 33), 30.0, within=0.0).difference == 0
    assert row((25, 33), 24.0, within=0.0).difference == pytest.approx(-0.04)
    assert row((25, 33), 24.0, within=0.0).verdict == "fails"


def test_the_summary_counts_predictions_apart() -> None:
    page = (
        "a\n<!-- made: summary -->\n-\n<!-- end: summary -->\n"
        "<!-- made: x -->\n-\n<!-- end: x -->\n"
    )
    rows = [row(1, 1, within=0.0), row(1, 2, within=0.0), row(1, 2), row(1, 1, tag="regression")]
    page = with_part(page, "x", rows_table(rows))
    assert made(page)[SUMMARY].startswith("Validated: 1 of the 2 predictions that can fail")
    assert "1 of 1 regressions are exact" in made(page)[SUMMARY]
    with pytest.raises(KeyError):
        replaced(page, "y", "")


@pytest.fixture(scope="module")
def subjects(tmp_path_factory: pytest.TempPathFactory) -> Subjects:
    folder = tmp_path_factory.mktemp("assumptions")
    network = vgg(TINY, dataset="cifar10", classes=10, timesteps=1)
    write_trace(folder / "one", synthetic_trace(network, 0.1, 1, 0))
    return Subjects(folder / "one", folder, images=1)


@pytest.mark.parametrize("switch", SWITCHES, ids=lambda switch: f"{switch.network}-{switch.field}")
def test_every_switch_runs(switch: Switch, subjects: Subjects) -> None:
    figures = subjects.figures(switch)
    assert figures.energy_alone > 0
    assert figures.interval <= figures.latency_alone


def test_random_cores_send_packets_further(subjects: Subjects) -> None:
    placed, random = (
        subjects.figures(Switch("", "", placement=placement))  # type: ignore[arg-type]
        for placement in ("placed", "random")
    )
    assert random.hops > placed.hops
    assert random.membrane == placed.membrane


def test_a_change_stands_behind_the_figure() -> None:
    base = Figures(100.0, 1.0, 50.0, 0.5, 1000, 10, 4)
    after = Figures(110.0, 1.0, 50.0, 0.5, 900, 10, 4)
    text = effects(base, [(Switch("less", "`a.b: 1`"), after)])
    line = "| less | `a.b: 1` | 110.0 (+10 %) | 1.0000 | 50.0 | 0.5000 | 900 (-10 %) | 10 | 4 |"
    assert text.splitlines()[-1] == line


def test_every_switch_is_on_the_page() -> None:
    parts = made((ROOT / ASSUMPTIONS).read_text(encoding="utf-8"))
    for switch in SWITCHES:
        assert f"| {switch.assumption} | {switch.field} |" in parts[switch.network]
