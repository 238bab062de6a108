"""The command `beatgen`: one verb for each thing the package does.

Results go to stdout, messages and progress to stderr. The exit code is 0, 1 where something could
not be done (said in one line), 2 for a wrong command line. Nothing heavy is imported before a verb
needs it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from beatgen.commands import Argument, Options, UsageError, arg, main, number, tell, verb
from beatgen.errors import BeatGenError

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from beatgen.groove import Groove
    from beatgen.latent import Vae
    from beatgen.midi import MidiReport
    from beatgen.train import TrainConfig

FOLDER = arg("folder", metavar="DIR", help="folder of MIDI files")
DATA = arg("data", metavar="DATA", help="what `beatgen prepare` wrote (.npz)")
GROOVE = arg("groove", metavar="GROOVE", help="MIDI file, or the name of a demo groove")
A = arg("a", metavar="A", help="MIDI file or demo groove to start from")
B = arg("b", metavar="B", help="MIDI file or demo groove to go to")
JSON = arg("--json", action="store_true", help="print JSON")
MODEL = arg("--model", default="bar", metavar="NAME", help="shipped weights, or an export folder")
PITCHES = arg(
    "--pitches", choices=("gmd", "gm"), default="gmd", help="Roland TD-11, or General MIDI"
)
SEED = number("--seed", int, 0, "the same seed gives the same result")
RUN = arg("-o", "--output", required=True, metavar="RUN", help="folder of the run")
NETWORK = (
    arg("--model", choices=("bar", "report"), default="bar", help="ours, or the 2020 report's"),
    number("--epochs", int, None, "how often all bars are seen"),
    number("--batch-size", int, None, "bars per batch"),
    number("--learning-rate", float, None, "at its peak"),
    number("--beta", float, None, "weight of the KL"),
    SEED,
)


def output(what: str, required: bool = True) -> Argument:
    return arg("-o", "--output", required=required, metavar="FILE", help=what)


MIDI_OUT = (output("MIDI file to write"), PITCHES)
MIDIS_OUT = (output("folder for the MIDI files, or a name: take.mid gives take-1.mid ..."), PITCHES)


@verb(FOLDER, JSON, output("draw the statistics, too (.html)", required=False))
def stats(options: Options) -> None:
    """Count what is in a folder of MIDI files."""
    from beatgen.stats import folder_stats

    found = folder_stats(options.folder, progress=True)
    for sentence in found.left_out:
        tell(f"left out {sentence}")
    print(json.dumps(found.as_dict()) if options.json else found)
    if options.output:
        from beatgen.figure import draw_stats

        _save_figure(draw_stats(found, title=found.folder), options.output)


@verb(FOLDER, output("dataset to write (.npz)"), number("--steps", int, 64, "steps per bar"), SEED)
def prepare(options: Options) -> None:
    """Read a folder of MIDI files into one dataset for training."""
    from beatgen.dataset import SPLITS, prepare

    dataset = prepare(
        options.folder, options.output, steps=options.steps, seed=options.seed, progress=True
    )
    for sentence in dataset.left_out:
        tell(f"left out {sentence}")
    splits = dataset.splits[dataset.file_index].tolist()
    counts = ", ".join(f"{splits.count(name)} {name}" for name in SPLITS if name in splits)
    print(f"{options.output}: {len(dataset)} bars ({counts})")


@verb(arg("folder", metavar="DIR", help="folder to make"))
def download_groove(options: Options) -> None:
    """Fetch the Groove MIDI Dataset (3 MB, CC BY 4.0) into a new folder."""
    from beatgen.download import download_groove

    print(download_groove(options.folder, progress=True))


@verb(
    arg("data", metavar="DATA", nargs="?", default="", help="what `beatgen prepare` wrote (.npz)"),
    arg("-o", "--output", default="", metavar="RUN", help="folder of the run; goes on with it"),
    *NETWORK,
    number("--latent-dim", int, None, "dimensions of z"),
    arg("--export", metavar="DIR", help="write the weights that play there, when done"),
    arg("--summary", action="store_true", help="print the network and do not train"),
)
def train(options: Options) -> None:
    """Train a network on a dataset; a run that was stopped goes on."""
    if not (options.summary or (options.data and options.output)):
        raise UsageError("train needs DATA and -o RUN.")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from beatgen.train import build_model, train

    config = _train_config(options)
    if options.summary:
        build_model(config).summary(expand_nested=True)
        return
    with redirect_stdout(sys.stderr):
        history = train(config, verbose=2)
        if options.export:
            from beatgen.export import export

            export(options.output, options.export)
    best = min(history["val_loss"])
    print(f"{options.output}: validation loss {best:.3f} after {len(history['val_loss'])} epochs")


@verb(
    DATA,
    RUN,
    *NETWORK,
    arg("--dims", type=int, nargs="+", default=[2, 4, 8, 16, 32, 64], metavar="N", help="to try"),
)
def sweep(options: Options) -> None:
    """Train with several latent dimensions and draw what each costs."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from beatgen.train import sweep

    with redirect_stdout(sys.stderr):
        rows = sweep(_train_config(options), options.dims, tell)
    for row in rows:
        print(f"{row['latent_dim']:4d}  {row['val_loss']:.3f}")


