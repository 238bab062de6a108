"""Meters: lengths, steps and beats, and grooves in them."""

import numpy as np
import pytest

from beatgen.audio.render import render
from beatgen.errors import BeatGenError
from beatgen.groove import Groove, join
from beatgen.kit import INDEX
from beatgen.lock import Lock
from beatgen.meter import Meter, meter_of
from beatgen.plot.drums import draw
from beatgen.swing import swing
from beatgen.tab import scan_tab

# meter, steps, quarters, sixteenths, sixteenths from beat to beat
METERS = [
    ("2/4", 32, 2, 8, 4),
    ("3/4", 48, 3, 12, 4),
    ("4/4", 64, 4, 16, 4),
    ("5/4", 80, 5, 20, 4),
    ("6/4", 96, 6, 24, 4),
    ("6/8", 48, 3, 12, 6),
    ("9/8", 72, 4.5, 18, 6),
    ("12/8", 96, 6, 24, 6),
    ("5/8", 40, 2.5, 10, 2),
    ("7/8", 56, 3.5, 14, 2),
    ("7/16", 28, 1.75, 7, 1),
]
SNARE = INDEX["snare"]


@pytest.mark.parametrize(("label", "steps", "quarters", "sixteenths", "beat"), METERS)
def test_the_size_of_a_bar(label, steps, quarters, sixteenths, beat) -> None:
    meter = meter_of(label)
    assert str(meter) == label and meter.steps() == steps and meter.quarters == quarters
    assert (meter.sixteenths, meter.beat) == (sixteenths, beat)
    groove = Groove.from_tab(f"kick |{'o' * sixteenths}|" + "\n", tempo=90, meter=label)
    assert groove.velocity.shape == (1, steps, 22) and groove.resolution == 64
    assert groove.seconds == pytest.approx(quarters * 60 / 90)
    # The sixteenths stand a sixteenth apart, wherever the steps are.
    bar, step, voice = np.nonzero(groove.velocity)
    at = groove.quarters(bar, step + groove.timing[bar, step, voice])
    assert at == pytest.approx(np.arange(sixteenths) / 4, abs=1e-6)
    assert Groove.from_tab(str(groove), tempo=90) == groove


@pytest.mark.parametrize("text", ["", "4", "waltz", "0/4", "3/5", "3/32", "9/4", "33/8", "-3/4"])
def test_what_is_no_meter_is_refused(text) -> None:
    with pytest.raises(BeatGenError, match="expected"):
        Groove.from_tab("kick |o---|", meter=text)


def test_bars_of_changing_meter() -> None:
    groove = Groove.from_tab("snare |o---o---o---o---|o---o---|", tempo=60, meter="4/4 2/4")
    assert groove.meters == (Meter(4, 4), Meter(2, 4)) and groove.steps == 64
    assert groove.bar_steps.tolist() == [64, 32] and groove.seconds == 6
    assert groove[1] == Groove.from_tab("snare |o---o---|", 60, meter="2/4")
    assert groove[1].steps == 32 and groove != groove[0].repeat(2)
    assert join([groove[0], groove[1]]) == groove
    assert groove.repeat(3).meters == (Meter(4, 4), Meter(2, 4), Meter(4, 4))
    assert str(groove).splitlines()[0] == "meter: 4/4 2/4"
    assert "in 4/4 and 2/4" in repr(groove)
    velocity = groove.velocity.copy()
    velocity[1, 40, SNARE] = 1
    with pytest.raises(BeatGenError, match="bar 2 has a hit behind its end; a bar of 2/4 has 32"):
        Groove(velocity, meters=groove.meters)
    with pytest.raises(BeatGenError, match="3 meters for 2 bars"):
        Groove(groove.velocity, meters=(Meter(4, 4), Meter(2, 4), Meter(4, 4)))
    with pytest.raises(BeatGenError, match="bars of 50 steps are none of 3/4"):
        Groove(np.zeros((1, 50, 22)), meters=Meter(3, 4))


def test_a_tab_file_names_its_meter() -> None:
    groove, report = scan_tab(
        b"tempo: 90\nmeter: 6/8\nswing: 66 sixteenths\n\nhi-hat |xxxxxx------|"
    )
    assert groove.meter == Meter(6, 8) and report.meters == ["6/8"]
    assert ("bars", "1 in 6/8") in report.rows()
    bar, step, voice = np.nonzero(groove.velocity)
    at = groove.quarters(bar, step + groove.timing[bar, step, voice])
    assert at == pytest.approx([0, 0.33, 0.5, 0.83, 1, 1.33], abs=1e-5)
    with pytest.raises(BeatGenError, match="'meter: waltz' found"):
        scan_tab(b"meter: waltz\n\nkick |o---|")


def test_swing_moves_the_second_sixteenth_of_each_eighth_in_every_meter() -> None:
    for meter, count in (("12/8", 24), ("7/8", 14), ("3/4", 12)):
        straight = Groove.from_tab(f"hi-hat |{'x' * count}|", meter=meter)
        bar, step, voice = np.nonzero(swing(straight, 0.6).velocity)
        swung = swing(straight, 0.6)
        at = swung.quarters(bar, step + swung.timing[bar, step, voice])
        even = np.arange(0, count, 2) / 4
        assert at == pytest.approx(np.sort([*even, *(even + 0.3)]), abs=1e-6)


def test_locks_count_the_sixteenths_of_the_meter() -> None:
    old = Groove.from_tab("snare |" + "o" * 24 + "|" + "o" * 8 + "|", meter="12/8 2/4")
    silence = Groove(np.zeros_like(old.velocity), meters=old.meters)
    lock = Lock(old, sixteenths=frozenset({0, 5, 23, 24, 31}))
    kept = lock.keep(silence)
    bar, step, voice = np.nonzero(kept.velocity)
    at = kept.quarters(bar, step + kept.timing[bar, step, voice])
    assert at == pytest.approx(np.array([0, 5, 23, 24, 31]) / 4, abs=1e-6)
    assert np.count_nonzero(lock.keep(silence.repeat(3)).velocity[2]) == 3
    with pytest.raises(BeatGenError, match="12/8 and 2/4 does not fit one in 3/4; lock"):
        lock.keep(Groove.from_tab("kick |o---|", meter="3/4"))


def test_sound_and_picture_are_as_long_as_the_bars() -> None:
    groove = Groove.from_tab("snare |o--o--o--o--|---o|", 120, meter="12/8 1/4")
    sound = render(groove, engine="kit", loop=True)
    assert len(sound) == round(44100 * 7 * 0.5)
    figure = draw(groove)
    assert list(figure.layout.xaxis.tickvals) == [0, 6]
    assert figure.layout.xaxis.range[1] == 7
    assert list(figure.layout.xaxis.minor.tickvals) == [0, 1.5, 3, 4.5, 6]
    assert list(figure.data[0].base) == pytest.approx([0, 1.5, 3, 4.5, 6.75])
    assert figure.data[0].customdata[2][1] == "1.3"
