"""The kinds of models there are to train: all that training and export must know of each.

A further kind is a network in beatgen/networks/, an entry in KINDS here, and a field of
`TrainConfig` for its shape, which is called like the kind. What its exported weights read and give,
so that they play or are measured, is an entry in `beatgen.latent.runtime.FORMATS`.

The command line reads this for its help: nothing heavy is imported before a function needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from beatgen.latent.runtime import DRUMIFY_NETWORK, SEQUENCE_NETWORK

if TYPE_CHECKING:
    from beatgen.data.dataset import Dataset
    from beatgen.latent.runtime import Network, Signatures
    from beatgen.networks.bar_vae import BarVAE
    from beatgen.networks.drumify import Drumify
    from beatgen.networks.flow import LatentFlow
    from beatgen.networks.report_2020 import ReportVAE
    from beatgen.networks.sequence import SequenceNet
    from beatgen.training.batches import Bars
    from beatgen.training.config import TrainConfig

Parts = list[Callable[..., dict[str, Any]]]  # functions of tensors, named as their signatures
Hits = tuple[np.ndarray, np.ndarray]  # how sure a hit is, and whether there is one: of equal shape

PROBABILITIES = np.arange(0.2, 0.81, 0.02)
VELOCITIES = np.arange(0.02, 0.51, 0.02)
DRAWS = 4  # of noise and time, for each held-out z


@dataclass(frozen=True)
class Export:
    """How a kind's finished run becomes weights that play or are measured.

    encoder_input: bars -> the inputs of its part "encode", by name. hits: how sure the network is
    of each hit of bars with these z_mean (n, latent_dim), and the true ones; thresholds: of them
    the one with the best F1 decides what is a hit.
    """

    encoder_input: Callable[[Dataset], Mapping[str, np.ndarray]]
    hits: Callable[[Network, np.ndarray, Dataset], Hits]
    thresholds: np.ndarray


@dataclass(frozen=True)
class Beside:
    """How a kind that is no model of bars by itself is exported: into the folder of weights that
    play.

    file: its name there. write: the network, its config, the run and the folder -> the card that
    it stands in. of_z: whether it learns the z of some weights: then a run names these (`of`), and
    it goes beside them alone, and no longer where they are replaced.
    """

    file: str
    write: Callable[[Any, TrainConfig, Path, Path], dict[str, Any]]
    of_z: bool = False


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of model.

    name: as configs and cards have it. about: for the help of --model.
    build: the untrained network of a config.
    inputs: training and held-out bars -> what the network takes, a row for each bar.
    batch: `Bars`, indices into its inputs, a random generator -> a training batch.
    validation: held-out inputs -> what the network is validated on.
    parts: a network -> its parts to be exported, and their signatures.
    export: None for a prior, which is exported with the run that it belongs to.
    whole_numbers: whether its weights are exported as 8-bit whole numbers, with a scale for each
        row, in place of 16-bit floats: half the size and half the time, where that is exact enough.
    prior: the kind that can learn a prior of this one's z.
    beside: how it is exported beside weights that play; for a kind that is no model of bars by
        itself.
    """

    name: str
    about: str
    build: Callable[[TrainConfig], Any]
    inputs: Callable[[TrainConfig, Dataset, Dataset], tuple[np.ndarray, np.ndarray]]
    batch: Callable[[Bars, np.ndarray, np.random.Generator], Any]
    parts: Callable[[Any], tuple[Parts, Signatures]]
    validation: Callable[[np.ndarray, TrainConfig], Any] = lambda inputs, _: inputs
    export: Export | None = None
    whole_numbers: bool = False
    prior: str | None = None
    beside: Beside | None = None


# --- "bar": our network ---------------------------------------------------------------------------


