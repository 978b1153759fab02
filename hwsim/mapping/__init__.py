"""Layers cut into core slices, slices placed on the mesh, the fan-out of a spike."""
