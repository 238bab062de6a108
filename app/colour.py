"""Colours between two others, as CSS's `color-mix(in oklch, ...)` has them: as vivid as both."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

# Björn Ottosson, "A perceptual color space for image processing", 2020.
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


@lru_cache
def between(first: str, second: str, amount: float) -> str:
    """The colour `amount` (0-1) of the way from one #rrggbb to another, the shorter way around
    the circle of hues."""
    (light, a, b), (other_light, other_a, other_b) = _oklab(first), _oklab(second)
    chroma, other_chroma = np.hypot(a, b), np.hypot(other_a, other_b)
    hue = np.arctan2(b, a)
    turn = (np.arctan2(other_b, other_a) - hue + np.pi) % (2 * np.pi) - np.pi
    hue += amount * turn
    chroma += amount * (other_chroma - chroma)
    light += amount * (other_light - light)
    return _hex(np.array([light, chroma * np.cos(hue), chroma * np.sin(hue)]))


def _oklab(colour: str) -> np.ndarray:
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return _LAB @ np.cbrt(_CONES @ linear)


def _hex(lab: np.ndarray) -> str:
    linear = np.linalg.solve(_CONES, np.linalg.solve(_LAB, lab) ** 3).clip(0, 1)
    rgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * value):02x}" for value in rgb)
