"""Every file of a run folder but its manifest, as bytes."""

from __future__ import annotations

from hwsim.mapping import store
from hwsim.report.activity_csv import activity_csv
from hwsim.report.against import against
from hwsim.report.energy_csv import energy_csv
from hwsim.report.figures import figures
from hwsim.report.html.page import report_html
from hwsim.report.images_csv import images_csv
from hwsim.report.latency_csv import latency_csv
from hwsim.report.manifest import json_bytes
from hwsim.report.overflows import overflows_csv
from hwsim.report.summary import summary
from hwsim.report.why.run_folder import RunFolder
from hwsim.result import Run


def render(run: Run, earlier: RunFolder | None = None) -> dict[str, bytes]:
    """Path inside the folder -> contents: the same bytes for the same run. report.html says what
    changed since `earlier`, where it is given."""
    headline = summary(run)
    written = {
        "config.yaml": _config(run),
        "summary.json": json_bytes(headline),
        "activity.csv": activity_csv(run),
        "images.csv": images_csv(run),
        "energy.csv": energy_csv(run),
        "latency.csv": latency_csv(run),
        "mapping.json": store.dumps(run.mapping, run.network).encode(),
        **{f"figures/{name}": data for name, data in figures(run).items()},
    }
    if not run.exact:
        written["overflows.csv"] = overflows_csv(run)
    changed = against(earlier, run, written) if earlier else None
    written["report.html"] = report_html(run, headline, changed)
    return written


def _config(run: Run) -> bytes:
    """The architecture as resolved: what `hwsim run` takes to make this run again."""
    import yaml

    text: str = yaml.safe_dump(dict(run.arch.resolved), sort_keys=False, allow_unicode=True)
    return text.encode()
