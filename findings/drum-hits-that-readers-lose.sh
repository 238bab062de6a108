#!/usr/bin/env bash
# Which drum hits a MIDI file has depends on who reads it: pretty_midi and symusic lose different ones.
#
# Versions:  pretty_midi 0.2.11.post0, symusic 0.6.0 (files written with mido 1.3.3)
# Seen:      2026-11-28, Python 3.11
#
# Both readers make notes of pairs of note-on and note-off. Drums need no such pairs: a pad is struck, and
# modules and step sequencers send the note-off at the same tick, once for two strokes, or never. All of
# that is valid MIDI. Of the strokes that were struck the two readers return:
#
#   strokes                                            struck  pretty_midi  symusic
#   note-off at the tick of its note-on                   2         0          2
#   a flam of two note-ons, then one note-off             2         2          1   (the louder one is gone)
#   note-ons without any note-off                         3         0          0
#
# Neither warns. Why a groove maker cares: a data set read through one of them lacks flams, one read through
# the other lacks everything that a gate-less sequencer wrote, and a check of one reader against the other
# blames the wrong one. Count note-ons instead.
#
# Fails if any of this changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q mido==1.3.3 pretty_midi==0.2.11.post0 symusic==0.6.0

cd "$folder"
cat > look.py <<'PYTHON'
import mido
import pretty_midi
import symusic

STRUCK = {
    "note-off at the same tick": [(0, "on"), (0, "off"), (480, "on"), (480, "off")],
    "a flam, one note-off": [(0, "on"), (20, "on"), (100, "off")],
    "no note-off": [(0, "on"), (480, "on"), (960, "on")],
}
SEEN = {
    "note-off at the same tick": (2, 0, 2),
    "a flam, one note-off": (2, 2, 1),
    "no note-off": (3, 0, 0),
}

for name, events in STRUCK.items():
    track, before = mido.MidiTrack(), 0
    for count, (tick, kind) in enumerate(events):
        velocity = 60 + 20 * count if kind == "on" else 0
        track.append(
            mido.Message(f"note_{kind}", channel=9, note=38, velocity=velocity, time=tick - before)
        )
        before = tick
    mido.MidiFile(type=0, ticks_per_beat=480, tracks=[track]).save("drums.mid")

    struck = sum(kind == "on" for _, kind in events)
    pretty = sum(len(part.notes) for part in pretty_midi.PrettyMIDI("drums.mid").instruments)
    notes = [note for track in symusic.Score("drums.mid").tracks for note in track.notes]
    found = struck, pretty, len(notes)
    print(f"{name:<28} struck {struck}, pretty_midi {pretty}, symusic {len(notes)}")
    assert found == SEEN[name], f"{name}: {found}, was {SEEN[name]}"
    if name.startswith("a flam"):
        assert [note.velocity for note in notes] == [60], "the louder stroke is back"
PYTHON
"$folder/venv/bin/python" look.py
