import json
import math

from beatgen.evaluation.results import Evaluation, Row, Section

COLUMNS = {"auc": ("AUC", ".3f"), "kl": ("KL", ".1f")}
LINES = {"real": {"auc": 0.5}, "ours": {"auc": 0.625, "kl": math.nan}}
SECTION = Section("realism", "Realism", "Half is best.", COLUMNS, LINES)


def test_a_section_shows_its_numbers_as_a_table_and_as_bars() -> None:
    assert SECTION.as_markdown().splitlines() == [
        "Realism. Half is best.",
        "",
        "|  | AUC | KL |",
        "| --- | ---: | ---: |",
        "| real | 0.500 | - |",
        "| ours | 0.625 | - |",
    ]
    bars = SECTION.figure().data
    assert len(bars) == 2 and list(bars[0].y) == ["ours", "real"]
    assert list(bars[0].x) == [0.625, 0.5]


def test_what_was_not_measured_is_null_in_json() -> None:
    row = Row("endless", {"kl": math.inf, "sse": math.nan, "hit_f1": 0.5}, {}, {}, {})
    found = Evaluation("bars.npz", "test", 2, 1, (row,), (SECTION,)).as_dict()
    assert json.loads(json.dumps(found, allow_nan=False)) == found | {"rows": found["rows"]}
    assert found["rows"][0]["measures"] == {"kl": None, "sse": None, "hit_f1": 0.5}
    assert found["sections"]["realism"]["lines"]["ours"] == {"auc": 0.625, "kl": None}


def test_an_evaluation_of_no_models_is_a_table_without_lines() -> None:
    text = Evaluation("bars.npz", "test", 2, 1, ()).as_markdown()
    assert text.startswith("test, 2 bars in 4/4; 50.0 % of them repeat a training bar")
    assert "| model | SSE |" in text
