"""The networks, in Keras: `bar_vae` (ours), `flow` (the prior that is learned after it),
`report_2020` (the report's, to compare with) and the `transformer` blocks they are made of.

In go batches of bars as `beatgen.training.batches` makes them, out come predictions and losses.
Only training and export import them; what plays are exported weights (`beatgen.latent.runtime`).
"""
