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
        import numba  # noqa: F401
    except ImportError:
        return None
    from kafka_sizing.keys.compiled.words import kernel

    for helper in helpers:
        _made_known(helper)
    return kernel(loop, *helpers)


@cache
def _made_known(helper: Callable[..., Any]) -> None:
    """Let compiled loops call a plain function."""
    from numba.extending import register_jitable

    register_jitable(helper)
