"""Every mistake is named in the user's words, at the place where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.arch.files import TEXT, edited, errors_of, write

CASES: dict[str, tuple[str, str, str]] = {
    # what: (old text, new text with the place marked, path and message)
    "unknown field, close to one": (
        "  kind: digital",
        "  kind: digital\n  @neurons_mx: 3",
        "core.neurons_mx: unknown field; did you mean neurons_max?",
    ),
    "a field of another block": (
        "power_gated: false",
        "power_gated: false\n@neurons_max: 3",
        "neurons_max: unknown field; did you mean core.neurons_max?",
    ),
    "a field of nothing": (
        "{depth: unbounded}\naxon_out",
        "{depth: unbounded, @colour: red}\naxon_out",
        "axon_in.colour: unknown field; there are depth",
    ),
    "an unknown component": (
        "  barrier: {sync: 0}",
        "  barrier: {sync: 0}\n  @rooter: {hop_x: 3}",
        "energy_pj.rooter: unknown field; did you mean router?",
    ),
    "an unknown action": (
        "sync: 0",
        "sync: 0, @synk: 1",
        "energy_pj.barrier.synk: unknown field; did you mean sync?",
    ),
    "a field that is missing": (
        "core:\n  kind: digital\n  neurons_max: 1024\n",
        "@core:\n  kind: digital\n",
        "core.neurons_max: missing",
    ),
    "a block that is missing": ("threshold: {word_bits: 24}\n", "", "threshold: missing"),
    "a word that is none of the choices": (
        "mapper: min_cores",
        "mapper: @min_core",
        "core.mapper: must be min_cores or balance_synops, not 'min_core'; did you mean min_cores?",
    ),
    "a count that is text": (
        "neurons_max: 1024",
        "neurons_max: @many",
        "core.neurons_max: must be a whole number, not 'many'",
    ),
    "a count in quotes": (
        "neurons_max: 1024",
        'neurons_max: @"1024"',
        "core.neurons_max: must be a whole number, not '1024'; write it without quotes",
    ),
    "a count with a point": (
        "neurons_max: 1024",
        "neurons_max: @10.5",
        "core.neurons_max: must be a whole number, not 10.5",
    ),
    "a count that is a truth value": (
        "neurons_max: 1024",
        "neurons_max: @true",
        "core.neurons_max: must be a whole number, not true",
    ),
    "a count that is nothing": (
        "neurons_max: 1024",
        "neurons_max:@",
        "core.neurons_max: must be a whole number, not nothing",
    ),
    "a count of zero": (
        "neurons_max: 1024",
        "neurons_max: @0",
        "core.neurons_max: must be at least 1, not 0",
    ),
    "a count that no memory holds": (
        "neurons_max: 1024",
        "neurons_max: @99999999999",
        "core.neurons_max: must be at most 2147483647, not 99999999999",
    ),
    "a count with a source, of zero": (
        "value: 24, source: a talk",
        "value: @0, source: a talk",
        "core.membrane_bits: must be at least 1, not 0",
    ),
    "a count with bounds": (
        "value: 24, source: a talk",
        "value: 24, @high: 25, source: a talk",
        "core.membrane_bits.high: unknown field; there are value, source and evidence",
    ),
    "a count that is a block": (
        "neurons_max: 1024",
        "neurons_max: @{many: 3}",
        "core.neurons_max: must be a whole number, not a block",
    ),
    "a depth": (
        "fifo_depth: 16",
        "fifo_depth: @unbound",
        "router.fifo_depth: must be a whole number from 1, or unbounded, not 'unbound'",
    ),
    "a physical constant in words": (
        "node_nm: 14",
        "node_nm: @small",
        "node_nm: must be a number, not 'small'",
    ),
    "a physical constant of zero": (
        "voltage_v: 0.75",
        "voltage_v: @0",
        "voltage_v: must be more than 0, not 0",
    ),
    "a truth value": (
        "power_gated: false",
        "power_gated: @no",
        "power_gated: must be true or false, not 'no'",
    ),
    "a name that is a number": ("name: small", "name: @7", "name: must be text, not 7"),
    "a schema of the future": (
        "schema_version: 1",
        "schema_version: @2",
        "schema_version: must be 1, not 2",
    ),
    "a block that is a number": (
        "axon_in: {depth: unbounded}",
        "axon_in: @5",
        "axon_in: must be a block of fields, not 5",
    ),
    "a block that is nothing": (
        "axon_in: {depth: unbounded}",
        "axon_in:@",
        "axon_in: must be a block of fields, not nothing",
    ),
    "a block that is a list": (
        "axon_in: {depth: unbounded}",
        "axon_in: @[1]",
        "axon_in: must be a block of fields, not a list",
    ),
    "a negative energy": (
        "op: 23.6",
        "op: @-1",
        "energy_pj.synapse.op: must be at least 0, not -1",
    ),
    "an energy above all reason": (
        "op: 23.6",
        "op: @1e13",
        "energy_pj.synapse.op: must be at most 1000000000000, not 1E+13",
    ),
    "an energy of too many digits": (
        "op: 23.6",
        "op: @1.2345678901234567",
        "energy_pj.synapse.op: must have at most 15 digits, not 1.2345678901234567",
    ),
    "not a number": (
        "op: 23.6",
        "op: @.nan",
        "energy_pj.synapse.op: must be a number, {conv: .., dense: ..}, {included_in: [..]} or "
        "`unpublished`, not '.nan'",
    ),
    "a price in a wrong word": (
        "param_read: unpublished",
        "param_read: @unpublishd",
        "energy_pj.bntt.param_read: must be a number, {conv: .., dense: ..}, {included_in: [..]} "
        "or `unpublished`, not 'unpublishd'; did you mean unpublished?",
    ),
    "an entry with a wrong field": (
        "low: 0.1",
        "@lo: 0.1",
        "energy_pj.synapse.mac.lo: unknown field; did you mean low?",
    ),
    "an entry with a value in quotes": (
        "value: 0.3",
        'value: @"0.3"',
        "energy_pj.synapse.mac.value: must be a number, not '0.3'; write it without quotes",
    ),
    "an entry with a value that is true": (
        "value: 0.3",
        "value: @true",
        "energy_pj.synapse.mac.value: must be a number, not true",
    ),
    "an entry with wrong evidence": (
        "mac: {value: 0.3",
        "mac: {evidence: @guess, value: 0.3",
        "energy_pj.synapse.mac.evidence: must be measured, published, derived, assumed or "
        "projected, not 'guess'",
    ),
    "an entry that is a list": (
        "op: 23.6",
        "op: @[1, 2]",
        "energy_pj.synapse.op: must be a number, not a list",
    ),
    "a time that is unpublished": (
        "hop_x: 4.1",
        "hop_x: @unpublished",
        "time_ns.router.hop_x: must be a number or {conv: .., dense: ..}, not 'unpublished'",
    ),
    "leakage that is included": (
        "leakage_uw_per_core: 816",
        "leakage_uw_per_core: @{included_in: [synapse.op]}",
        "leakage_uw_per_core: must be a number or `unpublished`, not a block",
    ),
    "a format that is missing": (
        "op: 23.6",
        "@op: {conv: 3}",
        "energy_pj.synapse.op.dense: missing",
    ),
    "a format that is none": (
        "op: 23.6",
        "op: {conv: 3, dense: 3, @spars: 3}",
        "energy_pj.synapse.op.spars: unknown field; did you mean sparse?",
    ),
    "included in nothing": (
        "sync: 0",
        "sync: {included_in: @[]}",
        "energy_pj.barrier.sync.included_in: must not be empty",
    ),
    "included in a word": (
        "sync: 0",
        "sync: {included_in: @synapse.op}",
        "energy_pj.barrier.sync.included_in: must be a list, not 'synapse.op'",
    ),
    "included and more": (
        "sync: 0",
        "sync: {included_in: [synapse.op], @value: 3}",
        "energy_pj.barrier.sync.value: unknown field; there are included_in",
    ),
    "evidence of a block": (
        "evidence: measured",
        "evidence: @mesured",
        "energy_pj.evidence: must be measured, published, derived, assumed or projected, "
        "not 'mesured'; did you mean measured?",
    ),
    "source of a block": (
        "source: a paper",
        "source: @3",
        "energy_pj.source: must be text, not 3",
    ),
    "a key of a table": (
        "4: 200}",
        "@four: 200}",
        "timestep.barrier_ns.four: must be a whole number",
    ),
    "an empty table": (
        "barrier_ns: {1: 100, 4: 200}",
        "barrier_ns: @{}",
        "timestep.barrier_ns: must not be empty",
    ),
    "a table that is a number": (
        "barrier_ns: {1: 100, 4: 200}",
        "barrier_ns: @100",
        "timestep.barrier_ns: must be a block of fields, not 100",
    ),
    "a variant that is no block": (
        "  plain:\n    core: {neurons_max: 512}",
        "  plain: @3",
        "variants.plain: must be a block of fields, not 3",
    ),
    "a typo in a variant that nobody asked for": (
        "neurons_max: 512",
        "@neuron_max: 512",
        "variants.plain.core.neuron_max: unknown field; did you mean neurons_max?",
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_error(what: str, tmp_path: Path) -> None:
    old, new, message = CASES[what]
    text, places = edited((old, new))
    place = places[0] if places else "1:1"
    assert errors_of(write(tmp_path, text)) == [f"small.yaml:{place}: {message}"]


def test_all_errors_at_once_in_one_message(tmp_path: Path) -> None:
    text, places = edited(
        ("neurons_max: 1024", "@neurons_mx: 1024"),
        ("op: 23.6", "op: @lots"),
        ("core:\n", "@core:\n"),
        ("power_gated: false", "power_gated: @perhaps"),
    )
    core, field, energy, gated = places
    assert sorted(errors_of(write(tmp_path, text))) == sorted(
        [
            f"small.yaml:{field}: core.neurons_mx: unknown field; did you mean neurons_max?",
            f"small.yaml:{core}: core.neurons_max: missing",
            f"small.yaml:{energy}: energy_pj.synapse.op: must be a number, "
            "{conv: .., dense: ..}, {included_in: [..]} or `unpublished`, not 'lots'",
            f"small.yaml:{gated}: power_gated: must be true or false, not 'perhaps'",
        ]
    )


def test_variants_must_be_a_block(tmp_path: Path) -> None:
    text = TEXT[: TEXT.index("variants:")] + "variants: 3\n"
    line = text.count("\n")
    message = "variants: must be a block of variants, not 3"
    assert errors_of(write(tmp_path, text)) == [f"small.yaml:{line}:11: {message}"]
