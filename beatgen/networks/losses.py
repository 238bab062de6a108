"""The terms of the loss, each in nats where it is a likelihood. Only `keras.ops`."""

from __future__ import annotations

from typing import Any

from keras import ops

from beatgen.bars.strikes import PLACES

COUNTS = PLACES + 1  # a sixteenth is struck 0 to 4 times


def kl_gaussian(mean: Any, log_var: Any) -> Any:
    """KL(N(mean, var) || N(0, 1)) in nats, summed over the last axis (Kingma & Welling 2014)."""
    return 0.5 * ops.sum(ops.exp(log_var) + ops.square(mean) - 1.0 - log_var, -1)


def log_cosh(x: Any) -> Any:
    """log(cosh(x)): quadratic for small errors, linear for large ones."""
    return ops.abs(x) + ops.softplus(-2.0 * ops.abs(x)) - 0.6931471805599453


def velocity_error(told: Any, true: Any) -> Any:
    """How far the told velocity is off, 0 to 1 being MIDI's range.

    MIDI ends at velocity 127, where a sixth of all strikes stand: they were as loud as that or
    louder. So such a strike is not missed by any velocity above it (a censored observation, Tobin
    1958), and the network need not aim at an edge that it would always fall short of.
    """
    error = told - true
    return ops.where(true < 1.0, error, ops.minimum(error, 0.0))


def expected_error(log_count: Any, scores: Any, velocity: Any, true: Any) -> Any:
    """Squared error of the expected velocity, summed over the bar: the report's loss.

    A sixteenth is taken to be struck once at most, as all but one in twenty are. log_count: (...,
    16, 22, 5); scores, velocity, true: (..., 16, 22, 4), 0 where nothing is struck.
    """
    struck = 1.0 - ops.exp(log_count[..., :1])
    told = struck * ops.softmax(scores, -1) * ops.clip(velocity, 0.0, 1.0)
    return ops.sum(ops.square(told - true), (-3, -2, -1))


def log_subset(scores: Any, struck: Any, count: Any) -> Any:
    """log P(exactly these places | this many strikes), 0 where there is none.

    The k-subset distribution (conditional Bernoulli): P(S | k) = prod_{p in S} w_p / e_k(w), with
    w = exp(scores) and e_k the k-th elementary symmetric polynomial. For k = 1 it is the softmax.
    scores, struck: (..., 4); count: (...).
    """
    scores = scores - ops.max(scores, -1, keepdims=True)
    w = ops.exp(ops.maximum(scores, -30.0))
    e = [ops.ones_like(count)] + [ops.zeros_like(count)] * PLACES
    for p in range(PLACES):
        e = [e[0]] + [e[k] + w[..., p] * e[k - 1] for k in range(1, PLACES + 1)]
    normalizers = ops.log(ops.maximum(ops.stack(e, -1), 1e-30))
    chosen = ops.sum(ops.one_hot(ops.cast(count, "int32"), COUNTS) * normalizers, -1)
    return ops.sum(struck * ops.maximum(scores, -30.0), -1) - chosen
