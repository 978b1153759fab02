"""What the page says, read without a browser."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest

from hwsim.report import files as rendering
from hwsim.report.against import against
from hwsim.report.files import render
from hwsim.report.html.cards import groups
from hwsim.report.html.page import report_html
from hwsim.report.html.sources_part import sources
from hwsim.report.html.table import Table, number
from hwsim.report.summary import summary
from hwsim.report.why.run_folder import open_run
from hwsim.report.write import write_run
from hwsim.result import Run
from tests.report.runs import run

VOID = {"meta", "input", "br", "wbr", "img", "link", "hr"}


class Reader(HTMLParser):
    """Checks that elements nest, and gathers headers, ids and anchors."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.anchors: list[str] = []
        self.bare_headers = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "th" and found.get("scope") not in ("row", "col"):
            self.bare_headers += 1
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "a":
            self.anchors.append(str(found["href"]).removeprefix("#"))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page(what: Run | None = None) -> str:
    original = what or run()
    return report_html(original, summary(original)).decode()


@pytest.fixture(scope="module")
def read() -> Reader:
    reader = Reader()
    reader.feed(page())
    return reader


def test_elements_nest_and_headers_have_a_scope(read: Reader) -> None:
    assert read.open == []
    assert read.bare_headers == 0


def test_anchors_lead_to_an_id_that_is_there_once(read: Reader) -> None:
    assert len(read.ids) == len(set(read.ids))
    assert read.anchors
    assert set(read.anchors) <= set(read.ids)


def column(table: Table, label: str) -> list[str | None]:
    index = [one.label for one in table.columns].index(label)
    return [row[index].value for row in table.rows]


def test_shares_of_the_prices_sum_to_one() -> None:
    for experiment in ("single", "stream"):
        shares = [Fraction(v) for v in column(sources(run()), f"energy, {experiment}") if v]
        assert float(sum(shares, Fraction())) == pytest.approx(1, rel=1e-8)


def test_prices_by_format_have_their_own_share() -> None:
    """conv2's operations pay the conv price, fc's the dense one, in lines of their own."""
    original = run()
    by_format = {"conv": {"value": 23.6}, "dense": {"value": 23.6}}
    resolved = dict(original.arch.resolved)
    prices = dict(resolved["energy_pj"])  # type: ignore[call-overload]
    prices["synapse"] = {**prices["synapse"], "op": by_format}
    resolved["energy_pj"] = prices
    table = sources(replace(original, arch=replace(original.arch, resolved=resolved)))
    energy = original.single.energy
    names = [str(row[0].text).replace("<wbr>", "") for row in table.rows]
    for form, layer in (("conv", "conv2"), ("dense", "fc")):
        paid = energy.where(lambda e, at=layer: (e.place, e.action) == (at, "synapse.op")).sum  # type: ignore[misc]
        row = names.index(f"<code>energy_pj.synapse.op.{form}</code>")
        share = column(table, "energy, single")[row]
        assert share is not None
        assert float(share) == pytest.approx(float(paid / energy.total.sum), rel=1e-8)


def test_unknown_numbers_sort_below_all_others() -> None:
    assert number("-", None).value == ""
    assert number("1/3", Fraction(1, 3)).value == "0.333333333"


def test_power_without_leakage_is_said_to_be() -> None:
    shown = summary(run())
    shown["single"]["energy_pj"]["unpublished"] = ["leakage"]
    notes = {
        group.name: next(card.note for card in group.cards if card.label == "Power")
        for group in groups(shown)[:2]
    }
    assert "unpublished" in notes["single"]
    assert notes["stream"].endswith("of it leakage")


def test_a_run_without_earlier_one_has_no_differences() -> None:
    assert 'id="difference"' not in page()


def test_differences_name_inputs_and_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "figures", lambda what: {})
    before = write_run(run(timesteps=1), tmp_path / "before", [], 0.0, False, tmp_path)
    files = render(run(), open_run(before))
    text = files["report.html"].decode()
    section = text.partition('id="difference"')[2].partition("</section>")[0]
    assert "network.<wbr>timesteps" in section
    assert "membrane.read" in section
    assert "counts of actions" in section
    moved = open_run(before.rename(tmp_path / "elsewhere"))
    again = against(moved, run(), {n: d for n, d in files.items() if n != "report.html"})
    assert report_html(run(), summary(run()), again) == files["report.html"]
