"""BeatGen: drum grooves, blended and varied in the latent space of a variational autoencoder.

Start with `read_midi`, `load_model` and `Vae.blend`; `Groove` is what they all take and give.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from beatgen.atlas import Atlas, load_atlas
    from beatgen.audio import render, stems, write_wav
    from beatgen.dataset import Dataset, load_dataset, prepare
    from beatgen.errors import BeatGenError
    from beatgen.figure import draw
    from beatgen.groove import Groove, join
    from beatgen.latent import Vae, load_model
    from beatgen.midi import MidiReport, read_midi, scan_midi, write_midi

# Where each public name lives. They are imported when first used, so that `import beatgen` and
# the command line's help stay quick.
_HOME = {
    "Atlas": "atlas",
    "BeatGenError": "errors",
    "Dataset": "dataset",
    "Groove": "groove",
    "MidiReport": "midi",
    "Vae": "latent",
    "draw": "figure",
    "join": "groove",
    "load_atlas": "atlas",
    "load_dataset": "dataset",
    "load_model": "latent",
    "prepare": "dataset",
    "read_midi": "midi",
    "render": "audio",
    "scan_midi": "midi",
    "stems": "audio",
    "write_midi": "midi",
    "write_wav": "audio",
}

__all__ = [
    "Atlas",
    "BeatGenError",
    "Dataset",
    "Groove",
    "MidiReport",
    "Vae",
    "draw",
    "join",
    "load_atlas",
    "load_dataset",
    "load_model",
    "prepare",
    "read_midi",
    "render",
    "scan_midi",
    "stems",
    "write_midi",
    "write_wav",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'beatgen' has no attribute {name!r}")
    value = getattr(import_module(f"beatgen.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
