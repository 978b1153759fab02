"""Folders follow the flow: left never imports right; heavy packages stay where they are used."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import hwsim

PACKAGE = Path(hwsim.__file__).parent
FLOW = (
    ("called", "errors", "units", "actions", "process"),
    ("interrupt", "progress", "saved", "staging"),
    ("network",),
    ("training",),
    ("trace",),
    ("arch",),
    ("mapping",),
    ("activity",),
    ("chip",),
    ("energy",),
    ("plugins", "reduction", "request", "result", "resume", "survey"),
    ("plugin_option", "trial"),
    ("report",),
    ("compare",),
    ("pipeline",),
    ("compare_commands", "reproduce"),
    ("api", "export"),
    ("cli",),
    ("__main__",),
)
"""Modules and folders from left to right; those in one group do not import each other."""

TORCH = {
    "network/checkpoint.py", "network/stored.py", "network/execute.py", "trace/record.py",
}  # fmt: skip
"""Outside of training/, the only files that may import torch."""


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found


def test_left_never_imports_right() -> None:
    place = {name: number for number, group in enumerate(FLOW) for name in group}
    wrong = []
    for path in PACKAGE.rglob("*.py"):
        mine = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for module in imports(path):
            parts = module.split(".")
            ours = parts[0] == "hwsim" and len(parts) > 1 and parts[1] != mine
            if ours and place[parts[1]] >= place[mine]:
                wrong.append(f"{path.relative_to(PACKAGE)} imports {module}")
    assert wrong == []


def test_torch_is_imported_where_the_design_says() -> None:
    users = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if any(module.split(".")[0] == "torch" for module in imports(path))
    }
    assert {user for user in users if not user.startswith("training/")} <= TORCH


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; from hwsim import cli\n"
        "sys.argv = ['hwsim', '--help']\n"
        "cli.main()\n"
        "heavy = {'torch', 'pandas', 'numpy', 'numba', 'matplotlib', 'pydantic', 'simpy'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "run" in done.stdout
