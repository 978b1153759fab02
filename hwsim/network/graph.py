"""The network as the chip sees it: layers of neurons, and the geometry between them.

Plain frozen values without weights, so that a saved trace carries a whole `Network` in its
metadata and nothing downstream of a trace needs torch. The weights and neuron constants are in
`hwsim.network.parameters`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from hwsim.errors import InvalidInput

Shape = tuple[int, int, int]
"""(channels, height, width)."""

PIXEL_BITS = 8
"""Of an input value of direct coding."""

LayerKind = Literal["conv", "linear"]
PoolKind = Literal["or", "average"]
Coding = Literal["direct", "poisson"]


@dataclass(frozen=True)
class Layer:
    """One weight layer, its neurons and the pooling behind them.

    A neuron (c, y, x) of `out_shape` sums, over the taps that fall inside `in_shape`,

        acc[c, y, x] = sum_{i, r, s} w[c, i, r, s] * in[i, y0 + r, x0 + s],
        y0 = y * stride - padding,  x0 = x * stride - padding

    A linear layer is the same formula with a kernel as large as its input and no padding, so
    its `out_shape` is (units, 1, 1). `in_shape` is what arrives, i.e. after the pooling of the
    layer before. Neurons are ordered (y, x, channel), channel fastest, everywhere: in traces, in
    a core's scan and in packet ids.

    With `pool` > 1 the outputs of each channel are pooled over disjoint pool x pool windows:
    `or` sends a spike where any neuron of the window fired, `average` the number that did; of the
    activations of an ANN they send the maximum and the rounded mean.
    A layer with `spiking` False never fires. The last one is the readout: it sums, and its largest
    sum over all timesteps is the class. No layer of an ANN fires: those before the readout send
    activations.
    """

    name: str
    kind: LayerKind
    in_shape: Shape
    out_shape: Shape
    kernel: tuple[int, int]
    stride: int = 1
    padding: int = 0
    pool: int = 1
    pool_kind: PoolKind = "or"
    spiking: bool = True

    def __post_init__(self) -> None:
        _, height, width = self.in_shape
        expected = tuple(
            (size + 2 * self.padding - k) // self.stride + 1
            for size, k in zip((height, width), self.kernel, strict=True)
        )
        if min(*self.in_shape, *self.out_shape, *self.kernel, self.stride, self.pool) < 1:
            raise InvalidInput(f"layer {self.name}: shapes, kernel, stride and pool must be >= 1")
        if self.padding < 0:
            raise InvalidInput(f"layer {self.name}: padding {self.padding} is negative")
        if expected != self.out_shape[1:]:
            raise InvalidInput(
                f"layer {self.name}: input {self.in_shape}, kernel {self.kernel}, stride "
                f"{self.stride}, padding {self.padding} give {expected} neurons (height, width), "
                f"not {self.out_shape[1:]}"
            )
        if self.kind == "linear" and self.out_shape[1:] != (1, 1):
            raise InvalidInput(f"layer {self.name}: a linear layer has out_shape (units, 1, 1)")
        if self.out_shape[1] % self.pool or self.out_shape[2] % self.pool:
            raise InvalidInput(
                f"layer {self.name}: {self.out_shape[1:]} neurons do not divide into "
                f"{self.pool} x {self.pool} pooling windows"
            )

    @property
    def neurons(self) -> int:
        """Neurons of the layer, before pooling."""
        channels, height, width = self.out_shape
        return channels * height * width

    @property
    def inputs(self) -> int:
        """Values that arrive in one timestep."""
        channels, height, width = self.in_shape
        return channels * height * width

    @property
    def pooled_shape(self) -> Shape:
        """What leaves the layer: `out_shape` after pooling."""
        channels, height, width = self.out_shape
        return channels, height // self.pool, width // self.pool

    @property
    def graded(self) -> bool:
        """Whether a window is worth the number of its neurons that fired, not one spike."""
        return self.pool > 1 and self.pool_kind == "average"

    @property
    def largest(self) -> int:
        """The largest value that leaves the layer: 1, or the neurons of an averaged window."""
        return self.pool**2 if self.graded else 1

    @property
    def output_bits(self) -> int:
        """Bits of a value that leaves the layer, a spike or a count."""
        return self.largest.bit_length()

    @property
    def fan_in(self) -> int:
        """Taps of one neuron, padding taps included."""
        return self.in_shape[0] * self.kernel[0] * self.kernel[1]

    @property
    def dense_macs(self) -> int:
        """Multiply-accumulates of one pass, padding taps included: the papers' convention."""
        return self.neurons * self.fan_in

    def taps_inside(self, axis: int) -> list[int]:
        """For each output row (axis 0) or column (axis 1), the kernel taps inside the input."""
        size, count, k = self.in_shape[1 + axis], self.out_shape[1 + axis], self.kernel[axis]
        starts = [i * self.stride - self.padding for i in range(count)]
        return [max(min(start + k, size) - max(start, 0), 0) for start in starts]

    def reached(self, axis: int) -> list[int]:
        """For each input row (axis 0) or column (axis 1), the output ones with a tap on it."""
        size, count, k = self.in_shape[1 + axis], self.out_shape[1 + axis], self.kernel[axis]
        starts = [i * self.stride - self.padding for i in range(count)]
        return [sum(start <= i < start + k for start in starts) for i in range(size)]

    @property
    def macs(self) -> int:
        """Multiply-accumulates of one pass over taps that fall inside the input (edge-correct)."""
        rows, columns = sum(self.taps_inside(0)), sum(self.taps_inside(1))
        return self.in_shape[0] * self.out_shape[0] * rows * columns


