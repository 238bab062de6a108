"""Training bars -> the atlas: where each stands on the map, and how far the map can be trusted.

The map is t-SNE (van der Maaten & Hinton 2008) of z, begun from its principal components. It keeps
who is whose neighbour, not how far apart: islands that are distant on it may be near in z.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import numpy as np

from beatgen.bars.strikes import to_strikes
from beatgen.data.dataset import Dataset
from beatgen.latent.atlas import Atlas
from beatgen.latent.vae import Vae, load_model

PRINCIPAL = 50  # components of z that are laid out; what the others hold is mostly noise
PERPLEXITY = 30
FEW = 2000  # bars that one thread lays out
MEASURED = 5000  # bars on which the map is measured
NEIGHBOURS = 12  # of each that are looked at


def write_atlas(folder: str | os.PathLike[str], training: Dataset) -> dict[str, float]:
    """Draw the atlas of exported weights, write it beside them, and measure it.

    Returns the trustworthiness (Venna & Kaski 2001; 1 where all neighbours on the map are
    neighbours in z) of the map, and of the first two principal components to compare. Raises
    ModelError where `folder` has no weights that play.
    """
    atlas = build_atlas(load_model(Path(folder)), training)
    atlas.save(folder)
    return measure(atlas)


def build_atlas(vae: Vae, training: Dataset) -> Atlas:
    """The atlas of the training bars as `vae` sees them."""
    velocity, timing = training.grids()
    mean, log_var = vae.encode_bars(velocity, timing)
    struck = to_strikes(velocity, timing).count > 0
    center, step = mean.mean(0), np.sqrt(np.exp(log_var).mean(0))
    codes = np.clip(np.rint((mean - center) / step), -127, 127).astype(np.int8)
    styles, style = _styles(training)
    return Atlas(
        places=lay_out(codes.astype(np.float32)),
        codes=codes,
        center=center,
        step=step,
        styles=styles,
        style=style,
        fill=np.char.find(training.files, "_fill_")[training.file_index] >= 0,
        patterns=np.packbits(struck.reshape(len(mean), -1), axis=1),
    )


def lay_out(points: np.ndarray) -> np.ndarray:
    """Points (n, d), two or more, on the unit square, float32 (n, 2); they fill its width and
    height. The same points give the same map."""
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    points = _principal(points, PRINCIPAL)
    perplexity = min(PERPLEXITY, (len(points) - 1) / 3)  # few bars have few neighbours
    tsne = TSNE(perplexity=perplexity, init="pca", random_state=0)
    # On few points its threads only wait for each other, on a busy machine for minutes.
    with threadpool_limits(1 if len(points) < FEW else None):
        return _into_square(tsne.fit_transform(points))


def measure(atlas: Atlas) -> dict[str, float]:
    """Trustworthiness of the map, and of two principal components, on a sample of the bars."""
    from sklearn.manifold import trustworthiness

    few = np.random.default_rng(0).permutation(len(atlas))[:MEASURED]
    z = atlas.codes[few].astype(np.float32)
    maps = {"t-SNE": atlas.places[few], "PCA": _principal(z, 2)}
    neighbours = min(NEIGHBOURS, (len(few) - 1) // 2)
    return {
        name: round(float(trustworthiness(z, places, n_neighbors=neighbours)), 3)
        for name, places in maps.items()
    }


def _principal(points: np.ndarray, count: int) -> np.ndarray:
    """Points (n, d) in their first principal components, (n, count or less)."""
    points = points - points.mean(0)
    _, vectors = np.linalg.eigh(points.T @ points)
    return points @ vectors[:, ::-1][:, :count]


def _into_square(places: np.ndarray) -> np.ndarray:
    low, high = places.min(0), places.max(0)
    return ((places - low) / np.where(high > low, high - low, 1)).astype(np.float32)


def _styles(training: Dataset) -> tuple[tuple[str, ...], np.ndarray]:
    """Names of the styles, the most frequent first, and each bar's: uint8 (bars,)."""
    # Such as "latin/samba": the first word is the style, the second its kind
    names = [str(training.styles[file]).split("/")[0] for file in training.file_index]
    styles = tuple(name for name, _ in Counter(names).most_common())
    index = {name: i for i, name in enumerate(styles)}
    return styles, np.array([index[name] for name in names], np.uint8)
