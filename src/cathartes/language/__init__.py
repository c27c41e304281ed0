"""Spanish and English: facts found and kept, translation guarded, mentions gathered, events counted once.

The room reads texts that `readers` opened; it knows no file format and no other room. Start with `facts`, then `guard`.
"""
