"""What the wall of takes is sent: each take once, and all again where the browser lacks one."""

import json

import pytest
from visiting import (
    LOSE_NEXT,
    MAIN,
    answered,
    go,
    open_app,
    press,
    remembered,
    strikes,
    take_button,
    titled,
    wall,
)

from app import engine
from app.session import MOST_TAKES, Deck, Session, Take
from app.share import link

CLICK = 30_000  # bytes; 48 takes in full are 50,000 more
CARD = ".wall .card"
KEEP = "text => localStorage.getItem('beatgen') ?? localStorage.setItem('beatgen', text)"

# Mounts a wall as Streamlit does, with the module that the page has loaded; tells how many cards
# it has after each of the data that it is sent, and what it says.
SEND = """async (sent) => {
    const files = performance.getEntriesByType('resource').map(({ name }) => name);
    const { default: mount } = await import(files.find((name) => name.endsWith('/main.js')));
    const found = [];
    let place = null;
    for (const takes of sent) {
        if (takes === null) {
            place.remove();
            place = null;
            continue;
        }
        if (!place) document.body.append((place = document.createElement('div')));
        const data = { part: 'wall', player: 'other', wall: 'test', takes,
            names: takes.map((take) => (take.id ?? take).slice(3)), stars: takes.map(() => 0),
            alike: takes.map(() => ''), kept: [], rows: [0], plays: null, small: true,
            swept: [0, []], answered: 0 };
        const lacks = [];
        const setTriggerValue = (name, value) => lacks.push([name, value.lacks]);
        mount({ data: [data], parentElement: place, setTriggerValue });
        await new Promise((done) => setTimeout(done, 50));
        found.push([[...place.querySelectorAll('.card b')].map((name) => name.textContent), lacks]);
    }
    place.remove();
    return found;
}"""


@pytest.fixture
def full_wall(random_groove) -> str:
    """What a browser keeps of a page whose wall is full."""
    session = Session(*(Deck(engine.demos()[name]) for name in ("Funk", "Samba")))
    grooves = [random_groove(i, bars=1, density=0.015) for i in range(MOST_TAKES)]
    session.takes = [Take(i + 1, groove, 0.5, kept=True) for i, groove in enumerate(grooves)]
    session.numbered = MOST_TAKES
    return link.pack_memory(session)


@pytest.fixture
def full(serve, open_page, full_wall):
    """The Vary page with a full wall, as a reload brings it back."""
    page = open_page("about:blank", height=1000)
    page.add_init_script(f"({KEEP})({json.dumps(full_wall)})")
    page.goto(f"{serve(MAIN)}/vary")
    remembered(page)
    take_button(page, MOST_TAKES).wait_for()
    answered(page)
    return page


def listen(page) -> list[bytes]:
    """What the page is sent from its next websocket on."""
    received: list[bytes] = []

    def hear(content: bytes) -> None:
        received.append(content)

    page.on("websocket", lambda socket: socket.on("framereceived", hear))
    return received


def is_whole(page, count: int = MOST_TAKES) -> None:
    """The wall has so many cards, and on each there is a picture and what can be done."""
    assert page.locator(CARD).count() == count
    drawn = [strikes(roll) for roll in page.locator(f"{CARD} .roll").all()]
    assert 0 not in drawn
    assert all(page.locator(f"{CARD} b").all_inner_texts())
    assert page.locator(f"{CARD}[draggable=true]").count() == count


def in_full(received: list[bytes]) -> int:
    """How many takes are among what was received."""
    return sum(content.count(b'"near"') for content in received)


def test_a_click_on_a_full_wall_sends_no_take(full):
    received = listen(full)
    full.reload()
    remembered(full)
    take_button(full, MOST_TAKES).wait_for()
    answered(full)
    is_whole(full)
    assert in_full(received) >= MOST_TAKES, "a browser that has nothing is sent all"
    received.clear()
    take_button(full, 7).click()
    titled(full, "Take 7")
    answered(full)
    assert full.locator(".card.plays b").all_inner_texts() == ["Take 7"]
    assert in_full(received) == 0
    assert 0 < sum(map(len, received)) < CLICK
    received.clear()
    press(full.locator(CARD).nth(3), "Keep").click()
    answered(full)
    full.keyboard.press("v")
    take_button(full, MOST_TAKES + 6).wait_for()
    answered(full)
    is_whole(full, MOST_TAKES - 1 + 6)
    assert in_full(received) == 6
    received.clear()
    go(full, "Blend")
    go(full, "Vary")
    take_button(full, MOST_TAKES + 6).wait_for()
    is_whole(full, MOST_TAKES - 1 + 6)
    assert in_full(received) == 0


def test_a_browser_that_missed_takes_is_sent_them(serve, open_page):
    """As where two runs follow one another so soon that the first one's takes never arrive."""
    page = open_page("about:blank", height=1000)
    brought = []  # messages that bring the takes which are lost once

    def connect(socket) -> None:
        def pass_on(message) -> None:
            if b"Take 12" in message and b'"near"' in message:
                brought.append(message)
            if len(brought) != 1 or message is not brought[0]:
                socket.send(message)

        socket.connect_to_server().on_message(pass_on)

    page.route_web_socket("**/stream", connect)
    page.goto(f"{serve(MAIN)}/vary")
    remembered(page)
    wall(page)
    page.keyboard.press("v")
    page.locator(CARD).first.wait_for(state="detached")
    page.click("[aria-label='Listen to'] [data-of=a]")
    take_button(page, 12).wait_for()
    answered(page)
    assert page.locator(f"{CARD} b").first.inner_text() == "Take 7"
    is_whole(page, 6)
    assert len(brought) == 2


def test_no_card_is_shown_before_its_take_is_there(serve, open_page):
    page = open_app(serve, open_page)
    groove = {"bars": 1, "steps": 64, "tempo": 100, "hits": "AAAAAA=="}
    one, two, three = (
        {"id": f"id {name}", "number": i, "near": "", **groove}
        for i, name in enumerate(["one", "two", "three"])
    )
    sent = [
        ["id one"],  # which it lacks
        [one, two],
        ["id two", three],
        ["id one", "id three"],  # the first of which is long gone
        None,  # the page changes, and back
        ["id two", "id three"],
    ]
    lacks = [["acts", True]]
    assert page.evaluate(SEND, sent) == [
        [[], lacks],
        [["one", "two"], []],
        [["two", "three"], []],
        [["two", "three"], lacks],
        [["two", "three"], []],
    ]


def test_what_was_done_on_a_card_and_got_lost_is_told_again(serve, open_page):
    page = open_app(serve, open_page, "vary")
    wall(page)
    page.evaluate(LOSE_NEXT)
    press(page, "Keep").first.click()
    assert page.get_attribute(".wall", "aria-busy") == "true"
    answered(page)
    assert page.locator(".wall .kept").count() == 1
