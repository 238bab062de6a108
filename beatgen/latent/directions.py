"""The directions of a network's latent space at play: where they lead, and what is left of a groove
that is moved along them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from beatgen.bars.attributes import OF_FEEL
from beatgen.errors import BeatGenError, ModelError
from beatgen.latent.runtime import AGAIN
from beatgen.training.fit_directions import Sides, attribute_directions, conditional, context


@dataclass(frozen=True)
class Direction:
    """A direction in latent space, float32 (latent_dim,): one standard deviation of the training
    bars long, or as long as its attribute should need to grow by one standard deviation (the model
    card tells how far it goes). One with a name is told for the mean of the training bars; it is
    another for each bar (`Vae.turns`)."""

    name: str
    vector: np.ndarray
    named: bool  # after an attribute, or a principal direction


class Compass:
    """The directions with `names`, and the principal ones, of a space as it is exported."""

    def __init__(self, names: Sequence[str], space: Mapping[str, np.ndarray], sides: Sides) -> None:
        self._names, self._sides = names, sides
        self._center, self._components = space["mean"], space["components"]
        self._covariance = self._components.T @ self._components
        self._feel_covariance = conditional(self._covariance, sides[0][0])
        self._response = space["response"]
        if len(names) > len(self._response):
            raise ModelError(f"the model card names directions that are not there. {AGAIN}")
        self._of_feel = [i for i, name in enumerate(names) if name in OF_FEEL]

    @cached_property  # the page asks for them many times a run
    def directions(self) -> tuple[Direction, ...]:
        """As `Vae.directions`."""
        vectors = self.turns(self._center[None])[0]
        named = (Direction(name, v, True) for name, v in zip(self._names, vectors, strict=True))
        principal = enumerate(self._components, start=1)
        return *named, *(Direction(f"principal {i}", v, False) for i, v in principal)

    def turns(self, z: np.ndarray) -> np.ndarray:
        """As `Vae.turns`."""
        slopes = np.einsum("atd,ntd->nad", self._response, context(z, self._center, self._sides))
        turns = attribute_directions(slopes, self._covariance)
        turns[:, self._of_feel] = attribute_directions(
            slopes[:, self._of_feel], self._feel_covariance
        )
        return turns.astype(np.float32)

    def moves(self, amounts: np.ndarray) -> np.ndarray:
        """Amounts (n, directions) as float32. Raises BeatGenError as `Vae.nudge` says."""
        count = len(self._response) + len(self._components)
        try:
            moves = np.asarray(amounts, np.float32)
        except (ValueError, TypeError):
            moves = np.array(np.nan)  # no numbers
        if moves.ndim != 2 or moves.shape[1] > count or not np.isfinite(moves).all():
            raise BeatGenError(f"amounts must be up to {count} finite numbers; found {amounts!r}.")
        return moves

    def turned(self, z: np.ndarray, moves: np.ndarray) -> np.ndarray:
        """z of bars (bars, latent_dim) after each of the moves, (n, bars, latent_dim)."""
        named, principal = np.split(moves, [len(self._response)], axis=1)
        turned = z + np.einsum("ma,bad->mbd", named, self.turns(z)[:, : named.shape[1]])
        return turned + (principal @ self._components[: principal.shape[1]])[:, None]

    def left(self, moves: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How much of a groove's own pattern and feel is kept after each of the moves, (n,) each;
        of the pattern all, where only the feel is turned."""
        squares, of_pattern = moves**2, ~np.isin(np.arange(moves.shape[1]), self._of_feel)
        return np.exp(-0.5 * squares[:, of_pattern].sum(1)), np.exp(-0.5 * squares.sum(1))
