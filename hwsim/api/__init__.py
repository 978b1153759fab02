"""What a notebook calls; docs/api.md shows it."""

from hwsim.api.architecture import Architecture, load_arch
from hwsim.api.comparison import Compared, compare
from hwsim.api.result import Result, replay
from hwsim.api.saved_network import SavedNetwork, load_network
from hwsim.api.spikes import Spikes, trace

__all__ = [
    "Architecture",
    "Compared",
    "Result",
    "SavedNetwork",
    "Spikes",
    "compare",
    "load_arch",
    "load_network",
    "replay",
    "trace",
]
