"""A MIDI file for General MIDI: its drums on the notes that every General MIDI kit sounds."""

from __future__ import annotations

from pathlib import Path

import mido

from beatgen.errors import MidiError
from beatgen.midi.channels import find_drums
from beatgen.midi.events import read_events
from beatgen.midi.maps import GENERAL_MIDI, drum_map
from beatgen.midi.recognition import Reading, read_voices

KIT = frozenset(range(35, 82)) - {58}  # 58, a vibraslap, is the rim of a floor tom for Roland


def for_general_midi(source: Path, target: Path) -> bool:
    """Write a copy of a file whose drums stand on General MIDI's notes: what an e-kit or another
    instrument sends on notes that no General MIDI kit has, as 22 for the edge of a hi-hat, on those
    that sound nearest. Whether anything had to be changed; else nothing is written.
    """
    try:
        events = read_events(source, source.name)
        drums = find_drums(events, source.name)
        notes = events.notes[drums.chosen]
        file = mido.MidiFile(source, clip=True)
    except (MidiError, OSError, EOFError, ValueError, LookupError, mido.KeySignatureError):
        return False  # no drums, or a file of which the copy would lose something
    moved = _moved(read_voices(events, notes))
    channels = {channel - 1 for channel in drums.channels}
    changed = False
    for track in file.tracks:
        for message in track:
            if message.type in ("note_on", "note_off", "polytouch") and message.channel in channels:
                changed |= moved.get(message.note, message.note) != message.note
                message.note = moved.get(message.note, message.note)
    if changed:
        file.save(target)
    return changed


def _moved(reading: Reading) -> dict[int, int]:
    """Note -> the note that sounds it on a General MIDI kit, where that is another."""
    general = drum_map(GENERAL_MIDI)
    read_as_general = reading.map.name == GENERAL_MIDI
    numbers = {note: reading.map.number_of(note) for note in range(128)}
    return {
        note: general.note_for(number)[0]
        for note, number in numbers.items()
        if number is not None and not (read_as_general and note in KIT)
    }
