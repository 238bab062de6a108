"""The verbs for musicians: read, blend, vary, complete, play and draw grooves."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError, BooleanOptionalAction
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from beatgen.audio.kits import KITS
from beatgen.cli.verbs import (
    JSON,
    SEED,
    Options,
    UsageError,
    arg,
    bars,
    log,
    midi_name,
    number,
    output,
    save_figure,
    verb,
)

if TYPE_CHECKING:
    import numpy as np

    from beatgen.groove import Groove
    from beatgen.latent.vae import Vae
    from beatgen.readers import Bars


def _place(word: str) -> tuple[float, float]:
    """A place that was typed. Raises ArgumentTypeError where it is none."""
    try:
        across, up = map(float, word.split(","))
    except ValueError:
        raise ArgumentTypeError(
            f"{word!r} is no place; expected two numbers, as in 0.3,0.5"
        ) from None
    return across, up


GROOVE = arg(
    "groove", metavar="GROOVE", help="MIDI file (.mid), drum tab (.tab), or name of a demo groove"
)
A = arg("a", metavar="A", help="MIDI file (.mid), drum tab (.tab) or demo groove to start from")
B = arg("b", metavar="B", help="MIDI file (.mid), drum tab (.tab) or demo groove to go to")
MODEL = arg(
    "--model",
    default="bar",
    metavar="NAME",
    help="shipped weights, bar (default) or bar-16, or a folder of exported ones, as in ./mine",
)
MAP = arg(
    "--map",
    metavar="NAME",
    help="drum map of the file: gm, roland, toontrack ... (docs/midi.md), or a file (my.tsv); "
    "recognised by default",
)
METER = arg("--meter", metavar="METER", help="the meter to blend in, such as 3/4; A's by default")
MAPS = arg(
    "--map",
    action="append",
    metavar="NAME",
    help="drum map of the files: gm, roland, toontrack ... (docs/midi.md), or a file (my.tsv); "
    "given twice, that of A and that of B; recognised by default",
)
PEDAL = arg(
    "--inverted-pedal",
    action="store_true",
    help="the hi-hat's pedal (controller 4) is 0 when it is down, not 127",
)
BARS = arg(
    "--bars",
    type=bars,
    metavar="FROM-TO",
    help="only these bars of the file, counted from 1, as in 2-3, 5 or 2- (a count-in left out)",
)
PAIR_BARS = arg(
    "--bars",
    type=bars,
    action="append",
    metavar="FROM-TO",
    help="only these bars of the files, counted from 1, as in 2-3, 5 or 2- (a count-in left out); "
    "given twice, those of A and those of B (1- for all)",
)
EARLY = arg(
    "--early",
    choices=("loop", "pickup"),
    default="loop",
    help="where hits before the first beat are written: at the loop's end (loop, default), or in a "
    "bar before the first (pickup)",
)
MAP_OUT = arg(
    "--map-out",
    "--pitches",
    default="gm",
    metavar="NAME",
    help="drum map to write for: gm (General MIDI, default), roland (each voice its own note), "
    "toontrack ..., a file (my.tsv), or same: that of the file that was read",
)
MIDI_OUT = (output("MIDI file to write", "OUT.mid", type=midi_name), MAP_OUT, EARLY)
MIDIS_OUT = (
    output("folder for the MIDI files, or a name: take.mid gives take-1.mid ...", "DIR"),
    MAP_OUT,
    EARLY,
)


@verb(
    arg("file", metavar="FILE", help="MIDI file (.mid) or drum tab (.tab)"), MAP, PEDAL, BARS, JSON
)
def info(options: Options) -> None:
    """Show what is in a file, and what is folded, dropped or skipped when it is read."""
    from beatgen.readers import scan

    _, report = scan(
        _file(options.file),
        map=options.map,
        inverted_pedal=options.inverted_pedal,
        bars=options.bars,
    )
    if options.json:
        print(json.dumps(report.as_dict()))
    else:
        rows = (f"{name:<16}{value}" for name, value in report.rows())
        print("\n".join([report.name, *rows, *report.messages]))


@verb(
    A,
    B,
    arg("amount", type=float, metavar="AMOUNT", help="0 is A, 1 is B"),
    number("--feel", float, None, "another amount for the feel (timing and loudness) alone"),
    *(METER, MAPS, PEDAL, PAIR_BARS, MODEL, *MIDI_OUT),
)
def blend(options: Options) -> None:
    """Blend two grooves bar by bar."""
    a, b = _pair(options)
    vae = _model(options)
    _write(vae.blend(a, b, options.amount, options.feel, options.meter), options)


@verb(
    A,
    B,
    number("--steps", int, 8, "bars, both ends included"),
    *(METER, MAPS, PEDAL, PAIR_BARS, MODEL),
    *MIDI_OUT,
)
def interpolate(options: Options) -> None:
    """Go from one groove to another, one step in each bar."""
    a, b = _pair(options)
    vae = _model(options)
    _write(vae.interpolate(a, b, options.steps, options.meter), options)


@verb(
    arg(
        "grooves",
        nargs="+",
        metavar="GROOVE",
        help="one to four MIDI files (.mid), drum tabs (.tab) or demo grooves: lower left, lower "
        "right, upper left and upper right corner",
    ),
    arg(
        "--at",
        nargs="+",
        required=True,
        type=_place,
        metavar="ACROSS,UP",
        help="a place on the square, as in 0.3,0.5; or several: a path with a bar for each step",
    ),
    number("--length", int, 8, "bars of a path, evenly spaced along it"),
    *(METER, MAP, PEDAL, BARS, MODEL, *MIDI_OUT),
)
def mix(options: Options) -> None:
    """Mix up to four grooves, at a place on the square between them, or along a path on it."""
    from beatgen.latent.blend import places_along

    vae = _model(options)
    grooves = [_read(name, options.map, options.bars, options) for name in options.grooves]
    if len(options.at) == 1:
        ((across, up),) = options.at
        mixed = vae.mix(grooves, across, up, options.meter)
    else:
        places = places_along(options.at, options.length)
        mixed = vae.arrange(grooves, places, options.meter)
    _write(mixed, options)


@verb(
    GROOVE,
    number("--count", int, 6, "how many variations"),
    number("--amount", float, 0.5, "0 is the groove itself, 1 an unrelated one"),
    number("--feel", float, None, "another amount for the feel (timing and loudness) alone"),
    *(MAP, PEDAL, BARS, SEED, MODEL, *MIDIS_OUT),
)
def vary(options: Options) -> None:
    """Write variations of a groove, one file each."""
    takes = _model(options).vary(
        _groove(options), options.count, options.amount, options.seed, options.feel
    )
    _write_all(takes, options, "take")


@verb(
    number("--count", int, 4, "how many grooves"),
    number("--tempo", float, 120.0, "beats per minute"),
    arg("--whole", action="store_true", help="all that is drawn, with bars that begin nowhere"),
    *(SEED, MODEL, *MIDIS_OUT),
)
def sample(options: Options) -> None:
    """Write new grooves of one bar, one file each.

    Bars with a kick on the one come first, and empty ones are left out, unless --whole is given."""
    drawn = _model(options).sample(options.count, options.seed, options.tempo, options.whole)
    _write_all(drawn, options, "sample")


@verb(
    GROOVE,
    arg(
        "--other",
        metavar="GROOVE",
        help="a second groove: the second section; by default a take of the first",
    ),
    number("--length", int, 16, "bars of the song, 1 to 128"),
    arg(
        "--form",
        default="AABA",
        metavar="FORM",
        help='its parts: capitals, or names with spaces between, as in "intro A8 B8 ending"; a '
        "number is how many bars a part has (default AABA)",
    ),
    number("--fills", int, 4, "a fill every so many bars of a part, and where it ends; 0 for none"),
    number("--heat", float, 0.5, "0 repeats with breath, 1 roams"),
    arg("--wav", metavar="OUT.wav", help="write its sound, too"),
    *(MAPS, PEDAL, BARS, SEED, MODEL, *MIDI_OUT),
)
def song(options: Options) -> None:
    """Make a whole drum track of one or two grooves, with a marker for each part."""
    maps = options.map or [None]
    groove = _read(options.groove, maps[0], options.bars, options)
    other = _read(options.other, maps[-1], None, options) if options.other else None
    made = _model(options).song(
        groove, options.length, options.form, options.fills, options.heat, options.seed, other
    )
    _save(made.groove, options.output, options, "BeatGen", made.markers)
    if options.wav:
        from beatgen.audio.render import write_wav

        write_wav(made.groove, options.wav)
        print(options.wav)
    for part in made.parts:
        log(f"{part.name}: bars {part.first + 1} to {part.end}")


@verb(
    GROOVE,
    number("--spread", float, 1.0, "1 draws a feel, 0 gives the average one"),
    arg(
        "--timing",
        nargs="+",
        metavar="AMOUNT",
        help="how much of the new timing is taken, 0 to 1: for all drums (0.5), for a family "
        "(hat=0.3), or both (0.5 hat=0.3)",
    ),
    arg("--velocity", nargs="+", metavar="AMOUNT", help="the same of the new velocities"),
    arg(
        "--keep-accents",
        action=BooleanOptionalAction,
        default=None,
        help="what is written louder stays louder (default where an amount is given)",
    ),
    arg(
        "--like",
        metavar="GROOVE",
        help="the feel of another file or demo groove, or of a style, as in jazz",
    ),
    arg("--compare", action="store_true", help="print velocities and timing, before and after"),
    *(MAP, PEDAL, BARS, SEED, MODEL, *MIDI_OUT),
)
def humanize(options: Options) -> None:
    """Give a groove another feel: its hits stay.

    Without an amount their own velocities and timing are not used; with one, hits that are written
    together move together."""
    groove, vae = _groove(options), _model(options)
    played = vae.humanize(
        groove,
        options.seed,
        options.spread,
        timing=_amounts("--timing", options.timing),
        velocity=_amounts("--velocity", options.velocity),
        keep_accents=options.keep_accents,
        like=_like(options),
    )
    _write(played, options)
    if options.compare:
        from beatgen.bars.comparison import compare

        print(compare(groove, played))


@verb(
    GROOVE,
    arg(
        "--voices",
        nargs="+",
        required=True,
        metavar="VOICE",
        help="voices (as in hi-hat) or families (as in tom) to propose",
    ),
    *(MAP, PEDAL, BARS, MODEL, *MIDI_OUT),
)
def complete(options: Options) -> None:
    """Finish a beat: propose some voices from all the others."""
    groove = _groove(options)
    _write(_model(options).complete(groove, _hidden(groove, options.voices)), options)


@verb(
    GROOVE,
    arg(
        "--keep",
        nargs="+",
        default=(),
        metavar="VOICE",
        help="voices (as in hi-hat) or families (as in tom) that stay as they are",
    ),
    arg("--fill", action="store_true", help="all stays but the last beat; a fill stands there"),
    number("--count", int, 6, "how many proposals"),
    *(MAP, PEDAL, BARS, SEED, MODEL, *MIDIS_OUT),
)
def finish(options: Options) -> None:
    """Finish a beat in several ways: some voices stay, all others are proposed anew.

    Writes one file for each proposal, the likeliest first, and says how likely each is: how far it
    is expected to agree with what a drummer would play."""
    from beatgen.lock import Lock

    groove = _groove(options)
    voices = {int(voice) for voice in _chosen(options.keep).nonzero()[0]}
    before = groove.sixteenths - groove.meters[-1].beat if options.fill else 0
    lock = Lock(groove, frozenset(voices), frozenset(range(before)))
    proposals = _model(options).finish(groove, lock, options.count, options.seed, options.fill)
    _write_all([proposal.groove for proposal in proposals], options, "finish")
    print(*(f"{proposal.likelihood:.0%}" for proposal in proposals))


@verb(
    arg(
        "rhythm",
        metavar="RHYTHM",
        help="MIDI file of any instrument, recorded sound (.wav, .flac, .mp3), drum tab, or name "
        "of a demo groove",
    ),
    number("--busy", float, 0.5, "0 has half as many hits as usual, 1 twice as many"),
    arg("--style", metavar="STYLE", help="such as rock, funk or jazz; heard in the tap by default"),
    number("--channel", int, None, "MIDI channel of the part, 1 to 16; by default the drums"),
    number("--tempo", float, None, "of recorded sound, in BPM; estimated by default"),
    *(BARS, SEED, MODEL, *MIDI_OUT),
)
def drumify(options: Options) -> None:
    """Make drums for a tapped or clapped rhythm, a bass line or a riff.

    They keep its accents and timing; the first sound of a recording is taken for the downbeat.
    Seed 0 gives the most probable groove, every other one another proposal."""
    from beatgen import demo
    from beatgen.readers import choose_bars
    from beatgen.rhythm import read_rhythm

    source = options.rhythm
    if source in demo.names() and not Path(source).is_file():
        rhythm = demo.load(source)
    else:
        options.sources = [source]
        rhythm = read_rhythm(source, options.channel, options.tempo)
    rhythm = choose_bars(rhythm, options.bars, source)
    _write(_model(options).drumify(rhythm, options.busy, options.style, options.seed), options)


def _family_value(text: str) -> tuple[str, float]:
    """ "hat=-3" as ("hat", -3.0)."""
    family, _, value = text.partition("=")
    try:
        return family, float(value)
    except ValueError:
        raise ArgumentTypeError(
            f"{text!r} is not a drum family and a number, as in hat=-3"
        ) from None


@verb(GROOVE, MAP, PEDAL, BARS, MODEL, *MIDI_OUT)
def reconstruct(options: Options) -> None:
    """Write a groove as the model reconstructs it."""
    _write(_model(options).reconstruct(_groove(options)), options)


@verb(
    GROOVE,
    output("WAV file to write", "OUT.wav"),
    arg("--loop", action="store_true", help="a seamless loop of exact length"),
    arg(
        "--engine",
        choices=("auto", "fluidsynth", *KITS),
        default="auto",
        help="what makes the sound: FluidSynth with a soundfont, a kit that comes with BeatGen "
        "(kit is the acoustic one), or FluidSynth where there is one, else kit (default auto)",
    ),
    arg(
        "--level",
        action="append",
        type=_family_value,
        default=[],
        metavar="FAMILY=DB",
        help="a drum family louder or softer, -40 to 6 dB, as in hat=-3; may be given again",
    ),
    arg(
        "--pan",
        action="append",
        type=_family_value,
        default=[],
        metavar="FAMILY=PLACE",
        help="a drum family to one side, -1 (left) to 1 (right), as in tom=0.5; may be given again",
    ),
    arg("--soundfont", metavar="FILE", help="soundfont (.sf2, .sf3) for FluidSynth"),
    number("--sample-rate", int, 44100, "hertz"),
    *(MAP, PEDAL, BARS),
    arg("--whole", action="store_true", help="all instruments of a MIDI file, once, by FluidSynth"),
)
def render(options: Options) -> None:
    """Play a groove into a WAV file."""
    from beatgen.audio.mix import Mix
    from beatgen.audio.render import render_midi, write_wav

    mix = Mix(dict(options.level), dict(options.pan))
    if Path(options.output).suffix.lower() != ".wav":
        raise UsageError(f"{options.output}: WAV is written; expected a name that ends in .wav.")
    how = {"soundfont": options.soundfont, "sample_rate": options.sample_rate}
    if options.whole:
        if options.loop or mix or options.engine in KITS:
            raise UsageError(
                "--whole plays once, by FluidSynth, as it is; leave out --loop, --level, --pan and "
                "--engine."
            )
        if options.bars:
            raise UsageError("--whole plays all of a file; no --bars.")
        render_midi(_file(options.groove), options.output, **how)
    else:
        how |= {"engine": options.engine, "loop": options.loop, "mix": mix}
        write_wav(_groove(options), options.output, **how)
    print(options.output)


@verb(
    GROOVE,
    output("picture to write (.html; with kaleido .png, .svg or .pdf)", "OUT.html"),
    arg("--theme", choices=("dark", "light"), default="dark", help="default dark"),
    *(MAP, PEDAL, BARS),
)
def draw(options: Options) -> None:
    """Draw the drum grid of a groove."""
    from beatgen.plot.drums import draw

    name = Path(options.groove).name
    save_figure(draw(_groove(options), title=name, theme=options.theme), options.output)
    print(options.output)


def _file(source: str) -> str:
    """The file of this name. Raises UsageError for a demo groove, which has none."""
    from beatgen import demo

    if source in demo.names() and not Path(source).is_file():
        raise UsageError(f"{source} is a demo groove; expected a file.")
    return source


def _groove(options: Options) -> Groove:
    """The groove that a verb is about."""
    return _read(options.groove, options.map, options.bars, options)


def _pair(options: Options) -> tuple[Groove, Groove]:
    """The two grooves that a verb is about."""
    maps, bars = options.map or [None], options.bars or [None]
    for flag, given in (("--map", maps), ("--bars", bars)):
        if len(given) > 2:
            raise UsageError(
                f"{flag} is given {len(given)} times; expected once, or for A and for B."
            )
    a = _read(options.a, maps[0], bars[0], options)
    return a, _read(options.b, maps[-1], bars[-1], options)


def _read(source: str, map: str | None, bars: Bars | None, options: Options) -> Groove:
    """The groove of a file, or of a demo by its name; what reading left out goes to stderr.

    The map of the first groove that is read is what `--map-out same` writes, and no file that is
    read is written over.
    """
    from beatgen import demo
    from beatgen.readers import choose_bars, scan

    found = "gm"
    if source in demo.names() and not Path(source).is_file():
        groove = choose_bars(demo.load(source), bars, source)
    else:
        options.sources = [*getattr(options, "sources", ()), source]
        groove, report = scan(source, map=map, inverted_pedal=options.inverted_pedal, bars=bars)
        for message in report.messages:
            log(f"{report.name}: {message}")
        found = str(map or getattr(report, "map", found))
    if not hasattr(options, "same"):
        options.same = found
    return groove


def _hidden(groove: Groove, names: Sequence[str]) -> np.ndarray:
    """The cells of these voices or families, bool (bars, sixteenths of the longest, 22)."""
    import numpy as np

    chosen = _chosen(names)
    sixteenths = max(meter.sixteenths for meter in groove.meters)
    return np.broadcast_to(chosen, (groove.bars, sixteenths, len(chosen)))


def _chosen(names: Sequence[str]) -> np.ndarray:
    """Which of the kit's voices are these voices or of these families, bool (22,)."""
    import numpy as np

    from beatgen.kit import FAMILIES, VOICES

    known = {voice.name for voice in VOICES} | set(FAMILIES)
    if unknown := set(names) - known:
        raise UsageError(
            f"no voice {min(unknown)!r}; expected a family ({', '.join(FAMILIES)}) or a voice of "
            "the kit, such as 'open hat' (docs/midi.md names all)."
        )
    return np.array([voice.name in names or voice.family in names for voice in VOICES])


