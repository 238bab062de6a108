"""A run of the whole page that was asked for is not cut short by what asks for some parts."""

import drive


def test_what_asks_for_some_parts_leaves_a_run_of_the_whole_page_whole():
    page = drive.go(drive.open_page(), "vary")  # a test's runs are of the whole page
    numbers = [take.number for take in drive.now(page).takes]
    drive.click(page, "vary")
    assert numbers != [take.number for take in drive.now(page).takes]
    assert page.button(key="make-a") and page.button(key="bring-back")
