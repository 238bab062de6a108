"""How Streamlit gets at the components' files. One component serves every part of the page that
works with the player in the browser, for they share one there; a chart is a component of its own
(chart.py)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from app.language import FOLDER

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

Width = Literal["stretch", "content"]
WEB = Path(__file__).parent / "web"
SERVED = (WEB, FOLDER)  # the browser's side, and the texts that it shows

_registering = threading.Lock()


def mount(
    key: str, data: Mapping[str, Any], width: Width = "stretch", **callbacks: Callable[[], None]
) -> Any:
    """Show the component. Its data say which part to show ("part", the player itself without), and
    which player that is about ("player")."""
    player = serve("player", *SERVED)
    return show(player, "main.js", key, data, "styles/player.css", width, **callbacks)


def show(
    component: str,
    js: str,
    key: str,
    data: Mapping[str, Any],
    css: str | None = None,
    width: Width = "stretch",
    **callbacks: Callable[[], None],
) -> Any:
    """Show a component that `serve` has named, from its script; without a style sheet of its own it
    lies open to the page's."""
    # In a list, since Streamlit imports pandas to see whether the values of a mapping are tables.
    options: dict[str, Any] = {"key": key, "data": [data], "width": width, **callbacks}
    return _renderer(component, js, css)(**options)


def serve(name: str, *folders: Path) -> str:
    """Have Streamlit serve a folder under a component's name, and return that name; further ones
    under that name with a hyphen and their own behind it.

    Streamlit finds a component's files through the pyproject.toml of an installed distribution,
    and only below the package of the distribution's own name. Registering the same manifest here
    serves a checkout, an editable install and a wheel alike.
    """
    component = f"{name}-{_digest(folders)}"
    manager = get_bidi_component_manager()
    with _registering:
        for folder in folders:
            own = component if folder is folders[0] else f"{component}-{folder.name}"
            if manager.get_component_asset_root(f"beatgen.{own}") is None:
                config = ComponentConfig(name=own, asset_dir=folder.name)
                manifest = ComponentManifest(name="beatgen", version="", components=[config])
                manager.register_from_manifest(manifest, folder.parent)
    return f"beatgen.{component}"


@cache
def _digest(folders: Sequence[Path]) -> str:
    """Short content hash of folders: it stands in the files' URL, so that none is ever stale."""
    digest = blake2b(digest_size=6)
    for folder in folders:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = file.relative_to(folder).as_posix()
            if not name.startswith("test/"):  # the page does not fetch its tests
                digest.update(name.encode() + file.read_bytes())
    return digest.hexdigest()


@cache
def _renderer(name: str, js: str, css: str | None) -> ComponentRenderer:
    return st.components.v2.component(name, js=js, css=css, isolate_styles=css is not None)