def _amounts(flag: str, given: Sequence[str] | None) -> float | dict[str, float] | None:
    """What `Vae.humanize` takes of words such as 0.5 and hat=0.3."""
    if not given:
        return None
    from beatgen.latent.humanize import EVERY_FAMILY

    amounts: dict[str, float] = {}
    try:
        for word in given:
            family, sign, amount = word.rpartition("=")
            families = [family] if sign else EVERY_FAMILY
            amounts |= dict.fromkeys(families, float(amount))
    except ValueError:
        raise UsageError(f"{flag} {word}: expected 0 to 1, as in 0.5 or hat=0.3.") from None
    return amounts


def _like(options: Options) -> Groove | str | None:
    """Whose feel is asked for: a groove's, or that of a style by its name."""
    from beatgen import demo

    name = options.like
    if name is None or not (name in demo.names() or Path(name).suffix or Path(name).exists()):
        return name
    return _read(name, None, None, options)


def _model(options: Options) -> Vae:
    from beatgen.latent.vae import load_model

    return load_model(options.model)


def _write(groove: Groove, options: Options) -> None:
    _save(groove, options.output, options, "BeatGen")


def _save(
    groove: Groove,
    path: str | Path,
    options: Options,
    name: str,
    markers: Sequence[tuple[int, str]] = (),
) -> None:
    """Write one MIDI file; what its map has no note for goes to stderr."""
    from beatgen.midi import write_midi

    for source in getattr(options, "sources", ()):
        if Path(path).exists() and Path(source).exists() and Path(path).samefile(source):
            raise UsageError(f"{path} is the file that is read; give the new one another name.")
    map = getattr(options, "same", "gm") if options.map_out == "same" else options.map_out
    written = write_midi(groove, path, map=map, early=options.early, name=name, markers=markers)
    for message in written:
        log(f"{path}: {message}")
    print(path)


def _write_all(grooves: Sequence[Groove], options: Options, name: str) -> None:
    """Numbered files in a folder, or beside each other where the output is named like a file."""
    path = Path(options.output)
    if path.suffix.lower() not in (".mid", ".midi"):
        path = path / f"{name}.mid"
    path.parent.mkdir(parents=True, exist_ok=True)
    digits = len(str(len(grooves)))
    for i, groove in enumerate(grooves, start=1):
        numbered = path.with_stem(f"{path.stem}-{i:0{digits}d}")
        _save(groove, numbered, options, numbered.stem)
