"""What happened, as integers: counts by (image, timestep, slice, action)."""

from hwsim.activity.activity import Activity, Counts, Experiment
from hwsim.activity.counter import count
from hwsim.activity.derived import HEADLINES, dense_synops, derived_counts, fired
from hwsim.activity.tally import Tally

__all__ = [
    "HEADLINES",
    "Activity",
    "Counts",
    "Experiment",
    "Tally",
    "count",
    "dense_synops",
    "derived_counts",
    "fired",
]
