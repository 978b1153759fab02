"""Encoded images (PNG, JPEG, WebP, ...) to square RGB pixels."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from hwsim.errors import InvalidInput

_MARGIN = 256 / 224
"""The usual evaluation crop: short side 256 for an image of 224."""


def decode(source: bytes | Path, size: int, place: str) -> npt.NDArray[np.uint8]:
    """uint8 (size, size, 3). An image of another size is brought to a short side of
    size * 256 / 224 and cropped at its center.

    Raises InvalidInput, naming `place`, for what Pillow cannot read.
    """
    try:
        with Image.open(BytesIO(source) if isinstance(source, bytes) else source) as image:
            pixels = image.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InvalidInput(f"{place}: not an image: {error}") from error
    if pixels.size != (size, size):
        factor = round(size * _MARGIN) / min(pixels.size)
        wide, high = (max(round(side * factor), size) for side in pixels.size)
        left, top = (wide - size) // 2, (high - size) // 2
        pixels = pixels.resize((wide, high), Image.Resampling.BICUBIC).crop(
            (left, top, left + size, top + size)
        )
    return np.asarray(pixels)
