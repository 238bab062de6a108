"""Directions in latent space: move a groove towards more swing, fewer hits, louder ...

Two kinds. The principal directions are fixed vectors, the principal axes of the training bars' z.
The named ones ("density", "swing": `beatgen.bars.attributes`) depend on the bar: to play with more
dynamics, what is loud gets louder and what is soft gets softer, and no single shift of z does that
to all bars. So each named direction is computed for the bar at hand, from the exported `response`:
how the attributes of a decoded bar change with a shift of its z. `beatgen.training.fit_directions`
fits the response; `beatgen.evaluation.direction_effects` measures what the directions really do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from beatgen.bars.attributes import OF_FEEL
from beatgen.errors import BeatGenError, ModelError, shown
from beatgen.latent.runtime import AGAIN

RIDGE = 1e-3  # share of the variance: leaves out dimensions that the network does not use
CONFLICT = 1e-3  # share of the mean response: what attributes have that no shift can tell apart

# The two sides of z in their order, pattern and feel: (dimensions, segments). Each side is divided
# evenly among equal segments of the bar (`beatgen.networks.bar_vae.ModelConfig`).
Sides = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Direction:
    """A direction in latent space.

    name:   of the attribute that grows along it, or "principal 1", "principal 2" ...
    vector: float32 (latent_dim,). A principal direction is one standard deviation of the training
            bars long; a named one should make its attribute grow by one standard deviation (the
            model card records how far it really goes). A named direction depends on the bar
            (`Vae.turns`); here it is the one at the mean of the training bars.
    named:  True for an attribute's direction, False for a principal one.
    """

    name: str
    vector: np.ndarray
    named: bool


class Directions:
    """The directions of an exported model, the named ones first.

    names: of the named directions, as the model card lists them.
    space: the arrays "mean" (latent_dim,), "components" (latent_dim, latent_dim) and "response"
    (attributes, terms, latent_dim) of the exported model.

    Raises ModelError where the card names more directions than the response holds.
    """

    def __init__(self, names: Sequence[str], space: Mapping[str, np.ndarray], sides: Sides) -> None:
        self._names, self._sides = names, sides
        self._center, self._components = space["mean"], space["components"]
        self._covariance = self._components.T @ self._components
        self._feel_covariance = conditional(self._covariance, sides[0][0])
        self._response = space["response"]
        # While a model is exported, it plays before it is known how it answers.
        if len(self._response) and self._response.shape[1] != 1 + 2 * widest_segment(sides):
            raise ModelError(f"the response is none of a model with these segments. {AGAIN}")
        if len(names) > len(self._response):
            raise ModelError(f"the model card names directions that are not there. {AGAIN}")
        self._of_feel = [i for i, name in enumerate(names) if name in OF_FEEL]

    @cached_property  # the page asks for them many times a run
    def all(self) -> tuple[Direction, ...]:
        """The named directions at the mean of the training bars, then the principal ones."""
        vectors = self.named_at(self._center[None])[0]
        named = (Direction(name, v, True) for name, v in zip(self._names, vectors, strict=True))
        principal = enumerate(self._components, start=1)
        return *named, *(Direction(f"principal {i}", v, False) for i, v in principal)

    def named_at(self, z: np.ndarray) -> np.ndarray:
        """The named directions at bars z (n, latent_dim): float32 (n, k, latent_dim).

        The attributes of feel move only the feel's dimensions of z, so no hit comes or goes.
        """
        slopes = np.einsum("atd,ntd->nad", self._response, context(z, self._center, self._sides))
        directions = attribute_directions(slopes, self._covariance)
        directions[:, self._of_feel] = attribute_directions(
            slopes[:, self._of_feel], self._feel_covariance
        )
        return directions.astype(np.float32)

    def check(self, amounts: np.ndarray | Sequence[Sequence[float]]) -> np.ndarray:
        """Amounts (n, directions) as float32. Raises BeatGenError where there are more than
        directions, or one is not a finite number."""
        count = len(self._response) + len(self._components)
        try:
            checked = np.asarray(amounts, np.float32)
        except (ValueError, TypeError):
            checked = np.array(np.nan)  # not numbers
        if checked.ndim != 2 or checked.shape[1] > count or not np.isfinite(checked).all():
            raise BeatGenError(
                f"amounts must be up to {count} finite numbers; found {shown(amounts)}."
            )
        return checked

    def move(self, z: np.ndarray, amounts: np.ndarray) -> np.ndarray:
        """z of bars (bars, latent_dim) moved by each row of checked amounts (n, directions):
        (n, bars, latent_dim)."""
        named, principal = np.split(amounts, [len(self._response)], axis=1)
        moved = z + np.einsum("ma,bad->mbd", named, self.named_at(z)[:, : named.shape[1]])
        return moved + (principal @ self._components[: principal.shape[1]])[:, None]

    def remaining(self, amounts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How near to the original groove each row of amounts (n, directions) stays, (n,) for its
        pattern and (n,) for its feel: 1 where nothing moves, falling to 0 with the amounts.
        Directions of feel do not touch the pattern."""
        squares, of_pattern = amounts**2, ~np.isin(np.arange(amounts.shape[1]), self._of_feel)
        return np.exp(-0.5 * squares[:, of_pattern].sum(1)), np.exp(-0.5 * squares.sum(1))


