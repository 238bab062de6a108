"""Which bars are fills: learned from files that were recorded as fills, and from those of beats.

Beats hold fills, too, where a phrase ends; so a bar of a beat may be found to be one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from beatgen.bars.attributes import attributes
from beatgen.bars.metrics import folded
from beatgen.bars.strikes import to_strikes
from beatgen.data.dataset import Dataset

FILL = "_fill_"  # in the names of the Groove MIDI Dataset's files that hold one
SURE = 0.5  # probability from which a bar counts as a fill
REGULARITY = 0.03  # C of the regression


class Fills:
    """A logistic regression on patterns (16 x 9) and attributes of training bars."""

    def __init__(self, training: Dataset) -> None:
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        labels = recorded(training)
        self._known = bool(labels.any() and not labels.all())
        if self._known:
            regression = LogisticRegression(C=REGULARITY, max_iter=300, class_weight="balanced")
            self._model: Any = make_pipeline(StandardScaler(), regression)
            self._model.fit(_seen(*training.grids()), labels)

    def probability(self, velocity: np.ndarray, timing: np.ndarray) -> np.ndarray:
        """How probably bars (n, 64, 22) are fills, float64 (n,); 0 where no fill was among the
        training bars."""
        if not self._known:
            return np.zeros(len(velocity))
        return self._model.predict_proba(_seen(velocity, timing))[:, 1]

    def found(self, dataset: Dataset) -> np.ndarray:
        """Which bars are fills, bool (n,): those of fills' files, and those that sound like one."""
        return recorded(dataset) | (self.probability(*dataset.grids()) > SURE)


def recorded(dataset: Dataset) -> np.ndarray:
    """Which bars stand in a file that was recorded as a fill, bool (n,)."""
    return np.char.find(dataset.files, FILL)[dataset.file_index] >= 0


def _seen(velocity: np.ndarray, timing: np.ndarray) -> np.ndarray:
    struck = folded(velocity, timing).reshape(len(velocity), -1)
    return np.concatenate([struck, attributes(to_strikes(velocity, timing))], 1).astype(np.float32)
