"""What takes are made of, without a browser."""

import numpy as np
from drive import (
    act,
    choose,
    click,
    go,
    now,
    run,
    shown_part,
)

from beatgen.latent.codec import strikes_of


def test_takes_change_the_pattern_or_the_feel_or_both(apptest):
    go(apptest, "vary")
    heard = strikes_of(now(apptest).heard).count
    choose(apptest, "change", "Feel")
    click(apptest, "vary")
    played = [take.groove for take in now(apptest).takes]
    assert all(np.array_equal(strikes_of(groove).count, heard) for groove in played)
    away = [np.abs(groove.velocity - now(apptest).heard.velocity).sum() for groove in played]
    assert away == sorted(away) and away[0] > 0
    choose(apptest, "change", "Pattern")
    choose(apptest, "amount", "A lot")
    click(apptest, "vary")
    assert not any(np.array_equal(strikes_of(t.groove).count, heard) for t in now(apptest).takes)


def test_a_new_groove_is_farther_away_than_a_subtle_change(apptest):
    go(apptest, "vary")
    similarity = {}
    for word in ("Subtle", "New groove"):
        choose(apptest, "amount", word)
        click(apptest, "vary")
        similarity[word] = np.mean([take.similarity for take in now(apptest).takes])
    assert similarity["Subtle"] > similarity["New groove"] + 0.1


def test_v_on_another_page_makes_takes_as_the_wall_is_set_and_shows_it(apptest):
    go(apptest, "vary")
    choose(apptest, "count", 8)
    act(apptest, "keep", now(apptest).takes[0])
    kept = now(apptest).takes[0]
    go(apptest, "blend")
    click(apptest, "vary-elsewhere")
    assert [take["number"] for take in shown_part(apptest, "wall")["takes"][1:]] == list(
        range(7, 15)
    )
    assert now(apptest).takes[0] is kept and len(now(apptest).takes) == 9
    run(apptest)
    assert len(now(apptest).takes) == 9 and now(apptest).numbered == 14, "once"
