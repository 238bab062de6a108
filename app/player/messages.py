"""What the player in the browser sends, read with care: it may be anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from app.limits import SWING_RANGE, TEMPO_RANGE
from app.player.wire import read_edits, read_lock, read_mix, with_edits
from beatgen.audio.kits import KITS
from beatgen.audio.mix import NO_MIX, Mix
from beatgen.groove import Groove
from beatgen.lock import Lock

if TYPE_CHECKING:
    from app.player import Scene

Monitor = Literal["a", "blend", "b"]
SAME = 1e-6  # positions nearer than this are one


@dataclass(frozen=True)
class Opening:
    """What the player is set to once, for a page that was made elsewhere or before a reload; as
    in Played. name: tells openings apart."""

    name: str
    tempo: float | None = None
    swing: float = 0.5
    lock: Lock | None = None
    kit: str = KITS[0]
    mix: Mix = NO_MIX


@dataclass(frozen=True)
class Played:
    """What the musician has done.

    sounding: the groove that sounds: locks and edits included, A or B where one of them is
              listened to; not the tempo and not the swing.
    position: where the blend was released, 0 to 1.
    feel:     where the feel was, 0 to 1; None: it goes with the pattern.
    tempo:    the tempo the musician set, beats per minute; None: the scene's own.
    edited:   the groove after edits on the grid; None: not edited.
    swing:    share of an eighth that its first sixteenth takes, 0.5 (straight) to 0.75.
    monitor:  what is listened to.
    lock:     the cells that are locked; None: no cell is.
    kit:      the kit that plays, one of KITS.
    mix:      level and place of each drum family.
    """

    sounding: Groove
    position: float
    feel: float | None = None
    tempo: float | None = None
    edited: Groove | None = None
    swing: float = 0.5
    monitor: Monitor = "blend"
    lock: Lock | None = None
    kit: str = KITS[0]
    mix: Mix = NO_MIX


def read(
    message: object,
    scene: Scene,
    ids: tuple[str, str | None],
    place: tuple[float, float | None],
    known: Sequence[Groove],
    opening: Opening | None = None,
) -> Played:
    """`message` as Played.

    ids: of the scene's path and of its settled groove. Edits and what is listened to count for
    these alone; those from before the settled groove had reached the browser name none.
    place: what `released` gave. known: as for `read_lock`. opening: holds until the browser names
    it as the one that it was set to.
    """
    base = scene.base
    message = message if isinstance(message, Mapping) else {}
    of_this = message.get("path") == ids[0] and message.get("base") in (None, ids[1])
    edits = []
    if of_this and same_place(place, (scene.position, scene.feel)):
        edits = read_edits(message.get("edits"), base)
    edited = with_edits(base, edits) if edits else None
    monitor = _monitor(message.get("monitor")) if of_this else "blend"
    tempo, swing, kit = message.get("tempo"), message.get("swing"), message.get("kit")
    mix = read_mix(message.get("mix"))
    lock = read_lock(message.get("lock"), base.resolution, known)
    if opening and message.get("opened") != opening.name:
        tempo, swing, lock = opening.tempo, opening.swing, opening.lock
        kit, mix = opening.kit, opening.mix
    blend = edited or base
    a, b = scene.between
    sounding = {
        "a": lambda: a.repeat(scene.bars),
        "b": lambda: b.repeat(scene.bars),
        "blend": lambda: lock.keep(blend) if lock and lock.fits(blend) else blend,
    }
    return Played(
        sounding=sounding[monitor](),
        position=place[0],
        feel=place[1],
        tempo=None if tempo is None else number(tempo, *TEMPO_RANGE, None),
        edited=edited,
        swing=number(swing, *SWING_RANGE, 0.5),
        monitor=monitor,
        lock=lock,
        kit=kit if isinstance(kit, str) and kit in KITS else KITS[0],
        mix=mix,
    )


def read_place(message: Mapping[str, Any], position: float, feel: float | None) -> tuple:
    """Where the blend stands, position and feel, by default as given."""
    moved = number(message.get("position"), 0.0, 1.0, position)
    return moved, number(message.get("feel"), 0.0, 1.0, None if "feel" in message else feel)


def same_place(one: tuple[float, float | None], other: tuple[float, float | None]) -> bool:
    """Whether two places on the pad are one; on its diagonal the feel goes with the pattern."""
    (x, u), (y, v) = one, other
    return abs(x - y) < SAME and abs((x if u is None else u) - (y if v is None else v)) < SAME


def number(value: object, low: float, high: float, otherwise: Any) -> Any:
    """`value` between low and high where it is a finite number, else `otherwise`."""
    if isinstance(value, int | float) and abs(value) < 1e9:  # false for NaN
        return float(min(high, max(low, value)))
    return otherwise


def _monitor(value: object) -> Monitor:
    return value if value in ("a", "b") else "blend"
