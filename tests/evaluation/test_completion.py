from functools import partial

import numpy as np
import pytest

from beatgen.bars.metrics import f1
from beatgen.bars.strikes import to_strikes
from beatgen.data.dataset import Dataset
from beatgen.evaluation import completion
from beatgen.evaluation.completion import (
    BEAT,
    CLASS_NAMES,
    KINDS,
    from_nearest,
    from_neighbours,
    masks,
    most_probable,
    proposed,
    score,
    score_classes,
    windows_of,
)
from beatgen.groove import Groove
from beatgen.kit import INDEX
from beatgen.latent.decide import pattern_of_hidden
from beatgen.latent.vae import load_model

KICK, SNARE, RIM, HAT, EDGE, RIDE = (
    INDEX[name] for name in ("kick", "snare", "rimshot", "hi-hat", "hi-hat edge", "ride")
)


def bars(*hits: dict[int, list[int]]) -> np.ndarray:
    """A pattern for each dict from a voice to its sixteenths."""
    pattern = np.zeros((len(hits), 16, 22), bool)
    for bar, voices in enumerate(hits):
        for voice, sixteenths in voices.items():
            pattern[bar, sixteenths, voice] = True
    return pattern


def only(kind: str, count: int) -> np.ndarray:
    return dict(masks(count))[kind]


def test_every_voice_is_hidden_once_and_one_beat_of_each_bar() -> None:
    hidden = dict(masks(40))
    assert tuple(hidden) == KINDS
    groups = np.sum([mask for kind, mask in hidden.items() if kind != BEAT], axis=0)
    assert (groups == 1).all()
    beat = hidden[BEAT].reshape(40, 4, 4, 22)
    assert (beat.all((2, 3)).sum(1) == 1).all() and (beat.any((2, 3)).sum(1) == 1).all()
    assert beat.any((2, 3)).any(0).all()  # each of the four somewhere
    np.testing.assert_array_equal(hidden[BEAT], only(BEAT, 40))


def test_only_what_is_hidden_is_scored_and_voices_fold() -> None:
    true = bars({KICK: [0, 8], SNARE: [4, 12], HAT: [0, 2, 4, 6]})
    wrong = bars({KICK: [0, 10], RIM: [4, 12], HAT: [0, 2, 4, 6]})
    exact, classes = score(true, lambda hidden: np.where(hidden, wrong, ~true))
    assert exact["kick"] == classes["kick"] == 0.5
    assert (exact["snare"], classes["snare"]) == (0, 1)
    assert exact["cymbals"] == 1 and np.isnan(exact["toms"])
    perfect, _ = score(true, lambda _: true)
    assert perfect == pytest.approx(dict.fromkeys(KINDS, 1) | {"toms": np.nan}, nan_ok=True)


def test_the_nearest_bar_is_that_of_what_is_seen() -> None:
    training = bars({KICK: [0, 8], SNARE: [4, 12]}, {KICK: [0, 3, 6], SNARE: [4, 10]})
    asked = bars({KICK: [0, 3, 6], SNARE: [4, 12]})  # the second's kick on the first's snare
    found = from_nearest(asked, training, only("kick", 1))
    np.testing.assert_array_equal(found, training[:1])
    found = from_nearest(asked, training, only("snare", 1))
    np.testing.assert_array_equal(found, training[1:])
    # What is hidden is not looked at, and each bar has a mask of its own.
    both = np.concatenate([only("kick", 1), only("snare", 1)])
    other = np.repeat(asked, 2, axis=0) ^ both
    np.testing.assert_array_equal(from_nearest(other, training, both), training)


def test_the_most_similar_bars_are_averaged() -> None:
    training = bars(*[{KICK: [0, 8], SNARE: [4, 12]}] * 3, {KICK: [0, 8], SNARE: [4]})
    asked = bars({KICK: [0, 8], SNARE: [2]})
    found = from_neighbours(asked, training, only("snare", 1))
    np.testing.assert_array_equal(found, bars({SNARE: [4, 12]}))  # 1.75 strikes, in the mean


def test_the_most_probable_pattern_is_the_one_of_the_best_f1() -> None:
    """Snare on 12 in all of four bars, on 4 in three, on 6 in one."""
    training = bars(
        {SNARE: [4, 12], KICK: [0]}, {SNARE: [4, 12]}, {SNARE: [4, 12]}, {SNARE: [6, 12]}
    )
    # Proposed 12: 2 x 4 / (4 + 8); 12 and 4: 2 x 7 / (8 + 8); all three: 2 x 8 / (12 + 8)
    found = most_probable(training, only("snare", 2))
    np.testing.assert_array_equal(found, bars({SNARE: [4, 12]}, {SNARE: [4, 12]}))
    exact, _ = score(training, partial(most_probable, training))
    assert exact["snare"] == pytest.approx(14 / 16)


