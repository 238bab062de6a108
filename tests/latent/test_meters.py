"""The model in meters other than 4/4: every method keeps the meter, and its promises."""

import numpy as np
import pytest

from beatgen.errors import BeatGenError
from beatgen.groove import Groove, join
from beatgen.kit import INDEX
from beatgen.meter import Meter, meter_of
from beatgen.rebar import in_meter

TABS = {
    "2/4": "hi-hat |xxxxxxxx|xxxxxxxx|\nsnare |----O---|----O--g|\nkick |O--oO---|O--o----|",
    "3/4": "hi-hat |----x---x---|x-x-x-x-x-x-|\nsnare |----o---g---|----O-----g-|\n"
    "kick |O-----------|O-----o-----|",
    "6/8": "hi-hat |x-x-x-x-x-x-|x-x-x-x-x-x-|\nsnare |------O-----|------O---g-|\n"
    "kick |O---o-----o-|O-----------|",
    "12/8": "hi-hat |x-x-x-x-x-x-x-x-x-x-x-x-|\nsnare |------O-----------O-----|\n"
    "kick |O---------o-O---o-------|",
    "5/4": "ride |x---x---x---x---x---|\nsnare |----O-------O-------|\nkick |O-----o-----o---O---|",
    "7/8": "hi-hat |x-x-x-x-x-x-x-|\nsnare |----O-------O-|\nkick |O-----o-O-----|",
    "4/4 2/4": "hi-hat |x-x-x-x-x-x-x-x-|x-x-x-x-|\nsnare |----O-------O---|----O---|\n"
    "kick |O-----o-O-------|O-------|",
}


@pytest.fixture(params=TABS, scope="module")
def groove(request) -> Groove:
    return Groove.from_tab(TABS[request.param], tempo=100, meter=request.param)


def test_every_method_keeps_the_meter(vae, groove) -> None:
    rock = Groove.from_tab(
        "hi-hat |x-x-x-x-x-x-x-x-|\nsnare |----O-------O---|\nkick |O-------O-o-----|"
    )
    again = vae.reconstruct(groove)
    both = (groove.velocity > 0) & (again.velocity > 0)
    struck = np.count_nonzero(groove.velocity) + np.count_nonzero(again.velocity)
    assert 2 * both.sum() / struck > 0.9
    takes = vae.vary(groove, count=2, amount=0.5, seed=3)
    path = vae.blend_path(groove, rock, frames=3)
    played = vae.humanize(groove, seed=1)
    nudged = vae.nudges(groove, [[0.0], [2.0]])
    for made in (again, *takes, *path, played, *nudged):
        assert made.meters[: groove.bars] == groove.meters and made.steps == groove.steps
    assert all(take.velocity.any() for take in takes)
    assert vae.vary(groove, count=1, amount=0)[0] == groove and nudged[0] == groove
    assert path[0] == groove.repeat(path[0].bars)
    assert path[-1] == in_meter(rock, groove.meters, path[-1].bars)
    walk = vae.interpolate(groove, rock, steps=4)
    assert walk.bars == 4 and walk[0] == groove[0]
    each = vae.nudge_each(path, [1.5])
    assert [made.meters for made in each] == [made.meters for made in path]
    sixteenths = max(meter.sixteenths for meter in groove.meters)
    hidden = np.zeros((groove.bars, sixteenths, 22), bool)
    hidden[:, :, INDEX["snare"]] = True
    finished = vae.complete(groove, hidden)
    others = np.delete(np.arange(22), INDEX["snare"])
    assert np.array_equal(finished.velocity[:, :, others], groove.velocity[:, :, others])
    assert finished.velocity[:, :, INDEX["snare"]].any() and finished.meters == groove.meters


def test_a_blend_of_two_meters_is_in_the_one_that_is_chosen(vae) -> None:
    waltz = Groove.from_tab(TABS["3/4"], tempo=150, meter="3/4")
    five = Groove.from_tab(TABS["5/4"], tempo=100, meter="5/4")
    assert vae.blend(waltz, five, 0) == waltz
    assert vae.blend(waltz, five, 0.5).meter == Meter(3, 4)
    in_five = vae.blend(waltz, five, 1, meter=five.meters)
    assert in_five == five.repeat(in_five.bars)
    four = vae.blend(waltz, five, 0.5, meter="4/4")
    assert four.meter == Meter(4, 4) and four.tempo == 125


def test_z_has_a_row_for_each_piece(vae) -> None:
    five = Groove.from_tab(TABS["5/4"], meter="5/4").repeat(3)
    z = vae.encode(five)
    assert z.shape == (6, vae.latent_dim)
    assert vae.decode(z, 90, meter_of("5/4")).bars == 3
    assert vae.decode(z, 90, (Meter(5, 4), Meter(4, 4))).meters == (
        *(Meter(5, 4), Meter(4, 4)) * 2,
    )
    with pytest.raises(BeatGenError, match="z has 5 rows, which are no whole bars of 5/4"):
        vae.decode(z[:5], 90, meter_of("5/4"))
    with pytest.raises(BeatGenError, match="grooves of several meters"):
        vae.nudge_each([five[:1], Groove.from_tab(TABS["7/8"], meter="7/8")], [1.0])
    mixed = join([five[:1], Groove.from_tab("kick |o---|")])
    assert vae.encode(mixed).shape == (3, vae.latent_dim)
