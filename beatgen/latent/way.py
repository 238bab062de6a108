"""Between two bars: a way through latent space that keeps to where drummed bars lie."""

from __future__ import annotations

import numpy as np

from beatgen.latent.prior import Prior

STATIONS = 4  # the way is divided into so many parts
CORNERS = np.array([(0, 0), (0, 1), (1, 0), (1, 1)], np.float32)


def way(
    prior: Prior,
    a: np.ndarray,
    b: np.ndarray,
    amounts: np.ndarray,
    bars: np.ndarray | None = None,
) -> np.ndarray:
    """z, float32 (n, bars, latent_dim), at pairs of amounts (n, 2), one for the pattern and one for
    the feel, 0 to 1, between the z of two noises (bars, latent_dim).

    bars: which of them for each pair, int (n, k), then z is (n, k, latent_dim); without it all.

    At each quarter of the way, of the pattern and of the feel, noise is mixed and made a bar of;
    from one such station to the next it goes straight in z. Through noise all the way, many more
    strikes would come and go than the ends ask for.
    """
    from_a = amounts * STATIONS
    before = np.minimum(np.floor(from_a), STATIONS - 1)[:, None]
    beyond = from_a[:, None] - before
    weights = np.where(CORNERS, beyond, 1 - beyond).prod(-1)
    n, dims = len(amounts), np.arange(a.shape[-1])
    chosen = np.broadcast_to(np.arange(len(a)), (n, len(a))) if bars is None else bars
    shape = *chosen.shape, len(CORNERS), 1
    asked = [
        *np.split(np.broadcast_to((before + CORNERS)[:, None], (*shape[:-1], 2)), 2, -1),
        np.broadcast_to(chosen[..., None, None], shape),
    ]
    # Each station of each bar is asked for once, though it is a corner of many places.
    rows = np.concatenate(asked, -1).reshape(-1, 3)
    stations, which = np.unique(rows, axis=0, return_inverse=True)
    along = np.where(dims < prior.pattern_dim, stations[:, :1], stations[:, 1:2]) / STATIONS
    bar = stations[:, 2].astype(int)
    z = prior.to_z(mixed(a[bar], b[bar], along.astype(np.float32)))
    return np.einsum("nc,nkcd->nkd", weights, z[which.reshape(shape[:-1])])


def mixed(a: np.ndarray, b: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """Between two draws of noise, as a draw of noise: their mean would be too quiet."""
    return ((1 - amount) * a + amount * b) / np.sqrt((1 - amount) ** 2 + amount**2)
