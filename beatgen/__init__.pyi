# The public names, and where they live. What is added here is there as bg.name.

from .audio.mix import Mix as Mix
from .audio.render import render as render
from .audio.render import stems as stems
from .audio.render import write_wav as write_wav
from .bars.comparison import compare as compare
from .data.dataset import Dataset as Dataset
from .data.dataset import load_dataset as load_dataset
from .data.dataset import prepare as prepare
from .errors import BeatGenError as BeatGenError
from .groove import Groove as Groove
from .groove import join as join
from .latent.atlas import Atlas as Atlas
from .latent.atlas import load_atlas as load_atlas
from .latent.song import Song as Song
from .latent.vae import Vae as Vae
from .latent.vae import load_model as load_model
from .lock import Lock as Lock
from .meter import Meter as Meter
from .midi import MidiReport as MidiReport
from .midi import read_midi as read_midi
from .midi import scan_midi as scan_midi
from .midi import write_midi as write_midi
from .plot.drums import draw as draw
from .readers import read as read
from .readers import scan as scan
from .rebar import in_meter as in_meter
from .rhythm import read_rhythm as read_rhythm

__version__: str
