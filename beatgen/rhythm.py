"""Reading a rhythm to drum to: a groove, a MIDI part of any instrument, or recorded sound."""

from __future__ import annotations

from io import BytesIO
from pathlib import PurePath

from beatgen.errors import BeatGenError
from beatgen.groove import Groove
from beatgen.midi.events import Source, contents, name_of
from beatgen.midi.tap import read_midi_tap
from beatgen.readers import scan

SOUND = (".wav", ".flac", ".mp3", ".ogg", ".aif", ".aiff")


def read_rhythm(
    source: Source,
    channel: int | None = None,
    tempo: float | None = None,
    name: str | None = None,
) -> Groove:
    """The rhythm of a file, for `Vae.drumify`.

    Of a MIDI file that of one channel, whatever instrument plays there: 1 to 16; by default that of
    the drums where it has notes, else the one with the most. Of recorded sound (SOUND), up to 30 s,
    the onsets, the first of them as the downbeat, at a tempo in BPM that is estimated unless given;
    it needs librosa (the extra "audio"). Of other files what `beatgen.read` finds. name: what to
    call the file in messages. Raises BeatGenError where it cannot be read.

    >>> from io import BytesIO
    >>> import beatgen as bg
    >>> file = BytesIO()
    >>> _ = bg.write_midi(bg.Groove.from_tab("kick |o--o|"), file)
    >>> read_rhythm(BytesIO(file.getvalue()))
    <Groove: 1 x 64 steps, 2 hits, 120 BPM>
    """
    name = name or name_of(source, "the file")
    if PurePath(name).suffix.lower() in SOUND:
        from beatgen.audio.taps import read_sound_tap

        return read_sound_tap(source, tempo, name)
    try:
        content = contents(source)
    except FileNotFoundError:
        raise BeatGenError(f"{name}: no such file.") from None
    except OSError as error:
        raise BeatGenError(f"{name}: cannot be read ({error.strerror}).") from error
    if content.startswith(b"MThd"):
        return read_midi_tap(BytesIO(content), channel, name)
    if channel is not None:
        raise BeatGenError(f"{name}: no MIDI file, so it has no channels; leave the channel out.")
    return scan(BytesIO(content), name=name)[0]
