"""The atlas: every training bar on a 2-D map of the latent space.

Any of them can be heard, new bars can be sampled among them, and a groove can be compared with
them: how near does it come to what the model learned from?

The atlas ships beside the weights as atlas.npz. It does not hold the bars themselves, but for each
its place on the map, its style, its pattern in bits, and its z rounded to steps of the posterior's
standard deviation. The decoder was trained with that much noise, so a bar decoded from the rounded
z keeps its pattern, in a third of the bytes. `beatgen.training.atlas` makes it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

import numpy as np

from beatgen.bars.metrics import fold, folded
from beatgen.bars.nearest import f1_matrix, nearest, pack
from beatgen.bars.pieces import cut
from beatgen.bars.strikes import N_VOICES
from beatgen.errors import UNREADABLE, BeatGenError, ModelError, check_count, check_seed, shown
from beatgen.files import whole
from beatgen.groove import SIXTEENTHS, Groove
from beatgen.latent.runtime import NETWORK, model_folder
from beatgen.stored import read_arrays

ATLAS = "atlas.npz"
FORMAT = 2  # version of the file; raise it when its content changes
PLACES = 65535  # steps of each axis of the map, in the file
NEIGHBOURS = 8  # training bars among which a new point is placed
FALL = 6  # power by which a neighbour's weight falls with its distance
COMPANIONS = 6  # most similar bars of a region; a draw lies between a bar and one of them
LABELS = {  # styles that the data set spells in its own way
    "hiphop": "hip-hop",
    "afrocuban": "Afro-Cuban",
    "neworleans": "New Orleans",
    "middleeastern": "Middle Eastern",
}


def style_label(style: str) -> str:
    """A style's name in the data set as people write it.

    >>> style_label("hiphop"), style_label("rock")
    ('hip-hop', 'rock')
    """
    return LABELS.get(style, style)


@dataclass(frozen=True)
class Nearest:
    """How near a groove comes to the training bars.

    similarity: F1 of the folded patterns (16 x 9) of each bar and the training bar most similar to
                it, mean over the groove's bars; 1 repeats training bars throughout, 0 shares
                nothing.
    index:      the training bar that comes nearest to any of its bars.
    style:      of that training bar.
    """

    similarity: float
    index: int
    style: str


@dataclass(frozen=True, eq=False)
class Atlas:
    """n training bars, in the order of the data set. Made by `load_atlas`.

    places:   float32 (n, 2), x and y on the map, 0 to 1 each.
    codes:    int8 (n, latent_dim), z as a number of steps from `center`.
    center, step: float32 (latent_dim,); a step is the posterior's standard deviation.
    styles:   their names in the data set, the most frequent first.
    style:    uint8 (n,), index into `styles`.
    fill:     bool (n,), recorded as a fill, not as a beat.
    patterns: uint8 (n, 44), which voices are struck in which sixteenth, 16 x 22 bits.

    >>> import beatgen as bg
    >>> from beatgen import demo
    >>> atlas, vae = bg.load_atlas(), bg.load_model()
    >>> place = atlas.place(vae.encode(demo.load("funk")))[0]
    >>> bar = vae.decode(atlas.at(*place))  # the training bar nearest to that place
    >>> bar.bars
    1
    """

    places: np.ndarray
    codes: np.ndarray
    center: np.ndarray
    step: np.ndarray
    styles: tuple[str, ...]
    style: np.ndarray
    fill: np.ndarray
    patterns: np.ndarray

    def __len__(self) -> int:
        return len(self.places)

    def __repr__(self) -> str:
        return f"<Atlas: {len(self)} bars, {len(self.styles)} styles>"

    # --- between the map and z ------------------------------------------------------------------

    def z(self, bars: np.ndarray) -> np.ndarray:
        """z of the training bars of these indices, float32 (bars, latent_dim)."""
        return self.center + self.codes[bars] * self.step

    def place(self, z: np.ndarray) -> np.ndarray:
        """Where z (points, latent_dim) stands on the map, float32 (points, 2): the mean of the
        nearest training bars' places, the nearer the more weight. The z of a training bar stands on
        that bar's place. Raises BeatGenError for another shape.
        """
        z = np.atleast_2d(np.asarray(z, np.float32))
        if z.ndim != 2 or z.shape[1] != len(self.step):
            raise BeatGenError(f"z has the shape {z.shape}; expected (points, {len(self.step)}).")
        squared = _squared_distances((z - self.center) / self.step, self._codes)
        near = np.argpartition(squared, min(NEIGHBOURS, len(self)) - 1, axis=1)[:, :NEIGHBOURS]
        distance = np.take_along_axis(squared, near, 1)
        # Rounding moved each training bar by about this much: nearer than that counts the same.
        rounding = len(self.step) / 12
        weight = np.maximum(distance, rounding) ** (-FALL / 2)
        weight /= weight.sum(1, keepdims=True)
        return (weight[..., None] * self.places[near]).sum(1).astype(np.float32)

    def bar_at(self, x: float, y: float) -> int:
        """Index of the training bar nearest to a place on the map."""
        return int(np.square(self.places - np.array([x, y], np.float32)).sum(1).argmin())

    def at(self, x: float, y: float) -> np.ndarray:
        """z of the training bar nearest to a place on the map, float32 (latent_dim,)."""
        return self.z(np.array([self.bar_at(x, y)]))[0]

    # --- regions --------------------------------------------------------------------------------

    def inside(self, polygon: np.ndarray) -> np.ndarray:
        """Indices of the bars within a polygon on the map, (corners, 2), by the even-odd rule.

        Raises BeatGenError for fewer than three corners.
        """
        corners = np.asarray(polygon, np.float32)
        if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3:
            raise BeatGenError(
                f"a region of the shape {corners.shape} has no inside; expected (corners, 2), "
                "three corners or more."
            )
        x, y = self.places.T
        inside = np.zeros(len(self), bool)
        for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            if y1 != y2:
                crossing = x1 + (y - y1) * (x2 - x1) / (y2 - y1)
                inside ^= ((y1 > y) != (y2 > y)) & (x < crossing)
        return np.flatnonzero(inside)

    def sample(self, among: np.ndarray, count: int = 12, seed: int = 0) -> np.ndarray:
        """z of new bars among and around these training bars (indices), float32 (count,
        latent_dim).

        Each lies at random between a bar of the region and one of those in it that are most similar
        to that bar, with as much noise as the decoder was trained with. Raises BeatGenError where
        the region has no bar, for a count below 1, and for a seed below 0.
        """
        check_count("count", count)
        check_seed(seed)
        among = np.asarray(among, np.int64)
        if not len(among):
            raise BeatGenError("no training bar lies in this region; choose a larger one.")
        rng = np.random.default_rng(seed)
        codes = self._codes[among]
        first = codes[_even_draw(rng, len(among), count)]
        companions = _squared_distances(first, codes).argsort(1)[:, : COMPANIONS + 1]
        chosen = rng.integers(0, companions.shape[1], count)
        second = codes[companions[np.arange(count), chosen]]
        along = rng.random((count, 1), np.float32)
        mixed = first + along * (second - first)
        mixed += rng.standard_normal(mixed.shape, np.float32)  # the posterior's own noise
        return self.center + mixed * self.step

    # --- similarity -----------------------------------------------------------------------------

    def nearest(self, groove: Groove) -> Nearest:
        """How near the patterns of a groove's bars come to those of the training bars.

        >>> from beatgen import demo
        >>> found = load_atlas().nearest(demo.load("funk"))
        >>> 0 <= found.similarity <= 1
        True
        """
        similarity, index = self.nearest_bars(*cut(groove))
        closest = int(index[similarity.argmax()])
        return Nearest(float(similarity.mean()), closest, self.style_of(closest))

    def nearest_bars(
        self, velocity: np.ndarray, timing: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """The training bar most similar to each bar of grids (n, 64, 22): the F1 of the two folded
        patterns, float32 (n,), and its index, int64 (n,), the first of equals."""
        struck = folded(velocity, timing)
        index, similarity = nearest(pack(struck.reshape(len(struck), -1)), self._packed)
        return similarity, index

    def most_alike(self, groove: Groove, among: np.ndarray, count: int = 16) -> np.ndarray:
        """Those of the training bars `among`, int (n,), whose patterns come nearest to any of a
        groove's bars, the nearest first: int64, `count` at most. Raises BeatGenError for what is no
        index of a training bar."""
        among, bars = np.asarray(among), len(self._packed)
        if among.dtype.kind not in "iu" or not ((among >= 0) & (among < bars)).all():
            raise BeatGenError(
                f"{shown(among.tolist())} given; expected numbers of training bars, below {bars}."
            )
        struck = folded(*cut(groove))
        near = f1_matrix(pack(struck.reshape(len(struck), -1)), self._packed[among]).max(0)
        return among[(-near).argsort(kind="stable")[:count]]

    def of_style(self, style: str) -> np.ndarray:
        """Indices of the bars that were recorded as a style, by its name in the data set or as
        `style_label` writes it. Raises BeatGenError for another.

        >>> atlas = load_atlas()
        >>> len(atlas.of_style("hip-hop")) == len(atlas.of_style("hiphop")) > 0
        True
        """
        wanted = style.strip().lower()
        for number, name in enumerate(self.styles):
            if wanted in (name.lower(), style_label(name).lower()):
                return np.flatnonzero(self.style == number)
        known = ", ".join(map(style_label, self.styles))
        raise BeatGenError(f"no style {shown(style)}; expected one of {known}.")

    def style_of(self, bar: int) -> str:
        """The style that a training bar was recorded as."""
        return self.styles[self.style[bar]]

    @cached_property
    def struck(self) -> np.ndarray:
        """The patterns, bool (n, 16, 22)."""
        bits = np.unpackbits(self.patterns, axis=1)
        return bits.reshape(len(self), SIXTEENTHS, N_VOICES).astype(bool)

    # --- inside and on disk ---------------------------------------------------------------------

    @cached_property
    def _codes(self) -> np.ndarray:
        return self.codes.astype(np.float32)

    @cached_property
    def _packed(self) -> np.ndarray:
        return pack(fold(self.struck))

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write atlas.npz beside the weights that it was made with."""
        with whole(Path(folder) / ATLAS) as part:
            np.savez_compressed(
                part,
                format=FORMAT,
                weights=_fingerprint(Path(folder)),
                places=np.rint(self.places * PLACES).astype(np.uint16).T,
                codes=self.codes.T,  # packs smaller with each dimension in one piece
                center=self.center,
                step=self.step,
                styles=np.array(self.styles),
                style=self.style,
                fill=self.fill,
                patterns=self.patterns.T,
            )


