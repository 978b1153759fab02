"""A comparison's files in its folder, beside the runs that it is made from."""

from __future__ import annotations

from pathlib import Path

from hwsim.compare.comparison import Comparison
from hwsim.compare.document import document
from hwsim.compare.figures import figures
from hwsim.compare.latex import latex_files
from hwsim.compare.text import compare_table
from hwsim.compare.tidy import compare_csv
from hwsim.errors import InvalidInput
from hwsim.report.manifest import json_bytes
from hwsim.staging import put_in_place, staging, write_whole

DOCUMENT = "compare.json"
RUNS, FIGURES, LATEX = "runs", "figures", "latex"


def check_folder(folder: Path) -> None:
    """Raise InvalidInput where `folder` holds something else than a comparison."""
    if folder.is_dir():
        present = {path.name for path in folder.iterdir()}
        if not present or present & {DOCUMENT, RUNS}:
            return
    elif not folder.exists():
        return
    raise InvalidInput(f"{folder}: holds no comparison of hwsim; it is left alone")


def write_comparison(comparison: Comparison, folder: Path) -> None:
    """compare.json, compare.csv, compare.txt, `latex/` and `figures/`, each whole or not at all;
    the same comparison gives the same bytes. An earlier comparison's are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, files in ((FIGURES, figures(comparison)), (LATEX, latex_files(comparison))):
        with staging(folder / name) as fresh:
            for file, data in files.items():
                (fresh / file).write_bytes(data)
            put_in_place(fresh, folder / name)
    write_whole(folder / "compare.txt", compare_table(comparison).encode())
    write_whole(folder / "compare.csv", compare_csv(comparison))
    write_whole(folder / DOCUMENT, json_bytes(document(comparison)))
