"""Counts as Accelergy's action_counts.yaml: what a user's own energy estimator multiplies.

    action_counts:
      version: "0.4"
      local:
      - name: "loihi_like.core[155].synapse"
        action_counts:
        - name: op
          counts: 123

One component for each component of a core (`component.action` of docs/counting.md), and those of
the chip, which belong to no core: host input and barriers. The leakage is no action.
"""

from __future__ import annotations

import json

from hwsim.activity import Experiment
from hwsim.report.why.run_folder import RunFolder

VERSION = "0.4"
"""Of Accelergy's input format."""


def action_counts(run: RunFolder, experiment: Experiment) -> bytes:
    """One experiment, summed over its images and timesteps; zero counts left out."""
    chip = str(run.summary["arch"]["name"])
    counts: dict[str, dict[str, int]] = {}
    for row in run.counted:
        if row.experiment == experiment:
            component, _, action = row.action.partition(".")
            place = f"{chip}.core[{row.core}].{component}" if row.core else f"{chip}.{component}"
            actions = counts.setdefault(place, {})
            actions[action] = actions.get(action, 0) + row.count
    said = f"# hwsim: {experiment}, {run.summary['images']} images"
    lines = [said, "action_counts:", f'  version: "{VERSION}"', "  local:"]
    for place, actions in counts.items():
        # A JSON string is a YAML string; a dumper would take seconds for a chip's cores.
        lines += [f"  - name: {json.dumps(place)}", "    action_counts:"]
        for action, count in actions.items():
            lines += [f"    - name: {action}", f"      counts: {count}"]
    return "\n".join([*lines, ""]).encode()
