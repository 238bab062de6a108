"""What is drawn anew after something was done: what changed by it, and no more."""

import base64
from contextlib import contextmanager

import pytest
from visiting import open_app, settled, slider, take_button, titled, wall


@contextmanager
def received(page):
    """A list of the messages that the page gets in the meantime."""
    client, messages = page.context.new_cdp_session(page), []
    client.send("Network.enable")
    client.on(
        "Network.webSocketFrameReceived",
        lambda frame: messages.append(base64.b64decode(frame["response"]["payloadData"])),
    )
    yield messages
    settled(page)
    page.wait_for_timeout(100)  # what was sent arrives
    client.detach()


def told_of(messages: list[bytes], part: bytes) -> bool:
    return any(part in message for message in messages)


def test_a_released_blend_leaves_the_decks_alone(serve, open_page):
    page = open_app(serve, open_page)
    with received(page) as messages:
        slider(page, "Blend from A to B").press("ArrowRight")
        titled(page, "Blend 53%")
    assert told_of(messages, b"takeaway")
    assert not told_of(messages, b"deck-a") and not told_of(messages, b"masthead")


def test_new_takes_leave_the_strip_alone(serve, open_page):
    page = open_app(serve, open_page, "vary")
    wall(page)
    with received(page) as messages:
        page.locator(".st-key-vary button").click()
        take_button(page, 7).wait_for()
    assert told_of(messages, b"vary-controls")
    assert not told_of(messages, b"takeaway") and not told_of(messages, b"masthead")


@pytest.mark.parametrize("name", ["", "vary"])
def test_a_link_that_was_refused_is_mentioned_until_something_is_moved(serve, open_page, name):
    page = open_app(serve, open_page, f"{name}?groove=nonsense")
    alert = page.get_by_role("alert")
    alert.wait_for()
    slider(page, "Blend from A to B").press("ArrowRight")
    alert.wait_for(state="detached")
