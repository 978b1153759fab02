"""The recipe of a training run: everything that decides its result, as one YAML file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hwsim.errors import InvalidInput
from hwsim.network.graph import Coding, PoolKind
from hwsim.training.randaugment import LEVELS
from hwsim.training.spike import Shape, Surrogate


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Phase(_Part):
    """`epochs` (may be a fraction) over images resized to `image_size` pixels (0: as they are).

    `distill` overrides the stage's: the ANN is a poor teacher of images smaller than its own.
    """

    epochs: float = Field(gt=0)
    image_size: int = Field(default=0, ge=0)
    distill: float | None = Field(default=None, ge=0, le=1)


class Stage(_Part):
    """One stage: its phases, learning rates (falling linearly to 0) and loss.

    `loss`: `final` takes the logits after the last timestep, `every` the mean over the logits
    accumulated up to each timestep, which prepares the next, shorter network. `distill` is the
    share of the loss that pulls towards the ANN's answer at `temperature`; `rate_penalty` is
    added per unit of R, the MAC-weighted spike rate, which the energy of synapses follows.
    `surrogate_width` is the reach of a spike's derivative around the threshold, in thresholds.
    `batch_size` overrides the recipe's. With `weight_bits` the stage trains with its weights
    rounded to so many bits and ships them; without, it trains floats and ships 8 bits.
    `continues` trains the stage's own checkpoint further, the one in the folder of `--from`,
    instead of starting from the stage before.
    """

    phases: tuple[Phase, ...]
    continues: bool = False
    matrix_lr: float = 0.03
    constant_lr: float = 0.002
    readout_lr: float = 0.05
    surrogate_width: float = Field(default=1.0, gt=0)
    momentum: float = Field(default=0.6, ge=0, lt=1)
    warmup: float = Field(default=0.05, ge=0, lt=1)
    label_smoothing: float = Field(default=0.1, ge=0, lt=1)
    loss: Literal["final", "every"] = "every"
    distill: float = Field(default=0.0, ge=0, le=1)
    temperature: float = Field(default=4.0, gt=0)
    rate_penalty: float = Field(default=0.0, ge=0)
    batch_size: int | None = Field(default=None, ge=2)
    weight_bits: int | None = Field(default=None, ge=2, le=8)
    calibration_images: int = Field(default=4096, ge=1)

    @property
    def distills(self) -> bool:
        """Whether any phase needs the ANN."""
        return any(self.distill_share(number) > 0 for number in range(len(self.phases)))

    def distill_share(self, phase: int) -> float:
        """The share of the loss that pulls towards the ANN in phase number `phase`."""
        own = self.phases[phase].distill
        return self.distill if own is None else own


class RandAugment(_Part):
    """`operations` random ones for each image, each of `magnitude` (Cubuk et al. 2020)."""

    operations: int = Field(default=2, ge=1)
    magnitude: int = Field(default=9, ge=0, le=LEVELS)


class Augmentation(_Part):
    """Random shift by up to `crop` pixels (of 32; reflected edges), mirror, square of zeros;
    `randaugment` comes before them.
    """

    crop: int = Field(default=4, ge=0)
    flip: bool = True
    cutout: int = Field(default=0, ge=0)
    randaugment: RandAugment | None = None


class Recipe(_Part):
    """A whole chain. `stages` names `ann`, `t5`, ...; a stage that is not named uses `default`.

    A stage named `t1_4bit`, say, is a branch of the chain at `t1`: it starts from the branch that
    is written before it, the first one from `t1` itself; `weight_bits` is what it is there for.
    """

    network: str = "vgg16"
    width: float = Field(default=1.0, gt=0)
    classifier: tuple[int, ...] | None = None
    pool_kind: PoolKind = "or"
    coding: Coding = "direct"
    dataset: str = "cifar10"
    timesteps: tuple[int, ...] = (5, 4, 3, 2, 1)
    seed: int = 0
    batch_size: int = Field(default=256, ge=2)
    holdout: int = Field(default=1000, ge=0)
    amp: bool = True
    surrogate: Shape = "triangle"
    augmentation: Augmentation = Augmentation()
    stages: dict[str, Stage] = {}

    def stage(self, name: str) -> Stage:
        """The settings of stage `name`."""
        found = self.stages.get(name, self.stages.get("default"))
        if found is None:
            raise InvalidInput(
                f"recipe: no stage {name} and no default; it has {list(self.stages)}"
            )
        return found

    def surrogate_of(self, name: str) -> Surrogate:
        """The derivative of a spike in stage `name`."""
        return Surrogate(self.surrogate, self.stage(name).surrogate_width)

    @property
    def stage_names(self) -> tuple[str, ...]:
        """In order: ann, then t<T> from the most timesteps down, each with its branches."""
        chain = [(f"t{t}", *self._branches(t)) for t in self.timesteps]
        return ("ann", *(name for names in chain for name in names))

    def stage_before(self, name: str) -> str | None:
        """The stage that `name` starts from, itself if it continues; None for a new ANN."""
        if self.stage(name).continues:
            return name
        if name == "ann":
            return None
        timesteps = stage_timesteps(name)
        line = (f"t{timesteps}", *self._branches(timesteps))
        if name != line[0]:
            return line[line.index(name) - 1]
        place = self.timesteps.index(timesteps)
        return f"t{self.timesteps[place - 1]}" if place else "ann"

    def _branches(self, timesteps: int) -> tuple[str, ...]:
        return tuple(name for name in self.stages if name.startswith(f"t{timesteps}_"))


def stage_timesteps(name: str) -> int:
    """The timesteps of a spiking stage: 1 for `t1` and `t1_4bit`."""
    return int(name.removeprefix("t").partition("_")[0])


def load_recipe(path: Path) -> Recipe:
    """The recipe in a YAML file; InvalidInput lists everything that is wrong with it."""
    try:
        data = yaml.safe_load(path.read_text())
        return Recipe.model_validate(data)
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise InvalidInput(f"{path}: not YAML: {error}") from error
    except ValidationError as error:
        lines = [
            f"{path}: {'.'.join(str(p) for p in item['loc'])}: {item['msg']}"
            for item in error.errors()
        ]
        raise InvalidInput("\n".join(lines)) from error


def write_recipe(recipe: Recipe, path: Path) -> None:
    """Write `recipe` with every default spelled out; `load_recipe` reads it back."""
    path.write_text(yaml.safe_dump(recipe.model_dump(mode="json"), sort_keys=False))
