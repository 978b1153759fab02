"""An explanation for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from hwsim import units
from hwsim.energy import LEAKAGE
from hwsim.report.text import columns, wrapped
from hwsim.report.why.answer import Answer, Explanation, Part, Term
from hwsim.report.why.formula import full, scaled

TOP = 5
"""Layers, cores and steps that are printed; `--json` has all."""


def explain_text(explanation: Explanation) -> str:
    """At most 100 characters wide. What is the same in both experiments is printed once."""
    e = explanation
    images = f"{e.images} image{'s' if e.images != 1 else ''}"
    lines = wrapped(f"{e.name} in {e.run}: mean of {images}", indent=0)
    if e.single is not None and e.stream is not None and _alike(e.single, e.stream):
        share = _share((e.single.of_total, e.stream.of_total))
        return "\n".join([*lines, "", "single and stream", *_answer(e.single, share)]) + "\n"
    for title, answer in (("single", e.single), ("stream", e.stream)):
        lines += ["", title]
        lines += _answer(answer, _share((answer.of_total,))) if answer else ["  no such number"]
    return "\n".join(lines) + "\n"


def _alike(one: Answer, other: Answer) -> bool:
    """Whether nothing but the rest of the energy differs."""
    return replace(one, of_total=None) == replace(other, of_total=None)


def _share(shares: Sequence[Fraction | None]) -> str:
    said = " and ".join(units.percent(share) for share in shares if share is not None)
    return f", {said} of the energy" if said else ""


def _answer(answer: Answer, share: str) -> list[str]:
    lines = wrapped(f"{scaled(answer.value, answer.unit)}{share}")
    lines += wrapped(answer.formula)
    if answer.low is not None and answer.high is not None and answer.low != answer.high:
        low, high = (scaled(bound, answer.unit) for bound in (answer.low, answer.high))
        lines += wrapped(f"with the bounds that the table states: {low} to {high}")
    lines += _one(answer.terms[0]) if len(answer.terms) == 1 else _many(answer.terms)
    for title, rows in (
        ("layers", answer.layers),
        ("cores", answer.cores),
        ("steps", answer.steps),
    ):
        lines += _parts(title, rows, answer.unit)
    for note in answer.notes:
        lines += wrapped(f"- {note}")
    return lines


def _one(term: Term) -> list[str]:
    """An action in words, and its entry of the table."""
    lines = wrapped(f"{term.action}: {term.words}" if term.words else term.action)
    match term.pricing:
        case "priced":
            bounds = [
                f"{name} {_price(term, bound)}"
                for name, bound in (("low", term.low), ("high", term.high))
                if bound is not None
            ]
            said = ", ".join([term.evidence or "no evidence", *bounds])
            text = f"table: {_price(term, term.price)} ({said}); {term.source or 'no source'}"
        case "included":
            text = f"table: priced {term.source}"
        case "unpublished":
            text = "table: unpublished"
        case _:
            return lines
    return lines + wrapped(text)


def _many(terms: Sequence[Term]) -> list[str]:
    """A row an action, and one line for each source."""
    priced = [term for term in terms if term.pricing == "priced"]
    if not priced:
        return [line for term in terms for line in _one(term)]
    rows = [
        (t.action, units.count(t.count), _price(t, t.price), t.evidence, units.energy(t.value))
        for t in priced
    ]
    lines = columns(rows, ("action", "count", "price", "evidence", "energy"))
    for source in dict.fromkeys(term.source for term in priced):
        actions = ", ".join(dict.fromkeys(t.action for t in priced if t.source == source))
        lines += wrapped(f"source of {actions}: {source or 'none'}")
    for pricing, said in (
        ("included", "counted and priced inside others"),
        ("unpublished", "unpublished, a hole in the total"),
    ):
        actions = ", ".join(dict.fromkeys(t.action for t in terms if t.pricing == pricing))
        lines += wrapped(f"{said}: {actions}") if actions else []
    return lines


def _price(term: Term, price: Fraction | None) -> str:
    """The leakage as the table states it: its count is picoseconds times cores."""
    if price is None:
        return term.pricing
    if term.action == LEAKAGE:
        return f"{full(price * 10**6)} uW a core"
    return f"{full(price)} {term.unit}"


def _parts(title: str, rows: Sequence[Part], unit: str) -> list[str]:
    if not rows:
        return []
    more = f" (the first {TOP} of {len(rows)})" if len(rows) > TOP else ""
    cells = [(row.name, scaled(row.value, unit), units.percent(row.share)) for row in rows[:TOP]]
    return [f"  {title}{more}", *columns(cells, indent=4)]
