"""Measures models on held-out bars.

In: a dataset (`beatgen.data`) and models, baselines or exported weights. Out: an `Evaluation`,
tables as JSON, Markdown and figures. One file for each thing that is measured: reconstruct.py (the
table with a row for each model), realism.py, smoothness.py, direction_effects.py, humanization.py
and completion.py; baselines.py has what a model has to beat, results.py the tables, and evaluate.py
runs them all.
"""
