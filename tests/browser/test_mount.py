"""How a part of the page comes into it and leaves it, as Streamlit has it."""

# Mounts a picture as Streamlit does, with the module that the page has loaded, and lets go of
# that call; tells what is in the page then, and once it was taken out.
LET_GO = """async () => {
    const files = performance.getEntriesByType('resource').map(({ name }) => name);
    const { default: mount } = await import(files.find((name) => name.endsWith('/main.js')));
    const parentElement = document.createElement('div');
    document.body.append(parentElement);
    const groove = { bars: 1, steps: 64, tempo: 100, hits: '' };
    const data = [{ part: 'picture', player: 'other', groove, rows: [0], names: ['kick'] }];
    const call = () => mount({ data, parentElement });
    const parts = () => parentElement.querySelectorAll('.picture').length;
    const found = [];
    let letGo = call();
    letGo();
    found.push(parts());
    letGo = call();
    found.push(parts());
    parentElement.remove();
    letGo();
    while (parts()) await new Promise((done) => setTimeout(done, 50));
    return found;
}"""


def test_a_part_stays_while_streamlit_lets_go_of_outdated_calls(harness):
    """It does so where two runs follow one another soon, before the first one's call returned."""
    assert harness.evaluate(LET_GO) == [1, 1]
