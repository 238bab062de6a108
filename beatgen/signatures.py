"""What the parts of an exported network read: `beatgen.export` writes networks so, and
`beatgen.runtime` takes no others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from beatgen.errors import ModelError
from beatgen.groove import SIXTEENTHS, STEPS
from beatgen.strikes import N_VOICES, PLACES

# Part -> its inputs: name -> shape of one bar
Signatures = Mapping[str, Mapping[str, tuple[int, ...]]]


def bar_signatures(pattern_dim: int, feel_dim: int) -> Signatures:
    """Those of `beatgen.model.BarVAE`."""
    return {
        "encode": {
            "strikes": (SIXTEENTHS, N_VOICES, PLACES, 2),
            "known": (SIXTEENTHS, N_VOICES),
        },
        "pattern": {"z": (pattern_dim,)},
        "feel": {"z": (feel_dim,), "count": (SIXTEENTHS, N_VOICES)},
    }


def flow_signatures(latent_dim: int) -> Signatures:
    """Those of `beatgen.flow.LatentFlow`; the two times are the pattern's and the feel's."""
    return {"drift": {"x": (latent_dim,), "time": (2,)}}


def report_signatures(latent_dim: int) -> Signatures:
    """Those of `beatgen.report.ReportVAE`."""
    return {"encode": {"velocity": (STEPS, N_VOICES)}, "decode": {"z": (latent_dim,)}}


def of_card(card: Mapping[str, Any]) -> tuple[int, Signatures, Signatures]:
    """Of the network that a model card tells of: latent_dim, its signatures and those of its
    prior. Raises KeyError where the card does not tell."""
    config = card["config"]
    if card["model"] == "report":
        latent_dim = config["latent_dim"]
        return latent_dim, report_signatures(latent_dim), {}
    dims = config["pattern_dim"], config["feel_dim"]
    return sum(dims), bar_signatures(*dims), flow_signatures(sum(dims))


def check(file: object, found: Signatures, expected: Signatures) -> None:
    """Raises ModelError where a part that is expected is not found, or reads something else."""
    for part, inputs in expected.items():
        if found.get(part) != inputs:
            raise ModelError(
                f"{file}: {part} reads {_told(found.get(part, {}))}; expected {_told(inputs)}. "
                "These weights are of another version of beatgen: export them again with this one."
            )


def _told(inputs: Mapping[str, tuple[int, ...]]) -> str:
    shapes = (f"{name} {' x '.join(map(str, shape))}" for name, shape in sorted(inputs.items()))
    return ", ".join(shapes) or "nothing"
