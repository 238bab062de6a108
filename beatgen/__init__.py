"""BeatGen: drum grooves, blended and varied in the latent space of a variational autoencoder.

Start with `read`, `load_model` and `Vae.blend`; `Groove` is what they all take and give. The public
names stand in `__init__.pyi` and are imported when first used, so that `import beatgen` and the
command line's help stay quick.

>>> import beatgen as bg
>>> groove = bg.Groove.from_tab("kick |o---o---|", tempo=96)
>>> groove.bars, groove.seconds
(1, 2.5)
"""

import lazy_loader

__version__ = "0.3.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
