"""Whether the strokes of a stretch of play are those of the grid, by what was handed to the sampler
and not by the player's own counters."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

STEP = 4 / 64  # beats
MOVED = 2 * STEP  # a stroke that a change carries over "now" sounds once, where it was before
EXACT = 1e-4  # beats
ON_TIME = 0.001  # s
LOOP = 8  # beats of the two demo grooves, as they open

# Notes from now on what the grid has at each beat, by the groove that was in force there, and, as
# the audio clock passes them, the strokes that were scheduled: [beat, voice, velocity], and how
# far each is from its beat, in s; and the beats from which on the grid was another.
# `beatgen.watched` ends it.
WATCH = """(loop) => {
    const due = [];
    const played = [];
    const changes = [];
    let {hits, beat: from, contextTime: last} = beatgen.state;
    const began = from;
    const have = (to) => {
        for (const {step, timing, voice, velocity} of hits) {
            const place = (step + timing) / 16;
            for (let round = Math.floor(from / loop) - 1; round * loop < to + 1; round++) {
                const beat = place + round * loop;
                if (beat >= from && beat < to) due.push([beat, voice, velocity]);
            }
        }
        from = Math.max(from, to);
    };
    const end = beatgen.watch(() => {
        const {hits: now} = beatgen.state;
        if (now === hits) return;
        changes.push(beatgen.changedFrom);
        have(beatgen.changedFrom);
        hits = now;
    });
    let goes = true;
    const collect = () => {
        const {contextTime: now} = beatgen.state;
        for (const {beat, time, voice, velocity} of beatgen.scheduled) {
            if (time <= last || time > now) continue;
            played.push([beat, voice, velocity, time - beatgen.timeAt(beat)]);
        }
        last = now;
        if (goes) requestAnimationFrame(collect);
    };
    collect();
    beatgen.watched = () => {
        goes = false;
        collect();
        end();
        const ended = beatgen.state.beat;
        have(ended);
        return {due, played, changes, began, ended};
    };
}"""


def watch(page: Page) -> None:
    """Watch what plays from now on."""
    page.evaluate(WATCH, LOOP)


def watched(page: Page) -> tuple[int, int]:
    """Strokes that the grid had since `watch`, and how many were not played so, or played without
    being there."""
    told = page.evaluate("beatgen.watched()")
    return len(told["due"]), astray(**told)


def astray(
    due: list[list], played: list[list], changes: list[float], began: float, ended: float
) -> int:
    """How many of the strokes that were due have none that was played, and the other way round.

    due: [beat, voice, velocity]. played: the same and how far it is from its beat, in s. changes:
    the beats from which on another groove was in force. A stroke that stood on one side of a change
    and now on the other is due twice, or never, and has to sound once. Within two steps of `began`
    and `ended` none counts: what belongs there may lie beyond.
    """
    left = sorted(played)
    unmet = [stroke for stroke in sorted(due) if not _claim(left, stroke, _is_same)]
    lost = [stroke for stroke in unmet if not _claim(left, stroke, _is_moved)]

    def sounded(stroke: list) -> int:
        beat, voice, *_ = stroke
        return sum(it[1] == voice and abs(it[0] - beat) <= MOVED for it in played)

    def crossed(stroke: list) -> bool:
        return any(abs(stroke[0] - change) <= MOVED for change in changes) and sounded(stroke) == 1

    return sum(
        began + MOVED < stroke[0] < ended - MOVED
        for stroke in [*lost, *left]
        if not crossed(stroke)
    )


def _claim(left: list[list], due: list, fits: Callable[[list, list], bool]) -> bool:
    """Take the stroke from `left` that was played for one that was due, if there is one."""
    for i, stroke in enumerate(left):
        if stroke[0] > due[0] + MOVED + EXACT:
            return False
        if fits(stroke, due):
            del left[i]
            return True
    return False


def _is_same(played: list, due: list) -> bool:
    beat, voice, velocity, late = played
    near = abs(beat - due[0]) < EXACT and abs(late) < ON_TIME
    return near and [voice, velocity] == due[1:]


def _is_moved(played: list, due: list) -> bool:
    beat, voice, _, late = played
    moved = EXACT <= abs(beat - due[0]) <= MOVED + EXACT
    return moved and voice == due[1] and abs(late) < ON_TIME
