"""What the parts of an exported network read and give: `export` writes networks so, and
`beatgen.latent.runtime` takes no others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from beatgen.bars.strikes import N_VOICES, PLACES
from beatgen.errors import ModelError
from beatgen.groove import SIXTEENTHS, STEPS


class Part(NamedTuple):
    """reads: the inputs, name -> shape of one bar. gives: the names of the outputs."""

    reads: Mapping[str, tuple[int, ...]]
    gives: frozenset[str]


Signatures = Mapping[str, Part]  # by the part's name

# What stands in the space of a model, by its kind.
SPACES = {
    "bar": frozenset({"mean", "components", "response"}),
    "report": frozenset({"mean", "components"}),
}
AGAIN = "These weights are of another version of beatgen: export them again with this one."


def bar_signatures(pattern_dim: int, feel_dim: int) -> Signatures:
    """Those of `beatgen.networks.bar_vae.BarVAE`."""
    return {
        "encode": Part(
            {
                "strikes": (SIXTEENTHS, N_VOICES, PLACES, 2),
                "known": (SIXTEENTHS, N_VOICES),
            },
            frozenset({"mean", "log_var"}),
        ),
        "pattern": Part({"z": (pattern_dim,)}, frozenset({"count"})),
        "feel": Part(
            {"z": (feel_dim,), "count": (SIXTEENTHS, N_VOICES)},
            frozenset({"place", "velocity", "timing"}),
        ),
    }


def flow_signatures(latent_dim: int) -> Signatures:
    """Those of `flow.LatentFlow`; the two times are the pattern's and the feel's."""
    return {"drift": Part({"x": (latent_dim,), "time": (2,)}, frozenset({"drift"}))}


def report_signatures(latent_dim: int) -> Signatures:
    """Those of `beatgen.networks.report_2020.ReportVAE`."""
    return {
        "encode": Part({"velocity": (STEPS, N_VOICES)}, frozenset({"mean", "log_var"})),
        "decode": Part({"z": (latent_dim,)}, frozenset({"velocity"})),
    }


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
    """Raises ModelError where a part that is expected is not found, or is another."""
    for name, part in expected.items():
        if found.get(name) != part:
            raise ModelError(
                f"{file}: {name} {_told(found.get(name))}; expected one that {_told(part)}. {AGAIN}"
            )


def _told(part: Part | None) -> str:
    if part is None:
        return "is not in it"
    shapes = (f"{name} {' x '.join(map(str, shape))}" for name, shape in sorted(part.reads.items()))
    return f"reads {', '.join(shapes)} and gives {', '.join(sorted(part.gives))}"
