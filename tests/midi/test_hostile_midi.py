"""Damaged and hostile files: one sentence each, never a traceback, never a hang."""

import random
import time
from io import BytesIO, StringIO

import pytest
from midifile import written

from beatgen.errors import MidiError
from beatgen.groove import Groove
from beatgen.midi import scan_midi

KICK = "00 99 24 64"
END = "00 ff 2f 00"


def header(kind: int = 0, tracks: int = 1, division: int = 480) -> bytes:
    numbers = (0, 6, kind, tracks, division)
    return b"MThd" + b"".join((n % 2**16).to_bytes(2, "big") for n in numbers)


def track(body: str | bytes, claimed: int | None = None) -> bytes:
    body = bytes.fromhex(body) if isinstance(body, str) else body
    return b"MTrk" + (len(body) if claimed is None else claimed).to_bytes(4, "big") + body


def refusal(data: bytes) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(MidiError) as refused:
        scan_midi(BytesIO(data), name="bad.mid")
    message = str(refused.value)
    assert message.startswith("bad.mid: ") and message.endswith(".") and "\n" not in message
    assert len(message) < 250
    return message


def survives(data: bytes) -> bool:
    """Whether a file is read; a refusal has to be a MidiError."""
    try:
        scan_midi(BytesIO(data), name="bad.mid")
    except MidiError as error:
        assert str(error).startswith("bad.mid: ") and "\n" not in str(error)
        return False
    return True


@pytest.fixture
def beat() -> bytes:
    return written(Groove.from_tab("snare |----o--o|\nkick |o---oo--|", tempo=110)).getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a MIDI file"),
        (b"hello, I am a text, and a rather long one", "not a MIDI file. Export the drums"),
        (b"RIFF\x00\x00\x00\x24WAVEfmt " + bytes(40), "not a MIDI file"),
        (b"\x00" * 500, "not a MIDI file"),
        (b"MThd\x00\x00\x00\x02\x00\x00", "not a MIDI file"),
        (b"MThd\xff\xff\xff\xff\x00\x00", "not a MIDI file"),
        (header(), "it ends too early"),
        (header(tracks=0), "no tracks found"),
        (header(tracks=-1) + track(KICK + END), "no tracks found"),
        (header(tracks=0) + track(KICK + END), "no tracks found"),
        (header(tracks=3) + track(KICK + END), "it ends too early"),
        (header(kind=2, tracks=2) + 2 * track(KICK + END), "type 2"),
        (header(kind=-1) + track(KICK + END), "type -1"),
        (header(division=0) + track(KICK + END), "ticks per beat is 0"),
        (header(division=-7600) + track(KICK + END), "SMPTE"),
        (header() + track(END), "no notes found"),
        (header() + track("00 99 24 00" + END), "no notes found"),
        (header() + track("00 99 01 64" + END), "no drum of the kit found on channel 10, only"),
        (header() + track("00 99 01 64 00 02 64" + END), "the pitches 1, 2. Map them to"),
        (header() + track("".join(f"00 99 {i:02x} 64" for i in range(20)) + END), "and 12 more."),
        (header() + track(KICK + END, claimed=10**6), "it ends too early"),
        (header() + track(KICK + END, claimed=3), "not a MIDI file"),
        (header() + track("00 24 64" + END), "byte 23 is of no event"),
        (header() + track("00 f5 00" + END), "byte 24 is of no event"),
        (header() + track("00 f0 ff ff ff 7f" + KICK + END), "not a MIDI file"),
        (header() + track(KICK + "ff ff ff 7f 99 24 64" + END), "longer than 4,096 bars, the"),
        (header() + track(KICK + "ff" * 40 + "7f 99 24 64" + END), "does not end"),
        (header(division=1) + track(KICK + "83 ff ff 7f 99 24 64" + END), "are read; export a"),
    ],
)
def test_a_damaged_file_is_refused_in_one_sentence(data, message) -> None:
    start = time.perf_counter()
    assert message in refusal(data)
    assert time.perf_counter() - start < 1


def test_a_file_cut_anywhere_is_refused(beat) -> None:
    for length in range(len(beat)):
        refusal(beat[:length])


def test_a_file_with_any_byte_changed_is_read_or_refused(beat) -> None:
    rng = random.Random(5)
    read = sum(
        survives(beat[:i] + bytes([rng.randrange(256)]) + beat[i + 1 :])
        for i in range(len(beat))
        for _ in range(3)
    )
    assert 0 < read < 3 * len(beat)


