"""A small architecture file that loads, and edits of it that say where an error must point.

In the new text of an edit, `@` marks the place; it is taken out before the file is written.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from hwsim.arch.load import load_arch
from hwsim.errors import InvalidInput

TEXT = """\
schema_version: 1
name: small
source: a book
evidence: published
node_nm: 14
voltage_v: 0.75
timestep:
  semantics: pipelined_barrier
  barrier_ns: {1: 100, 4: 200}
mesh: {tiles_x: 4, tiles_y: 2, cores_per_tile: 1, chip_tiles_x: 2, chip_tiles_y: 2}
core:
  kind: digital
  neurons_max: 1024
  synapse_mem_kib: 128
  axons_in_max: 4096
  axons_out_max: 4096
  weight_bits: 8
  membrane_bits: {value: 24, source: a talk, evidence: assumed}
  conv_axons: population
  mapper: min_cores
neuron: {accounting: exclusive, scan: all_mapped, active_rule: by_timesteps}
input: {word_bits: 24}
synapse: {word_bits: 64, parallel: 1}
accumulator: {word_bits: 24}
membrane: {word_bits: 24, policy: every_step}
threshold: {word_bits: 24}
bntt: {word_bits: 32, form: scale_bias}
first_layer: current_injected
first_layer_cached: false
axon_in: {depth: unbounded}
axon_out: {depth: unbounded}
router: {routing: xy, multicast: none, packet_bits: 32, fifo_depth: 16, service_ns: 0.29}
time_ns:
  synapse: {op: 3.5}
  neuron: {update_active: 8.4, update_inactive: 5.3}
  router: {inject: 1.05, eject: 1.05, hop_x: 4.1, hop_y: 6.5}
energy_pj:
  source: a paper
  evidence: measured
  synapse:
    op: 23.6
    weight_read: {included_in: [synapse.op]}
    mac: {value: 0.3, low: 0.1, high: 0.5}
  accumulator: {read: {included_in: [synapse.op]}, write: {included_in: [synapse.op]}}
  membrane:
    read: {included_in: [neuron.update_active, neuron.update_inactive]}
    write: {included_in: [neuron.update_active, neuron.update_inactive]}
  threshold: {read: {included_in: [neuron.update_active]}}
  bntt: {param_read: unpublished}
  neuron:
    update_active: 81
    update_inactive: 52
    access: {included_in: [neuron.update_active, neuron.update_inactive]}
    fire: {included_in: [neuron.update_active]}
  pool: {op: {included_in: [neuron.update_active]}}
  input: {write: 1}
  axon_in: {lookup: {included_in: [synapse.op]}}
  axon_out: {send: {included_in: [router.inject]}}
  router: {inject: 0.85, eject: 0.85, hop_x: 3.0, hop_y: 4.0}
  chip_link: {send: 5}
  barrier: {sync: 0}
leakage_uw_per_core: 816
power_gated: false
variants:
  additive:
    source: a fit
    evidence: derived
    neuron: {accounting: additive}
    time_ns:
      neuron: {access: 6.0, update_inactive: null}
      synapse:
        op: {conv: 3.1, dense: 3.8, source: a stopwatch}
    energy_pj:
      membrane:
        read: {included_in: [neuron.access]}
        write: {included_in: [neuron.access]}
      neuron:
        access: 51.2
        update_inactive: {included_in: [neuron.access]}
        fire: 69.3
  plain:
    core: {neurons_max: 512}
"""


def edited(*edits: tuple[str, str]) -> tuple[str, list[str]]:
    """The text after the edits, and `line:column` of every mark in it."""
    text = TEXT
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the file"
        text = text.replace(old, new)
    places = []
    while "@" in text:
        before, _, after = text.partition("@")
        places.append(f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}")
        text = before + after
    return text, places


def write(folder: Path, text: str) -> Path:
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def errors_of(
    path: Path, *overrides: str, variant: str | None = None, strict: bool = False
) -> list[str]:
    """The lines of the error that loading ends in."""
    with pytest.raises(InvalidInput) as caught:
        load_arch(str(path), variant, overrides, strict)
    return str(caught.value).replace(f"{path}:", "small.yaml:").split("\n")
