"""Networks to LiteRT files, and their weights back out of such files."""

from __future__ import annotations

import tempfile
from typing import Any

import numpy as np

from beatgen.errors import BeatGenError
from beatgen.notices import held_back
from beatgen.training.kinds import Kind

ALIKE = 0.98  # correlation of a weight with itself, as the file has it


def convert(model: Any, kind: Kind) -> bytes:
    """The network as a LiteRT flatbuffer with a signature for each of its parts."""
    import keras
    import tensorflow as tf

    archive = keras.export.ExportArchive()
    archive.track(model)
    parts, signatures = kind.parts(model)
    for part in parts:
        inputs = signatures[part.__name__].reads.items()
        specs = [tf.TensorSpec([None, *shape], tf.float32, name) for name, shape in inputs]
        archive.add_endpoint(part.__name__, part, specs)
    with tempfile.TemporaryDirectory() as folder:
        archive.write_out(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, list(signatures))
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if not kind.whole_numbers:
            converter.target_spec.supported_types = [tf.float16]
        with held_back(f"converter of {kind.name}"):
            return bytes(converter.convert())


def weights_in(content: bytes, model: Any, kind: Kind) -> None:
    """Give an untrained network the weights of a LiteRT file that `convert` made of one like it, as
    exactly as the file has them.

    A file does not say which weight is which, and has some of them turned or multiplied. But a
    network is always laid out alike: where a weight stands is found in a file made of `model` with
    random weights. Raises BeatGenError for the file of another network.
    """
    rng = np.random.default_rng(0)
    marks = [rng.standard_normal(weight.shape) for weight in model.trainable_variables]
    for weight, mark in zip(model.trainable_variables, marks, strict=True):
        weight.assign(mark)
    marked, found = _constants(convert(model, kind)), _constants(content)
    if [part.shape for part in marked] != [part.shape for part in found]:
        raise BeatGenError("the weights of another network, or written by another converter.")
    for weight, mark in zip(model.trainable_variables, marks, strict=True):
        i, turned, factor = _placed(mark, marked)
        values = found[i].reshape(mark.shape[::-1]).T if turned else found[i].reshape(mark.shape)
        weight.assign(values / factor)


def _placed(mark: np.ndarray, constants: list[np.ndarray]) -> tuple[int, bool, float]:
    """Which of the constants a weight is; whether it stands there turned; what it was multiplied
    with: of those that it may be, as single numbers may be each, the one nearest to itself."""
    found = []
    for turned in (False, True):
        flat = (mark.T if turned else mark).ravel()
        for i, constant in enumerate(constants):
            if constant.size == flat.size:
                factor = constant.ravel() @ flat / (flat @ flat)
                if abs(factor) * np.linalg.norm(flat) > ALIKE * np.linalg.norm(constant):
                    found.append((abs(factor - 1), i, turned, float(factor)))
    if not found:
        raise BeatGenError(f"a weight of the shape {mark.shape} is not in what was written.")
    return min(found)[1:]


def _constants(content: bytes) -> list[np.ndarray]:
    """All numbers that stand in a LiteRT file, float64, in its order; whole ones by their scale."""
    from ai_edge_litert import schema_py_generated as schema

    types = {
        schema.TensorType.FLOAT32: "<f4",
        schema.TensorType.FLOAT16: "<f2",
        schema.TensorType.INT8: "<i1",
    }
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    found = []
    for graph in model.subgraphs:
        for tensor in graph.tensors:
            data = model.buffers[tensor.buffer].data
            if data is None or not len(data) or tensor.type not in types:
                continue
            values = np.frombuffer(bytes(data), types[tensor.type]).astype(float)
            values = values.reshape(tensor.shape)
            if tensor.type == schema.TensorType.INT8:
                scale = np.array(tensor.quantization.scale, float)
                along = tensor.quantization.quantizedDimension
                values *= scale.reshape([-1 if i == along else 1 for i in range(values.ndim)])
            found.append(values)
    return found
