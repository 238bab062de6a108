"""Training: a dataset and a `TrainConfig` go in, a run folder comes out (`train.train`), and of
that the files that play (`export.export`): network, latent space, prior, atlas, model card.

All that differs between kinds of models stands in `kinds`. Needs Keras: `beatgen[train]`.
"""
