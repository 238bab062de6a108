#!/usr/bin/env bash
# A drum part that goes through music21 comes out as other drums, without a warning.
#
# Versions:  music21 10.5.1 (files written and read with mido 1.3.3)
# Seen:      2026-11-28, Python 3.11
#
#   in                                                     out, as MIDI
#   MusicXML, one part of a kick, a snare and a hi-hat     four kicks (36), on the right places
#   (a <midi-instrument> for each drum)
#   MIDI, channel 10: ride 51, china 52, bell 53,          note 60 for each of the six; kick, snare, closed
#   splash 55, ride 59, clap 39                            and open hat, crashes, toms and cowbell come back
#
# Of a MusicXML part the first drum's note is written for all of its notes; of a MIDI part the drums for which
# music21 has no class of its own are written as its default, middle C, which a General MIDI kit plays as a high
# bongo. The number of notes, their places and their velocities are right, so that a check which counts them sees
# nothing. Why a groove maker cares: it is the usual way from a score to MIDI in Python. Read MusicXML's
# <midi-unpitched> (note number plus one) and the note's <instrument> yourself.
#
# Fails if any of this changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q mido==1.3.3 music21==10.5.1

cd "$folder"
cat > look.py <<'PYTHON'
import mido
import music21


def through(path):
    """The drums of a file, note numbers in their order, once music21 has read and written it."""
    music21.converter.parse(path).write("midi", "out.mid")
    messages = (message for track in mido.MidiFile("out.mid").tracks for message in track)
    return [m.note for m in messages if m.type == "note_on" and m.velocity and m.channel == 9]


KIT = {"kick": (36, "F", 4), "snare": (38, "C", 5), "hi-hat": (42, "G", 5)}
PLAYED = ["kick", "snare", "hi-hat", "snare"]

names = "".join(
    f'<score-instrument id="I{note}"><instrument-name>{name}</instrument-name></score-instrument>'
    for name, (note, *_) in KIT.items()
)
sounds = "".join(
    f'<midi-instrument id="I{note}"><midi-channel>10</midi-channel>'
    f"<midi-unpitched>{note + 1}</midi-unpitched></midi-instrument>"
    for note, *_ in KIT.values()
)
notes = "".join(
    f"<note><unpitched><display-step>{step}</display-step><display-octave>{octave}</display-octave>"
    f'</unpitched><duration>1</duration><instrument id="I{note}"/><type>quarter</type></note>'
    for note, step, octave in (KIT[name] for name in PLAYED)
)
with open("score.musicxml", "w") as file:
    file.write(
        '<score-partwise version="4.0"><part-list><score-part id="P1"><part-name>Drumset</part-name>'
        f'{names}{sounds}</score-part></part-list><part id="P1"><measure number="1"><attributes>'
        "<divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time>"
        f"<clef><sign>percussion</sign></clef></attributes>{notes}</measure></part></score-partwise>"
    )
written, found = [KIT[name][0] for name in PLAYED], through("score.musicxml")
print("MusicXML", written, "->", found)
assert found == [36] * 4, found

struck = [36, 38, 42, 46, 49, 57, 43, 45, 48, 56, 51, 52, 53, 55, 59, 39]
track = mido.MidiTrack()
for note in struck:
    track.append(mido.Message("note_on", channel=9, note=note, velocity=90))
    track.append(mido.Message("note_off", channel=9, note=note, time=480))
mido.MidiFile(type=0, ticks_per_beat=480, tracks=[track]).save("drums.mid")
found = through("drums.mid")
print("MIDI    ", struck, "->", found)
assert found == struck[:10] + [60] * 6, found
PYTHON
venv/bin/python look.py
