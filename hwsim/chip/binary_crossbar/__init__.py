"""The binary crossbar core: docs/cores/binary_crossbar.md.

`blocks` cuts the layers, `cluster` says which cores stand behind a slice and `floor` where; `fit`
is the table of it. `costs` and `counter` count from the trace, `wires`, `stage` and `course` replay
tick by tick, `kind` ties them together.
"""
