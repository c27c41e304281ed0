"""Motion imagery: what is in a transport stream beside the pixels, and what is wrong with it.

`transport` takes a stream apart, `packets` finds the KLV packets, `walk` their items, `values` turns items into columns by the
tables in `data/misb`, `targets` reads moving-target sets, `pose` and `doctor` check what the columns say about the ground.
`reader` is the plug-in; `tables_out` writes columns for programs.
"""
