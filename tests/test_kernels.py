"""Compiled code on disk, shared by processes."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any

import numba
import pytest
from numba.core.caching import IndexDataCacheFile

from cathartes.kernels import SharedCache


def twice(number: float) -> float:
    return 2 * number


def test_two_that_compile_a_kernel_for_different_types_at_once_each_keep_their_own_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_read, read = Barrier(2), IndexDataCacheFile._load_index

    def read_at_once(index: Any) -> Any:
        found = read(index)
        try:
            both_have_read.wait(0.2)
        except BrokenBarrierError:  # the other waits its turn
            both_have_read.abort()
        return found

    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    kernel = numba.njit(twice)
    assert (kernel(1), kernel(1.0)) == (2, 2.0)
    codes = list(kernel.overloads.values())
    with monkeypatch.context() as patch, ThreadPoolExecutor(2) as both:
        patch.setattr(IndexDataCacheFile, "_load_index", read_at_once)
        list(both.map(lambda code: SharedCache(twice).save_overload(code.signature, code), codes))
    kept = [SharedCache(twice).load_overload(code.signature, kernel.targetctx) for code in codes]
    assert [code and code.signature for code in kept] == [code.signature for code in codes]
