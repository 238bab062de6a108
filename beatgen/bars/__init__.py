"""Bars as arrays: no files, no network.

In: velocity and timing as `Groove` has them, (bars, 64, 22); out: the same bars in other forms, and
numbers about them.

strikes     what the network sees: strikes on four places around each sixteenth
attributes  what a drummer hears in a bar: density, syncopation, swing ...
metrics     how near one set of bars comes to another
nearest     the most similar of many patterns
"""