def test_of_what_is_hidden_as_much_is_struck_as_promises_the_best_f1() -> None:
    struck = np.zeros((3, 16, 22), np.float32)
    # 1.8 of them are true. F1 of two: 2 x 1.15 / 3.8, of three: 2 x 1.65 / 4.8, of all: 3.6 / 5.8
    struck[:, [0, 2, 4, 6], HAT] = 0.6, 0.55, 0.5, 0.15
    struck[:, 0, KICK] = 0.9
    struck[2] /= 20
    count = np.stack([1 - struck, 0.4 * struck, 0.6 * struck, 0 * struck, 0 * struck], -1)
    hidden = only("cymbals", 3)
    hidden[1] = False
    found = pattern_of_hidden(count, hidden)
    assert found[1:].sum() == 0, "nothing is hidden, and hardly anything is expected"
    assert {tuple(map(int, cell)) for cell in np.argwhere(found)} == {
        (0, 0, HAT),
        (0, 2, HAT),
        (0, 4, HAT),
    }
    assert found.max() == 2  # likelier twice than once


def test_voices_of_a_class_are_struck_as_one() -> None:
    """A hat on one of two voices is surer than either: it comes first, on the likelier one."""
    struck = np.zeros((1, 16, 22), np.float32)
    struck[0, 0, [HAT, EDGE]] = 0.4, 0.45
    struck[0, 8, RIDE] = 0.5
    found = pattern_of_hidden(np.stack([1 - struck, struck], -1), only("cymbals", 1))
    assert {tuple(map(int, cell)) for cell in np.argwhere(found)} == {(0, 0, EDGE), (0, 8, RIDE)}
    struck[0, 8, RIDE] = 0.1
    found = pattern_of_hidden(np.stack([1 - struck, struck], -1), only("cymbals", 1))
    assert {tuple(map(int, cell)) for cell in np.argwhere(found)} == {(0, 0, EDGE)}


def test_each_class_is_hidden_alone_in_the_bars_that_hold_it() -> None:
    true = bars({KICK: [0, 8], HAT: [0, 4]}, {KICK: [0], EDGE: [0]}, {SNARE: [4]}, {RIDE: [0]})
    asked = []

    def propose(hidden: np.ndarray) -> np.ndarray:
        asked.append(hidden)
        return bars({KICK: [0], EDGE: [0, 4], SNARE: [8]}, {HAT: [0]}, {HAT: [2]}, {RIDE: [0]})

    windows = np.array([[1, 2]])
    scores = score_classes(true, windows, propose)
    assert scores["kick"] == pytest.approx(2 * 1 / (3 + 1))
    assert scores["snare"] == 0 and scores["ride"] == 1 and np.isnan(scores["crash"])
    assert scores["closed hats"] == pytest.approx(2 * 1 / (1 + 2)), "both bars of the window"
    assert list(scores) == list(CLASS_NAMES)
    voices = np.array([hidden[0, 0] for hidden in asked])
    assert (voices.sum(0) == 1).all() and all((h == h[0, 0]).all() for h in asked)


def test_windows_are_bars_that_follow_one_another(noise_dataset) -> None:
    data = noise_dataset.take(np.array([0, 1, 2, 4, 5, 6, 7, 9]))
    assert windows_of(data).tolist() == [[0, 1], [3, 4], [5, 6]]


def test_proposals_are_those_of_complete(random_groove) -> None:
    groove = random_groove(0, bars=12, density=0.02)
    data = Dataset(
        np.rint(groove.velocity * 127).astype(np.uint8),
        groove.timing.astype(np.float16),
        np.zeros(12, np.int32),
        np.arange(12, dtype=np.int32),
        np.array(["a.mid"]),
        np.array(["rock"]),
        np.array(["train"]),
        np.array([120], np.float32),
        np.array([], np.str_),
    )
    groove = Groove(*data.grids())
    vae = load_model()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(completion, "BATCH", 5)
        for _, hidden in masks(12):
            found = proposed(vae, data, hidden)
            for i in range(12):  # the measure takes each bar for itself
                whole = vae.complete(groove[i], hidden[i : i + 1])
                struck = to_strikes(whole.velocity, whole.timing).count > 0
                np.testing.assert_array_equal(struck & hidden[i], (found & hidden)[i : i + 1])


@pytest.mark.slow
def test_the_shipped_weights_find_more_than_half_of_the_kick(gmd_bars, vae) -> None:
    held_out = gmd_bars.split("validation")
    hidden, true = only("kick", len(held_out)), completion.pattern(held_out)
    assert f1(true & hidden, proposed(vae, held_out, hidden) & hidden) > 0.5
