#!/usr/bin/env bash
# TiMidity++ renders a groove that begins with a rest from its first hit on, and ends it after its last one.
#
# Versions:  timidity 2.14.0-8.1 with freepats 20060219-4 (Debian 12), files written with mido 1.3.3
# Seen:      2026-11-29
#
#   at 120 BPM, a file of 8 s (four bars)          first hit at    length of the WAV
#   snare on two and four of the first bar         0.00 s          3.06 s
#   the same with --preserve-silence               0.50 s          3.56 s
#   kick on the first two beats of four bars       0.00 s          2.56 s
#   the same with --preserve-silence               0.00 s          2.56 s
#
# Silence before the first note is dropped unless --preserve-silence asks for it; silence after the last one, up
# to the end of track, is dropped with it, too: what is there is the last note and its ring. Nothing in the output
# says so. Why a groove maker cares: stems rendered one voice at a time do not line up (the snare's starts on two,
# the kick's on one), and a loop rendered this way is never as long as its bars. Render stems with a hit on the
# first tick, or with a synthesizer that keeps the file's time, and cut or fill the sound to the bars' length.
#
# Fails if any of this changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get download -qq timidity=2.14.0-8.1 freepats=20060219-4 libao4 libspeex1
for package in *.deb; do dpkg -x "$package" root; done
libraries=$(dirname "$(find root -name 'libao.so.4')")
{ echo "dir $folder/root/usr/share/midi/freepats"; echo "source $folder/root/etc/timidity/freepats.cfg"; } > patches.cfg
python3 -m venv venv
venv/bin/pip install -q mido==1.3.3

cat > grooves.py <<'PYTHON'
import mido


def write(path, note, beats):
    """Hits of one drum on these beats, in a file of four bars of 4/4 at 120 BPM."""
    ticks, now = 480, 0
    file = mido.MidiFile(ticks_per_beat=ticks)
    track = file.add_track()
    for beat in beats:
        track.append(mido.Message("note_on", channel=9, note=note, time=beat * ticks - now))
        track.append(mido.Message("note_off", channel=9, note=note, time=60))
        now = beat * ticks + 60
    track.append(mido.MetaMessage("end_of_track", time=16 * ticks - now))
    file.save(path)


write("snare.mid", 38, [1, 3])
write("kick.mid", 36, [0, 1])
PYTHON
venv/bin/python grooves.py

for groove in snare kick; do
    for option in "" --preserve-silence; do
        LD_LIBRARY_PATH=$libraries root/usr/bin/timidity -c patches.cfg $option -Ow -o "$groove$option.wav" $groove.mid > /dev/null
    done
done

cat > look.py <<'PYTHON'
import array
import wave


def look(path):
    """Seconds to the first sound, and of the whole file."""
    with wave.open(path) as file:
        rate, wide = file.getframerate(), file.getnchannels() * file.getsampwidth() // 2
        samples = array.array("h", file.readframes(file.getnframes()))
    first = next(i for i, sample in enumerate(samples) if abs(sample) > 300) / wide / rate
    return round(first, 2), round(len(samples) / wide / rate, 2)


seen = {name: look(f"{name}.wav") for name in ("snare", "snare--preserve-silence", "kick", "kick--preserve-silence")}
print(seen)
assert seen["snare"] == (0.0, 3.06), seen
assert seen["snare--preserve-silence"] == (0.5, 3.56), seen
assert seen["kick"] == seen["kick--preserve-silence"] == (0.0, 2.56), seen
PYTHON
python3 look.py
echo "as seen on 2026-11-29"
