"""Writing so that a cut of the power leaves either the old or the new, never a half. All writes of this room pass here."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

from cathartes.errors import StoreFailure

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def storing(what: str) -> Iterator[None]:
    """Turns a failure of the disk into `StoreFailure` with one sentence that names `what` could not be stored."""
    try:
        yield
    except OSError as problem:
        remedy = "free some space" if problem.errno in FULL else "make the folder writable"
        raise StoreFailure(
            f"{what} could not be stored: {problem.strerror or problem}; nothing stored before is lost; {remedy}, then run it again"
        ) from problem


def write_all(file: FileIO, content: bytes) -> None:
    """Every byte of `content` onto the disk itself. Raises `OSError` when the disk is full, with part of it written."""
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]
    os.fsync(file.fileno())


def replace_file(path: Path, content: bytes, parts: Path, mode: int = 0o644) -> None:
    """`content` under the name `path` at once or not at all; `parts` is a folder on the same disk for what is half written."""
    part = parts / f"{os.getpid()}.part"
    make_folder(parts)
    try:
        with FileIO(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, mode), "w") as file:
            write_all(file, content)
        make_folder(path.parent)
        part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    sync_folder(path.parent)


def make_folder(path: Path) -> None:
    """The folder and all above it, each name on the disk before the next."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(exist_ok=True)
        sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Makes the names in a folder durable: POSIX keeps a new name only after its folder was synced."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