def _build_bar(config: TrainConfig) -> BarVAE:
    from beatgen.networks.bar_vae import BarVAE

    return BarVAE(
        config.bar,
        beta=config.beta,
        velocity_tolerance=config.velocity_tolerance,
        timing_tolerance=config.timing_tolerance,
        expected_weight=config.expected_weight,
        seed=config.seed,
    )


def _bar_inputs(
    _: TrainConfig, training: Dataset, validation: Dataset
) -> tuple[np.ndarray, np.ndarray]:
    from beatgen.training.batches import bar_input

    return bar_input(training), bar_input(validation)


def _bar_batch(bars: Bars, chosen: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Bars changed by the config's augmentation, less and less so in the second half."""
    from beatgen.data.augment import augmented, known_parts

    c = bars.config
    eased = max(0.0, 2 * bars.epoch / max(1, c.epochs - 1) - 1)
    how = c.augmentation.eased(1 - eased * (1 - c.ease))
    strikes = augmented(bars.inputs, bars.following, chosen, how, rng)
    return {"strikes": strikes, "known": known_parts(len(chosen), how, rng)}


def _bar_parts(model: BarVAE) -> tuple[Parts, Signatures]:
    from keras import ops

    from beatgen.latent.runtime import bar_signatures

    def encode(strikes: Any, known: Any) -> dict[str, Any]:
        mean_p, log_var_p, mean_f, log_var_f = model.encode(strikes, known)
        mean, log_var = [mean_p, mean_f], [log_var_p, log_var_f]
        return {"mean": ops.concatenate(mean, -1), "log_var": ops.concatenate(log_var, -1)}

    def pattern(z: Any) -> dict[str, Any]:
        return {"count": ops.softmax(model.decode_pattern(z))}

    def feel(z: Any, count: Any) -> dict[str, Any]:
        scores, velocity, timing = model.decode_feel(z, count)
        return {
            "place": ops.softmax(scores),
            "velocity": ops.clip(velocity, 1 / 127, 1.0),
            "timing": ops.clip(timing, -0.5, 0.5),
        }

    signatures = bar_signatures(model.config.pattern_dim, model.config.feel_dim)
    return [encode, pattern, feel], signatures


def _bar_encoder_input(dataset: Dataset) -> dict[str, np.ndarray]:
    from beatgen.training.batches import bar_input

    strikes = bar_input(dataset)
    return {"strikes": strikes, "known": np.ones(strikes.shape[:3], np.float32)}


def _bar_hits(network: Network, z: np.ndarray, dataset: Dataset) -> Hits:
    """The probability that a sixteenth is struck."""
    from beatgen.training.batches import bar_input

    count = network.run("pattern", z=z[:, : network.card["config"]["pattern_dim"]])["count"]
    return 1 - count[..., 0], np.any(bar_input(dataset)[..., 0] > 0, axis=-1)


# --- "report": the network of the 2020 report -----------------------------------------------------


def _build_report(config: TrainConfig) -> ReportVAE:
    from beatgen.networks.report_2020 import ReportVAE

    return ReportVAE(config.report, beta=config.beta, seed=config.seed)


def _report_inputs(
    _: TrainConfig, training: Dataset, validation: Dataset
) -> tuple[np.ndarray, np.ndarray]:
    from beatgen.training.batches import report_input

    return report_input(training), report_input(validation)


def _report_batch(bars: Bars, chosen: np.ndarray, _: np.random.Generator) -> np.ndarray:
    return bars.inputs[chosen]


def _report_parts(model: ReportVAE) -> tuple[Parts, Signatures]:
    from beatgen.latent.runtime import report_signatures

    def encode(velocity: Any) -> dict[str, Any]:
        mean, log_var = model.encode(velocity)
        return {"mean": mean, "log_var": log_var}

    def decode(z: Any) -> dict[str, Any]:
        return {"velocity": model.decode(z)}

    return [encode, decode], report_signatures(model.config.latent_dim)


def _report_encoder_input(dataset: Dataset) -> dict[str, np.ndarray]:
    from beatgen.training.batches import report_input

    return {"velocity": report_input(dataset)}


def _report_hits(network: Network, z: np.ndarray, dataset: Dataset) -> Hits:
    """The predicted velocity of a step."""
    return network.run("decode", z=z)["velocity"], dataset.velocity > 0


# --- "flow": the prior of our network -------------------------------------------------------------


def _build_flow(config: TrainConfig) -> LatentFlow:
    from beatgen.networks.flow import LatentFlow

    return LatentFlow(config.flow, config.bar)


def _flow_inputs(
    config: TrainConfig, training: Dataset, validation: Dataset
) -> tuple[np.ndarray, np.ndarray]:
    """z of the bars by the network that the prior is for."""
    from beatgen.errors import BeatGenError
    from beatgen.training.batches import flow_inputs
    from beatgen.training.train import load_run

    model, of = load_run(config.of)
    if of.kind.prior != config.model or of.bar != config.bar:
        raise BeatGenError(f"{config.of}: no run of the bar model that the flow is meant for.")
    return flow_inputs(model, training, validation)


def _flow_batch(bars: Bars, chosen: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    from beatgen.networks.flow import flow_batch

    c = bars.config
    return flow_batch(bars.inputs[chosen], c.bar.pattern_dim, c.flow.blur, rng)


def _flow_validation(inputs: np.ndarray, config: TrainConfig) -> dict[str, np.ndarray]:
    """Always the same noise."""
    from beatgen.networks.flow import flow_batch

    rng = np.random.default_rng(config.seed)
    return flow_batch(np.repeat(inputs, DRAWS, axis=0), config.bar.pattern_dim, 0.0, rng)


def _flow_parts(model: LatentFlow) -> tuple[Parts, Signatures]:
    from beatgen.latent.runtime import flow_signatures

    def drift(x: Any, time: Any) -> dict[str, Any]:
        return {"drift": model.drift(x, time)}

    return [drift], flow_signatures(sum(model.dims))


# --- "sequence": which bar follows ----------------------------------------------------------------


def _build_sequence(config: TrainConfig) -> SequenceNet:
    from beatgen.networks.sequence import SequenceNet

    return SequenceNet(config.sequence, config.bar)


def _sequence_inputs(
    config: TrainConfig, training: Dataset, validation: Dataset
) -> tuple[np.ndarray, np.ndarray]:
    from beatgen.evaluation.fills import Fills
    from beatgen.latent.vae import load_model
    from beatgen.training.windows import rows_of

    vae, fills = load_model(config.of), Fills(training)
    return rows_of(vae, training, fills), rows_of(vae, validation, fills)


def _sequence_batch(
    bars: Bars, chosen: np.ndarray, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    from beatgen.training.windows import windows

    return windows(bars.inputs, chosen, bars.config.sequence.memory, rng, train=True)


def _sequence_validation(inputs: np.ndarray, config: TrainConfig) -> dict[str, np.ndarray]:
    """Always the same draws of the posterior."""
    from beatgen.training.windows import windows

    rng = np.random.default_rng(config.seed)
    return windows(inputs, np.arange(len(inputs)), config.sequence.memory, rng, train=False)


def _sequence_parts(model: SequenceNet) -> tuple[Parts, Signatures]:
    from dataclasses import asdict

    from beatgen.latent.runtime import sequence_signatures

    def named(mixture: Any) -> dict[str, Any]:
        return dict(zip(("logit", "mean", "log_spread"), mixture, strict=True))

    def next_pattern(history: Any, known: Any, wanted: Any) -> dict[str, Any]:
        return named(model.next_pattern(history, known, wanted))

    def next_feel(history: Any, known: Any, wanted: Any, pattern: Any) -> dict[str, Any]:
        return named(model.next_feel(history, known, wanted, pattern))

    bar = dict(zip(("pattern_dim", "feel_dim"), model.dims, strict=True))
    return [next_pattern, next_feel], sequence_signatures(asdict(model.config), bar)


def _write_sequence(model: Any, config: TrainConfig, run: Path, folder: Path) -> dict[str, Any]:
    from beatgen.training.export import export_of_z

    return export_of_z(model, config, run, folder)


# --- "drumify": from a tapped rhythm to drums -----------------------------------------------------


def _build_drumify(config: TrainConfig) -> Drumify:
    from beatgen.networks.drumify import Drumify

    return Drumify(config.drumify)


def _drumify_inputs(
    config: TrainConfig, training: Dataset, validation: Dataset
) -> tuple[np.ndarray, np.ndarray]:
    from beatgen.data.tapping import tapped_bars

    styles = config.drumify.styles
    return tapped_bars(training, styles), tapped_bars(validation, styles)


def _drumify_batch(
    bars: Bars, chosen: np.ndarray, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    from beatgen.data.tapping import tapped_batch

    shape = bars.config.drumify
    return tapped_batch(bars.inputs, chosen, len(shape.styles), shape.plain, rng)


def _drumify_validation(inputs: np.ndarray, config: TrainConfig) -> dict[str, np.ndarray]:
    from beatgen.data.tapping import plain_batch

    return plain_batch(inputs, len(config.drumify.styles))


def _drumify_parts(model: Drumify) -> tuple[Parts, Signatures]:
    from keras import ops

    from beatgen.latent.runtime import drumify_signatures

    def drums(tap: Any, about: Any) -> dict[str, Any]:
        hits, voices, velocity, offset = model.drums(tap, about)
        return {
            "hits": ops.sigmoid(hits),
            "voices": voices,
            "velocity": ops.clip(velocity, 1 / 127, 1.0),
            "offset": ops.clip(offset, -0.5, 0.5),
        }

    return [drums], drumify_signatures(len(model.config.styles))


def _write_drumify(model: Any, config: TrainConfig, run: Path, folder: Path) -> dict[str, Any]:
    from beatgen.training.export import export_drumify

    return export_drumify(model, config, run, folder)


# --- all of them ----------------------------------------------------------------------------------

KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "bar",
            "ours",
            build=_build_bar,
            inputs=_bar_inputs,
            batch=_bar_batch,
            parts=_bar_parts,
            export=Export(_bar_encoder_input, _bar_hits, PROBABILITIES),
            prior="flow",
        ),
        Kind(
            "report",
            "the 2020 report's",
            build=_build_report,
            inputs=_report_inputs,
            batch=_report_batch,
            parts=_report_parts,
            export=Export(_report_encoder_input, _report_hits, VELOCITIES),
        ),
        Kind(
            "flow",
            "a prior",
            build=_build_flow,
            inputs=_flow_inputs,
            batch=_flow_batch,
            validation=_flow_validation,
            parts=_flow_parts,
            whole_numbers=True,
        ),
        Kind(
            "sequence",
            "which bar follows (--of)",
            build=_build_sequence,
            inputs=_sequence_inputs,
            batch=_sequence_batch,
            validation=_sequence_validation,
            parts=_sequence_parts,
            whole_numbers=True,
            beside=Beside(SEQUENCE_NETWORK, _write_sequence, of_z=True),
        ),
        Kind(
            "drumify",
            "a tapped rhythm's drums",
            build=_build_drumify,
            inputs=_drumify_inputs,
            batch=_drumify_batch,
            validation=_drumify_validation,
            parts=_drumify_parts,
            whole_numbers=True,
            beside=Beside(DRUMIFY_NETWORK, _write_drumify),
        ),
    )
}
# Those that a run of their own can be: a prior is trained in the run that it is for
OWN = tuple(kind.name for kind in KINDS.values() if kind.export or kind.beside)
# And of these those that are models of bars
BARS = tuple(kind.name for kind in KINDS.values() if kind.export)
