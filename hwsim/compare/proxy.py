"""What the papers count: operations times the energy of one, and nothing else.

    E_ANN = e_mac sum_l MAC_l        E_SNN = T MAC_1 e_mac + e_ac sum_{l>=2} R_l MAC_l

MAC_l are dense (padding taps included) on both sides; R_l is the mean of the inputs of layer l that
are not zero, after pooling, summed over the T timesteps. The first layer multiplies, since its
input is an image, and does so in every timestep. No memory, no network, no neuron, no leakage.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hwsim.compare.subject import Subject
from hwsim.network.graph import Network


@dataclass(frozen=True)
class Convention:
    """Energies of a multiply-accumulate and of an accumulate, and where they come from."""

    name: str
    mac_pj: Fraction
    ac_pj: Fraction
    source: str

    def ann_pj(self, network: Network) -> Fraction:
        """E_ANN of one image."""
        return self.mac_pj * sum(layer.dense_macs for layer in network.layers)

    def first_pj(self, network: Network) -> Fraction:
        """What the first layer of the spiking network takes in all its timesteps."""
        return self.mac_pj * network.timesteps * network.layers[0].dense_macs

    def snn_pj(self, subject: Subject) -> Fraction:
        """E_SNN of the mean image."""
        return self.first_pj(subject.network) + self.ac_pj * subject.dense_synops

    def ratio(self, subject: Subject) -> Fraction:
        """E_ANN / E_SNN: how much better the spiking network looks."""
        return self.ann_pj(subject.network) / self.snn_pj(subject)

    def rate_for(self, ratio: Fraction, network: Network) -> Fraction:
        """The R (over all dense MACs) at which E_ANN / E_SNN is `ratio`; negative where the first
        layer alone is too much."""
        budget = self.ann_pj(network) / ratio - self.first_pj(network)
        return budget / self.ac_pj / sum(layer.dense_macs for layer in network.layers)


FLOAT32 = Convention(
    "float32",
    Fraction("4.6"),
    Fraction("0.9"),
    "45 nm: float32 multiply 3.7 pJ, add 0.9 pJ (Horowitz, ISSCC 2014)",
)
INT8 = Convention(
    "int8",
    Fraction("0.3"),
    Fraction("0.1"),
    "45 nm: int8 multiply 0.2 pJ, int32 add 0.1 pJ (Horowitz, ISSCC 2014)",
)
CONVENTIONS = (FLOAT32, INT8)
