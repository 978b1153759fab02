from __future__ import annotations

import json

from hwsim.report.summary import summary
from hwsim.report.tables import run_table
from hwsim.report.text import WIDTH, columns
from tests.report.runs import labelled, run


def test_it_fits_the_terminal_and_is_plain() -> None:
    text = run_table(summary(run()))
    assert max(map(len, text.splitlines())) <= WIDTH
    assert text.isascii()
    assert "\033" not in text
    assert "\033[1m" in run_table(summary(run()), styled=True)


def test_a_saved_summary_prints_the_same() -> None:
    written = summary(run())
    assert run_table(json.loads(json.dumps(written))) == run_table(written)


def test_it_says_what_matters() -> None:
    text = run_table(summary(labelled(run(timesteps=1), [0, 1, 2], [0, 1, 0])))
    for said in (
        "T = 1",
        "3 images, 2 classified correctly",
        "test accuracy unknown",
        "state across timesteps (membrane)",
        "sums within a timestep (accumulator)",
        "state across timesteps: 0 B needed",
        "synops (edge-correct)",
        "synops_dense (papers)",
        "unpublished, not in the totals: ",
        "of the energy rests on derived, assumed or",
        "2 real chips",
    ):
        assert said in text


def test_a_long_first_column_is_cut() -> None:
    lines = columns([("x" * 200, "1"), ("short", "22")])
    assert [len(line) for line in lines] == [WIDTH, WIDTH]
    assert lines[0].endswith("..   1")
