"""What a user asked `hwsim run` for: kept in the manifest, so that it can be asked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from hwsim.network.early_exit import GammaExit, Timesteps, parse_timesteps


@dataclass(frozen=True)
class Request:
    """The arguments of a run. Paths are as the user typed them, seen from the working folder of
    then; `arch` may be the name of a shipped architecture, `plugins` are modules."""

    source: Path
    arch: str
    variant: str | None = None
    overrides: tuple[str, ...] = ()
    strict: bool = False
    images: int | Literal["all"] = 16
    data: Path | None = None
    mapping_file: Path | None = None
    transport: str = "burst"
    seed: int = 0
    timesteps: Timesteps | None = None
    against: Path | None = None
    plugins: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        plain = {
            name: value.as_posix() if isinstance(value, Path) else value
            for name, value in asdict(self).items()
        }
        steps = self.timesteps
        return {
            **plain,
            "timesteps": f"gamma:{steps.threshold!r}" if isinstance(steps, GammaExit) else steps,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Request:
        """What `to_dict` wrote. Raises KeyError, TypeError or UsageError for anything else."""

        def path(name: str) -> Path | None:
            return None if data[name] is None else Path(data[name])

        steps = data["timesteps"]
        return cls(
            source=Path(data["source"]),
            arch=str(data["arch"]),
            variant=data["variant"],
            overrides=tuple(data["overrides"]),
            strict=bool(data["strict"]),
            images=data["images"],
            data=path("data"),
            mapping_file=path("mapping_file"),
            transport=str(data["transport"]),
            seed=int(data["seed"]),
            timesteps=None if steps is None else parse_timesteps(str(steps)),
            against=path("against"),
            plugins=tuple(data["plugins"]),
        )
