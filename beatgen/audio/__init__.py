"""Sound. In: a `Groove`; out: samples, stems by drum family, and WAV files.

mix        level and place of each drum family
render     `render`, `stems`, `write_wav`, and whole MIDI files by FluidSynth
kits       the sound of one hit: the shipped recordings, or a soundfont
soundfont  soundfonts on this machine
"""