@dataclass(frozen=True)
class Network:
    """A spiking network: its layers from the image to the readout, and how long it runs.

    It may also be the artificial network of the same layers, none of which fires (`analog`).
    `timesteps` is T. `coding` is how an image becomes input: `direct` (the same int8 values in
    every timestep) or `poisson` (seeded signed spikes). `weight_bits` is the width of a weight.
    """

    name: str
    dataset: str
    timesteps: int
    layers: tuple[Layer, ...]
    coding: Coding = "direct"
    weight_bits: int = 8

    def __post_init__(self) -> None:
        if self.timesteps < 1:
            raise InvalidInput(f"network {self.name}: timesteps {self.timesteps} must be >= 1")
        if not self.layers:
            raise InvalidInput(f"network {self.name}: no layers")
        names = [layer.name for layer in self.layers]
        if len(set(names)) != len(names):
            raise InvalidInput(f"network {self.name}: two layers share a name: {names}")
        for before, after in zip(self.layers, self.layers[1:], strict=False):
            if not before.spiking and not self.analog:
                raise InvalidInput(f"network {self.name}: {before.name} is a readout, yet not last")
            if before.pooled_shape != after.in_shape:
                raise InvalidInput(
                    f"network {self.name}: {before.name} sends {before.pooled_shape}, "
                    f"{after.name} expects {after.in_shape}"
                )
        if self.layers[-1].spiking:
            raise InvalidInput(f"network {self.name}: the last layer must be the readout")
        if self.analog and (self.timesteps, self.coding) != (1, "direct"):
            raise InvalidInput(
                f"network {self.name}: an ANN has 1 timestep and direct coding, not "
                f"{self.timesteps} and {self.coding}"
            )

    @property
    def analog(self) -> bool:
        """Whether this is an ANN: it has hidden layers, and none of them fires."""
        return len(self.layers) > 1 and not any(layer.spiking for layer in self.layers)

    @property
    def input_shape(self) -> Shape:
        """Shape of an image as it arrives."""
        return self.layers[0].in_shape

    @property
    def classes(self) -> int:
        """Outputs of the readout."""
        return self.layers[-1].out_shape[0]

    def input_bits(self, number: int) -> int:
        """Bits of a value that arrives at layer `number`: a pixel, a count or a spike."""
        return self.layers[number - 1].output_bits if number else PIXEL_BITS

    @property
    def spiking_layers(self) -> tuple[Layer, ...]:
        """The layers whose neurons fire: all but the readout, none in an ANN."""
        return () if self.analog else self.layers[:-1]

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values; `from_dict` reads it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Network:
        """The network that `to_dict` wrote.

        Raises InvalidInput when a field is missing, unknown or impossible.
        """
        try:
            described: list[dict[str, Any]] = [
                {key: tuple(v) if isinstance(v, list) else v for key, v in layer.items()}
                for layer in data["layers"]
            ]
            layers = tuple(Layer(**layer) for layer in described)
            return cls(**{**data, "layers": layers})
        except (KeyError, TypeError, AttributeError) as error:
            raise InvalidInput(f"network description: {error}") from error
