"""A Merkle tree that only grows and gives proofs (RFC 9162 section 2.1), with every complete subtree kept in memory.

Hashing and the checking of proofs live in `cathartes.verifier`, which the partner has too; here is what only the owner needs.
"""

from collections.abc import Iterable

from cathartes.verifier import node_hash, root_of, split


class Tree:
    """`levels[k][i]` is the root over the leaves from `i * 2**k` to `(i + 1) * 2**k`: 64 bytes a leaf and some overhead."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    def __len__(self) -> int:
        return len(self.levels[0])

    def append(self, leaf: bytes) -> None:
        """Adds a leaf hash and every subtree it completes."""
        self.levels[0].append(leaf)
        for low, high in zip(self.levels, self.levels[1:], strict=False):
            if len(low) % 2:
                return
            high.append(node_hash(low[-2], low[-1]))
        if len(self.levels[-1]) == 2:
            self.levels.append([node_hash(*self.levels[-1])])

    def root(self, size: int) -> bytes:
        """The root over the first `size` leaves."""
        return self._subtree(0, size) if size else root_of(())

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The path from leaf `index` to the root over the first `size` leaves, lowest step first (2.1.3.1)."""
        path: list[bytes] = []
        start, end = 0, size
        while end - start > 1:
            middle = start + split(end - start)
            beside = (middle, end) if index < middle else (start, middle)
            start, end = (start, middle) if index < middle else (middle, end)
            path.append(self._subtree(*beside))
        return path[::-1]

    def consistency(self, old_size: int, size: int) -> list[bytes]:
        """The path that proves the tree of `size` to begin with the tree of `old_size` (2.1.4.1)."""
        if old_size in (0, size):
            return []
        path: list[bytes] = []
        start, end = 0, size
        while end != old_size:
            middle = start + split(end - start)
            beside = (middle, end) if old_size <= middle else (start, middle)
            start, end = (start, middle) if old_size <= middle else (middle, end)
            path.append(self._subtree(*beside))
        return ([self._subtree(start, end)] if start else []) + path[::-1]

    def _subtree(self, start: int, end: int) -> bytes:
        level = (end - start - 1).bit_length()
        if end - start == 1 << level:
            return self.levels[level][start >> level]
        middle = start + split(end - start)
        return node_hash(self._subtree(start, middle), self._subtree(middle, end))
