"""From one or two grooves to a whole drum track: parts, repeats that breathe, fills, a bridge, an
intro and an ending.

Each bar begins as a bar of its part's theme. Which bar follows in playing (`latent.sequence`) is
drawn, and the theme's bar moves towards it, as far as `heat` says; what the model misses of the
theme fades with the distance. Fills are those that drummers played, the likelier here the sooner
chosen.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from beatgen.bars.strikes import ON_LINE, PLACES
from beatgen.errors import BeatGenError, check_seed, check_share
from beatgen.groove import STEPS, Groove, as_kit, columns, join
from beatgen.kit import INDEX, VOICES_OF_FAMILY
from beatgen.latent.codec import fade, groove_of
from beatgen.latent.decide import ELECTRONIC, GENERAL_MIDI, Prediction
from beatgen.latent.extras import Extras
from beatgen.latent.form import BRIDGE, ENDING, INTRO, MOST_BARS, SPECIAL, Part, fill_bars, parts_of
from beatgen.latent.sequence import Mixture, Sequence, before, style_index, wanted
from beatgen.meter import label_of

if TYPE_CHECKING:
    from beatgen.latent.atlas import Atlas
    from beatgen.latent.vae import Vae

BREATH = 0.25  # of the drawn feel that a repeat has at heat 0
APART = 0.5, 0.35  # how far a section that is made lies from the groove: at heat 0, and more at 1
ALIKE = 1.4  # distance of unrelated bars in z, a root mean square of standard deviations
CHOICE = 6.0, 12.0  # nats by which a fill may be less likely and still be chosen, heat 0 and 1
FAR = 200.0  # nats that a fill falls behind that has too few strikes; half where it was heard
FEWEST = 3  # strikes of a fill after it began
BEGINS = (4, 8, 12)  # sixteenths at which fills begin
LOUDER = 0.75, 1.3  # a fill's velocities are scaled within these, to be as loud as the groove
DRUMS = [v for family in ("kick", "snare", "tom") for v in VOICES_OF_FAMILY[family]]
CRASHES = list(VOICES_OF_FAMILY["crash"])
KICKS = list(VOICES_OF_FAMILY["kick"])
TIME = [v for family in ("hat", "ride") for v in VOICES_OF_FAMILY[family]]
CRASH = 110 / 127
LAST_STROKE = {"crash 1": 120 / 127, "kick": 115 / 127}


@dataclass(frozen=True, eq=False)
class Song:
    """groove: all bars, one after the other. parts: what they are, in order. fills: which bars are
    fills, from 0."""

    groove: Groove
    parts: tuple[Part, ...]
    fills: tuple[int, ...]

    @property
    def bars(self) -> int:
        return self.groove.bars

    @property
    def markers(self) -> tuple[tuple[int, str], ...]:
        """The first bar of each part, from 0, and its name, as `write_midi` takes them."""
        return tuple((part.first, part.name) for part in self.parts)


class Place(NamedTuple):
    """What stands in a bar of a song before anything is drawn: a bar of a theme. exact: it is heard
    as it is. number: of the bar in its part, from 0."""

    theme: int
    bar: int
    exact: bool
    number: int


class Songwriter:
    """Makes songs with a model that has a sequence network and an atlas."""

    def __init__(self, vae: Vae, sequence: Sequence, atlas: Atlas) -> None:
        self.vae, self.sequence, self.atlas = vae, sequence, atlas
        fills = np.flatnonzero(atlas.fill)
        self.fill_z = sequence.standardized(atlas.z(fills))
        self.fill_struck = atlas.struck[fills]

    def write(
        self,
        groove: Groove,
        bars: int,
        form: str,
        fills: int | Collection[int],
        heat: float,
        seed: int,
        other: Groove | None,
    ) -> Song:
        """As `Vae.song` describes."""
        check_share("heat", heat)
        check_seed(seed)
        parts = parts_of(form, bars)
        filled = fill_bars(parts, fills)
        grooves = [groove] if other is None else [groove, replace(other, tempo=groove.tempo)]
        for given in grooves:
            _check(given)
        used = np.any([as_kit(given).velocity.any((0, 1)) for given in grooves], axis=0)
        themes, places = self._plan(grooves, used, parts, heat, seed)
        return _Draft(self, themes, places, parts, filled, used, heat, seed).finished()

    def _plan(
        self,
        grooves: list[Groove],
        used: np.ndarray,
        parts: tuple[Part, ...],
        heat: float,
        seed: int,
    ) -> tuple[list[Groove], list[Place]]:
        """The themes, and where in the song their bars stand. Sections that were not given are
        takes of the groove, the farther from it the greater the heat."""
        names = list(dict.fromkeys(part.name for part in parts if part.name not in SPECIAL))
        themes = list(grooves)
        away = APART[0] + APART[1] * heat
        for i in range(len(themes), len(names)):
            (take,) = self.vae.vary(grooves[0], 1, away, seed + i)
            themes.append(_on_kit(take, used))
        theme_of = {name: i for i, name in enumerate(names)}
        places: list[Place] = []
        heard: set[int] = set()
        for i, part in enumerate(parts):
            theme = _neighbour(parts, i, theme_of)
            if part.name == BRIDGE:
                ends = [themes[_neighbour(parts, i, theme_of, first)] for first in (-1, 1)]
                bridge = self._bridge(ends[0], ends[1], part.bars, away, seed + len(themes))
                themes.append(_on_kit(bridge, used))
                theme = len(themes) - 1
            length = themes[theme].bars
            anew = part.name in (INTRO, BRIDGE) or theme not in heard
            places += [Place(theme, n % length, anew and n < length, n) for n in range(part.bars)]
            if part.name not in SPECIAL:
                heard.add(theme)
        return themes, places

    def _bridge(self, a: Groove, b: Groove, bars: int, away: float, seed: int) -> Groove:
        """From the last bar of a section to the first of the next; where both are the same one, a
        take of it."""
        if a is b:
            return self.vae.vary(a, 1, away, seed)[0]
        walk = self.vae.interpolate(a[-1], b[0], bars + 2)
        return replace(walk[1:-1], tempo=a.tempo)


class _Draft:
    """A song while it is made. x is z, standardized."""

    def __init__(
        self,
        writer: Songwriter,
        themes: list[Groove],
        places: list[Place],
        parts: tuple[Part, ...],
        fills: tuple[int, ...],
        used: np.ndarray,
        heat: float,
        seed: int,
    ) -> None:
        self.writer, self.sequence, self.codec = writer, writer.sequence, writer.vae.codec
        self.places, self.parts, self.fills, self.heat = places, parts, fills, heat
        self.rng = np.random.default_rng(seed)
        self.style = style_index(writer.atlas.nearest(themes[0]).style)
        z = [writer.vae.encode(theme) for theme in themes]
        residuals = [self.codec.residual(theme, of) for theme, of in zip(themes, z, strict=True)]
        self.base = join([themes[place.theme][place.bar] for place in places])
        self.of_base = np.concatenate([z[place.theme][[place.bar]] for place in places])
        self.residual = Prediction(
            *(
                np.stack([residuals[place.theme][part][place.bar] for place in places])
                for part in range(len(Prediction._fields))
            )
        )
        own = self.sequence.standardized(z[0])
        # What came before the song: the groove, as often as the network looks back.
        self.memory = self.sequence.memory
        self.past = own[np.arange(-self.memory, 0) % len(own)]
        self.used = used

    def finished(self) -> Song:
        base = self.sequence.standardized(self.of_base)
        x = np.concatenate([self.past, base])
        is_fill = np.zeros(len(x), np.float32)
        is_fill[[self.memory + bar for bar in self.fills]] = 1
        chosen: dict[int, tuple[int, int]] = {}  # bar -> its fill, and the sixteenth it begins at
        crashes = []
        for bar, place in enumerate(self.places):
            at = self.memory + bar
            past = before(x, is_fill, [at], np.array([self.memory]), self.memory)
            asked = wanted(*(np.array([v]) for v in (place.number, int(is_fill[at]), self.style)))
            if bar and is_fill[at - 1]:
                crashes += [bar] * self._lands(self.sequence.patterns(*past, asked))
            if is_fill[at]:
                chosen[bar] = self._fill(self.sequence.patterns(*past, asked), chosen)
                x[at] = self.writer.fill_z[chosen[bar][0]]
            elif not place.exact:
                drawn = self.sequence.draw(*past, asked, self.rng, 0.5 + 0.5 * self.heat)[0]
                x[at] = self._moved(x[at], drawn)
        x = x[self.memory :]
        velocity, timing = self._played(base, x)
        self._put_fills(velocity, timing, chosen)
        self._enter(velocity)
        self._land(velocity, timing, crashes)
        self._end(velocity, timing)
        groove = replace(self.base, velocity=velocity, timing=timing)
        return Song(groove, self.parts, self.fills)

    def _moved(self, x: np.ndarray, drawn: np.ndarray) -> np.ndarray:
        """A bar that goes where it is drawn to: its feel as far as heat says, its pattern wholly or
        not at all, the oftener the greater the heat. Half-way between two patterns a bar would lose
        what only one of them has."""
        p = self.sequence.pattern_dim
        share = np.full(len(x), max(BREATH, self.heat), np.float32)
        share[:p] = self.rng.random() < self.heat
        return x + share * (drawn - x)

    def _played(self, base: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Velocity and timing of all bars, those of the base where they stayed as they are."""
        p = self.sequence.pattern_dim
        apart = np.square(x - base)
        kept = [
            fade(np.maximum(0, 1 - np.sqrt(side.mean(1)) / ALIKE))[:, None, None, None]
            for side in (apart[:, :p], apart[:, p:])
        ]
        z = self.sequence.plain(x)
        counts, *of_feel = self.residual
        pattern = self.codec.decide(z[None, :, :p], counts[None] * kept[0])
        missed = [(part * kept[1])[None] for part in of_feel]
        (heard,) = self.codec.play(
            z[None, :, p:], pattern, missed, [self.base.tempo], self.base.meters
        )
        heard = _on_kit(heard, self.used)
        with_extras = Extras(self.base).onto(heard, moved=True)
        grids = [columns(groove, self.base.voices) for groove in (with_extras, self.base)]
        exact = np.array([place.exact for place in self.places])[:, None, None]
        velocity, timing = (np.where(exact, own, new) for new, own in zip(*grids, strict=True))
        return velocity, timing

    def _fill(self, likely: Mixture, chosen: dict[int, tuple[int, int]]) -> tuple[int, int]:
        """A fill that drummers played, drawn by how likely it is here, and where it begins: the
        later, the less the heat."""
        writer = self.writer
        chance = np.array([1 + 2 * self.heat, 3, 3 - 2 * self.heat])
        begin = int(self.rng.choice(BEGINS, p=chance / chance.sum()))
        nats = likely.log_likelihood(writer.fill_z[:, : self.sequence.pattern_dim])
        strikes = writer.fill_struck[:, begin:, DRUMS].sum((1, 2))
        nats = np.where(strikes >= FEWEST, nats, nats.min() - FAR)
        nats[[fill for fill, _ in chosen.values()]] -= FAR / 2
        low, high = CHOICE
        return int(
            (nats / (low + (high - low) * self.heat) + self.rng.gumbel(size=len(nats))).argmax()
        ), begin

    def _put_fills(
        self, velocity: np.ndarray, timing: np.ndarray, chosen: dict[int, tuple[int, int]]
    ) -> None:
        """From where a fill begins, its hits take the place of the kit's, about as loud."""
        if not chosen:
            return
        z = self.sequence.plain(self.writer.fill_z[[fill for fill, _ in chosen.values()]])
        prediction, pattern = self.codec.predict(z)
        fills = _on_kit(groove_of(prediction.strikes(pattern), self.base.tempo), self.used)
        kit = slice(0, len(self.used))
        for i, (bar, (_, begin)) in enumerate(chosen.items()):
            steps = slice(begin * PLACES - ON_LINE, STEPS - ON_LINE)
            new = fills.velocity[i, steps]
            level = _level(self.base.velocity[bar, :, kit]) / max(_level(new), 1e-6)
            new = np.where(new > 0, np.clip(new * np.clip(level, *LOUDER), 1 / 127, 1), 0)
            velocity[bar, :, kit], timing[bar, :, kit] = (
                columns(self.base, range(len(self.used)))[side][bar] for side in (0, 1)
            )
            velocity[bar, steps.start :, kit], timing[bar, steps.start :, kit] = 0, 0
            velocity[bar, steps, kit] = np.rint(new * 127) / 127
            timing[bar, steps, kit] = fills.timing[i, steps]

    def _lands(self, likely: Mixture) -> bool:
        """Whether the bar behind a fill begins with a crash: as often as is to be expected here."""
        p = self.sequence.pattern_dim
        means = likely.mean[0]
        z = np.pad(means, ((0, 0), (0, len(self.sequence.center) - p)))
        counts = self.codec.predict_counts(self.sequence.plain(z)[:, :p])
        none = counts[:, 0, CRASHES, 0].prod(-1)
        return bool(self.rng.random() < np.exp(likely.log_weight[0]) @ (1 - none))

    def _land(self, velocity: np.ndarray, timing: np.ndarray, bars: list[int]) -> None:
        """A crash on the one of these bars, with a kick, where there are none yet."""
        for bar in bars:
            late = timing[bar, 0, velocity[bar, 0].argmax()]
            if not velocity[bar, 0, CRASHES].any():
                velocity[bar, 0, INDEX["crash 1"]], timing[bar, 0, INDEX["crash 1"]] = CRASH, late
            if not velocity[bar, 0, INDEX["kick"]]:
                velocity[bar, 0, INDEX["kick"]], timing[bar, 0, INDEX["kick"]] = CRASH, late

    def _enter(self, velocity: np.ndarray) -> None:
        """The bars of an intro: time alone at first, then the kick with it, and fills as they
        are."""
        for part in self.parts:
            for bar in range(part.first, part.end if part.name == INTRO else part.first):
                late = 2 * (bar - part.first) >= part.bars
                kept = [*TIME, *KICKS] if late else TIME
                gone = [v for v in range(len(self.used)) if v not in kept]
                rest = velocity[bar].copy()
                until = STEPS
                if bar in self.fills:
                    until = STEPS // 2
                rest[:until, gone] = 0
                if rest.any():
                    velocity[bar] = rest

    def _end(self, velocity: np.ndarray, timing: np.ndarray) -> None:
        """The last bar of an ending: one stroke."""
        last = self.parts[-1]
        if last.name != ENDING:
            return
        velocity[-1], timing[-1] = 0, 0
        for name, loud in LAST_STROKE.items():
            velocity[-1, 0, INDEX[name]] = loud


