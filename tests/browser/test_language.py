"""The page in another language, and for those who do not see it."""

import re
from functools import cache
from pathlib import Path

import pytest
from visiting import go, map_is_drawn, open_app, press, remembered, settled, wall

from app.language import FIRST, texts

AXE = Path(__file__).parents[2] / "app" / "player" / "node_modules" / "axe-core" / "axe.min.js"
PLACE = re.compile(r"\{\w+\}")
# All words on the page, in its components, too, and those of labels and hints; what is cut off.
READ = """() => {
    const skip = document.querySelector('[data-testid="stSkipToContent"]');
    const [words, cut] = [new Set(), []];
    const read = (root) => {
        for (const element of root.querySelectorAll(':not(script, style)')) {
            if (element.shadowRoot) read(element.shadowRoot);
            for (const name of ['aria-label', 'title', 'placeholder', 'aria-valuetext', 'alt']) {
                words.add(element.getAttribute(name) ?? '');
            }
            for (const { nodeType, data } of element.childNodes) {
                if (nodeType === Node.TEXT_NODE) words.add(data.trim());
            }
            if (element.matches('button, a, label, summary') && isCut(element)) cut.push(element);
        }
    };
    const isCut = (element) => {
        const visible = element.checkVisibility({ visibilityProperty: true });
        if (element === skip || !visible) return false;
        const { left, right, width } = element.getBoundingClientRect();
        const { textOverflow, display } = getComputedStyle(element);
        // An icon of Streamlit's stands out by 4 pixels.
        const over = element.scrollWidth - element.clientWidth;
        const overflows = textOverflow === 'clip' && display !== 'inline' && over > 4;
        return width > 1 && (left < -1 || right > innerWidth + 1 || overflows);
    };
    read(document);
    const { lang, scrollWidth } = document.documentElement;
    const outer = cut.map(({ outerHTML }) => outerHTML.slice(0, 150));
    return { words: [...words].filter(Boolean), cut: outer, lang, wide: scrollWidth > innerWidth };
}"""
# Streamlit's place for a file says that it is nothing, and has a name all the same.
LOOK = """async () => {
    const except = { exclude: ['[data-testid="stFileUploaderDropzone"]'] };
    const { violations } = await axe.run(except, { resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
}"""


@cache
def english() -> re.Pattern[str]:
    """An English text, with anything in its places; but for those that German has as well."""
    own = {form for found in texts()["de"].values() for form in forms(found)} | {"English"}
    first = {form for found in texts()[FIRST].values() for form in forms(found)} - own
    saying = [form for form in first if re.search("[a-z]{3}", PLACE.sub("", form))]
    return re.compile("|".join(".+".join(map(re.escape, PLACE.split(form))) for form in saying))


def forms(found: str | dict[str, str]) -> list[str]:
    return [found] if isinstance(found, str) else list(found.values())


def shown_well(page) -> None:
    """What is asked of each page: all is German, all fits, and axe-core finds nothing. While a run
    goes on Streamlit shows its own "Stop", which is English."""
    settled(page)
    found = page.evaluate(READ)
    left = [words for words in found["words"] if english().fullmatch(words)]
    assert (found["lang"], left, found["cut"], found["wide"]) == ("de", [], [], False)
    assert page.evaluate(LOOK) == []


def through_all_pages(page) -> None:
    shown_well(page)
    for key, stands in (
        ("vary", wall_stands),
        ("shape", settled),
        ("map", map_is_drawn),
        ("drumify", settled),
    ):
        go(page, texts()["de"][f"page.{key}"])
        stands(page)
        shown_well(page)


def with_all_open(page) -> None:
    """What opens only when asked: tools, panels, options, and the sheet of keys."""
    german = texts()["de"]
    for key in ("grid.notes", "blend.apart", "live", "midi"):
        press(page, str(german[key])).click()
    page.get_by_text(str(german["midi.early"])).wait_for()
    shown_well(page)
    page.keyboard.press("Escape")
    press(page, str(german["live"])).click()
    press(page, str(german["blend.linked"])).click()
    press(page, str(german["grid.notes"])).click()
    page.keyboard.press("?")
    shown_well(page)
    press(page, str(german["keys.close"])).click()


def wall_stands(page) -> None:
    wall(page, 6, texts()["de"]["wall.discard"])


def test_all_is_german_and_fits_and_axe_finds_nothing(serve, open_page):
    """On a screen in dark, and on a phone in light."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed; `make test` installs it")
    page = open_app(serve, open_page, locale="de-DE")
    page.evaluate(AXE.read_text("utf-8"))
    with_all_open(page)
    through_all_pages(page)
    page.evaluate("localStorage.setItem('beatgen theme', 'Light')")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(page.url.rpartition("/")[0])
    remembered(page)
    page.evaluate(AXE.read_text("utf-8"))
    through_all_pages(page)
    kept = page.evaluate("localStorage.getItem('beatgen')")
    page.get_by_label(str(texts()["de"]["language.choose"])).select_option("en")
    page.wait_for_function("document.documentElement.lang === 'en'")
    remembered(page)
    press(page, "Keep as take").wait_for()
    assert page.evaluate("localStorage.getItem('beatgen')") == kept, "links are of no language"
