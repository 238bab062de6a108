"""What the page remembers of grooves."""

from app import engine
from beatgen.groove import Groove
from beatgen.kit import INDEX


def test_equal_grooves_share_an_answer(rock):
    copy = Groove(rock.velocity.copy(), rock.timing.copy(), rock.tempo)
    assert engine.contents(rock) == engine.contents(copy)
    louder = rock.velocity.copy()
    louder[0, 0, INDEX["kick"]] = 1
    assert engine.contents(rock) != engine.contents(Groove(louder, rock.timing, rock.tempo))
