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


def test_takes_change_the_pattern_or_the_feel_or_both(page):
    go(page, "vary")
    heard = strikes_of(now(page).heard).count
    choose(page, "change", "Feel")
    click(page, "vary")
    played = [take.groove for take in now(page).takes]
    assert all(np.array_equal(strikes_of(groove).count, heard) for groove in played)
    away = [np.abs(groove.velocity - now(page).heard.velocity).sum() for groove in played]
    assert away == sorted(away) and away[0] > 0
    choose(page, "change", "Pattern")
    choose(page, "amount", "A lot")
    click(page, "vary")
    assert not any(np.array_equal(strikes_of(t.groove).count, heard) for t in now(page).takes)


def test_a_new_groove_is_farther_away_than_a_subtle_change(page):
    go(page, "vary")
    similarity = {}
    for word in ("Subtle", "New groove"):
        choose(page, "amount", word)
        click(page, "vary")
        similarity[word] = np.mean([take.similarity for take in now(page).takes])
    assert similarity["Subtle"] > similarity["New groove"] + 0.1


def test_v_on_another_page_makes_takes_as_the_wall_is_set_and_shows_it(page):
    go(page, "vary")
    choose(page, "count", 8)
    act(page, "keep", now(page).takes[0])
    kept = now(page).takes[0]
    go(page, "blend")
    click(page, "vary-elsewhere")
    assert [take["number"] for take in shown_part(page, "wall")["takes"][1:]] == list(range(7, 15))
    assert now(page).takes[0] is kept and len(now(page).takes) == 9
    run(page)
    assert len(now(page).takes) == 9 and now(page).numbered == 14, "once"
