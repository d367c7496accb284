"""What this machine can do in; how work is cut for it out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any, Final

_LEAST: Final = 100_000
_LEAST_IF_LOADED: Final = 1_000


@cache
def have_numba() -> bool:
    """Say whether kernels can be compiled."""
    try:
        import numba
    except ImportError:
        return False
    config: Any = numba.config
    return not config.DISABLE_JIT


def worth_compiling(n: int) -> bool:
    """Say whether kernels are there and ``n`` keys are worth loading them, which takes a while."""
    least = _LEAST_IF_LOADED if "numba" in sys.modules else _LEAST
    return n >= least and have_numba()


def workers() -> int:
    """Say how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_in_parts(call: Callable[[int, int], None], n: int, least: int) -> None:
    """Call with begin and end for parts of 0 … n of at least ``least``, one a core."""
    parts = max(1, min(workers(), n // least))
    if parts == 1:
        call(0, n)
        return
    bounds = [n * part // parts for part in range(parts + 1)]
    with ThreadPoolExecutor(parts) as pool:
        for done in [pool.submit(call, *pair) for pair in pairwise(bounds)]:
            done.result()
