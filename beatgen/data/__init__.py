"""Folders of files. In: a folder of grooves; out: arrays of bars, split for training.

dataset   `prepare` reads a folder into a `Dataset`, `load_dataset` loads it again
download  fetches the Groove MIDI Dataset
stats     `folder_stats` counts what is in a folder
augment   changes bars for training
"""
