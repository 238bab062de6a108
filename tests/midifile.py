"""MIDI files written in a test, message by message, and what is read of them."""

from io import BytesIO

import mido
import numpy as np

from beatgen.groove import Groove
from beatgen.kit import EVERY
from beatgen.midi import read_midi, write_midi

DRUMS = 9  # channel 10
KICK, SNARE, HAT = 36, 38, 42
BAR = 4 * 480


def tempo(tick: int, beats_per_minute: float) -> tuple[int, mido.MetaMessage]:
    return tick, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(beats_per_minute))


def meter(tick: int, numerator: int, denominator: int) -> tuple[int, mido.MetaMessage]:
    return tick, mido.MetaMessage("time_signature", numerator=numerator, denominator=denominator)


def hit(tick: int, pitch: int, velocity: int = 80, channel: int = DRUMS):
    return tick, mido.Message("note_on", channel=channel, note=pitch, velocity=velocity)


def off(tick: int, pitch: int, channel: int = DRUMS):
    return tick, mido.Message("note_off", channel=channel, note=pitch)


def end(tick: int) -> tuple[int, mido.MetaMessage]:
    return tick, mido.MetaMessage("end_of_track")


def midi(*tracks: list, division: int = 480) -> BytesIO:
    """A file from tracks of (absolute tick, message)."""
    file = mido.MidiFile(type=int(len(tracks) > 1), ticks_per_beat=division)
    for events in tracks:
        track = mido.MidiTrack()
        now = 0
        for tick, message in sorted(events, key=lambda event: event[0]):
            track.append(message.copy(time=tick - now))
            now = tick
        file.tracks.append(track)
    data = BytesIO()
    file.save(file=data)
    data.seek(0)
    return data


def raw(track: str) -> BytesIO:
    """A file of type 0, 480 ticks to the beat, whose track is bytes written in hex."""
    body = bytes.fromhex(track)
    head = b"MThd" + b"".join(n.to_bytes(2, "big") for n in (0, 6, 0, 1, 480))
    return BytesIO(head + b"MTrk" + len(body).to_bytes(4, "big") + body)


def written(groove: Groove, **how) -> BytesIO:
    """The groove as a file; `how` is for `write_midi`."""
    data = BytesIO()
    write_midi(groove, data, **how)
    data.seek(0)
    return data


def again(groove: Groove, **how) -> Groove:
    """The groove, written and read."""
    return read_midi(written(groove, **how), groove.steps)


def hits(groove: Groove) -> list[tuple[int, int, int, int]]:
    """(bar, step, pitch, MIDI velocity) of every hit."""
    return [
        (
            int(b),
            int(s),
            EVERY[groove.voices[v]].pitch,
            round(float(groove.velocity[b, s, v]) * 127),
        )
        for b, s, v in np.argwhere(groove.velocity > 0)
    ]


def sounding(file: BytesIO) -> list[tuple[int, int, int]]:
    """(tick, pitch, velocity) of every note-on, in order."""
    tick, notes = 0, []
    for message in mido.MidiFile(file=file).merged_track:
        tick += message.time
        if message.type == "note_on" and message.velocity:
            notes.append((tick, message.note, message.velocity))
    return sorted(notes)
