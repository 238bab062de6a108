"""What the tests know of Streamlit beyond its public side, for its next version to be met here."""

import json
from functools import cache

from streamlit.components.v2 import manifest_scanner
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

# In the browser
APP = ".stApp"
MAIN = ".stMain"  # what scrolls
ALERT = "[data-testid=stAlertContainer]"
EXCEPTION = "[data-testid=stException]"
MENU_BUTTON = "[data-testid=stMainMenuButton]"
MENU_ITEM = "[role=menuitemradio]"
RESTS = f"document.querySelector('{APP}')?.dataset.testScriptState === 'notRunning'"
SCROLLED = f"document.querySelector('{MAIN}').scrollTop"
WIDTH = f"document.querySelector('{MAIN}').scrollWidth"
TO_THE_END = f"document.querySelector('{MAIN}').scrollTo(0, 1e6)"
EMPTY_PAGE = "/_stcore/health"  # of the server: nothing is on it

# Without one

# Each page that is opened looks through all that is installed for components: once is enough.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def open_address(page: AppTest, name: str) -> None:
    """Turn to the page of this address; AppTest.switch_page knows pages that are files only."""
    page._page_hash = calc_hash(name)


def widget_states(page: AppTest) -> WidgetStates:
    """What the browser would send with its next message: the state of each widget it shows."""
    return page._tree.get_widget_states()


def run_with(page: AppTest, states: WidgetStates) -> None:
    """Run the script as when a browser sends these states."""
    page._run(states)


def trigger(page: AppTest, key: str, event: str, value: object) -> None:
    """Run the script as when the component of this key sends an event."""
    (part,) = [each for each in page.get("bidi_component") if each.key == key]
    states = widget_states(page)
    sent = states.widgets.add()
    sent.id = f"$$STREAMLIT_INTERNAL_KEY_{part.proto.id}__events"
    sent.json_trigger_value = json.dumps([{"event": event, "value": value}])
    run_with(page, states)


def component_data(page: AppTest, key: str) -> object:
    """What the component of this key was given."""
    (part,) = [each for each in page.get("bidi_component") if each.key == key]
    return json.loads(part.proto.json or part.proto.mixed.json)
