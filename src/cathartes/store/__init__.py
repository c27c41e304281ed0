"""The workspace: everything the path made, kept so that it can be proved. `Workspace`, `check` and `is_unfinished` are the
only doors to this room.

The ledger and the objects are the truth; the catalogue and the products are made from them and can be made again. See
docs/decisions/0002-ledger-is-the-truth-catalog-is-an-index.md.
"""

from cathartes.store.check import check, is_unfinished
from cathartes.store.workspace import Workspace

__all__ = ["Workspace", "check", "is_unfinished"]
