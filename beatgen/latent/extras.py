"""A groove's percussion, which the network does not know, along what the network makes of the rest.

The network hears a clap as a snare (`beatgen.groove.as_kit`), and answers with snares. Those that
it gives only because of that go, and the claps come back in their place: as they were in a take, or
faded with A or B in a blend. Where the feel changes, extras move with the kit's voice that plays
their part. A groove of percussion alone is varied as the kit that it is heard as, and its own
instruments play what comes of that.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from beatgen.bars.hits import Hit, Name, grid_of, named_hits
from beatgen.groove import Groove, as_kit, extras_of, sixteenths_of, voices_of
from beatgen.kit import EVERY, FAMILIES, VOICES, VOICES_OF_FAMILY

KIT = len(VOICES)
DRUMS = ("kick", "snare", "tom")  # families that are no cymbals
HALF = 0.5  # at this share of its groove the softest hit is gone; a full one stays to the end


def _family(number: int) -> str:
    """The family as which an extra is heard, "" for none."""
    fold = EVERY[number].fold
    return "" if fold is None else VOICES[fold].family


class Extras:
    """The extras of one groove, or of several that are blended, all of as many bars and steps."""

    def __init__(self, *sources: Groove) -> None:
        self._any = any(source.extras for source in sources)
        if not self._any:
            return
        self._sources = sources
        self._sixteenth = sixteenths_of(sources[0])
        self._sixteenths = int(self._sixteenth.max()) + 1
        # Per source, bool (families, sixteenths): struck by the kit itself, or only by what is
        # heard as the kit.
        self._heard = [as_kit(source) for source in sources]
        own = [self._struck(source) for source in sources]
        only = [
            self._struck(heard) & ~struck for heard, struck in zip(self._heard, own, strict=True)
        ]
        self._own, self._only = np.array(own, float), np.array(only, float)
        self._voices = voices_of(*sources)[KIT:]
        self._hits = [named_hits(source, self._voices) for source in sources]

    def onto(
        self,
        heard: Groove,
        pattern: np.ndarray | None = None,
        feel: np.ndarray | None = None,
        moved: bool = False,
    ) -> Groove:
        """What the network made of the sources as it heard them, with their extras.

        pattern, feel: the weights of the sources, (sources,), with the sum 1; by default the first
        has it all. moved: whether the feel of the first was changed; its extras change theirs with
        the voices that play their parts.
        """
        if not self._any:
            return heard
        first = np.eye(len(self._sources))[0]
        weights = first if pattern is None else pattern
        hits = self._mixed(weights, weights if feel is None else feel)
        if moved:
            hits = self._with_feel(hits, heard)
        kit, timing = (grid[:, :, :KIT].copy() for grid in (heard.velocity, heard.timing))
        gone = self._through_fold(weights)
        for family, voices in enumerate(VOICES_OF_FAMILY.values()):
            rows = np.ix_(*map(range, kit.shape[:2]), voices)
            kit[rows] = np.where(gone[family][self._sixteenth][..., None], 0, kit[rows])
        return self._placed(heard, kit, timing, hits)

    @property
    def alone(self) -> bool:
        """Whether the first source has nothing but extras."""
        return self._any and not self._own[0].any()

    def played_by(self, heard: Groove) -> Groove:
        """What the network made of a source of extras alone, played by them: each of the kit's hits
        by those extras that struck in its sixteenth and are heard as its voice, or its family; else
        by the one of them with most hits. Where none is heard so, a drum takes the hits of other
        drums, and what keeps time those of cymbals, if it is free. Extras that are heard as nothing
        stay."""
        own = self._hits[0]
        hits = {name: hit for name, hit in own.items() if EVERY[name[0]].fold is None}
        counts = Counter(number for number, *_ in own if EVERY[number].fold is not None)
        numbers = [number for number, _ in counts.most_common()]
        spare = []
        for name, hit in named_hits(heard, range(KIT)).items():
            voice, sixteenth, order = name
            players = [number for number in numbers if EVERY[number].fold == voice]
            players = players or [n for n in numbers if _family(n) == VOICES[voice].family]
            there = [n for n in players if (n, sixteenth, 0) in own]
            for number in there or players[:1]:
                while (number, sixteenth, order) in hits:
                    order += 1
                hits[number, sixteenth, order] = hit
            if not players:
                spare.append((name, hit))
        for (voice, sixteenth, _), hit in spare:
            drum = VOICES[voice].family in DRUMS
            free = [n for n in numbers if (_family(n) in DRUMS) == drum][:1]
            if free and (free[0], sixteenth, 0) not in hits:
                hits[free[0], sixteenth, 0] = hit
        silent = np.zeros((*heard.velocity.shape[:2], KIT), np.float32)
        return self._placed(heard, silent, silent.copy(), hits)

    def _through_fold(self, weights: np.ndarray) -> np.ndarray:
        """In which sixteenths a family's hits are there only because extras are heard as it, bool
        (families, sixteenths)."""
        own, only = (np.tensordot(weights, part, 1) for part in (self._own, self._only))
        # Where neither groove strikes the family: whether anything but extras plays it at all.
        plays = self._own.any(-1)
        of_extras = np.tensordot(weights, self._only.any(-1) & ~plays, 1)
        elsewhere = of_extras > np.tensordot(weights, plays, 1)
        return (only > own) | ((own == 0) & (only == 0) & elsewhere[:, None])

    def _mixed(self, weights: np.ndarray, feels: np.ndarray) -> dict[Name, Hit]:
        """The hits of the extras: one that several of the grooves have is between theirs, and it is
        faded with their weight."""
        mixed: dict[Name, Hit] = {}
        for name in dict.fromkeys(name for hits in self._hits for name in hits):
            struck = [i for i, hits in enumerate(self._hits) if name in hits]
            share = feels[struck]
            # A hit of one groove alone keeps its feel, wherever the feel is.
            share = share / share.sum() if share.any() else np.full(len(struck), 1 / len(struck))
            own = np.array([self._hits[i][name] for i in struck])
            hit = Hit(*(share @ own).tolist()) if len(struck) > 1 else self._hits[struck[0]][name]
            weight = 1.0 if len(struck) == len(weights) else float(weights[struck].sum())
            if weight > HALF * (1 - hit.velocity) or weight == 1:
                mixed[name] = Hit(hit.place, hit.velocity * float(np.sqrt(weight)))
        return {name: hit for name, hit in mixed.items() if hit.velocity > 0}

    def _with_feel(self, hits: dict[Name, Hit], heard: Groove) -> dict[Name, Hit]:
        """The hits as much later and louder as the voices that play their parts became."""
        before, after = self._parts(self._heard[0]), self._parts(heard)
        moved = {}
        for name, hit in hits.items():
            number, sixteenth, _ = name
            fold_to = EVERY[number].fold
            at = fold_to, sixteenth
            if fold_to is not None and at not in before:  # the kit's own family counts there
                family = VOICES_OF_FAMILY[VOICES[fold_to].family]
                at = next(((v, sixteenth) for v in family if (v, sixteenth) in before), at)
            if at in before and at in after:
                old, new = before[at], after[at]
                velocity = float(np.clip(hit.velocity * new.velocity / old.velocity, 1 / 127, 1))
                hit = Hit(hit.place + new.place - old.place, velocity)
            moved[name] = hit
        return moved

    def _parts(self, groove: Groove) -> dict[tuple[int | None, int], Hit]:
        """The loudest hit of each of the kit's voices in each sixteenth."""
        loudest: dict[tuple[int | None, int], Hit] = {}
        for (number, sixteenth, _), hit in named_hits(groove, range(KIT)).items():
            at = number, sixteenth
            if at not in loudest or hit.velocity > loudest[at].velocity:
                loudest[at] = hit
        return loudest

    def _placed(
        self, heard: Groove, kit: np.ndarray, timing: np.ndarray, hits: dict[Name, Hit]
    ) -> Groove:
        """The kit's grid with columns for the extras' hits."""
        grid = grid_of(hits, heard, self._voices)
        voices = (*range(KIT), *self._voices)
        return replace(
            heard,
            velocity=np.concatenate([kit, grid[0]], axis=2),
            timing=np.concatenate([timing, grid[1]], axis=2),
            extras=extras_of(voices),
        )

    def _struck(self, groove: Groove) -> np.ndarray:
        """In which sixteenths the kit's families are struck, bool (families, sixteenths)."""
        struck = np.zeros((len(FAMILIES), self._sixteenths), bool)
        for family, voices in enumerate(VOICES_OF_FAMILY.values()):
            cells = (groove.velocity[:, :, list(voices)] > 0).any(2)
            struck[family, self._sixteenth[cells]] = True
        return struck
