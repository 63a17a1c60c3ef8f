"""Pixels of a PNG."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[Any]


def pixels(png: bytes) -> Pixels:
    """Return height x width x 3 bytes, red, green and blue, of a picture."""
    with Image.open(io.BytesIO(png)) as picture:
        assert picture.format == "PNG"
        return np.asarray(picture.convert("RGB"))
