"""The analog crossbar core: docs/cores/crossbar.md.

`layout` says how a layer lies on arrays, `floor` how those lie on the mesh, `walk` replays unit by
unit, `counter` counts from the trace, `bill` names the actions of both, `kind` ties them together.
"""
