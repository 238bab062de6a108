"""Training: a dataset and a `TrainConfig` go in, a run folder comes out (`train.train`), and of
that the files that play (`export.export`): network, latent space, prior, atlas, model card.

All that differs between kinds of models stands in `kinds`. Needs Keras: `beatgen[train]`.
"""

from importlib import import_module

from beatgen.notices import held_back


def load_keras() -> None:
    """Import Keras and let TensorFlow, where that is its backend, look for a GPU: at both it prints
    notices, which are held back where that is asked for. Raises ModuleNotFoundError without Keras.
    """
    with held_back("keras"):
        keras = import_module("keras")
        if keras.backend.backend() == "tensorflow":
            import_module("tensorflow").config.list_physical_devices()
