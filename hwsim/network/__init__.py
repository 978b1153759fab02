"""The network: its graph, its integers, and the checkpoint that carries both."""