def load_atlas(name: str | Path = "bar") -> Atlas:
    """The atlas of shipped weights, by their name, or of those in a folder.

    Raises ModelError where there is none that can be read, and where it was made with other
    weights.

    >>> load_atlas("bar").styles[:2]
    ('rock', 'latin')
    """
    folder = model_folder(name)
    redo = "make it with `beatgen.training.atlas.write_atlas`, or export the weights again."
    try:
        parts = read_arrays(folder / ATLAS)
        version, weights = int(parts.pop("format")), str(parts.pop("weights"))
    except FileNotFoundError:
        raise ModelError(f"{folder / ATLAS}: no such file; {redo}") from None
    except UNREADABLE as error:
        raise ModelError(f"{folder / ATLAS}: not an atlas that can be read; {redo}") from error
    if version != FORMAT or weights != _fingerprint(folder):
        raise ModelError(f"{folder / ATLAS}: made with other weights than those beside it; {redo}")
    try:
        places = parts.pop("places").T / np.float32(PLACES)
        codes, patterns = (np.ascontiguousarray(parts.pop(key).T) for key in ("codes", "patterns"))
        styles = tuple(map(str, parts.pop("styles")))
        atlas = Atlas(places=places, codes=codes, patterns=patterns, styles=styles, **parts)
    except UNREADABLE as error:
        raise ModelError(f"{folder / ATLAS}: incomplete; {redo}") from error
    if not _agrees(atlas):
        raise ModelError(f"{folder / ATLAS}: damaged; {redo}")
    return atlas


