"""MIDI files and grooves.

In: a MIDI file, as a path or file object; out: a `Groove`, and a report of what became of
everything in the file. And back: a `Groove` written as a MIDI file.

events    what matters of any MIDI file; mido, with checks around it
channels  which channel holds the drums
tracks    a voice on each track, by its name
maps      which note means which voice, and which note is written for it
reader    bar lines, tempo, quantizing: file to Groove
writer    Groove to file
report    what was found in a file, what was folded, dropped or left out
"""

from beatgen.midi.reader import read_midi, scan_midi
from beatgen.midi.report import MidiReport
from beatgen.midi.writer import write_midi

__all__ = ["MidiReport", "read_midi", "scan_midi", "write_midi"]
