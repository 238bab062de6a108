"""What is heard in captured sound: where it is struck, how loud, and from which side."""

import base64
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

NEAR = 0.006  # s between where a stroke is heard and where it was to sound
RISE = 2.0  # times louder than before, a stroke stands out
BEFORE = 0.03  # s that it is compared with: longer than a period of the lowest drum
REST = 0.05  # s from stroke to stroke, at least, to tell them apart
BLOCK = 0.001  # s
QUIET = 0.004  # full scale is 1; softer is no stroke
STEPS = 64  # in a bar
LOOP = 8  # beats of two bars, as long as what plays
PEAK = 0.06  # s after its onset in which a stroke is loudest
SILENCE = 1e-4


@dataclass(frozen=True)
class Heard:
    """Captured sound: samples (n, 2), the audio time of the first, and the sample rate."""

    sound: np.ndarray
    start: float
    rate: int

    @property
    def end(self) -> float:
        return self.start + len(self.sound) / self.rate

    def onsets(self) -> np.ndarray:
        """Audio times of strokes: where it gets `RISE` times louder within a moment."""
        block = int(BLOCK * self.rate)
        blocks = len(self.sound) // block
        level = np.abs(self.sound[: blocks * block]).reshape(blocks, -1).max(axis=1)
        seconds = block / self.rate  # whole samples
        back, rest = int(BEFORE / seconds), REST / seconds
        found: list[int] = []
        for i in range(back, blocks):
            rises = level[i] > max(QUIET, RISE * level[i - back : i].max())
            if rises and (not found or i - found[-1] > rest):
                found.append(i)
        return self.start + np.array(found) * seconds

    def beats(self, page) -> np.ndarray:
        """The same on the player's beats, counted from where play began."""
        return beats_at(page, self.onsets())

    def around(self, time: float) -> np.ndarray:
        """The sound of a stroke, (n, 2)."""
        first = int((time - BLOCK - self.start) * self.rate)
        return self.sound[max(0, first) : first + int(PEAK * self.rate)]

    def peak(self, time: float) -> float:
        return float(np.abs(self.around(time)).max())

    def leans_left(self, time: float) -> bool:
        left, right = np.abs(self.around(time)).max(axis=0)
        return bool(left > right)

    @property
    def level(self) -> float:
        """Root mean square of all of it."""
        return float(np.sqrt((self.sound**2).mean()))


def listen(page, seconds: float, during: Callable[[], None] | None = None) -> Heard:
    """Listen for so long; while `during` is done, and for so long from then on."""
    return Heard(*capture(page, seconds, during))


def capture(
    page, seconds: float, during: Callable[[], None] | None = None
) -> tuple[np.ndarray, float, int]:
    """Sound as (samples, 2), the audio time of its first sample, and the sample rate."""
    page.evaluate("async () => { window.hearOut = await beatgen.listen(); }")
    if during:
        during()
    # No one looks at the page meanwhile: to draw 60 frames a second would be most of the work.
    sound = page.evaluate(
        """async (seconds) => {
            const { requestAnimationFrame } = window;
            window.requestAnimationFrame = (draw) => setTimeout(requestAnimationFrame, 200, draw);
            const sound = await window.hearOut(seconds);
            window.requestAnimationFrame = requestAnimationFrame;
            const text = (side) => {
                const bytes = new Uint8Array(side.buffer);
                let letters = '';
                for (let i = 0; i < bytes.length; i += 32768) {
                    letters += String.fromCharCode(...bytes.subarray(i, i + 32768));
                }
                return btoa(letters);
            };
            return {...sound, left: text(sound.left), right: text(sound.right)};
        }""",
        seconds,
    )
    sides = [np.frombuffer(base64.b64decode(sound[s]), np.float32) for s in ("left", "right")]
    return np.stack(sides, axis=1), sound["start"], sound["sampleRate"]


def beats_at(page, times: np.ndarray) -> np.ndarray:
    """Audio times on the player's beats, counted from where play began."""
    now = page.evaluate("[beatgen.state.beat, beatgen.state.contextTime, beatgen.state.tempo]")
    beat, time, tempo = now
    return beat + (times - time) * tempo / 60


def strike_times(
    page, heard: Heard, voice: int, least: int = 1, margin: float = 2 * BEFORE
) -> np.ndarray:
    """When the grid has strokes of a voice, no softer than `least`, while it was listened to, but
    for `margin` seconds at both ends.

    Taken from the hits that are shown, looped over two bars, and not from what was scheduled.
    """
    beats = [
        (hit["step"] + hit["timing"]) * 4 / STEPS
        for hit in page.evaluate("beatgen.state.hits")
        if hit["voice"] == voice and hit["velocity"] >= least
    ]
    rounds = range(-1, int(page.evaluate("beatgen.state.beat") / LOOP) + 2)
    looped = sorted(beat + LOOP * i for i in rounds for beat in beats)
    times = np.array(page.evaluate("(beats) => beats.map((it) => beatgen.timeAt(it))", looped))
    return times[(times > heard.start + margin) & (times < heard.end - margin)]


def distance(times: np.ndarray, others: np.ndarray) -> np.ndarray:
    """How far each time is from the nearest of the others, in s."""
    return np.abs(times[:, None] - others[None]).min(axis=1)
