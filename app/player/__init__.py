"""The player: one custom component that sounds a groove, shows it and lets it be turned and edited.

It is mounted once, in the entry script, and lives on across reruns and page changes: transport,
blend and grid run in the browser and talk to Python only when the musician lets go of something.

    position = released(session.position)           # where the blend stands now
    played = player(Scene(way, position, settled=model.blend(a, b, position)))
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from app.player.wire import Edit, pack_groove, pack_way, read_edits
from beatgen import assets
from beatgen.errors import BeatGenError
from beatgen.groove import Groove

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

WEB = Path(__file__).parent / "web"
ACCENTS = ("#ffb224", "#35d3e6")  # A amber, B cyan
TEMPO_RANGE = (30.0, 300.0)
SWING_RANGE = (0.5, 0.75)

_registering = threading.Lock()


@dataclass(frozen=True)
class Scene:
    """What sounds: a way of one or more grooves, and where on it we stand.

    way:      the grooves from A to B, evenly spaced, all of the same bars and steps (33 frames
              for a blend; one groove for a take). Frame 0 is A and the last frame is B.
    position: where on the way, 0 (A) to 1 (B).
    settled:  the model's own decoding at `position`. Shown and heard there in place of the mixture
              of the neighbouring frames; of the same bars and steps.
    label:    what is sounding, such as "Blend" or "Take 3".
    accents:  CSS colours of A and B.

    Raises BeatGenError where the way is empty, where bars or steps differ, and for a position
    outside 0..1.
    """

    way: Sequence[Groove]
    position: float = 0.0
    settled: Groove | None = None
    label: str = ""
    accents: tuple[str, str] = ACCENTS

    def __post_init__(self) -> None:
        grooves = [*self.way, *([] if self.settled is None else [self.settled])]
        if not len(self.way):
            raise BeatGenError("the player was given no groove; expected one or more.")
        shapes = {groove.velocity.shape[:2] for groove in grooves}
        if len(shapes) > 1:
            raise BeatGenError(
                f"the grooves on a way have {sorted(shapes)} bars and steps; expected the same "
                "for all. Repeat the shorter one."
            )
        if not 0 <= self.position <= 1:
            raise BeatGenError(f"position is {self.position}; expected 0 (A) to 1 (B).")

    @property
    def base(self) -> Groove:
        """The groove that grid edits change: the settled one, else the nearest frame."""
        if self.settled is not None:
            return self.settled
        return self.way[round(self.position * (len(self.way) - 1))]


@dataclass(frozen=True)
class Played:
    """What the musician has done.

    position: where the blend was released, 0 to 1.
    tempo:    the tempo the musician set, beats per minute; None: the scene's own.
    edited:   the groove after edits on the grid; None: not edited.
    swing:    share of an eighth that its first sixteenth takes, 0.5 (straight) to 0.75.
    """

    position: float
    tempo: float | None = None
    edited: Groove | None = None
    swing: float = 0.5


def player(scene: Scene, *, key: str = "player") -> Played:
    """Mount the player, or bring the mounted one up to date, and return what was done on it.

    Call it once per run, at the same place of the entry script. The frames of a way travel once:
    the browser says which way it holds, and later runs send the position and settled groove only.
    """
    said = _said(key)
    way = pack_way(scene.way)
    settled = None if scene.settled is None else pack_groove(scene.settled)
    data = {
        "player": key,
        "way": {"id": way["id"]} if said.get("way") == way["id"] else way,
        "position": scene.position,
        "settled": settled,
        "label": scene.label,
        "accents": list(scene.accents),
        "kit": _kit_component(),
        "heard": said.get("turn", 0),
    }
    result = _mount()(key=key, data=data, on_played_change=_nothing)
    position = released(scene.position, key=key)
    st.session_state[_memory(key)] = said.get("turn", 0)
    ids = (way["id"], None if settled is None else settled["id"])
    return _read(result.get("played"), scene, ids, position)


def released(position: float, *, key: str = "player") -> float:
    """Where the blend stands at the start of a run, 0 to 1.

    That is where the musician let go of it since the player was last drawn, and otherwise the
    given `position`, the one that Python has in mind. Ask before decoding `Scene.settled`.
    """
    said = _said(key)
    if said.get("turn", 0) == st.session_state.get(_memory(key), 0):
        return position
    return _number(said.get("position"), 0.0, 1.0, position)


def _read(said: object, scene: Scene, ids: tuple[str, str | None], position: float) -> Played:
    """`said`, which comes from a browser and may hold anything, as Played.

    ids: of the scene's way and of its settled groove. Edits count for these alone; those made
    before the settled groove had reached the browser name none.
    """
    if not isinstance(said, Mapping):
        return Played(position)
    tempo = said.get("tempo")
    edits: list[Edit] = []
    of_this = said.get("way") == ids[0] and said.get("base") in (None, ids[1])
    if of_this and abs(position - scene.position) < 1e-6:
        edits = read_edits(said.get("edits"), scene.base)
    return Played(
        position=position,
        tempo=None if tempo is None else _number(tempo, *TEMPO_RANGE, None),
        edited=_with_edits(scene.base, edits) if edits else None,
        swing=_number(said.get("swing"), *SWING_RANGE, 0.5),
    )


def _with_edits(groove: Groove, edits: Sequence[Edit]) -> Groove:
    """`groove` with the edited cells in place of its own."""
    velocity, timing = groove.velocity.copy(), groove.timing.copy()
    for edit in edits:
        cell = (edit.step // groove.steps, edit.step % groove.steps, edit.voice)
        velocity[cell] = edit.velocity / 127
        timing[cell] = edit.timing
    return replace(groove, velocity=velocity, timing=timing)


def _number(value: object, low: float, high: float, otherwise: Any) -> Any:
    """`value` between low and high where it is a finite number, else `otherwise`."""
    if isinstance(value, int | float) and abs(value) < 1e9:  # false for NaN
        return float(min(high, max(low, value)))
    return otherwise


def _said(key: str) -> Mapping[str, Any]:
    """The last thing the mounted player said, {} before it said anything."""
    state = st.session_state.get(key)
    said = state.get("played") if isinstance(state, Mapping) else None
    return said if isinstance(said, Mapping) else {}


def _memory(key: str) -> str:
    return f"{key} turn"


def _nothing() -> None:
    """The state's change callback: Streamlit wants one, the return value says it all."""


@cache
def _digest(folder: Path) -> str:
    """Short content hash of a folder: it stands in the files' URL, so that none is ever stale."""
    digest = blake2b(digest_size=6)
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def _serve(name: str, folder: Path) -> str:
    """Have Streamlit serve `folder` under a component's name, and return that name.

    Streamlit finds a component's files through the pyproject.toml of an installed distribution,
    and only below the package of the distribution's own name. Registering the same manifest here
    serves a checkout, an editable install and a wheel alike.
    """
    component = f"{name}-{_digest(folder)}"
    manager = get_bidi_component_manager()
    with _registering:
        if manager.get_component_asset_root(f"beatgen.{component}") is None:
            config = ComponentConfig(name=component, asset_dir=folder.name)
            manifest = ComponentManifest(name="beatgen", version="", components=[config])
            manager.register_from_manifest(manifest, folder.parent)
    return f"beatgen.{component}"


def _kit_component() -> str:
    return _serve("kit", assets.path("kit"))


def _mount() -> ComponentRenderer:
    return _renderer(_serve("player", WEB))


@cache
def _renderer(name: str) -> ComponentRenderer:
    return st.components.v2.component(name, js="main.js", css="player.css")
