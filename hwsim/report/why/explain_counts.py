"""A count or a memory's accesses: the actions, layers and cores that sum to it."""

from __future__ import annotations

from fractions import Fraction

from hwsim.report.why.answer import Answer, Part, Term, parts
from hwsim.report.why.explain_energy import energy_answer
from hwsim.report.why.formula import full
from hwsim.report.why.run_folder import RunFolder
from hwsim.report.why.words import ACTIONS, COUNTS, DENSE, DENSE_WORDS, actions_of


def count_answer(folder: RunFolder, experiment: str, name: str) -> Answer:
    """A headline count, or any action."""
    if name == DENSE:
        total = sum(image.synops_dense for image in folder.images)
        mean = Fraction(total, len(folder.images))
        said = f"{DENSE_WORDS}: {full(mean)}"
        notes = ("summed once per image from the trace; no core does it, so it has no layers here",)
        return Answer(mean, "", said, notes=notes)
    actions: tuple[str, ...] = (name,)
    if name in COUNTS:
        actions = actions_of(name, folder.config["first_layer"], folder.actions)
    terms, layers, cores = _counted(folder, experiment, actions)
    value = sum((term.count for term in terms), Fraction())
    listed = " + ".join(f"{term.action} {full(term.count)}" for term in terms)
    more = f" = {full(value)}" if len(terms) > 1 else ""
    return Answer(
        value=value,
        unit="",
        formula=f"{listed}{more}",
        terms=terms,
        layers=layers,
        cores=cores,
    )


def accesses_answer(folder: RunFolder, experiment: str, action: str) -> Answer:
    """Words touched in a memory, with their bits and what prices them."""
    terms, layers, cores = _counted(folder, experiment, (action,))
    count, component = terms[0].count, action.split(".")[0]
    bits = Fraction(folder.memories[action]["word_bits"])
    product = f"{full(count)} words x {full(bits)} bit = {full(count * bits)} bit"
    notes = []
    if component == "membrane":
        notes.append(f"membrane.policy is {folder.config['membrane']['policy']}")
    notes += [_said(term) for term in energy_answer(folder, experiment, action).terms]
    return Answer(
        value=count,
        unit="",
        formula=product,
        terms=terms,
        layers=layers,
        cores=cores,
        notes=tuple(notes),
    )


def _said(term: Term) -> str:
    if term.price is not None:
        return f"an access costs {full(term.price)} pJ ({term.evidence or 'no evidence'})"
    if term.pricing == "included":
        return f"its energy is counted once, {term.source}"
    return "its energy is unpublished, a hole in the total"


def _counted(
    folder: RunFolder, experiment: str, actions: tuple[str, ...]
) -> tuple[tuple[Term, ...], tuple[Part, ...], tuple[Part, ...]]:
    """The terms, one an action, and the layers and cores."""
    images = len(folder.images)
    rows = [x for x in folder.counted if x.experiment == experiment and x.action in actions]
    layers: dict[str, Fraction] = {}
    cores: dict[str, Fraction] = {}
    for row in rows:
        mean = Fraction(row.count, images)
        layers[row.layer] = layers.get(row.layer, Fraction()) + mean
        if row.core:
            name = f"core {row.core} ({row.layer})"
            cores[name] = cores.get(name, Fraction()) + mean
    terms = tuple(
        _term(action, Fraction(sum(x.count for x in rows if x.action == action), images))
        for action in actions
    )
    total = sum((term.count for term in terms), Fraction())
    return terms, parts(layers, total), parts(cores, total)


def _term(action: str, count: Fraction) -> Term:
    return Term(
        *(action, ACTIONS.get(action, ""), count, "counted", None, "", count, None, None, "", "")
    )
