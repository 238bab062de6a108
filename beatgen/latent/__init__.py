"""Playing a trained model: grooves in, grooves out. LiteRT runs the network; no Keras here.

`load_model` gives a `Vae`, whose methods blend, vary, sample, humanize, complete and nudge grooves.
`load_atlas` gives the training bars as a map of the latent space. In between: `codec` encodes and
decodes bars, `decide` turns predicted probabilities into hits, `prior` says where in latent space
real bars lie, `blend`, `feel`, `neighbours` and `directions` hold one way of playing each, and
`runtime` reads the exported weights.
"""

from beatgen.latent.atlas import Atlas, load_atlas
from beatgen.latent.vae import Vae, load_model

__all__ = ["Atlas", "Vae", "load_atlas", "load_model"]