def _neighbour(parts: tuple[Part, ...], i: int, theme_of: dict[str, int], way: int = 0) -> int:
    """The theme of a part; of an intro, a bridge or an ending that of the section behind or before
    it. way: 1 looks behind it, -1 before it."""
    if way == 0 and parts[i].name in theme_of:
        return theme_of[parts[i].name]
    behind, ahead = parts[:i][::-1], parts[i + 1 :]
    first = (
        (*ahead, *behind)
        if way == 1 or (way == 0 and parts[i].name == INTRO)
        else (*behind, *ahead)
    )
    return next((theme_of[part.name] for part in first if part.name in theme_of), 0)


def _on_kit(groove: Groove, used: np.ndarray) -> Groove:
    """The groove on voices that a kit has: where it has none that only an electronic kit has, on
    those that General MIDI has in their place."""
    if used[list(ELECTRONIC)].any():
        return groove
    velocity, timing = groove.velocity.copy(), groove.timing.copy()
    for voice, target in GENERAL_MIDI.items():
        louder = velocity[:, :, voice] > velocity[:, :, target]
        for grid in (timing, velocity):
            grid[:, :, target] = np.where(louder, grid[:, :, voice], grid[:, :, target])
        velocity[:, :, voice], timing[:, :, voice] = 0, 0
    return replace(groove, velocity=velocity, timing=timing)


def _level(velocity: np.ndarray) -> float:
    """Mean velocity of the kick's, the snare's and the toms' hits; 0 where there is none."""
    hits = velocity[:, DRUMS]
    return float(hits.sum() / max(1, np.count_nonzero(hits)))


def _check(groove: Groove) -> None:
    """Raises BeatGenError for what no song can be made of."""
    if not groove.is_common:
        raise BeatGenError(
            f"a song is made of bars of 4/4, which the model learned to follow; bars of "
            f"{label_of(groove.meters)} were found. Bring the groove into 4/4 first."
        )
    if groove.bars > MOST_BARS:
        raise BeatGenError(
            f"a groove of {groove.bars} bars found; expected {MOST_BARS} at most to make a song of."
        )
