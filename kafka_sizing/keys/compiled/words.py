"""A buffer of bytes and a place in it; the word that begins there, whatever its alignment."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from importlib import resources
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic


def kernel(loop: Callable[..., Any], *helpers: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a loop that runs without the interpreter's lock; keep what was compiled.

    What is kept is good until a file of this package changes, or one that a helper stands in.
    """
    try:
        sources = _digest_of_package(), *map(_digest_of_file, helpers)
        compiled = njit(nogil=True, cache=True)(loop)
    except (OSError, RuntimeError):  # no sources to compare, or no directory to keep it in
        return njit(nogil=True)(loop)
    _keep_if_possible(getattr(compiled, "_cache", None), sources)
    return compiled


@functools.cache
def _digest_of_package() -> str:
    files = [file for file in resources.files(__package__).iterdir() if file.name.endswith(".py")]
    if not files:
        raise FileNotFoundError(f"{__package__} has no sources")
    files.sort(key=lambda file: file.name)
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _digest_of_file(helper: Callable[..., Any]) -> str:
    return sha256(Path(helper.__code__.co_filename).read_bytes()).hexdigest()


def _keep_if_possible(cache: Any, sources: tuple[str, ...]) -> None:
    """Let a disk that is full, or holds what cannot be read, cost the time to compile again."""
    if cache is None:  # compilation is switched off
        return
    kept = cache._cache_file  # noqa: SLF001 - by itself, it looks at the loop's own file only
    kept._source_stamp = (kept._source_stamp, sources)  # noqa: SLF001
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


@intrinsic
def begin_of(_typing, array):
    """Give the address that an array begins at. Passing it on counts no references, unlike it."""

    def generate(context, builder, signature, arguments):
        held = context.make_array(signature.args[0])(context, builder, arguments[0])
        return builder.ptrtoint(held.data, context.get_value_type(types.intp))

    return types.intp(array), generate


def _place(context, builder, signature, arguments, bits):
    """Point to a word, by an array of bytes or the address of one, and where in it."""
    data, at = arguments[:2]
    pointer = ir.IntType(bits).as_pointer()
    if isinstance(signature.args[0], types.Array):
        held = context.make_array(signature.args[0])(context, builder, data)
        return builder.bitcast(builder.gep(held.data, [at]), pointer)
    return builder.inttoptr(builder.add(data, at), pointer)


def _word_at(bits: int) -> Callable[..., Any]:
    @intrinsic
    def word_at(_typing, data, at):
        def generate(context, builder, signature, arguments):
            word = builder.load(_place(context, builder, signature, arguments, bits))
            word.align = 1
            return word

        return getattr(types, f"uint{bits}")(data, at), generate

    return word_at


def _put_word(bits: int) -> Callable[..., Any]:
    @intrinsic
    def put_word(_typing, data, at, _word):
        def generate(context, builder, signature, arguments):
            place = _place(context, builder, signature, arguments, bits)
            builder.store(arguments[2], place).align = 1
            return context.get_dummy_value()

        return types.void(data, at, getattr(types, f"uint{bits}")), generate

    return put_word


u8_at = _word_at(8)
u32_at = _word_at(32)
u64_at = _word_at(64)
put_u32 = _put_word(32)
put_u64 = _put_word(64)


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
