"""Motion imagery: what is in a transport stream beside the pixels, and what is wrong with it.

`transport` takes a stream apart, `packets` finds the KLV packets, `walk` their items, `values` turns items into columns by the
tables in `data/misb`, `targets` reads moving-target sets, `pose` brings together what the columns say about the ground,
and `doctor` checks it (`check_pointing`, `check_heights`). `reader` is the plug-in; `table_out` writes columns for programs.
"""