def context(z: np.ndarray, center: np.ndarray, sides: Sides) -> np.ndarray:
    """What the response depends on at bars z (n, d): float32 (n, terms, d).

    For each dimension of z the terms are: 1; the values of its own segment, less `center` (d,); and
    the mean of those over all segments of its side.
    """
    widest = widest_segment(sides)
    terms = np.zeros((len(z), 1 + 2 * widest, z.shape[1]), np.float32)
    terms[:, 0] = 1
    for side, segments, width in side_parts(sides):
        own = (z - center)[:, side].reshape(-1, segments, width)
        for first, values in ((1, own), (1 + widest, own.mean(1, keepdims=True))):
            wide = np.broadcast_to(values[..., None], (len(z), segments, width, width))
            columns = wide.transpose(0, 2, 1, 3).reshape(len(z), width, -1)
            terms[:, first : first + width, side] = columns
    return terms


def conditional(covariance: np.ndarray, given: int) -> np.ndarray:
    """Covariance (d, d) of a normal distribution where its first `given` dimensions are known."""
    known, cross = covariance[:given, :given], covariance[given:, :given]
    rest = np.zeros_like(covariance)
    rest[given:, given:] = (
        covariance[given:, given:]
        - cross @ np.linalg.pinv(known, rcond=RIDGE, hermitian=True) @ cross.T
    )
    return rest


def attribute_directions(slopes: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """For each of k attributes the direction in which it grows by one while the others stay as they
    are, as far as the slopes (n, k, d) of n bars show: (n, k, d).

    With W the transposed slopes of a bar and C the covariance (d, d) of z, the directions are
    (W' C W)^-1 W' C: of all shifts that do this, the most probable under a normal distribution of
    z. Dimensions without variance, such as the pattern's in `conditional`, do not move.
    """
    weighted = slopes @ covariance
    spread = weighted @ slopes.swapaxes(1, 2)
    count = slopes.shape[1]
    mean = np.trace(spread, axis1=1, axis2=2)[:, None, None] / max(count, 1)
    # An attribute that no shift changes, as of a network that decodes only silence, gets zeros.
    return np.linalg.pinv(spread + CONFLICT * mean * np.eye(count), hermitian=True) @ weighted


def side_parts(sides: Sides) -> Iterator[tuple[slice, int, int]]:
    """For each side its slice of z, its number of segments, and the dimensions of one segment."""
    start = 0
    for dim, segments in sides:
        yield slice(start, start + dim), segments, dim // segments
        start += dim


def widest_segment(sides: Sides) -> int:
    """The dimensions of the widest segment of any side."""
    return max(dim // segments for dim, segments in sides)
