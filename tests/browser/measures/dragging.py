"""What a drag of the blend does: how soon it is heard, how smoothly seen, and what it costs."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, Locator

from measures.figure import Figure
from measures.visit import Visit, visit

STEPS = 64  # in a bar
LATENCY = 30  # ms above a step
FRAMES = 60  # a second
JITTER = 0.5  # frames a second that a display's clock may be off
HOLD = 2  # s of dragging, then the hand lets go and takes hold again
SLIDER, PAD = "Blend from A to B", "Pattern from A to B"

# How long until all that is scheduled is the new groove's, in ms.
JUMP = """(slider) => {
    const {contextTime, position} = beatgen.state;
    slider.value = position < 0.5 ? 1 : 0;
    slider.dispatchEvent(new Event('input'));
    return 1000 * (beatgen.nextStep - contextTime);
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
    at = visit(browser, url)
    at.play()
    tempo = at.page.evaluate("beatgen.state.tempo")
    step = 60_000 * 4 / tempo / STEPS
    at.count()
    leaps = _leaps(at, times)
    silent = len(at.sent)
    at.page.get_by_label(SLIDER).dispatch_event("change")
    at.rest()
    steady = {name: _drag(at, name, min(10, seconds / 4), 0) for name in (SLIDER, PAD)}
    handled = {name: _drag(at, name, seconds / 2, HOLD) for name in (SLIDER, PAD)}
    at.page.context.close()
    heard = f"drag to first changed step (a step: {step:.0f} ms)"
    figures = [
        Figure(heard, "ms", leaps, round(step + LATENCY, 1)),
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
    return [
        *figures,
        Figure(f"late steps in {both}", "", [sum(run["late"] for run in handled.values())], 0),
        Figure(
            f"dropped steps in {both}", "", [sum(run["dropped"] for run in handled.values())], 0
        ),
    ]


def _leaps(at: Visit, times: int) -> list[float]:
    waits = []
    for _ in range(times):
        at.page.wait_for_timeout(113)  # not a whole number of steps
        waits.append(at.page.get_by_label(SLIDER).evaluate(JUMP))
    return waits


def _drag(at: Visit, name: str, seconds: float, let_go: float) -> dict[str, Any]:
    """Drag on the slider or the pad; `let_go`: seconds between two times of it, 0 for never."""
    is_pad = name == PAD
    at.page.get_by_role("button", name="Apart" if is_pad else "Together", exact=True).click()
    at.rest()
    handle = at.page.get_by_label(name)
    if is_pad:
        _press(at, handle)
    run = handle.evaluate(DRAG, {"seconds": seconds, "letGo": let_go, "isPad": is_pad})
    if is_pad:
        at.page.mouse.up()
    at.rest()
    return run


def _press(at: Visit, handle: Locator) -> None:
    box = handle.evaluate(
        "it => { const {x, y, width, height} = it.closest('[role=group]').getBoundingClientRect();"
        " return {x: x + width / 2, y: y + height / 2}; }"
    )
    at.page.mouse.move(box["x"], box["y"])
    at.page.mouse.down()
