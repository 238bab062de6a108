"""Between two bars: a way through latent space that keeps to where drummed bars lie."""

from __future__ import annotations

import numpy as np

from beatgen.prior import Prior

STATIONS = 4  # the way is divided into so many parts
CORNERS = np.array([(0, 0), (0, 1), (1, 0), (1, 1)], np.float32)


def way(prior: Prior, a: np.ndarray, b: np.ndarray, amounts: np.ndarray) -> np.ndarray:
    """z, float32 (n, bars, latent_dim), at pairs of amounts (n, 2), one for the pattern and one for
    the feel, 0 to 1, between the z of two noises (bars, latent_dim).

    At each quarter of the way, of the pattern and of the feel, noise is mixed and made a bar of;
    from one such station to the next it goes straight in z. Through noise all the way, many more
    strikes would come and go than the ends ask for.
    """
    from_a = amounts * STATIONS
    before = np.minimum(np.floor(from_a), STATIONS - 1)[:, None]
    beyond = from_a[:, None] - before
    weights = np.where(CORNERS, beyond, 1 - beyond).prod(-1)
    corners = (before + CORNERS).reshape(-1, 2)
    stations, which = np.unique(corners, axis=0, return_inverse=True)
    dims = np.arange(a.shape[-1])
    along = np.where(dims < prior.pattern_dim, stations[:, :1], stations[:, 1:]) / STATIONS
    noise = mixed(a, b, along[:, None].astype(np.float32))
    z = prior.to_z(noise.reshape(-1, len(dims))).reshape(noise.shape)
    return np.einsum("nc,ncbd->nbd", weights, z[which.reshape(weights.shape)])


def mixed(a: np.ndarray, b: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """Between two draws of noise, as a draw of noise: their mean would be too quiet."""
    return ((1 - amount) * a + amount * b) / np.sqrt((1 - amount) ** 2 + amount**2)
