"""The player: one custom component that sounds a groove, shows it and lets it be turned and edited.

It is mounted once, in the entry script, and lives on across reruns and page changes: transport,
blend and grid run in the browser and talk to Python only when the musician lets go of something.

    position, feel = released(session.position)     # where the blend stands now
    played = player(Scene(path, position, settled=model.blend(a, b, position)))

In go scenes (grooves and where on their path we stand), out comes what the musician has done
(`Played`). messages.py reads what the browser sends, wire.py packs grooves, component.py alone
touches Streamlit's insides; parts.py, wall.py and chart.py are the other parts of the page that
run in the browser. web/ is what the browser runs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

import streamlit as st

from app.player.component import mount, serve
from app.player.messages import Opening, Played, read, read_place
from app.player.wire import pack_groove, pack_lock, pack_mix, pack_path
from beatgen import assets
from beatgen.errors import BeatGenError
from beatgen.groove import Groove

T = TypeVar("T")
Name = tuple[str, str]  # of a scene: the ids of its path and of its settled groove

MOST_PRESSES = 50  # of V between two runs
PATHS = 128  # that are held packed, 20 kB for a bar at most
MARKED = 16_000_000  # bytes that all of them hold, at most
MARKS = 200  # scenes that one can go back to; the browser's history is as deep
ACCENTS = ("#ffb224", "#35d3e6")  # A amber, B cyan
PROBE = "BEATGEN_PROBE"  # environment variable that has the page expose window.beatgen, for tests


@dataclass(frozen=True, eq=False)
class Frames(Generic[T]):
    """Grooves of a path, or of its feels, that are computed only to be packed: which is once, for a
    browser keeps them.

    name: two of one name are the same. ends: A and B, as the path has them. make: computes it.
    """

    name: bytes
    ends: tuple[Groove, Groove]
    make: Callable[[], T]


Path = Sequence[Groove]
Finish = Literal["rest", "hats", "kick", "fill"]  # what a beat is finished with
Feels = tuple[Sequence[Groove], Sequence[Groove]]  # the path with A's feel all along, with B's


@dataclass(frozen=True)
class Scene:
    """What sounds: a path of one or more grooves, and where on it we stand.

    path:      the grooves from A to B, evenly spaced, all of the same bars and steps (33 frames
              for a blend; one groove for a take). Where the settled groove is longer, the browser
              repeats them: that is less to send. Frames are computed where they are sent.
    position: where on the path, 0 (A) to 1 (B).
    feel:     where the feel is, 0 (A's) to 1 (B's); None: it goes with the pattern.
    feels:    the path with A's feel all along, and with B's; without them a feel apart from the
              pattern is heard only once it has settled.
    settled:  the model's own decoding at `position` and `feel`. Shown and heard there in place of
              the mixture of the neighbouring frames; of as many bars or more, of the same steps.
    label:    what is sounding, such as "Blend" or "Take 3", whatever its shape.
    take:     what stands in for the blend: a take, or a training bar.
    shaped:   whether what has settled is. A blend then is wherever it goes; a take is not left so.
    ends:     A and B, where they are not the first and the last frame: the path is shaped, say.
    weights:  bytes of what the mark holds that is large, by its id: several may hold the same.
    mark:     what `returned` gives once the musician has undone what came after this scene.
    accents:  CSS colours of A and B.

    Raises BeatGenError where the path is empty, where bars or steps or the numbers of frames
    differ, and for a position or feel outside 0..1.
    """

    path: Path | Frames[Path]
    position: float = 0.0
    settled: Groove | None = None
    label: str = ""
    accents: tuple[str, str] = ACCENTS
    feel: float | None = None
    feels: Feels | Frames[Feels] | None = None
    mark: Any = None
    take: Literal["take", "bar"] | None = None
    shaped: bool = False
    ends: tuple[Groove, Groove] | None = None
    weights: Mapping[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        grooves = [*_known(self.path), *(self.ends or ())]
        for felt in self.feels if isinstance(self.feels, tuple) else ():
            grooves += felt
            if len(felt) != len(_known(self.path)):
                raise BeatGenError(
                    f"a feel has {len(felt)} frames, the path {len(_known(self.path))}; expected "
                    "as many."
                )
        if not grooves:
            raise BeatGenError("the player was given no groove; expected one or more.")
        shapes = {groove.velocity.shape[:2] for groove in grooves}
        if len(shapes) > 1:
            raise BeatGenError(
                f"the grooves on a path have {sorted(shapes)} bars and steps; expected the same "
                "for all. Repeat the shorter one."
            )
        if len({groove.meters for groove in grooves}) > 1:
            raise BeatGenError(
                "the grooves on a path are in several meters; expected the same for all."
            )
        bars = shapes.pop()[0]
        own = self.settled
        of_44 = grooves[0].resolution
        if own is not None and (own.resolution != of_44 or own.bars < bars):
            raise BeatGenError(
                f"what settled has {own.bars} bars and {own.resolution} steps, the path {bars} and "
                f"{of_44}; expected as many bars or more, and the same steps. Repeat it."
            )
        if not 0 <= self.position <= 1:
            raise BeatGenError(f"position is {self.position}; expected 0 (A) to 1 (B).")
        if self.feel is not None and not 0 <= self.feel <= 1:
            raise BeatGenError(f"feel is {self.feel}; expected 0 (A's) to 1 (B's).")

    @property
    def bars(self) -> int:
        """Of what sounds."""
        return (_known(self.path)[0] if self.settled is None else self.settled).bars

    @property
    def between(self) -> tuple[Groove, Groove]:
        """A and B."""
        path = _known(self.path)
        return self.ends or (path[0], path[-1])

    @property
    def base(self) -> Groove:
        """The groove that grid edits change: the settled one, else the nearest frame."""
        if self.settled is not None:
            return self.settled
        path = _made(self.path)
        return path[round(self.position * (len(path) - 1))]


def player(
    scene: Scene,
    opening: Opening | None = None,
    starts: int = 0,
    *,
    slim: bool = False,
    waits: bool = False,
    key: str = "player",
) -> Played:
    """Mount the player, or bring the mounted one up to date, and return what was done on it.

    Call it once per run, at the same place of the entry script. The frames of a path travel once:
    later runs send the position and settled groove only. A browser that has missed them names
    another path in its message, and is sent them again.
    opening: what the player is set to, once for each. starts: when it grows, play starts.
    waits: whether what the browser has kept is yet to come: what sounds there goes on until then.
    slim: whether the blend is low, on a page that has much above the grid.
    """
    message = _message(key)
    before = _memory(key)
    made_of = _name(scene.path), _name(scene.feels)
    same = all(map(_are_one, before.made_of, made_of))
    path = before.packed if same else _pack(scene)
    felt = path["feels"] is not None
    # It may have come without its feels.
    known = message.get("path") == path["id"] and not (felt and message.get("felt") is False)
    # The voices are always the same 2 kB; a browser that has missed them says it has no path.
    has_voices = message.get("path", before.packed)
    fresh = {**path, "voices": None} if has_voices else path
    sent = same and message.get("turn", 0) == before.turn  # in the last run; no message since
    settled = None if scene.settled is None else pack_groove(scene.settled)
    data = {
        "player": key,
        "path": {"id": path["id"], "felt": felt} if sent or known else fresh,
        "bars": scene.bars,
        "position": scene.position,
        "feel": scene.feel,
        "settled": settled,
        "label": scene.label,
        "take": scene.take,
        "shaped": scene.shaped,
        "accents": list(scene.accents),
        "kit": _kit_component(),
        "answered": message.get("turn", 0),
        "opening": None if opening is None else _pack_opening(opening),
        "starts": starts,
        "slim": slim,
        "waits": waits,
    }
    if os.environ.get(PROBE):
        data["probe"] = True
    mount(key, data, on_played_change=_nothing)
    place = released(scene.position, scene.feel, key=key)
    ids = (path["id"], None if settled is None else settled["id"])
    played = read(message, scene, ids, place, before.known, opening)
    held = () if played.lock is None else (played.lock.groove,)
    marks = dict(before.marks)
    if settled is not None:
        name = (path["id"], settled["id"])
        marks.pop(name, None)  # it is the last one again
        marks[name] = scene.mark, scene.weights
    st.session_state[f"{key} memory"] = _Memory(
        message.get("turn", 0),
        (played.sounding, *held),
        made_of,
        path,
        _fitting(marks),
        _back(message)[0] or before.returns,
    )
    return played


def released(
    position: float, feel: float | None = None, *, key: str = "player"
) -> tuple[float, float | None]:
    """Where the blend stands at the start of a run, position and feel, as in Scene.

    That is where the musician let go of it since the player was last drawn, and otherwise as
    given, what Python has in mind. Ask before decoding `Scene.settled`.
    """
    message = _message(key)
    if message.get("turn", 0) == _memory(key).turn:
        return position, feel
    return read_place(message, position, feel)


def returned(*, key: str = "player") -> Any:
    """The mark of the scene that the musician has gone back to by undo or redo since the player
    was last drawn; None where there is none."""
    count, name = _back(_message(key))
    memory = _memory(key)
    return memory.marks.get(name, (None,))[0] if count not in (0, memory.returns) else None


def presses(*, key: str = "player") -> int:
    """How often V was pressed since this was asked last."""
    count = _message(key).get("varied", 0)
    seen = st.session_state.get(f"{key} varied", 0)
    if not isinstance(count, int) or not seen < count < seen + MOST_PRESSES:
        return 0  # it comes from a browser and may be anything
    st.session_state[f"{key} varied"] = count
    return count - seen


def finish_asked(*, key: str = "player") -> Finish | None:
    """What the beat was to be finished with, where that was asked for since the last call."""
    seen = st.session_state.get(f"{key} finished", 0)
    match _message(key).get("finished"):  # it comes from a browser and may be anything
        case [int(count), ("rest" | "hats" | "kick" | "fill") as what] if count > seen:
            st.session_state[f"{key} finished"] = count
            return what
    return None


def wall_acts(*, key: str = "player") -> list[tuple[Literal["discard", "put back"], int]]:
    """Discards of takes (their numbers) that were undone or done again since the last call."""
    seen, found = st.session_state.get(f"{key} wall acts", 0), []
    acts = _message(key).get("wall")
    for act in acts[-MARKS:] if isinstance(acts, list) else []:
        match act:  # it comes from a browser and may be anything
            case [int(turn), ("discard" | "put back") as what, int(number)] if turn > seen:
                found.append((what, number))
                st.session_state[f"{key} wall acts"] = turn
    return found


def answered_turn(*, key: str = "player") -> int:
    """The number of the last message that this run has read, 0 before the first."""
    return _message(key).get("turn", 0)


@dataclass(frozen=True)
class _Memory:
    """Of the last run: its turn, the grooves that a lock may have been set on, and the path, which
    is packed once, with the names of what it was made of. Of the last scenes: their marks, by the
    ids of their paths and settled grooves. And how often the musician had gone back."""

    turn: int = 0
    known: tuple[Groove, ...] = ()
    made_of: tuple[Any, Any] = (None, None)
    packed: Mapping[str, Any] = field(default_factory=dict)
    marks: Mapping[Name, tuple] = field(default_factory=dict)
    returns: int = 0


def _message(key: str) -> Mapping[str, Any]:
    """The last message of the mounted player, {} before the first.

    Kept beside the component's own state: Streamlit throws that away when the script switches to
    another page.
    """
    state = st.session_state.get(key)
    message = state.get("played") if isinstance(state, Mapping) else None
    if isinstance(message, Mapping):
        st.session_state[f"{key} message"] = message
    return st.session_state.get(f"{key} message", {})


def _back(message: Mapping[str, Any]) -> tuple[int, tuple[str, str]]:
    """How often the musician went back so far, and to which path and settled groove at last."""
    match message.get("back"):
        case [int(count), str(path), str(settled)]:
            return count, (path, settled)
    return 0, ("", "")  # nowhere, or it comes from a browser and may be anything


def _memory(key: str) -> _Memory:
    return st.session_state.get(f"{key} memory", _Memory())


def _fitting(marks: Mapping[Name, tuple]) -> dict[Name, tuple]:
    """The latest marks that there is room for, with what they hold; the last one in any case."""
    held: dict[int, int] = {}
    latest: dict[Name, tuple] = {}
    for name, (mark, weights) in list(marks.items())[: -MARKS - 1 : -1]:
        held |= weights
        if latest and sum(held.values()) > MARKED:
            break
        latest[name] = mark, weights
    return dict(reversed(latest.items()))


def _known(path: Path | Frames[Path]) -> Sequence[Groove]:
    """The grooves of a path that need not be computed: its ends at least."""
    return path.ends if isinstance(path, Frames) else path


def _made(grooves: Any) -> Any:
    return grooves.make() if isinstance(grooves, Frames) else grooves


def _name(grooves: Any) -> Any:
    """What tells frames apart: their name, else they themselves."""
    return grooves.name if isinstance(grooves, Frames) else grooves


def _are_one(name: Any, other: Any) -> bool:
    return name is other or (isinstance(name, bytes) and name == other)


def _pack(scene: Scene) -> Mapping[str, Any]:
    names = _name(scene.path), _name(scene.feels)
    if isinstance(names[0], bytes) and isinstance(names[1], bytes | None):
        return _packed(*names, scene)
    return pack_path(_made(scene.path), _made(scene.feels), scene.ends)


@st.cache_resource(show_spinner=False, max_entries=PATHS)
def _packed(path: bytes, feels: bytes | None, _scene: Scene) -> Mapping[str, Any]:
    """Once for all sessions: many begin with the same pair."""
    return pack_path(_made(_scene.path), _made(_scene.feels), _scene.ends)


def _pack_opening(opening: Opening) -> dict[str, Any]:
    lock = None if opening.lock is None else pack_lock(opening.lock)
    packed = {
        "name": opening.name,
        "tempo": opening.tempo,
        "swing": opening.swing,
        "kit": opening.kit,
        "mix": pack_mix(opening.mix),
    }
    return {**packed, "lock": lock}


def _nothing() -> None:
    """The state's change callback: Streamlit wants one, and `_message` reads the state."""


def _kit_component() -> str:
    return serve("kit", assets.path("kit"))
