"""How number-crunching loops are compiled: once per version of this package, kept on disk, without the interpreter's lock.

numba keeps compiled code beside the file of a function and looks at no other file when it decides whether that is still good:
a kernel that calls a kernel of another module would go on with the old one after a change. Here the cache has a folder for
every state of the package's sources, below `~/.cache/cathartes` (or `XDG_CACHE_HOME`); `NUMBA_CACHE_DIR` overrides it.
Processes may share it: see `SharedCache`.
"""

import os
from collections.abc import Callable
from fcntl import LOCK_EX, flock
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import FunctionCache


@cache
def sources_digest() -> str:
    """A short digest of every Python file of the package."""
    package = Path(__file__).parent
    digest = sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


if "NUMBA_CACHE_DIR" not in os.environ:
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    setattr(numba.config, "CACHE_DIR", str(folder / "cathartes" / f"kernels-{sources_digest()}"))  # noqa: B010 (numba makes it at run time)


class SharedCache(FunctionCache):
    """numba's cache of one kernel, saved to by one process at a time.

    numba numbers the code of a kernel's types by an index that it reads, changes and writes without a lock. Of two processes that
    compile for different types at once, one would from then on be given the code of the other: wrong figures without a word.
    """

    def save_overload(self, sig: Any, data: Any) -> None:
        folder = Path(self.cache_path)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("a") as lock:
            flock(lock, LOCK_EX)
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]


def compiled(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """Compile `kernel` to machine code on its first call; threads run it side by side."""
    dispatcher = numba.njit(nogil=True)(kernel)
    dispatcher._cache = SharedCache(kernel)  # type: ignore[attr-defined, no-untyped-call]  # as `cache=True` does
    return dispatcher
