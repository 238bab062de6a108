"""What a drag of the blend does: how soon it is heard, how smoothly seen, and what it costs."""

from __future__ import annotations

from typing import Any

import numpy as np
from playwright.sync_api import Browser, Locator

from beatgen.groove import Groove
from beatgen.kit import INDEX, VOICES
from measures.figure import Figure
from measures.strokes import watch, watched
from measures.visit import Visit, visit

STEPS = 64  # in a bar
TEMPO = 104.0
LONGEST = 2000  # ms that a leap's first stroke is waited for: twice the look-ahead
LATENCY = 30  # ms above a step
FRAMES = 60  # a second
JITTER = 0.5  # frames a second that a display's clock may be off
HOLD = 2  # s of dragging, then the hand lets go and takes hold again
SLIDER, PAD = "Blend from A to B", "Pattern from A to B"

# Leap to the other end, and tell in how many ms the first stroke sounds that only the new groove
# has: of those handed to the sampler, whatever the player says of itself.
LEAP = """async (slider, longest) => {
    const voices = () => new Set(beatgen.state.hits.map(({voice}) => voice));
    const {contextTime: began, position} = beatgen.state;
    const before = voices();
    slider.value = position < 0.5 ? 1 : 0;
    slider.dispatchEvent(new Event('input'));
    const wanted = voices().difference(before);
    while (1000 * (beatgen.state.contextTime - began) < longest) {
        const first = beatgen.scheduled.find((it) => it.time > began && wanted.has(it.voice));
        if (first) return 1000 * (first.time - began);
        await new Promise((next) => setTimeout(next, 5));
    }
    return longest;
}"""

# Move at every animation frame, as a hand does; on the pad with the mouse button held down.
# Gives the frames drawn in each whole second, how long the moves took (ms), and what was late.
DRAG = """async (input, {seconds, letGo, isPad}) => {
    const target = isPad ? input.closest('[role=group]') : input;
    const box = target.getBoundingClientRect();
    const say = (kind, x, y) => {
        if (!isPad) {
            input.value = x;
            target.dispatchEvent(new Event({down: 'input', move: 'input', up: 'change'}[kind]));
            return;
        }
        const clientX = box.left + box.width * x;
        const clientY = box.bottom - box.height * y;
        const at = {clientX, clientY, pointerId: 1, button: 0, buttons: 1, bubbles: true};
        target.dispatchEvent(new PointerEvent(`pointer${kind}`, at));
    };
    const frames = [];
    const gaps = [];
    const moves = [];
    const before = {...beatgen.state};
    const began = performance.now();
    let last = began;
    let held = began;
    let [x, y] = [0, 0];
    while (performance.now() - began < seconds * 1000) {
        const now = await new Promise(requestAnimationFrame);
        const second = Math.floor((now - began) / 1000);
        frames[second] = (frames[second] ?? 0) + 1;
        gaps.push(now - last);
        last = now;
        x = 0.5 - 0.5 * Math.cos((now - began) / 1500);
        y = 0.5 - 0.5 * Math.cos((now - began) / 1100);
        const moving = performance.now();
        say('move', x, y);
        moves.push(performance.now() - moving);
        if (letGo && now - held > letGo * 1000) {
            say('up', x, y);
            say('down', x, y);
            held = now;
        }
    }
    say('up', x, y);
    const {late, dropped} = beatgen.state;
    return {
        frames: Array.from({length: Math.floor(seconds)}, (_, second) => frames[second] ?? 0),
        gaps,
        moves,
        late: late - before.late,
        dropped: dropped - before.dropped,
    };
}"""


def dragging(browser: Browser, url: str, seconds: float, times: int) -> list[Figure]:
    """Drag while it plays: `times` leaps, then `seconds` on the slider and the pad together."""
    leaps, silent = _leaps(browser, url, times)
    at = visit(browser, url)
    at.play()
    steady = {name: _drag(at, name, min(10, seconds / 4), 0) for name in (SLIDER, PAD)}
    handled = [_drag(at, name, seconds / 2, HOLD) for name in (SLIDER, PAD)]
    at.page.context.close()
    step = 60_000 * 4 / TEMPO / STEPS
    heard = f"drag to first changed stroke (a step: {step:.1f} ms)"
    figures = [
        Figure(heard, "ms", leaps, step + LATENCY),
        Figure("messages sent while dragging", "", [silent], 0),
    ]
    for name, word in ((SLIDER, "slider"), (PAD, "pad")):
        run = steady[name]
        figures += [
            Figure(f"drag to picture, {word}", "fps", run["frames"], FRAMES - JITTER, True),
            Figure(f"longest gap between frames, {word}", "ms", [max(run["gaps"])]),
            Figure(f"script per move, {word}", "ms", run["moves"]),
        ]
    both = f"{seconds:.0f} s of play, dragging and letting go"
    late, dropped, due, astray = (
        sum(run[name] for run in handled) for name in ("late", "dropped", "due", "astray")
    )
    return [
        *figures,
        Figure(f"late steps in {both}", "", [late], 0),
        Figure(f"dropped steps in {both}", "", [dropped], 0),
        Figure(f"of {due:,} strokes on the grid in these, lost, moved or strange", "", [astray], 0),
    ]


def _leaps(browser: Browser, url: str, times: int) -> tuple[list[float], int]:
    """ms from each leap to the first changed stroke, between two grooves that strike at every step,
    each with a voice of its own, so that none has to be waited for; and messages sent meanwhile."""
    at = visit(browser, url)
    for side, voice in zip("ab", ("hi-hat", "ride"), strict=True):
        velocity = np.zeros((2, STEPS, len(VOICES)), np.float32)
        velocity[..., INDEX[voice]] = 100 / 127
        at.load(side, f"{voice} at every step", Groove(velocity, tempo=TEMPO))
    at.page.get_by_role("button", name="All A").click()
    at.rest()
    at.play()
    at.count()
    waits = []
    for _ in range(times):
        at.page.wait_for_timeout(113)  # not a whole number of steps
        waits.append(at.page.get_by_label(SLIDER).evaluate(LEAP, LONGEST))
    sent = len(at.sent)
    at.page.context.close()
    return waits, sent


def _drag(at: Visit, name: str, seconds: float, let_go: float) -> dict[str, Any]:
    """Drag on the slider or the pad; `let_go`: seconds between two times of it, 0 for never.

    What DRAG tells. Where the hand lets go, also how many strokes were due by the grid, and how
    many were not played so.
    """
    is_pad = name == PAD
    at.page.get_by_role("button", name="Apart" if is_pad else "Together", exact=True).click()
    at.rest()
    handle = at.page.get_by_label(name)
    if is_pad:
        _press(at, handle)
    if let_go:
        watch(at.page)
    run = handle.evaluate(DRAG, {"seconds": seconds, "letGo": let_go, "isPad": is_pad})
    if is_pad:
        at.page.mouse.up()
    at.rest()
    if let_go:
        run["due"], run["astray"] = watched(at.page)
    return run


def _press(at: Visit, handle: Locator) -> None:
    box = handle.evaluate(
        "it => { const {x, y, width, height} = it.closest('[role=group]').getBoundingClientRect();"
        " return {x: x + width / 2, y: y + height / 2}; }"
    )
    at.page.mouse.move(box["x"], box["y"])
    at.page.mouse.down()
