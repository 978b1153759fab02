"""What `hwsim figures paper` compares: the shipped networks of T = 1 to 5 on the shipped chips."""

from __future__ import annotations

from pathlib import Path

from hwsim.arch import shipped
from hwsim.compare.arguments import ArchName
from hwsim.errors import InvalidInput

FOLDER = Path("trained")
TIMESTEPS = range(1, 6)
ARCHS = (
    *(ArchName("loihi_like", None), ArchName("loihi_like", "sanafe_nahuku")),
    *(
        ArchName(name, None)
        for name in shipped.names()
        if name not in ("loihi_like", "future_scaled")
    ),
)
"""Not the projection: no figure should set a chip that is not there beside those that are, and its
asynchronous schedule would take most of the time."""
IMAGES = 16


def paper_networks(folder: Path = FOLDER) -> tuple[Path, ...]:
    """The `<network>_t1.pt` to `<network>_t5.pt` that there are, by network, then T."""
    found = sorted(path for t in TIMESTEPS for path in folder.glob(f"*_t{t}.pt"))
    if not found:
        raise InvalidInput(
            f"{folder}: no <network>_t1.pt to <network>_t5.pt; the shipped networks are in a "
            "checkout's trained/, from above which this is run"
        )
    return tuple(found)
