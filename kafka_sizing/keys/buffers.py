"""Arrow arrays of text or codes in; their own buffers, as NumPy arrays, out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.columns import KeyColumn
from kafka_sizing.keys.fast import run_in_parts

if TYPE_CHECKING:
    import pyarrow as pa

LEAST_OFFSETS_PER_PART: Final = 2**20
_TEXTS: Final = ("string", "large_string", "binary", "large_binary")


def plain_text(keys: pa.Array) -> pa.Array:
    """Give text and bytes as Arrow's plain types: out of views, and of types such as JSON."""
    import pyarrow as pa

    kind = keys.type
    if isinstance(kind, pa.BaseExtensionType) and str(kind.storage_type) in _TEXTS:
        return keys.storage
    if getattr(pa.types, "is_string_view", lambda _: False)(kind):
        return keys.cast(pa.large_string())
    if getattr(pa.types, "is_binary_view", lambda _: False)(kind):
        return keys.cast(pa.large_binary())
    return keys


def column_of(keys: pa.Array) -> KeyColumn:
    """Point at the buffers of a string or binary array: the text is not copied."""
    _, offsets, data = keys.buffers()
    width = np.int64 if str(keys.type).startswith("large") else np.int32
    if offsets is None:
        begins: NDArray[Any] = np.zeros(1, dtype=np.int64)
    else:
        begins = np.frombuffer(offsets, dtype=width)[keys.offset : keys.offset + len(keys) + 1]
    content = np.frombuffer(data, dtype=np.uint8) if data else np.empty(0, dtype=np.uint8)
    column = KeyColumn(content, _widened(begins))
    if not keys.null_count:
        return column
    valid = keys.is_valid().to_numpy(zero_copy_only=False)
    return KeyColumn(column.data, column.offsets, valid)


def codes_of(indices: pa.Array, n: int, name: str) -> NDArray[np.int32] | NDArray[np.int64]:
    """Point at the codes of a dictionary of ``n`` where that is possible; -1 is a null.

    Arrow takes codes as they come, from a damaged page of a file too.
    """
    import pyarrow.compute as pc

    range_ = pc.min_max(indices)
    for code in (range_["min"].as_py(), range_["max"].as_py()):
        if code is not None and not 0 <= code < n:
            raise ValueError(
                f"codes of {name} must lie within its dictionary of {n:,}, got {code:,}"
            )
    signed = indices if str(indices.type) in ("int32", "int64") else indices.cast("int64")
    whole = signed.fill_null(-1) if signed.null_count else signed
    codes: NDArray[np.int32] | NDArray[np.int64] = whole.to_numpy()
    return codes


def _widened(offsets: NDArray[Any]) -> NDArray[np.int64]:
    """Give offsets of 64 bits, on all cores where there are many."""
    if offsets.dtype == np.int64:
        return offsets
    wide = np.empty(len(offsets), dtype=np.int64)

    def widen_some(begin: int, end: int) -> None:
        wide[begin:end] = offsets[begin:end]

    run_in_parts(widen_some, len(offsets), LEAST_OFFSETS_PER_PART)
    return wide
