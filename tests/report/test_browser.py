"""report.html in a real browser: Chromium without a window."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hwsim.report.html.page import report_html
from hwsim.report.summary import summary
from tests.report import browser
from tests.report.runs import run

PROGRAM = browser.find()
pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason=f"no browser to test in: none of {', '.join(browser.NAMES)} is found"
)

PHONE, DESK = (390, 844), (1280, 900)
LAYERS = "table:has(td.bars):has(tfoot)"
COLUMN = f"[...document.querySelectorAll('{LAYERS} tbody th')].map(e => e.textContent)"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_bytes(report_html(run(), summary(run())))
    return path


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browser.Page]:
    assert PROGRAM is not None
    with browser.page(PROGRAM, tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture
def page(chromium: browser.Page, file: Path) -> browser.Page:
    chromium.requests.clear()
    chromium.complaints.clear()
    chromium.open(file, *DESK)
    return chromium


def header(name: str) -> str:
    """Selector of the button in the layers table's header."""
    names = ["layer", "neurons", "cores", "spikes", "rate", "synops"]
    return f"{LAYERS} thead th:nth-child({names.index(name) + 1}) button"


def test_no_request_but_the_file_and_no_complaint(page: browser.Page, file: Path) -> None:
    for button in ("layer", "spikes"):
        page.click(header(button))
    assert page.requests == [file.as_uri()]
    assert page.complaints == []


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [PHONE, DESK])
def test_nothing_runs_over_the_edge(
    page: browser.Page, file: Path, size: tuple[int, int], dark: bool
) -> None:
    page.open(file, *size, dark=dark, touch=size == PHONE)
    page.value("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert page.value("document.documentElement.scrollWidth") <= size[0]
    luminance = page.value(
        "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
        ".reduce((a, b) => a + b)"
    )
    assert (luminance < 200) == dark


def test_tables_are_filled(page: browser.Page) -> None:
    assert page.value(COLUMN) == [layer.name for layer in run().network.layers]
    empty = "[...document.querySelectorAll('tbody')].filter(e => !e.rows.length).length"
    assert page.value(empty) == 0


def test_columns_sort_by_value_and_back(page: browser.Page) -> None:
    original = page.value(COLUMN)
    rows = summary(run())["single"]["energy_pj"]["by_layer"]
    assert set(original) < set(rows)
    spikes = (
        f"[...document.querySelectorAll('{LAYERS} tbody td:nth-child(4)')]"
        ".map(e => Number(e.dataset.v))"
    )
    before = page.value(spikes)
    assert before != sorted(before)
    page.click(header("spikes"))
    assert page.value(spikes) == sorted(before, reverse=True)
    page.click(header("spikes"))
    assert page.value(spikes) == sorted(before)
    sort = f"document.querySelector('{LAYERS} thead th:nth-child(4)').getAttribute('aria-sort')"
    assert page.value(sort) == "ascending"
    page.click(header("spikes"))
    assert page.value(COLUMN) == original
    assert page.value(sort) is None
    last = f"document.querySelector('{LAYERS} tfoot th').textContent"
    assert page.value(last) == "chip"


def test_words_sort_by_keyboard(page: browser.Page) -> None:
    page.value(f"document.querySelector('{header('layer')}').focus()")
    page.call("Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter", text="\r")
    assert page.value(COLUMN) == ["conv1", "conv2", "fc"]
    page.call("Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter", text="\r")
    assert page.value(COLUMN) == ["fc", "conv2", "conv1"]


def test_rows_filter_by_all_words(page: browser.Page) -> None:
    box = "section[aria-labelledby=sources] .filter input"
    page.click(box)
    page.type("energy router hop_x")
    table = "document.querySelector('section[aria-labelledby=sources] tbody')"
    shown = f"[...{table}.rows].filter(e => !e.hidden).map(e => e.cells[0].textContent)"
    assert page.value(shown) == ["energy_pj.router.hop_x"]
    found = "document.querySelector('section[aria-labelledby=sources] [role=status]').textContent"
    assert page.value(found).startswith("1 of ")


@pytest.mark.parametrize(("view", "colours"), [("busy", 2), ("energy", 2), ("layer", 3)])
def test_the_map_changes_its_colours(page: browser.Page, view: str, colours: int) -> None:
    page.click(f"input[name=cores][value={view}]")
    fills = (
        "new Set([...document.querySelectorAll('svg.cores .cell')]"
        ".map(e => getComputedStyle(e).fill)).size"
    )
    assert page.value(fills) >= colours
    scales = (
        "[...document.querySelectorAll('section[aria-labelledby=cores] .scale')]"
        ".filter(e => e.offsetParent).map(e => e.dataset.view)"
    )
    assert page.value(scales) == ([view] if view != "layer" else [])


def test_pointer_and_arrow_keys_show_a_core(page: browser.Page) -> None:
    readout = "document.querySelector('.readout[data-for=cores]').textContent"
    page.click("svg.cores .cell")
    first = page.value(readout)
    part = run().mapping.slices[0]
    assert first.startswith(f"core {part.core}, conv1: {part.neurons} neurons")
    page.value("document.querySelector('svg.cores').focus()")
    for key in ("ArrowRight", "ArrowDown"):
        page.press(key)
    assert page.value(readout) != first
    page.click("section[aria-labelledby=cores] .layer-key button")
    dim = "[...document.querySelectorAll('svg.cores .cell.dim')].map(e => e.dataset.layer)"
    assert page.value(f"{dim}.length") > 0
    assert "0" not in page.value(dim)


def test_links_show_their_packets(page: browser.Page) -> None:
    page.click("svg.links .cell")
    shown = page.value("document.querySelector('.readout[data-for=links]').textContent")
    assert "packets an image" in shown


def test_tables_are_there_without_scripts(page: browser.Page, file: Path) -> None:
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    page.open(file, *PHONE, touch=True)
    page.call("Emulation.setScriptExecutionDisabled", value=False)
    assert page.value("document.querySelectorAll('th button').length") == 0
    assert page.value(COLUMN) == [layer.name for layer in run().network.layers]


def test_the_summary_can_be_read_by_scripts(page: browser.Page) -> None:
    found = page.value("JSON.stringify(JSON.parse(document.getElementById('summary').textContent))")
    assert json.loads(found) == json.loads(json.dumps(summary(run())))
