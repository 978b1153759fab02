"""How fast hwsim is: `python -m benchmarks` measures and writes docs/benchmarks.md."""
