"""hwsim: from a trained spiking network to latency, memory accesses and energy on a chip."""

__version__ = "0.1.0"
