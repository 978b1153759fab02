"""The sessions that README and docs/guide.md show, and how they come about."""

from __future__ import annotations

import tempfile
from pathlib import Path

from pages.paths import NETWORK, ROOT, SESSIONS
from pages.session import Typed

_CKPT = f"trained/{NETWORK.name}"
DEMO_IMAGES = "demo-images.csv"
"""images.csv of the demo's run: a row an image, so that one image can be run again and compared."""

ALL: dict[str, tuple[Typed, ...]] = {
    "demo": (
        Typed(
            f"hwsim run {_CKPT} arch_configs/loihi_like.yaml",
            ("per image", "Energy by component", "What limits it"),
        ),
    ),
    "run": (
        Typed(f"hwsim run {_CKPT} loihi_like --images 4 --out reports/base", ("per image",)),
        Typed(
            f"hwsim run {_CKPT} loihi_like --images 4 --budget latency_us=3000 -q",
            code=5,
        ),
    ),
    "check": (Typed(f"hwsim check {_CKPT} loihi_like", lines=12),),
    "trace": (
        Typed(f"hwsim trace {_CKPT} -o spikes --images 4", lines=9),
        Typed("hwsim run spikes loihi_like --variant sanafe_nahuku --images 4", ("per image",)),
    ),
    "eval": (Typed(f"hwsim eval {_CKPT}"),),
    "compare": (
        Typed(
            f"hwsim compare {_CKPT} loihi_like loihi_like:sanafe_nahuku --images 2",
            ("loihi_like: per image", "loihi_like:sanafe_nahuku: per image", "What it says"),
        ),
    ),
    "arch": (
        Typed("hwsim arch list", lines=14),
        Typed("hwsim arch diff loihi_like loihi_like:sanafe_nahuku", lines=14),
    ),
    "explain": (Typed("hwsim explain reports/base energy.router.hop_x"),),
    "explain-unknown": (Typed("hwsim explain reports/base chip_links", code=2),),
    "explain-leakage": (Typed("hwsim explain reports/base energy.leakage", ("single",)),),
    "diff": (
        Typed(
            f"hwsim run {_CKPT} loihi_like --images 4 --set energy_pj.synapse.op=20 "
            "--set router.multicast=tree --out reports/tree",
            lines=0,
        ),
        Typed("hwsim diff reports/base reports/tree", ("inputs that differ", "single")),
    ),
    "reproduce": (Typed("hwsim reproduce reports/base"),),
}
"""Name -> what is typed. They run in this order, in one folder."""


def run_sessions() -> dict[str, bytes]:
    """Run them all in a folder with what ships: `<name>.txt`, what pages show, and DEMO_IMAGES."""
    with tempfile.TemporaryDirectory() as made:
        work = Path(made)
        for name in ("trained", "arch_configs"):
            (work / name).symlink_to(ROOT / name)
        (work / "reports").mkdir()
        files: dict[str, bytes] = {}
        for name, session in ALL.items():
            files[f"{name}.txt"] = "".join(typed.run(work) for typed in session).encode()
            if name == "demo":
                (images,) = work.glob("reports/*/images.csv")
                files[DEMO_IMAGES] = images.read_bytes()
    return files


def read_sessions(folder: Path = SESSIONS) -> dict[str, str]:
    """Name -> what pages show, as a block of Markdown."""
    return {
        f"session-{name}": f"```\n{(folder / f'{name}.txt').read_text().rstrip()}\n```"
        for name in ALL
    }
