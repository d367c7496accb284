"""A buffer of bytes and a place in it; the word that begins there, whatever its alignment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic


def kernel(loop: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a loop that runs without the interpreter's lock; keep what was compiled."""
    try:
        return njit(nogil=True, cache=True)(loop)
    except RuntimeError:  # no directory to keep it in
        return njit(nogil=True)(loop)


def part(loop: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function a part of every kernel that calls it."""
    return njit(inline="always")(loop)


def _word_at(bits: int) -> Callable[..., Any]:
    @intrinsic
    def word_at(_typing, data, at):
        def generate(context, builder, signature, arguments):
            array = context.make_array(signature.args[0])(context, builder, arguments[0])
            place = builder.gep(array.data, [arguments[1]])
            word = builder.load(builder.bitcast(place, ir.IntType(bits).as_pointer()))
            word.align = 1
            return word

        return getattr(types, f"uint{bits}")(data, at), generate

    return word_at


u32_at = _word_at(32)
u64_at = _word_at(64)
