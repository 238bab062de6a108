"""Files of other programs: scores, drum machines, addresses.

In: the bytes of a file; out: a `Groove` and a report, as of MIDI. Each format is read as notes of
General MIDI with their ticks, tempo and meters (`sheet`), and these as a MIDI file is.

rmi           a MIDI file in a RIFF wrapper
hydrogen      patterns and songs of the drum machine Hydrogen
groovescribe  an address of GrooveScribe, which holds its groove
musicxml      drum parts of MusicXML
repeats       which written bar of a score is played after which
guitarpro     percussion tracks of Guitar Pro, by PyGuitarPro
"""
