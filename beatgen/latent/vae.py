"""The model a musician plays: encode, decode, blend, vary, sample, humanize, complete,
finish, nudge.

Grooves and numpy arrays in, grooves and numpy arrays out. The network runs in LiteRT, TensorFlow's
small runtime; TensorFlow itself is never imported here.

The model cannot hold every detail of a groove. So each method starts from the groove itself and
applies the change that the model predicts: an amount of 0 is exactly the groove, hit for hit, and
details that the model cannot hold fade out with the distance (`codec.fade`).
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from beatgen.bars.pieces import cut, pieces_of
from beatgen.errors import BeatGenError, ModelError, check_count, check_seed, check_share
from beatgen.groove import Groove, checked_meters, join
from beatgen.kit import INDEX
from beatgen.latent.atlas import ATLAS, Atlas, load_atlas
from beatgen.latent.blend import PATH_FRAMES, Blend, Corners
from beatgen.latent.codec import Codec, fade, groove_of, strikes_of
from beatgen.latent.decide import Prediction
from beatgen.latent.directions import Direction, Directions
from beatgen.latent.drumify import Drummer, rhythm_of
from beatgen.latent.extras import Extras
from beatgen.latent.feel import ExpectedStrike, draw_feel
from beatgen.latent.finish import Finisher, Proposal
from beatgen.latent.humanize import Amount, Amounts, amounts_of, with_feel
from beatgen.latent.neighbours import Neighbours
from beatgen.latent.prior import FlowPrior, GaussianPrior, Prior
from beatgen.latent.runtime import AGAIN, SEQUENCE_NETWORK, Network, load_network
from beatgen.latent.sequence import Sequence as Sequencer
from beatgen.latent.song import Song, Songwriter
from beatgen.lock import Lock
from beatgen.meter import FOUR_FOUR, Meter, label_of

FEWEST = 4  # struck sixteenths of a sampled bar; one training bar in a hundred has fewer


def load_model(name: str | os.PathLike[str] = "bar") -> Vae:
    """Load a model: shipped weights by name, or those in a folder that `beatgen train` exported.

    "bar" is BeatGen's own model, "bar-16" the same with 16 latent dimensions. Raises ModelError
    where the weights are missing, or are not those of a BarVAE.

    >>> import beatgen as bg
    >>> bg.load_model("bar-16").latent_dim
    16
    """
    return Vae(load_network(name))


class Vae:
    """A trained variational autoencoder over single bars, and its prior.

    Made by `load_model`. z has `latent_dim` dimensions for each bar, the first `pattern_dim` of
    them for the pattern (which sixteenths are struck), the others for the feel (when exactly, and
    how loud).

    codec: the network as encoder and decoder of bars as arrays. prior: where in latent space real
    bars lie.

    >>> import beatgen as bg
    >>> from beatgen import demo
    >>> vae = bg.load_model()
    >>> mix = vae.blend(demo.load("funk"), demo.load("samba"), 0.5)
    >>> mix.bars, mix.tempo
    (4, 105.0)
    """

    def __init__(self, network: Network) -> None:
        self.codec = Codec(network)
        center, components = network.space["mean"], network.space["components"]
        covariance = components.T @ components
        self.prior: Prior = GaussianPrior(center, covariance, self.pattern_dim)
        if "drift" in network:
            self.prior = FlowPrior(network, *self.standard, self.pattern_dim)
        try:
            names = [str(direction["name"]) for direction in self.card.get("directions", ())]
        except (KeyError, TypeError) as error:
            raise ModelError(f"the model card has directions without names. {AGAIN}") from error
        self._directions = Directions(names, network.space, self.codec.sides)

    @property
    def card(self) -> dict[str, Any]:
        """The model card: configuration, training, data, licence, limits, measured quality."""
        return self.codec.card

    @property
    def latent_dim(self) -> int:
        """Dimensions of z."""
        return self.codec.latent_dim

    @property
    def pattern_dim(self) -> int:
        """How many of them, the first ones, are the pattern's."""
        return self.codec.pattern_dim

    @property
    def standard(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of the training bars' z, (latent_dim,) each."""
        space = self.codec.network.space
        components = space["components"]
        return space["mean"], np.sqrt(np.square(components).sum(0))

    # --- Groove <-> z ---------------------------------------------------------------------------

    def encode(self, groove: Groove) -> np.ndarray:
        """z_mean of each bar, float32 (bars, latent_dim). A bar longer than four quarters takes
        a row for each of its pieces (`beatgen.bars.pieces`): 5/4 and 12/8 two. Extras are heard as
        the kit's voices that play their parts (`beatgen.groove.as_kit`). Raises BeatGenError for
        other than 64 steps per bar of 4/4.

        >>> import beatgen as bg
        >>> from beatgen import demo
        >>> bg.load_model("bar-16").encode(demo.load("funk")[:2]).shape
        (2, 16)
        """
        velocity, timing = cut(groove)
        return self.codec.encode_bars(velocity, timing, loop=len(velocity))[0]

    def decode(
        self, z: np.ndarray, tempo: float = 120.0, meter: Meter | Sequence[Meter] = FOUR_FOUR
    ) -> Groove:
        """The groove of z, (latent_dim,) or (bars, latent_dim): one bar for each row, one after the
        other, as `encode` gives them.

        meter: of all bars, or of each in turn. Raises BeatGenError for another shape, and where the
        rows are not those of whole bars.

        >>> import beatgen as bg
        >>> from beatgen import demo
        >>> vae = bg.load_model()
        >>> vae.decode(vae.encode(demo.load("funk")), tempo=100).bars
        4
        """
        z = self.codec.check_z(z)
        meters = _meters_of(len(z), meter)
        prediction, pattern = self.codec.predict(z)
        return groove_of(prediction.strikes(pattern), tempo, len(pattern), meters)

    def decode_each(self, z: np.ndarray, tempo: float = 120.0) -> list[Groove]:
        """`decode`, but a groove of one bar of 4/4 for each row of z, independent of the others.

        >>> import beatgen as bg
        >>> from beatgen import demo
        >>> vae = bg.load_model()
        >>> [bar.bars for bar in vae.decode_each(vae.encode(demo.load("funk")))]
        [1, 1, 1, 1]
        """
        prediction, pattern = self.codec.predict(self.codec.check_z(z))
        bars = groove_of(prediction.strikes(pattern), tempo)
        return [bars[i] for i in range(bars.bars)]

    def reconstruct(self, groove: Groove) -> Groove:
        """The groove encoded and decoded: what the model can hold of it.

        >>> import beatgen as bg
        >>> from beatgen import demo
        >>> funk = demo.load("funk")
        >>> bg.load_model().reconstruct(funk).tempo == funk.tempo
        True
        """
        return self.decode(self.encode(groove), groove.tempo, groove.meters)

    # --- bars as arrays -------------------------------------------------------------------------

    def encode_bars(
        self,
        velocity: np.ndarray,
        timing: np.ndarray,
        known: np.ndarray | None = None,
        loop: int = 1,
    ) -> tuple[np.ndarray, np.ndarray]:
        """z_mean and z_log_var of grids (n, 64, 22): `Codec.encode_bars`."""
        return self.codec.encode_bars(velocity, timing, known, loop)

    def decode_bars(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Velocity and timing of z (n, latent_dim): `Codec.decode_bars`."""
        return self.codec.decode_bars(z)

    def reconstruct_bars(
        self, velocity: np.ndarray, timing: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Expected velocity, velocity and timing of grids (n, 64, 22): `Codec.reconstruct_bars`."""
        return self.codec.reconstruct_bars(velocity, timing)

    # --- from one groove to another -------------------------------------------------------------

    def blend(
        self,
        a: Groove,
        b: Groove,
        amount: float,
        feel: float | None = None,
        meter: str | Meter | Sequence[Meter] | None = None,
    ) -> Groove:
        """The blend of two grooves: amount 0 is exactly `a`, 1 exactly `b`.

        feel: the amount for the feel alone; `amount` then moves only the pattern. Amount 0 and feel
        1 is a's pattern with b's feel. Bars are blended one by one, the shorter groove repeating;
        the tempo goes with `amount`. meter: that of the blend, by default a's; a groove of another
        one is brought into it first (`in_meter`), and then it is that which is met at the end.
        Raises BeatGenError for amounts outside 0 to 1.

        What is mixed is the noise of the prior, so every blend is a bar that a drummer might play.
        Each part (kick, snare and toms, hats, ride, crashes) is about as busy in between as in the
        two grooves.

        >>> import beatgen as bg
        >>> from beatgen import demo
        >>> funk, samba = demo.load("funk"), demo.load("samba")
        >>> vae = bg.load_model()
        >>> vae.blend(funk, samba, 0) == funk
        True
        >>> vae.blend(funk, samba, 0.5).tempo
        105.0
        """
        return self.between(a, b, meter).blend(amount, feel)

    def blend_path(
        self,
        a: Groove,
        b: Groove,
        frames: int = PATH_FRAMES,
        feel: float | None = None,
        meter: str | Meter | Sequence[Meter] | None = None,
    ) -> list[Groove]:
        """`blend` at `frames` (2 or more) equal steps from 0 to 1, decoded at once.

        >>> import beatgen as bg
        >>> from beatgen import demo
        >>> path = bg.load_model().blend_path(demo.load("funk"), demo.load("samba"), frames=5)
        >>> [groove.tempo for groove in path]
        [104.0, 104.5, 105.0, 105.5, 106.0]
        """
        return self.between(a, b, meter).path(frames, feel)

    def between(
        self, a: Groove, b: Groove, meter: str | Meter | Sequence[Meter] | None = None
    ) -> Blend:
        """Two grooves ready to be blended many times: what all their blends share is computed once.
        meter: as for `blend`. Raises BeatGenError for grooves of different steps per bar.

        >>> import beatgen as bg
        >>> from beatgen import demo
        >>> blend = bg.load_model().between(demo.load("funk"), demo.load("samba"))
        >>> blend.blend(0.3) == blend.blend(0.3, feel=0.3)
        True
        """
        return Blend(self.codec, self.prior, a, b, meter)

    def interpolate(
        self,
        a: Groove,
        b: Groove,
        steps: int = 8,
        meter: str | Meter | Sequence[Meter] | None = None,
    ) -> Groove:
        """A walk from `a` to `b`, one bar for each step, both ends included.

        Step i plays bar i of the blend there; grooves that have fewer bars repeat. The tempo is
        a's. meter: as for `blend`. Raises BeatGenError for less than 2 steps.

        >>> import beatgen as bg
        >>> from beatgen import demo
        >>> bg.load_model().interpolate(demo.load("funk"), demo.load("samba"), steps=4).bars
        4
        """
        check_count("steps", steps, 2)
        return join(self.between(a, b, meter).walk(steps))

    def mix(
        self,
        grooves: Sequence[Groove],
        across: float,
        up: float,
        meter: str | Meter | Sequence[Meter] | None = None,
    ) -> Groove:
        """A mix of up to four grooves, at a place on the square that they are the corners of.

        across, up: 0 to 1 each. The first groove is at (0, 0), the second at (1, 0), the third at
        (0, 1), the fourth at (1, 1), each there exactly; of three, the third is all along the upper
        edge. The weights are bilinear (`beatgen.latent.blend.corner_weights`), and the tempo goes
        with them. What is mixed is the noise of the prior, with the variance of one draw: for
        independent draws that is the direction which spherical interpolation gives, for two as for
        four. On an edge the mix is the blend of its two ends. meter: as for `blend`. Raises
        BeatGenError for a place outside the square, and for another number of grooves.

        >>> import beatgen as bg
        >>> from beatgen import demo
        >>> four = [demo.load(name) for name in ("funk", "samba", "jazz-swing", "breakbeat")]
        >>> vae = bg.load_model()
        >>> vae.mix(four, 1, 0) == four[1].repeat(4)
        True
        >>> vae.mix(four, 0.5, 0.5).bars
        4
        """
        return self.corners(grooves, meter).mix(across, up)

    def corners(
        self, grooves: Sequence[Groove], meter: str | Meter | Sequence[Meter] | None = None
    ) -> Corners:
        """Up to four grooves ready to be mixed many times: what all their mixes share is computed
        once. Raises BeatGenError as `mix` does.

        >>> import beatgen as bg
        >>> from beatgen import demo
        >>> corners = bg.load_model().corners([demo.load("funk"), demo.load("samba")])
        >>> len(corners.lattice(3))
        9
        """
        return Corners(self.codec, self.prior, grooves, meter)

    def arrange(
        self,
        grooves: Sequence[Groove],
        places: Sequence[tuple[float, float]],
        meter: str | Meter | Sequence[Meter] | None = None,
    ) -> Groove:
        """A walk on the square between up to four grooves: one bar for each place, (across, up).

        Bar i is bar i of `mix` at the i-th place; grooves that have fewer bars repeat. The tempo is
        the first groove's. meter: as for `blend`. Raises BeatGenError as `mix` does, and where
        there is no place.

        >>> import beatgen as bg
        >>> from beatgen import demo
        >>> three = [demo.load(name) for name in ("funk", "samba", "breakbeat")]
        >>> song = bg.load_model().arrange(three, [(0, 0), (0, 0), (0.5, 0), (1, 0), (0.5, 0.5)])
        >>> song.bars, song[:2] == three[0][:2]
        (5, True)
        """
        check_count("places", len(places))
        walked = join(self.corners(grooves, meter).walk(places))
        return replace(walked, tempo=grooves[0].tempo)

    # --- new grooves ----------------------------------------------------------------------------

    def vary(
        self,
        groove: Groove,
        count: int = 6,
        amount: float = 0.5,
        seed: int = 0,
        feel: float | None = None,
    ) -> list[Groove]:
        """`count` takes (variations) of a groove: amount 0 is the groove itself, 1 a new one.

        feel: the amount for the feel alone; `amount` then moves only the pattern. With amount 0 all
        takes are the groove's hits, played differently. The noise of the groove is moved along a
        circle towards other noise, so that a take is about as probable a bar as the groove is; all
        bars of a take move the same way. Raises BeatGenError for amounts outside 0 to 1, a count
        below 1, a seed below 0.

        >>> import beatgen as bg
        >>> from beatgen import demo
        >>> takes = bg.load_model().vary(demo.load("funk"), count=3, amount=0.4, seed=7)
        >>> [take.bars for take in takes]
        [4, 4, 4]
        """
        amounts = amount, amount if feel is None else feel
        check_share("amount", amount)
        check_share("feel", amounts[1])
        check_count("count", count)
        own, other = self.prior.to_noise(self.encode(groove)), self._noise(count, seed)[:, None]
        if not any(amounts):
            return [groove] * count
        share = np.repeat(np.array(amounts, np.float32), [dim for dim, _ in self.codec.sides])
        noise = np.sqrt(1 - share**2) * own + share * other
        z = self.prior.to_z(noise.reshape(-1, self.latent_dim).astype(np.float32))
        remaining = [np.full(count, 1 - of_side, np.float32) for of_side in amounts]
        return self._moved(groove, self.prior.to_z(own), z.reshape(noise.shape), *remaining)

    def sample(
        self, count: int = 4, seed: int = 0, tempo: float = 120.0, whole: bool = False
    ) -> list[Groove]:
        """`count` new bars in 4/4, drawn from the prior.

        A quarter more are drawn, and those are left out that stand alone as a groove least: first
        those with fewer than FEWEST struck sixteenths, then those without a kick on the one. whole:
        the whole spread of the prior, nothing is left out. Raises BeatGenError for a count below 1,
        a seed below 0.

        >>> import beatgen as bg
        >>> [bar.bars for bar in bg.load_model().sample(count=3, seed=7)]
        [1, 1, 1]
        """
        check_count("count", count)
        more = 0 if whole else -(-count // 4)
        drawn = self.decode_each(self.prior.to_z(self._noise(count + more, seed)), tempo)
        best = sorted(range(len(drawn)), key=lambda i: _lack(drawn[i]))[:count]
        return [drawn[i] for i in sorted(best)]

    def humanize(
        self,
        groove: Groove,
        seed: int = 0,
        spread: float = 1.0,
        *,
        timing: Amount | None = None,
        velocity: Amount | None = None,
        keep_accents: bool | None = None,
        like: Groove | str | np.ndarray | None = None,
    ) -> Groove:
        """The groove's pattern with another feel.

        By default the feel is newly drawn and the groove's own is not used. spread: 1 draws it from
        the prior, 0 gives the average feel for the pattern, the same for every seed. The average is
        the mean of what the model predicts and of the feels of the most similar training bars. The
        bars of a groove share most of a draw, as one drummer plays them all.

        like: whose feel it is instead: that of a groove, which repeats or ends with this one; of a
        style of the training bars (`Atlas.styles`), or of some of them, int (n,), such as a region
        of the map (`Atlas.inside`). The seed then chooses among the 16 most similar of them.

        timing, velocity: how much of that feel is taken, 0 (as written) to 1; a number for all, or
        for each family that changes (`beatgen.kit.FAMILIES`, "percussion"). What is left out is 1
        where the other one or keep_accents is given, too. keep_accents: what is written louder than
        another hit of its family, by 12 of MIDI's 127 or more, stays louder; so by default where an
        amount is given. As soon as one of these three is given, hits that are written together
        move together (`beatgen.latent.humanize`).

        Raises BeatGenError for amounts or a spread outside 0 to 1, a seed below 0, a family or a
        style that is none, and where there is no training bar to be like.

        >>> import beatgen as bg
        >>> from beatgen import demo
        >>> funk = demo.load("funk")
        >>> vae = bg.load_model()
        >>> vae.humanize(funk, seed=7).bars == funk.bars
        True
        >>> looser = vae.humanize(funk, seed=7, timing={"hat": 0.5, "snare": 0.8}, velocity=0)
        >>> looser.velocity.sum() == funk.velocity.sum()
        np.True_
        """
        check_share("spread", spread)
        check_seed(seed)
        asked = timing is not None or velocity is not None or keep_accents is not None
        amounts = Amounts(amounts_of("timing", timing), amounts_of("velocity", velocity))
        if like is None:
            played = self._with_drawn_feel(groove, seed, spread)
        else:
            played = self.blend(groove, self._feel_donor(groove, like, seed), 0, feel=1)
        if not asked:
            return played
        kept = keep_accents is not False and not (keep_accents is None and like is not None)
        return with_feel(groove, played, amounts, kept)

    def _with_drawn_feel(self, groove: Groove, seed: int, spread: float) -> Groove:
        """The groove's pattern with a newly drawn feel."""
        pattern = strikes_of(groove).count
        z_pattern = self.encode(groove)[:, : self.pattern_dim]

        def predict(noise: np.ndarray) -> Prediction:
            times = len(noise) // len(pattern), 1
            z_feel = self.prior.feel(np.tile(z_pattern, times), noise)
            return self.codec.predict_feel(z_feel, np.tile(pattern, (*times, 1)))

        def refine(predicted: ExpectedStrike) -> ExpectedStrike:
            if self._neighbours is None:
                return predicted
            return self._neighbours.feel(predicted, pattern, self.codec.predict_feel)

        feel_dim = self.latent_dim - self.pattern_dim
        strikes = draw_feel(predict, pattern, feel_dim, seed, spread, refine)
        played = groove_of(strikes, groove.tempo, len(pattern), groove.meters)
        return Extras(groove).onto(played, moved=True)

    def song(
        self,
        groove: Groove,
        bars: int = 16,
        form: str = "AABA",
        fills: int | Collection[int] = 4,
        heat: float = 0.5,
        seed: int = 0,
        other: Groove | None = None,
    ) -> Song:
        """A whole drum track from one or two grooves in 4/4: its `groove`, and its `parts`.

        bars: 1 to 128. form: the names of its parts, such as "AABA" or "intro A8 B8 ending"
        (`beatgen.latent.form`). The first section is the groove, the second one `other`, where that
        is given; further ones are takes of the groove. fills: every so many bars of a part, and
        where parts end; 0 for none; or the bars themselves, counted from 1.

        heat: how adventurous, 0 to 1. A section is first heard as it is, to the last bit; at heat 0
        its repeats have the same hits, played anew, and at 1 they go where playing may go from
        there. A fill begins inside its bar, and what is before that stays; the bar behind one may
        get a crash on the one. Raises BeatGenError for a form that the bars do not suffice for, for
        another meter than 4/4, and ModelError for weights that have no sequence network.

        >>> import beatgen as bg
        >>> from beatgen import demo
        >>> funk = demo.load("funk")
        >>> song = bg.load_model().song(funk, bars=16, form="AABA", seed=7)
        >>> song.groove.bars, [part.name for part in song.parts]
        (16, ['A', 'A', 'B', 'A'])
        >>> song.groove[:3] == funk[:3]
        True
        """
        return self._songwriter.write(groove, bars, form, fills, heat, seed, other)

    def _feel_donor(self, groove: Groove, like: Groove | str | np.ndarray, seed: int) -> Groove:
        """The groove whose feel is taken: the given one, or training bars that follow one another,
        from one on that is similar to `groove`."""
        if isinstance(like, Groove):
            return like
        atlas = self._atlas
        if atlas is None:
            raise BeatGenError(
                f"{self.codec.network.folder}: no atlas of training bars lies beside these "
                "weights; give a groove to be like."
            )
        among = atlas.of_style(like) if isinstance(like, str) else np.unique(like)
        if not len(among):
            raise BeatGenError("no training bar lies in this region; choose a larger one.")
        likest = atlas.most_alike(groove, among)
        first = int(np.random.default_rng(seed).choice(likest))
        run = first + np.arange(groove.bars)
        run = run[np.isin(run, among)]
        return self.decode(atlas.z(run), groove.tempo)

    def drumify(
        self, rhythm: Groove, busy: float = 0.5, style: str | None = None, seed: int = 0
    ) -> Groove:
        """Drums for a tapped rhythm: a whole groove that follows it, and has its accents and
        timing.

        rhythm: a groove, of which all voices count as the tap; in each sixteenth its loudest hit.
        busy: 0 has half as many hits as drummers would play, 1 twice as many. style: one of the
        training bars' (`Atlas.styles`); by default it is heard in the tap. seed: 0 gives the most
        probable groove, every other one another proposal. Raises BeatGenError for a busyness
        outside 0 to 1, a style that is none, a seed below 0, and a rhythm without a tap.

        >>> import beatgen as bg
        >>> tap = bg.Groove.from_tab("clap |X--x--X-X--x-x--|", tempo=96)
        >>> groove = bg.load_model().drumify(tap, style="funk")
        >>> groove.bars, bool(groove.velocity[0, 0].any())
        (1, True)
        """
        check_share("busy", busy)
        check_seed(seed)
        if not rhythm.velocity.any():
            raise BeatGenError("nothing is tapped in this rhythm; expected one hit or more.")
        drummer = self.drummer
        tap = rhythm_of(rhythm)
        strikes = drummer.play(tap, rhythm.tempo, busy, drummer.style(style), seed)
        return groove_of(strikes, rhythm.tempo, len(tap.velocity), rhythm.meters)

    @cached_property
    def drummer(self) -> Drummer:
        """What makes drums of a tapped rhythm. Raises ModelError where it is not beside the
        weights."""
        return Drummer(self.codec.network.folder, self._atlas)

    def complete(self, groove: Groove, hidden: np.ndarray) -> Groove:
        """Finish a beat: what is hidden is replaced by hits that fit the rest. The rest stays as it
        is.

        hidden: bool (bars, 16, 22), the sixteenths and voices to fill in; their own hits are not
        used. In other meters than 4/4 the bars have as many sixteenths as the longest of them.
        `propose` says how they are chosen. Raises BeatGenError for another shape.

        >>> import numpy as np
        >>> import beatgen as bg
        >>> from beatgen import demo, kit
        >>> funk = demo.load("funk")
        >>> hidden = np.zeros((funk.bars, 16, 22), bool)
        >>> hidden[:, :, kit.INDEX["snare"]] = True
        >>> finished = bg.load_model().complete(funk, hidden)
        >>> snare = finished.velocity[:, :, kit.INDEX["snare"]]
        >>> bool(snare.any())
        True
        """
        return self._finisher.complete(groove, hidden)

    def finish(
        self, groove: Groove, lock: Lock, count: int = 6, seed: int = 0, fill: bool = False
    ) -> list[Proposal]:
        """Finish a beat in several ways: what is locked stays, bit for bit, all else is proposed
        anew. The proposals, the likeliest first, each with its likelihood.

        lock: the voices, sixteenths and single cells that stay. The kit's other cells are filled
        in, and their own hits are not used; extras stay as they are. count: of proposals, which all
        differ; there are fewer where no more were found. `complete`'s is always one of them, the
        others are drawn by `seed`. fill: a fill stands there, as drummers played them.

        likelihood: how far what was filled in is expected to agree with what a drummer would play
        there, 0 to 1 (`beatgen.latent.finish.expected_f1`). Raises BeatGenError where nothing is
        locked, or everything, where the lock is of another meter, for a count below 1 and a seed
        below 0.

        >>> import beatgen as bg
        >>> from beatgen import demo, kit
        >>> funk = demo.load("funk")
        >>> lock = bg.Lock(funk, voices={kit.INDEX["kick"], kit.INDEX["snare"]})
        >>> finished = bg.load_model().finish(funk, lock, count=3, seed=7)
        >>> [bool((groove.velocity[:, :, :2] == funk.velocity[:, :, :2]).all())
        ...  for groove, likelihood in finished]
        [True, True, True]
        """
        check_count("count", count)
        check_seed(seed)
        return self._finisher.finish(groove, lock, count, seed, fill)

    def propose(
        self,
        velocity: np.ndarray,
        timing: np.ndarray,
        hidden: np.ndarray,
        loop: int = 1,
        used: np.ndarray | None = None,
        alone: bool = False,
    ) -> tuple[np.ndarray, np.ndarray]:
        """A pattern for the hidden part of grids (n, 64, 22), from the rest: z of the bars as far
        as they are known, float32 (n, latent_dim), and how often each hidden sixteenth is struck,
        int (n, 16, 22), 0 elsewhere.

        The probabilities are the mean of what the network predicts and of how many of the most
        similar training bars strike there; `pattern_of_hidden` decides by them. loop: as for
        `encode_bars`. used: bool (22,), the voices of the groove's kit; where it has none that
        only an electronic kit has, no such voice is proposed (`on_kit`). alone: without the
        training bars, by the network alone.
        """
        return self._finisher.propose(velocity, timing, hidden, loop, used, alone)

    # --- directions -----------------------------------------------------------------------------

    @property
    def directions(self) -> tuple[Direction, ...]:
        """The directions that `nudge` moves along: first the named ones, such as "density" or
        "swing" (`beatgen.bars.attributes`), then the principal ones, those first that change a bar
        most.

        >>> import beatgen as bg
        >>> [direction.name for direction in bg.load_model().directions[:3]]
        ['density', 'syncopation', 'ghost notes']
        """
        return self._directions.all

    def turns(self, z: np.ndarray) -> np.ndarray:
        """The named directions at bars z (n, latent_dim), float32 (n, k, latent_dim): along each,
        its attribute grows and the other attributes stay as they are. Loudness, dynamics, swing and
        drag are feel: they leave z_pattern as it is, so no hit comes or goes. Raises BeatGenError
        for z of another shape.

        >>> import beatgen as bg
        >>> from beatgen import demo
        >>> vae = bg.load_model()
        >>> vae.turns(vae.encode(demo.load("funk"))).shape == (4, 10, vae.latent_dim)
        True
        """
        return self._directions.named_at(self.codec.check_z(z))

    def nudge(self, groove: Groove, amounts: Sequence[float]) -> Groove:
        """Move a groove along `directions`: amounts[i] units along the i-th.

        Amounts that are left out are 0; all 0 is exactly the groove. Raises BeatGenError where
        there are more amounts than directions, or one is not a finite number.

        >>> import beatgen as bg
        >>> from beatgen import demo
        >>> funk, vae = demo.load("funk"), bg.load_model()
        >>> busier = vae.nudge(funk, [2.0])
        >>> int((busier.velocity > 0).sum()) > int((funk.velocity > 0).sum())
        True
        """
        return self.nudges(groove, np.atleast_2d(amounts))[0]

    def nudges(
        self, groove: Groove, amounts: np.ndarray | Sequence[Sequence[float]]
    ) -> list[Groove]:
        """`nudge` by each row of amounts (n, directions), decoded at once.

        >>> import beatgen as bg
        >>> from beatgen import demo
        >>> funk = demo.load("funk")
        >>> same, busier = bg.load_model().nudges(funk, [[0.0], [2.0]])
        >>> same == funk, busier == funk
        (True, False)
        """
        amounts = self._directions.check(amounts)
        z = self.encode(groove)
        moved = self._directions.move(z, amounts)
        nudged = self._moved(groove, z, moved, *self._directions.remaining(amounts))
        # Where all amounts are 0 it is the groove itself, to the last bit.
        return [new if row.any() else groove for new, row in zip(nudged, amounts, strict=True)]

    def nudge_each(self, grooves: Sequence[Groove], amounts: Sequence[float]) -> list[Groove]:
        """`nudge` of several grooves by the same amounts, decoded at once. Raises BeatGenError
        where their numbers of bars, or their meters, differ.

        >>> import beatgen as bg
        >>> from beatgen import demo
        >>> vae = bg.load_model()
        >>> path = vae.blend_path(demo.load("funk"), demo.load("samba"), frames=3)
        >>> [groove.tempo for groove in vae.nudge_each(path, [1.5])]
        [104.0, 105.0, 106.0]
        """
        row = self._directions.check(np.atleast_2d(amounts))
        whole, n, bars = join(grooves), len(grooves), grooves[0].bars
        if any(groove.bars != bars for groove in grooves):
            found = sorted({groove.bars for groove in grooves})
            raise BeatGenError(f"grooves of {found} bars; expected the same number in each.")
        meters = grooves[0].meters
        if any(groove.meters != meters for groove in grooves):
            raise BeatGenError("grooves of several meters; expected the same bars in each.")
        if not row.any():
            return list(grooves)
        velocity, timing = cut(whole)
        pieces = len(velocity) // n
        z, _ = self.codec.encode_bars(velocity, timing, loop=pieces)
        residual = self.codec.residual(whole, z, pieces)
        remaining = self._directions.remaining(row)
        kept = _faded(residual, *remaining)
        nudged = self.codec.decode_grooves(
            self._directions.move(z, row).reshape(n, pieces, -1),
            Prediction(*(part.reshape(n, pieces, *part.shape[2:]) for part in kept)),
            [groove.tempo for groove in grooves],
            meters,
        )
        feels = bool((remaining[1] < 1).all())
        return [
            Extras(groove).onto(new, moved=feels)
            for groove, new in zip(grooves, nudged, strict=True)
        ]

    # --- inside ---------------------------------------------------------------------------------

    @cached_property
    def _neighbours(self) -> Neighbours | None:
        """None where there is no atlas."""
        return None if self._atlas is None else Neighbours(self._atlas, self.pattern_dim)

    @cached_property
    def _finisher(self) -> Finisher:
        return Finisher(self.codec, self._neighbours)

    @cached_property
    def _atlas(self) -> Atlas | None:
        """None where none lies beside the weights."""
        folder = self.codec.network.folder
        return load_atlas(folder) if (folder / ATLAS).is_file() else None

    @cached_property
    def sequence(self) -> Sequencer:
        """Which bar follows. Raises ModelError for weights that have no network for that."""
        network = self.codec.network
        if "next_pattern" not in network:
            raise ModelError(
                f"{network.folder}: no {SEQUENCE_NETWORK}; train one (`beatgen train --model "
                "sequence --of`) and export it there, or use the weights called bar."
            )
        return Sequencer(network, *self.standard, load_atlas(network.folder).step, self.pattern_dim)

    @cached_property
    def _songwriter(self) -> Songwriter:
        return Songwriter(self, self.sequence, load_atlas(self.codec.network.folder))

    def _noise(self, count: int, seed: int) -> np.ndarray:
        check_seed(seed)
        noise = np.random.default_rng(seed).standard_normal((count, self.latent_dim))
        return noise.astype(np.float32)

    def _moved(
        self,
        groove: Groove,
        z: np.ndarray,
        moved: np.ndarray,
        pattern_remaining: np.ndarray,
        feel_remaining: np.ndarray,
    ) -> list[Groove]:
        """Grooves for z that was `moved`, (n, bars, latent_dim), from the groove's own z (bars,
        latent_dim). remaining: float32 (n,), how near each stays to the groove (`fade`)."""
        residual = _faded(self.codec.residual(groove, z), pattern_remaining, feel_remaining)
        tempos = [groove.tempo] * len(moved)
        heard = self.codec.decode_grooves(moved, residual, tempos, groove.meters)
        extras = Extras(groove)
        return [
            extras.played_by(new)
            if extras.alone and pattern < 1
            else extras.onto(new, moved=bool(feel < 1))
            for new, pattern, feel in zip(heard, pattern_remaining, feel_remaining, strict=True)
        ]


def _meters_of(pieces: int, meter: Meter | Sequence[Meter]) -> tuple[Meter, ...]:
    """The meters of the bars that so many pieces make, each in turn. Raises BeatGenError where the
    pieces are not those of whole bars."""
    given = checked_meters(meter)
    meters: list[Meter] = []
    left = pieces
    while left > 0:
        meters.append(given[len(meters) % len(given)])
        left -= len(pieces_of((meters[-1],)))
    if left:
        raise BeatGenError(
            f"z has {pieces} rows, which are no whole bars of {label_of(given)}; `encode` gives "
            "the rows of such bars."
        )
    return tuple(meters)


def _lack(bar: Groove) -> int:
    """What a bar lacks to stand alone: 2 for hits, 1 for a kick on the one, 3 for both."""
    return 2 * int((strikes_of(bar).count > 0).sum() < FEWEST) + int(not has_kick_on_one(bar))


def has_kick_on_one(bar: Groove) -> bool:
    """Whether a kick stands on the one of the first bar: repeated, most such bars are heard as
    beginning where they begin.

    >>> has_kick_on_one(Groove.from_tab("kick |o-------|"))
    True
    """
    return bool(strikes_of(bar).count[0, 0, INDEX["kick"]])


def _faded(
    residual: Prediction, pattern_remaining: np.ndarray, feel_remaining: np.ndarray
) -> Prediction:
    """A residual of some bars, faded n times: arrays (n, bars, 16, 22, ...). remaining: (n,)."""
    pattern, feel = (
        fade(remaining)[:, None, None, None, None]
        for remaining in (pattern_remaining, feel_remaining)
    )
    counts, *of_feel = residual
    return Prediction(counts * pattern, *(part * feel for part in of_feel))
