"""A loop over records in; the same loop, compiled where Numba is installed, out."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any


def fastest(loop: Callable[..., Any], *helpers: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a loop and what it calls; without Numba give it as it is.

    Both give the same numbers: loops use whole numbers of 64 bits, and floats one at a time.
    """
    return _compiled(loop, helpers) or loop


@cache
def _compiled(
    loop: Callable[..., Any], helpers: tuple[Callable[..., Any], ...]
) -> Callable[..., Any] | None:
    try:
        from numba import njit
    except ImportError:
        return None
    for helper in helpers:
        _made_known(helper)
    compiled: Callable[..., Any]
    try:
        compiled = njit(cache=True)(loop)
    except RuntimeError:  # no directory to keep in what was compiled
        compiled = njit(loop)
    return compiled


@cache
def _made_known(helper: Callable[..., Any]) -> None:
    """Let compiled loops call a plain function."""
    from numba.extending import register_jitable

    register_jitable(helper)
