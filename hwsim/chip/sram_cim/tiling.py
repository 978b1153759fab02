"""How a layer lies on macros: bit slices, row blocks, column blocks and rounds."""

from __future__ import annotations

from dataclasses import dataclass

from hwsim.arch.sram_cim import SramCimArch
from hwsim.network.graph import Layer, Network


@dataclass(frozen=True)
class Tiling:
    """One layer on the macros of a mesh; 0 where nothing fits.

    * `slices`: bit slices of a weight; `channels`: output channels of a full macro;
      `inputs`: input channels of a full macro,
    * `row_blocks` x `column_blocks` macros hold the layer, `blocks_at_once` of the column blocks
      are on the mesh in a round,
    * `sum_rows`: rows of V_MEM that the sums of a position fill, `state_rows` those of all
      positions.
    """

    layer: Layer
    held: bool
    slices: int
    channels: int
    inputs: int
    row_blocks: int
    column_blocks: int
    blocks_at_once: int
    sum_rows: int

    @classmethod
    def of(cls, network: Network, number: int, arch: SramCimArch) -> Tiling:
        """Of layer `number`; a front end's layer has sums, and no weights, on the macros."""
        layer, core = network.layers[number], arch.core
        held = not (number == 0 and arch.first_layer == "current_injected")
        slices = -(-network.weight_bits // core.weight_bits)
        channels = core.cols // core.weight_bits // slices
        inputs = min(core.rows // (layer.kernel[0] * layer.kernel[1]), layer.in_shape[0])
        row_blocks = -(-layer.in_shape[0] // inputs) if held and inputs else 1
        fullest = min(channels, layer.out_shape[0])
        return cls(
            layer=layer,
            held=held,
            slices=slices,
            channels=channels,
            inputs=inputs,
            row_blocks=row_blocks,
            column_blocks=-(-layer.out_shape[0] // channels) if channels else 0,
            blocks_at_once=arch.mesh.cores // row_blocks,
            sum_rows=-(-fullest * slices * core.membrane_bits // core.cols),
        )

    @property
    def macros(self) -> int:
        """Macros that hold the layer."""
        return self.row_blocks * self.column_blocks

    @property
    def rounds(self) -> int:
        """Times that the mesh is filled for the layer."""
        return -(-self.column_blocks // self.blocks_at_once) if self.blocks_at_once else 0

    @property
    def positions(self) -> int:
        """Positions of the layer."""
        return self.layer.out_shape[1] * self.layer.out_shape[2]

    def keeps_state(self, arch: SramCimArch) -> bool:
        """Whether the membranes of all positions stay in V_MEM."""
        rows = self.positions * self.sum_rows
        return arch.core.weights == "resident" and rows <= arch.core.membrane_rows

    def outputs_of(self, round_: int) -> tuple[int, int]:
        """(column blocks, output channels) of a round."""
        first = round_ * self.blocks_at_once
        blocks = min(self.blocks_at_once, self.column_blocks - first)
        last = min((first + blocks) * self.channels, self.layer.out_shape[0])
        return blocks, last - first * self.channels
