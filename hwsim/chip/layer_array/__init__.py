"""What arrays that run one layer at a time have in common: docs/cores/layer_array.md."""
