"""The comparison for a paper: booktabs tables, and macros so that a text quotes its numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from hwsim import units
from hwsim.compare.comparison import Comparison
from hwsim.compare.pair import EXPERIMENTS, Measured, Pair
from hwsim.compare.proxy import FLOAT32, INT8
from hwsim.compare.shares import FAMILIES
from hwsim.units import Number

_SPECIAL = {
    **{c: f"\\{c}" for c in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
}
_DIGITS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
_HEAD = "% Written by hwsim; needs \\usepackage{booktabs}.\n"
UNKNOWN = "--"


def latex_files(comparison: Comparison) -> dict[str, bytes]:
    """`results.tex` and `baselines.tex` (tabulars), and `numbers.tex` (macros)."""
    return {
        "results.tex": _results(comparison).encode(),
        "baselines.tex": _baselines(comparison).encode(),
        "numbers.tex": _numbers(comparison).encode(),
    }


def escaped(text: str) -> str:
    """Text that LaTeX prints as it is."""
    return "".join(_SPECIAL.get(character, character) for character in text)


def macro(*words: str) -> str:
    """A macro's name, of letters only: `vgg16_t1`, `energy` -> `\\hwsimVggOneSixTOneEnergy`."""
    parts = re.findall("[A-Za-z]+|[0-9]", " ".join(words))
    spelt = (_DIGITS[int(p)] if p.isdecimal() else p[0].upper() + p[1:] for p in parts)
    return "\\hwsim" + "".join(spelt)


def _tabular(columns: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [" & ".join(cells) + r" \\" for cells in rows]
    return _HEAD + "\n".join(
        [
            f"\\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            " & ".join(header) + r" \\",
            r"\midrule",
            *lines,
            r"\bottomrule",
            r"\end{tabular}",
            "",
        ]
    )


def _results(comparison: Comparison) -> str:
    header = (
        "Network",
        "$T$",
        "Chip",
        "",
        r"Energy (\textmu J)",
        r"Latency (\textmu s)",
        r"Interval (\textmu s)",
        "Power (mW)",
        r"EDP (\textmu J\,ms)",
        r"Accuracy (\%)",
        *(f"{family.name.capitalize()} (\\%)" for family in FAMILIES),
    )
    rows = [row for pair in comparison.pairs for row in _result_rows(pair)]
    return _tabular("lrll" + "r" * (len(header) - 4), header, rows)


def _result_rows(pair: Pair) -> list[list[str]]:
    key = [
        escaped(pair.subject.name),
        pair.subject.timesteps,
        escaped(pair.chip.name),
    ]
    if pair.run is None:
        blank = [UNKNOWN] * (6 + len(FAMILIES))
        return [[*key, "does not fit", *blank]]
    recorded = pair.accuracy_percent
    rows = []
    for m in pair.measured.values():
        interval = m.interval_mean_ns
        rows.append(
            [
                *key,
                m.experiment,
                _pm(m.energy_pj, m.energy_sd_pj, 1_000_000),
                _pm(m.latency_ns["mean"], m.latency_ns["sd"], 1_000),
                _plain(interval, 1_000),
                _plain(m.power_mw),
                _plain(m.edp_pj_s, 1_000),
                _plain(recorded),
                *(_percent(m.shares.get(family.name)) for family in FAMILIES),
            ]
        )
    return rows


def _baselines(comparison: Comparison) -> str:
    header = (
        "Network",
        "$T$",
        "Chip",
        r"$R$ (\%)",
        r"Proxy ANN (\textmu J)",
        r"Proxy SNN (\textmu J)",
        "Ratio",
        "int8 ratio",
        r"hwsim, stream (\textmu J)",
        r"ANN dense (\textmu J)",
        "Ratio",
        r"$R^*$ (\%)",
        r"ANN zero-skipping (\textmu J)",
        "Ratio",
        r"$R^*$ (\%)",
    )
    rows = [_baseline_row(comparison, pair) for pair in comparison.ran]
    return _tabular("lrl" + "r" * (len(header) - 3), header, rows)


def _baseline_row(comparison: Comparison, pair: Pair) -> list[str]:
    subject, baselines, stream = pair.subject, comparison.baselines(pair), pair.measured["stream"]
    cells = [
        escaped(subject.name),
        subject.timesteps,
        escaped(pair.chip.name),
        _percent(subject.rate),
        _plain(FLOAT32.ann_pj(subject.network), 1_000_000),
        _plain(FLOAT32.snn_pj(subject), 1_000_000),
        _plain(FLOAT32.ratio(subject)),
        _plain(INT8.ratio(subject)),
        _plain(stream.energy_pj, 1_000_000),
    ]
    for kind in ("dense", "zero_skipping"):
        cells += [
            _plain(baselines.ann_pj(kind), 1_000_000),
            _plain(baselines.ratio(stream, kind)),
            _percent(baselines.crossover("stream", "full", kind)),
        ]
    return cells


def _numbers(comparison: Comparison) -> str:
    """One macro a number: units are in the comment behind it, so that a text sets its own."""
    found: dict[str, tuple[str, str]] = {}

    def add(words: Sequence[str], value: str, unit: str) -> None:
        name = macro(*words)
        while name in found:
            name += "x"
        found[name] = (value, unit)

    for subject in comparison.subjects:
        add([subject.name, "accuracy"], _plain(subject.origin.test_accuracy_percent), "percent")
        add([subject.name, "rate"], _percent(subject.rate), "R, percent")
        add([subject.name, "proxy ratio"], _plain(FLOAT32.ratio(subject)), "E_ANN / E_SNN")
        proxy = _plain(FLOAT32.snn_pj(subject), 1_000_000)
        add([subject.name, "proxy energy"], proxy, "uJ")
    for pair in comparison.ran:
        for experiment in EXPERIMENTS:
            for quantity, value, unit in _quantities(comparison, pair, pair.measured[experiment]):
                add([pair.subject.name, pair.chip.name, experiment, quantity], value, unit)
    lines = [f"\\newcommand{{{n}}}{{{v}}} % {unit}" for n, (v, unit) in found.items()]
    return "% Written by hwsim; the unit is behind each number.\n" + "\n".join(lines) + "\n"


def _quantities(comparison: Comparison, pair: Pair, m: Measured) -> list[tuple[str, str, str]]:
    baselines = comparison.baselines(pair)
    interval = m.interval_mean_ns
    found = [
        ("energy", _plain(m.energy_pj, 1_000_000), "uJ per image"),
        ("latency", _plain(m.latency_ns["mean"], 1_000), "us"),
        ("power", _plain(m.power_mw), "mW"),
        ("over proxy", _plain(baselines.over_proxy(m)), "times the proxy's energy"),
    ]
    if interval is not None:
        found.append(("interval", _plain(interval, 1_000), "us"))
    found += [(f"{n} share", _percent(share), "percent") for n, share in m.shares.items()]
    return found


def _pm(mean: Number | None, sd: Number | None, scale: int) -> str:
    if sd is None:
        return _plain(mean, scale)
    return f"${_plain(mean, scale)} \\pm {_plain(sd, scale, 2)}$"


def _plain(value: Number | None, scale: int = 1, digits: int = 4) -> str:
    return UNKNOWN if value is None else units.plain(Fraction(str(value)) / scale, digits)


def _percent(share: Number | None) -> str:
    if share is None:
        return UNKNOWN
    return units.percent(share).removesuffix(" %").replace("< 0.1", "$<0.1$")