@verb(
    arg("data", metavar="DATA", help="folder of the Groove MIDI Dataset, or a dataset (.npz)"),
    arg("--models", nargs="+", metavar="MODEL", help="names, export folders or runs (default all)"),
    arg("--split", choices=("train", "validation", "test"), default="validation"),
    arg("-o", "--output", metavar="DIR", help="folder for the tables and figures"),
    JSON,
)
def evaluate(options: Options) -> None:
    """Measure models and baselines on held-out bars."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from beatgen.evaluate import MODELS, evaluate

    with redirect_stdout(sys.stderr):
        measured = evaluate(
            options.data, options.split, options.models or MODELS, options.output, tell
        )
    print(json.dumps(measured.as_dict()) if options.json else measured.as_markdown())


@verb(arg("file", metavar="FILE", help="MIDI file"), JSON)
def info(options: Options) -> None:
    """Tell what is in a MIDI file, and what is folded, dropped or skipped in reading it."""
    from beatgen.midi import scan_midi

    _, report = scan_midi(options.file)
    print(json.dumps(_info(report)) if options.json else _info_text(report))


@verb(
    A,
    B,
    arg("amount", type=float, metavar="AMOUNT", help="0 is A, 1 is B"),
    number("--feel", float, None, "another amount for the feel alone"),
    *(MODEL, *MIDI_OUT),
)
def blend(options: Options) -> None:
    """Blend two grooves bar by bar."""
    vae, a, b = _model(options), _groove(options.a), _groove(options.b)
    _write(vae.blend(a, b, options.amount, options.feel), options)


@verb(A, B, number("--steps", int, 8, "bars on the way, both ends included"), MODEL, *MIDI_OUT)
def interpolate(options: Options) -> None:
    """Walk from one groove to another, a bar at a time."""
    vae, a, b = _model(options), _groove(options.a), _groove(options.b)
    _write(vae.interpolate(a, b, options.steps), options)


@verb(
    GROOVE,
    number("--count", int, 6, "how many takes"),
    number("--amount", float, 0.5, "0 is the groove itself, 1 another one"),
    *(SEED, MODEL, *MIDIS_OUT),
)
def vary(options: Options) -> None:
    """Write takes around a groove, one file each."""
    takes = _model(options).vary(
        _groove(options.groove), options.count, options.amount, options.seed
    )
    _write_all(takes, options, "take")


@verb(
    number("--count", int, 4, "how many grooves"),
    number("--tempo", float, 120.0, "beats per minute"),
    *(SEED, MODEL, *MIDIS_OUT),
)
def sample(options: Options) -> None:
    """Write new grooves of one bar, one file each."""
    _write_all(
        _model(options).sample(options.count, options.seed, options.tempo), options, "sample"
    )


@verb(GROOVE, MODEL, *MIDI_OUT)
def reconstruct(options: Options) -> None:
    """Write a groove as the model holds it."""
    _write(_model(options).reconstruct(_groove(options.groove)), options)


@verb(
    GROOVE,
    output("WAV file to write"),
    arg("--loop", action="store_true", help="a seamless loop of exact length"),
    arg("--engine", choices=("auto", "fluidsynth", "kit"), default="auto", help="what plays"),
    arg("--soundfont", metavar="FILE", help="soundfont to play with (.sf2, .sf3)"),
    number("--sample-rate", int, 44100, "hertz"),
    arg("--whole", action="store_true", help="all instruments of the file, not the drums alone"),
)
def render(options: Options) -> None:
    """Play a groove into a WAV file."""
    from beatgen.audio import render_midi, write_wav

    how = {"soundfont": options.soundfont, "sample_rate": options.sample_rate}
    if options.whole:
        render_midi(options.groove, options.output, **how)
    else:
        how |= {"engine": options.engine, "loop": options.loop}
        write_wav(_groove(options.groove), options.output, **how)
    print(options.output)


@verb(
    GROOVE,
    output("picture to write (.html; .png, .svg or .pdf with kaleido installed)"),
    arg("--theme", choices=("dark", "light"), default="dark"),
)
def draw(options: Options) -> None:
    """Draw the drum grid of a groove."""
    from beatgen.figure import draw

    name = Path(options.groove).name
    _save_figure(draw(_groove(options.groove), title=name, theme=options.theme), options.output)
    print(options.output)


def _groove(source: str) -> Groove:
    """The groove of a MIDI file, or of a demo by its name; what reading left out is told."""
    from beatgen import demo
    from beatgen.midi import scan_midi

    if source in demo.names() and not Path(source).exists():
        return demo.load(source)
    groove, report = scan_midi(source)
    for message in report.messages:
        tell(f"{report.name}: {message}")
    return groove


def _model(options: Options) -> Vae:
    from beatgen.latent import load_model

    return load_model(options.model)


def _write(groove: Groove, options: Options) -> None:
    from beatgen.midi import write_midi

    write_midi(groove, options.output, pitches=options.pitches)
    print(options.output)


def _write_all(grooves: Sequence[Groove], options: Options, name: str) -> None:
    """Numbered files in a folder, or beside each other where the output is named like a file."""
    from beatgen.midi import write_midi

    path = Path(options.output)
    if path.suffix.lower() not in (".mid", ".midi"):
        path = path / f"{name}.mid"
    path.parent.mkdir(parents=True, exist_ok=True)
    digits = len(str(len(grooves)))
    for i, groove in enumerate(grooves, start=1):
        numbered = path.with_stem(f"{path.stem}-{i:0{digits}d}")
        write_midi(groove, numbered, pitches=options.pitches, name=numbered.stem)
        print(numbered)


def _save_figure(figure: Figure, target: str) -> None:
    kind = Path(target).suffix.lower()
    if kind in (".html", ".htm"):
        figure.write_html(target, include_plotlyjs=True)
    elif kind in (".png", ".svg", ".pdf"):
        try:
            figure.write_image(target)
        except (ImportError, ValueError, RuntimeError) as error:
            raise BeatGenError(
                f"{target}: pictures need kaleido and a browser; write .html instead, or see "
                "`pip install kaleido`."
            ) from error
    else:
        raise BeatGenError(f"{target}: expected a name that ends in .html or .png.")


def _train_config(options: Options) -> TrainConfig:
    """The defaults of training, and what the command line says otherwise."""
    from beatgen.model import ModelConfig
    from beatgen.report import ReportConfig
    from beatgen.train import TrainConfig

    names = ("epochs", "batch_size", "learning_rate", "beta")
    given = {name: getattr(options, name) for name in names}
    how: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    dim = getattr(options, "latent_dim", None)
    if dim is not None and options.model == "report":
        how["report"] = ReportConfig(latent_dim=dim)
    elif dim is not None:
        how["bar"] = ModelConfig().squeezed(dim)
    return TrainConfig(options.data, options.output, options.model, seed=options.seed, **how)


def _info(report: MidiReport) -> dict[str, Any]:
    """A report as JSON has it, each folded pitch with the voice that it went to."""
    from beatgen.kit import FOLD

    folded = {p: {"voice": FOLD[p], "hits": n} for p, n in sorted(report.folded.items())}
    return asdict(report) | {"folded": folded, "messages": report.messages}


def _info_text(report: MidiReport) -> str:
    rows = [
        ("bars", f"{report.bars} in 4/4"),
        ("tempo", f"{report.tempo:g}"),
        ("channel", str(report.channel)),
        ("ticks", f"{report.ticks_per_beat} per beat"),
        ("hits", str(sum(report.hits.values()))),
        *((f"  {voice}", str(hits)) for voice, hits in report.hits.items()),
    ]
    return "\n".join([report.name, *(f"{k:<16}{v}" for k, v in rows), *report.messages])


if __name__ == "__main__":
    sys.exit(main())
