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
# the audio clock passes them, the strokes that were scheduled: [beat, voice, velocity], and how far
# each is from its beat, in s. changes: the beats from which on the grid was another; carried: the
# strokes that one grid has just after such a beat, where the next one has that voice just before
# it, so that neither counts them as due. `beatgen.watched` ends it.
WATCH = """([loop, moved]) => {
    const due = [];
    const played = [];
    const changes = [];
    const carried = [];
    let {hits, beat: from, contextTime: last} = beatgen.state;
    const began = from;
    const strokes = (first, to) => {
        const found = [];
        for (const {step, timing, voice, velocity} of hits) {
            const place = (step + timing) / 16;
            for (let round = Math.floor(first / loop) - 1; round * loop < to + 1; round++) {
                const beat = place + round * loop;
                if (beat >= first && beat < to) found.push([beat, voice, velocity]);
            }
        }
        return found;
    };
    const have = (to) => {
        due.push(...strokes(from, to));
        from = Math.max(from, to);
    };
    const end = beatgen.watch(() => {
        const {hits: now} = beatgen.state;
        if (now === hits) return;
        const change = beatgen.changedFrom;
        changes.push(change);
        have(change);
        const after = strokes(change, change + moved);
        hits = now;
        const voices = strokes(change - moved, change).map(([, voice]) => voice);
        carried.push(...after.filter(([, voice]) => voices.includes(voice)));
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
        return {due, played, changes, carried, began, ended};
    };
}"""


def watch(page: Page) -> None:
    """Watch what plays from now on."""
    page.evaluate(WATCH, [LOOP, MOVED])


def watched(page: Page) -> tuple[int, int]:
    """Strokes that the grid had since `watch`, and how many were not played so, or played without
    being there."""
    answer = page.evaluate("beatgen.watched()")
    return len(answer["due"]), astray(**answer)


def astray(
    due: list[list],
    played: list[list],
    changes: list[float],
    carried: list[list],
    began: float,
    ended: float,
) -> int:
    """How many of the strokes that were due have none that was played, and the other way round.

    due, carried: [beat, voice, velocity]. played: the same and how far it is from its beat, in s.
    changes: the beats from which on another groove was in force. A stroke that stood on one side of
    a change and now on the other is due twice, or never (it is `carried` then), and has to sound
    once. Within two steps of `began` and `ended` none counts: what belongs there may lie beyond.
    """
    left = sorted(played)
    unmet = [stroke for stroke in sorted(due) if not _claim(left, stroke, _is_same)]
    lost = [stroke for stroke in unmet if not _claim(left, stroke, _is_moved)]
    lost = [stroke for stroke in lost if not _due_twice(stroke, due, changes)]
    for stroke in sorted(carried):
        _claim(left, stroke, _is_same)
    return sum(began + MOVED < beat < ended - MOVED for beat, *_ in [*lost, *left])


def _due_twice(stroke: list, due: list[list], changes: list[float]) -> bool:
    """Whether its voice is due on the other side of a change, too, as near as a move may be."""
    beat, voice, _ = stroke
    others = [it[0] for it in due if it[1] == voice and 0 < abs(it[0] - beat) <= MOVED]
    pairs = [(min(beat, other), max(beat, other)) for other in others]
    return any(low < change <= high for low, high in pairs for change in changes)


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