def _agrees(atlas: Atlas) -> bool:
    """Whether the arrays of an atlas are such as its docstring says."""
    n, dim = len(atlas.places), len(np.atleast_1d(atlas.step))
    shapes = {
        "places": (n, 2), "codes": (n, dim), "center": (dim,), "step": (dim,), "style": (n,),
        "fill": (n,), "patterns": (n, SIXTEENTHS * N_VOICES // 8),
    }  # fmt: skip
    kinds = {"codes": np.int8, "style": np.uint8, "fill": np.bool_, "patterns": np.uint8}
    found = {name: getattr(atlas, name) for name in shapes}
    return (
        n > 0
        and all(found[name].shape == shape for name, shape in shapes.items())
        and all(found[name].dtype == kind for name, kind in kinds.items())
        and all(found[name].dtype == np.float32 for name in ("places", "center", "step"))
        and bool((found["step"] > 0).all() and np.isfinite(found["center"]).all())
        and int(atlas.style.max()) < len(atlas.styles)
    )


def _fingerprint(folder: Path) -> str:
    """A digest of the network's file."""
    return blake2b((folder / NETWORK).read_bytes(), digest_size=8).hexdigest()


def _squared_distances(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """float32 (points, others), 0 or more."""
    lengths = np.square(points).sum(1)[:, None] + np.square(others).sum(1)
    return np.maximum(lengths - 2 * points @ others.T, 0)


def _even_draw(rng: np.random.Generator, bars: int, count: int) -> np.ndarray:
    """`count` indices below `bars`, each drawn again only after all the others."""
    rounds = [rng.permutation(bars) for _ in range(-(-count // bars))]
    return np.concatenate(rounds)[:count]