def test_noise_behind_a_good_header_is_read_or_refused() -> None:
    rng = random.Random(6)
    for _ in range(200):
        body = bytes(rng.choice(b"\x00\x24\x64\x99\xff\x58\x51\x59\x2f\x05\x90") for _ in range(60))
        survives(header(division=rng.choice((1, 96, 480))) + track(body))


def test_data_bytes_over_127_are_clipped_not_refused() -> None:
    groove, _ = scan_midi(BytesIO(header() + track("00 99 24 c8" + END)))
    assert groove.velocity.max() == 1


@pytest.mark.parametrize(
    "meta",
    [
        "59 02 63 07",  # a key of 99 sharps
        "59 00",
        "51 01 07",  # a tempo of one byte
        "51 00",
        "58 01 04",  # a meter without denominator
        "54 05 ff 00 00 00 00",  # a frame rate that is none
        "20 00",  # a channel without number
        "00 01 05",
        "7f 02 ff ff",
        "03 03 ff fe 80",  # a name in no alphabet
        "63 03 01 02 03",  # of no known kind
    ],
)
def test_a_damaged_meta_event_does_not_cost_a_file_its_drums(meta) -> None:
    groove, report = scan_midi(BytesIO(header() + track(f"00 ff {meta}" + KICK + END)))
    assert report.hits == {"kick": 1} and groove.tempo == 120 and not report.messages


@pytest.mark.parametrize(
    ("meter", "named"), [("00 02", "0/4"), ("01 ff", "1/?"), ("01 40", "1/?"), ("04 07", "4/128")]
)
def test_a_meter_that_cannot_be_is_ignored_and_told(meter, named) -> None:
    data = header() + track(f"00 ff 58 04 {meter} 18 08" + KICK + END)
    groove, report = scan_midi(BytesIO(data))
    assert groove.bars == 1 and report.meters == ["4/4"]
    assert report.messages == [f"Ignored the meter {named}, which cannot be."]


def test_chunks_of_other_kinds_and_what_follows_the_end_are_passed_over() -> None:
    junk = b"XFIH\x00\x00\x00\x04abcd"
    for data in (
        header() + junk + track(KICK + END),
        header() + track(KICK + END) + junk,
        header() + track(KICK + END + "00 00 00"),
    ):
        assert scan_midi(BytesIO(data))[1].hits == {"kick": 1}


@pytest.mark.parametrize(
    ("tempo", "read", "reported"), [("00 00 00", 300, "60,000,000"), ("72 70 e0", 30, "8")]
)
def test_a_tempo_that_cannot_be_played_is_brought_within_what_can(tempo, read, reported) -> None:
    groove, report = scan_midi(BytesIO(header() + track(f"00 ff 51 03 {tempo}" + KICK + END)))
    assert groove.tempo == read
    assert report.messages == [
        f"A tempo of {reported} BPM is read as {read}; 30 to 300 can be played."
    ]


def test_a_megabyte_of_notes_is_read_or_refused_at_once() -> None:
    notes = b"\x00\x99\x24\x64" + b"\x78\x24\x64\x00\x2a\x64" * 30_000
    crowded = b"\x00\x99\x24\x64" + b"\x00\x24\x64" * 340_000
    start = time.process_time()
    assert survives(header() + track(notes + bytes.fromhex(END)))
    assert "70,001 drum hits, more than the 65,536 that are read; export a" in refusal(
        header() + track(b"\x00\x99\x24\x64" + b"\x00\x24\x64" * 70_000 + bytes.fromhex(END))
    )
    assert "more notes than the 131,072 that are read; export" in refusal(
        header() + track(crowded + bytes.fromhex(END))
    )
    assert time.process_time() - start < 3


def test_a_small_file_that_would_take_a_gigabyte_is_refused() -> None:
    """A note of each pitch, far apart: 4,000 bars with a column for each."""
    notes = "".join(f"dd 00 99 {pitch:02x} 64" for pitch in range(128))
    assert "bars with 122 drums and percussion instruments, more than" in refusal(
        header(division=96) + track("00 99 24 64" + notes + END)
    )


def test_a_swollen_number_does_not_hang() -> None:
    start = time.perf_counter()
    assert "does not end" in refusal(header() + track(b"\x00" + b"\xff" * 1_000_000))
    assert "larger than 1 MB, more than is read" in refusal(header() + track(bytes(1_100_000)))
    assert time.perf_counter() - start < 1


def test_what_is_no_file_is_refused(tmp_path) -> None:
    for source, message in (
        (tmp_path / "none.mid", "none.mid: no such file"),
        (tmp_path, "Is a directory"),
        (StringIO("MThd, but text"), "not a MIDI file"),
    ):
        with pytest.raises(MidiError, match=message):
            scan_midi(source)
