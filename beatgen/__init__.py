"""BeatGen: drum grooves, blended and varied in the latent space of a variational autoencoder.

Start with `read_midi`, `load_model` and `Vae.blend`; `Groove` is what they all take and give.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from beatgen.audio.render import render, stems, write_wav
    from beatgen.data.dataset import Dataset, load_dataset, prepare
    from beatgen.errors import BeatGenError
    from beatgen.groove import Groove, join
    from beatgen.latent.atlas import Atlas, load_atlas
    from beatgen.latent.vae import Vae, load_model
    from beatgen.midi import MidiReport, read_midi, scan_midi, write_midi
    from beatgen.plot.drums import draw

# Where each public name lives. They are imported when first used, so that `import beatgen` and
# the command line's help stay quick.
_HOME = {
    "Atlas": "latent.atlas",
    "BeatGenError": "errors",
    "Dataset": "data.dataset",
    "Groove": "groove",
    "MidiReport": "midi.report",
    "Vae": "latent.vae",
    "draw": "plot.drums",
    "join": "groove",
    "load_atlas": "latent.atlas",
    "load_dataset": "data.dataset",
    "load_model": "latent.vae",
    "prepare": "data.dataset",
    "read_midi": "midi.reader",
    "render": "audio.render",
    "scan_midi": "midi.reader",
    "stems": "audio.render",
    "write_midi": "midi.writer",
    "write_wav": "audio.render",
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
