"""A buffer of bytes and a place in it; the word that begins there, whatever its alignment."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic


def kernel(loop: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a loop that runs without the interpreter's lock; keep what was compiled."""
    try:
        compiled = njit(nogil=True, cache=True)(loop)
    except RuntimeError:  # no directory to keep it in
        return njit(nogil=True)(loop)
    _keep_if_possible(getattr(compiled, "_cache", None))
    return compiled


def _keep_if_possible(cache: Any) -> None:
    """Let a disk that is full, or holds what cannot be read, cost the time to compile again."""
    if cache is None:  # compilation is switched off
        return
    load, save = cache.load_overload, cache.save_overload

    def load_if_possible(signature: Any, target: Any) -> Any:
        try:
            return load(signature, target)
        except (OSError, EOFError, UnpicklingError):
            _forget(cache)
            return None

    def save_if_possible(signature: Any, compiled: Any) -> None:
        try:
            save(signature, compiled)
        except (OSError, EOFError, UnpicklingError):
            _forget(cache)

    cache.load_overload, cache.save_overload = load_if_possible, save_if_possible


def _forget(cache: Any) -> None:
    """Drop the list of what is kept: it may name what is cut off, or left by other sources."""
    with suppress(OSError):
        Path(cache._cache_file._index_path).unlink()  # noqa: SLF001 - there is no other way


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


@intrinsic
def put_u64(_typing, array, _at, _word):
    """Write a word, whatever its alignment."""

    def generate(context, builder, signature, arguments):
        held = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.gep(held.data, [arguments[1]])
        builder.store(arguments[2], builder.bitcast(place, ir.IntType(64).as_pointer())).align = 1
        return context.get_dummy_value()

    return types.void(array, types.int64, types.uint64), generate


@intrinsic
def fetch_ahead(_typing, array, _index):
    """Let the memory behind ``array[index]`` come near; go on without waiting for it."""

    def generate(context, builder, signature, arguments):
        held = context.make_array(signature.args[0])(context, builder, arguments[0])
        stride = builder.extract_value(held.strides, 0)
        begin = builder.ptrtoint(held.data, stride.type)
        place = builder.add(begin, builder.mul(stride, arguments[1]))
        pointer, flag = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [pointer, flag, flag, flag])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [pointer], kind)
        to_read, into_all_caches, data = flag(0), flag(3), flag(1)
        builder.call(prefetch, [builder.inttoptr(place, pointer), to_read, into_all_caches, data])
        return context.get_dummy_value()

    return types.void(array, types.int64), generate
