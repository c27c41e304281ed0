"""Readers turn one file of a flight folder into a `Reading`, or say in one clause why it is not theirs.

Start at `flight_folder`, which opens a folder and offers each file to every installed reader; then one module per kind of
recording. `table`, `times` and `intake` hold what several of them share: CSV, clocks, and the noun with its digest.
"""
