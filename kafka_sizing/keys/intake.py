"""Keys in any container in; a `KeyColumn` of their bytes out, as a serializer writes them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.buffers import codes_of, column_of, plain_text
from kafka_sizing.keys.columns import KeyColumn, bytes_of
from kafka_sizing.keys.serializers import (
    Serializer,
    check_serializer,
    check_text_serializer,
    serialize_floats,
    serialize_integers,
    serialize_uuids,
)

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

_SAMPLE: Final = 40  # characters of a key quoted in an error


@dataclass(frozen=True, slots=True, eq=False)
class EncodedKeys:
    """Keys as a column, or as codes into one: ``codes[i]`` < 0 is a null key."""

    column: KeyColumn
    codes: NDArray[np.int32] | NDArray[np.int64] | None = None

    def __len__(self) -> int:
        """Count the keys, null ones included."""
        return len(self.column) if self.codes is None else len(self.codes)

    @property
    def null_positions(self) -> NDArray[np.int64]:
        """Where the null keys stand."""
        if self.codes is None:
            return self.column.null_positions
        null = self.codes < 0
        if self.column.valid is not None:
            null |= ~self.column.valid[self.codes]
        return np.flatnonzero(null)

    def expanded(self) -> KeyColumn:
        """Give one key per position."""
        if self.codes is None:
            return self.column
        if not len(self.column):
            return KeyColumn.of([None] * len(self.codes))
        column = self.column.take(np.maximum(self.codes, 0))
        valid = self.codes >= 0
        if column.valid is not None:
            valid &= column.valid
        return KeyColumn(column.data, column.offsets, None if valid.all() else valid)


def as_key_column(
    keys: Any, *, name: str = "keys", serializer: Serializer | None = None
) -> KeyColumn:
    """Read keys from any container, one per position.

    Parameters
    ----------
    keys : list, NumPy array, pandas or Polars Series, Arrow array, KeyColumn
        ``str`` (written in UTF-8) or ``bytes``; integers, floats and UUIDs with a serializer.
    name : str, default "keys"
        What an error calls them.
    serializer : str, optional
        How values become bytes: "string", "bytes", "int16", "int32", "int64", "float32",
        "float64" or "uuid".

    Returns
    -------
    KeyColumn
        The keys' bytes; nulls marked.

    Raises
    ------
    TypeError
        If values are of mixed or unreadable types, or need a serializer.
    ValueError
        If a value does not fit the serializer, or text cannot be UTF-8.

    Examples
    --------
    >>> from kafka_sizing.keys import as_key_column
    >>> list(as_key_column(["a", None]))
    [b'a', None]
    >>> list(as_key_column([21], serializer="string"))
    [b'21']
    """
    return encode_keys(keys, name=name, serializer=serializer).expanded()


def encode_keys(
    keys: Any, *, name: str = "keys", serializer: Serializer | None = None
) -> EncodedKeys:
    """Read keys as `as_key_column` does, but keep dictionary codes as they are."""
    check_serializer(serializer)
    if isinstance(keys, KeyColumn):
        return EncodedKeys(keys)
    if isinstance(keys, EncodedKeys):
        return keys
    match type(keys).__module__.partition(".")[0]:
        case "pandas":
            return _from_pandas(keys, name, serializer)
        case "polars":
            return _from_polars(keys, name, serializer)
        case "pyarrow":
            return _from_arrow(keys, name, serializer)
        case "narwhals":
            return encode_keys(keys.to_native(), name=name, serializer=serializer)
    if isinstance(keys, np.ndarray):
        return EncodedKeys(_from_numpy(keys, name, serializer))
    if isinstance(keys, (str, bytes)) or not isinstance(keys, Iterable):
        raise TypeError(f"{name} must be a column of keys, got {type(keys).__name__}")
    return EncodedKeys(_from_list(list(keys), name, serializer))


def encode_key(key: str | bytes, *, serializer: Serializer | None = None) -> bytes:
    """Read one key under the rules of a column."""
    check_serializer(serializer)
    check_text_serializer("text" if isinstance(key, str) else "bytes", serializer)
    return bytes_of(key)


def _from_list(keys: Sequence[Any], name: str, serializer: Serializer | None) -> KeyColumn:
    kinds = set(map(type, keys)) - {type(None)}
    if not kinds:  # nulls only, or nothing: there is nothing to serialize
        return KeyColumn.of(keys)
    if kinds <= {str}:
        check_text_serializer("text", serializer, name=name)
        return _from_text(keys, name)
    if all(issubclass(kind, (str, bytes)) for kind in kinds):
        held = {"text" if issubclass(kind, str) else "bytes" for kind in kinds}
        for one in sorted(held):
            check_text_serializer(one, serializer, name=name)  # type: ignore[arg-type]
        return KeyColumn.of([_utf8(key, at, name) for at, key in enumerate(keys)])
    if all(issubclass(kind, uuid.UUID) for kind in kinds):
        return serialize_uuids(keys, serializer, name=name)
    valid = np.fromiter((key is not None for key in keys), np.bool_, len(keys))
    if all(issubclass(kind, (int, np.integer)) and kind is not bool for kind in kinds):
        whole = [0 if key is None else int(key) for key in keys]
        values = np.array(whole, dtype=_integer_type(whole, name))
        return _with_nulls(serialize_integers(values, serializer, name=name), valid)
    if all(issubclass(kind, (float, np.floating)) for kind in kinds):
        floats = np.array([0.0 if key is None else float(key) for key in keys])
        return _with_nulls(serialize_floats(floats, serializer, name=name), valid)
    raise _unreadable(keys, kinds, name)


def _from_text(keys: Sequence[str | None], name: str) -> KeyColumn:
    try:
        joined = "".join(keys)  # type: ignore[arg-type]
    except TypeError:  # a null among them
        joined = "\N{REPLACEMENT CHARACTER}"
    if not joined.isascii():
        return KeyColumn.of([_utf8(key, at, name) for at, key in enumerate(keys)])
    lengths = np.fromiter(map(len, keys), np.int64, len(keys))  # type: ignore[arg-type]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return KeyColumn(np.frombuffer(joined.encode(), np.uint8), offsets)


def _utf8(key: str | bytes | None, at: int, name: str) -> bytes | None:
    if key is None or isinstance(key, bytes):
        return key
    try:
        return key.encode()
    except UnicodeEncodeError:
        raise ValueError(
            f"{name} must be text that UTF-8 can write, got {key[:_SAMPLE]!r} at position {at}"
        ) from None


def _from_numpy(keys: NDArray[Any], name: str, serializer: Serializer | None) -> KeyColumn:
    if keys.ndim != 1:
        raise ValueError(f"{name} must be 1-D, got {keys.ndim} dimensions")
    if np.ma.is_masked(keys):
        return _from_list(keys.tolist(), name, serializer)
    if not keys.size:  # of whatever type: an empty array is float64 unless told otherwise
        return KeyColumn.of([])
    match keys.dtype.kind:
        case "S":
            return _from_fixed_bytes(keys, name, serializer)
        case "i" | "u":
            return serialize_integers(keys, serializer, name=name)
        case "f":
            return serialize_floats(keys, serializer, name=name)
        case "U" | "O":
            return _from_list(keys.tolist(), name, serializer)
        case "T":
            null = getattr(keys.dtype, "na_object", "")
            listed: list[Any] = keys.tolist()
            if not isinstance(null, str):
                listed = [key if isinstance(key, str) else None for key in listed]
            return _from_list(listed, name, serializer)
    raise TypeError(f"{name} must be text, bytes, numbers or UUIDs, got dtype {keys.dtype}")


def _from_fixed_bytes(
    keys: NDArray[np.bytes_], name: str, serializer: Serializer | None
) -> KeyColumn:
    """Read NumPy's S type, which pads with the same zero byte that may end a key."""
    check_text_serializer("bytes", serializer, name=name)
    width = keys.dtype.itemsize
    table = np.array(keys, order="C").view(np.uint8).reshape(len(keys), width)
    if serializer == "string":
        return _from_list(keys.tolist(), name, None)
    if serializer is None and (zero_ended := np.flatnonzero(table[:, -1] == 0)).size:
        raise ValueError(
            f"{name} must be unambiguous, got a NumPy {keys.dtype.str[1:]!r} array whose key at "
            f"position {zero_ended[0]} ends in a zero byte, part of the key or padding: "
            f"serializer='bytes' keeps all {width} bytes of every key, 'string' drops padding; "
            "a list or an object array of bytes needs neither"
        )
    offsets = np.arange(0, width * (len(keys) + 1), width, dtype=np.int64)
    return KeyColumn(table.reshape(-1), offsets)


def _from_pandas(
    keys: pd.Series[Any] | pd.Index[Any], name: str, serializer: Serializer | None
) -> EncodedKeys:
    import pandas as pd

    if isinstance(keys, pd.api.extensions.ExtensionArray):
        keys = pd.Series(keys)
    if isinstance(keys, pd.MultiIndex) or not isinstance(keys, (pd.Series, pd.Index)):
        raise TypeError(f"{name} must be one column, got a pandas {type(keys).__name__}")
    if isinstance(keys.dtype, pd.CategoricalDtype):
        categorical: Any = keys.array
        categories = encode_keys(categorical.categories, name=name, serializer=serializer)
        return EncodedKeys(categories.expanded(), categorical.codes.astype(np.int64))
    if hasattr(keys.array, "__arrow_array__") and _is_arrow_backed(keys.dtype):
        import pyarrow as pa

        return _from_arrow(pa.array(keys.array), name, serializer)
    missing = np.asarray(keys.isna())
    if missing.all():  # pandas has no type of its own for nulls only
        return EncodedKeys(KeyColumn.of([None] * len(keys)))
    if not missing.any():
        return EncodedKeys(_from_numpy(keys.to_numpy(), name, serializer))
    if keys.dtype.kind in "iu":  # pandas' own nullable integers
        whole: Any = keys.dtype
        filled = keys.fillna(0).to_numpy(dtype=whole.numpy_dtype)
        return EncodedKeys(
            _with_nulls(serialize_integers(filled, serializer, name=name), ~missing)
        )
    if keys.dtype.kind == "f" and serializer not in ("float32", "float64"):
        raise TypeError(
            f"{name} hold {keys.dtype} with missing values: whole numbers with gaps need a "
            "nullable type (pandas 'Int64') and a serializer"
        )
    if keys.dtype.kind == "f":
        values = np.where(missing, 0.0, np.asarray(keys, dtype=np.float64))
        return EncodedKeys(_with_nulls(serialize_floats(values, serializer, name=name), ~missing))
    listed = [None if gone else key for key, gone in zip(keys, missing, strict=True)]
    return EncodedKeys(_from_list(listed, name, serializer))


def _is_arrow_backed(dtype: Any) -> bool:
    return type(dtype).__name__ == "ArrowDtype" or getattr(dtype, "storage", "") == "pyarrow"


def _from_polars(keys: pl.Series, name: str, serializer: Serializer | None) -> EncodedKeys:
    import polars as pl

    if not isinstance(keys, pl.Series):
        raise TypeError(f"{name} must be one column, got a Polars {type(keys).__name__}")
    if isinstance(keys.dtype, (pl.Categorical, pl.Enum)):
        categories = keys.unique(maintain_order=True).drop_nulls()
        codes = keys.to_physical()
        known = categories.to_physical().to_numpy().astype(np.int64)
        place = np.zeros(int(known.max(initial=-1)) + 1, dtype=np.int64)
        place[known] = np.arange(len(known))
        valid = codes.is_not_null().to_numpy()
        at = place[codes.fill_null(0).to_numpy().astype(np.int64)] if len(known) else valid - 1
        texts = encode_keys(categories.cast(pl.String), name=name, serializer=serializer)
        return EncodedKeys(texts.expanded(), np.where(valid, at, -1))
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        return EncodedKeys(_from_list(keys.to_list(), name, serializer))
    if str(keys.dtype) in ("Object", "Int128", "UInt128"):  # to_arrow gives addresses, or fails
        return EncodedKeys(_from_list(keys.to_list(), name, serializer))
    return _from_arrow(keys.to_arrow(), name, serializer)


def _from_arrow(
    keys: pa.Array | pa.ChunkedArray, name: str, serializer: Serializer | None
) -> EncodedKeys:
    import pyarrow as pa

    if isinstance(keys, pa.ChunkedArray):
        keys = keys.unify_dictionaries().combine_chunks()
        if isinstance(keys, pa.ChunkedArray):  # beyond 2 GiB, a string column stays in chunks
            chunks = [_from_arrow(chunk, name, serializer).expanded() for chunk in keys.chunks]
            return EncodedKeys(_concatenated(chunks))
    if not isinstance(keys, pa.Array):
        raise TypeError(f"{name} must be one column, got a pyarrow {type(keys).__name__}")
    kind, types = keys.type, pa.types
    if types.is_dictionary(kind):
        values = _from_arrow(keys.dictionary, name, serializer).expanded()
        return EncodedKeys(values, codes_of(keys.indices, len(values), name))
    keys = plain_text(keys)
    kind = keys.type
    if types.is_string(kind) or types.is_large_string(kind):
        check_text_serializer("text", serializer, name=name)
        return EncodedKeys(column_of(keys))
    if types.is_binary(kind) or types.is_large_binary(kind):
        check_text_serializer("bytes", serializer, name=name)
        return EncodedKeys(column_of(keys))
    if types.is_fixed_size_binary(kind):
        return _from_arrow(keys.cast(pa.binary()), name, serializer)
    if types.is_null(kind):
        return EncodedKeys(KeyColumn.of([None] * len(keys)))
    if types.is_integer(kind) or types.is_floating(kind):
        valid = keys.is_valid().to_numpy(zero_copy_only=False)
        values = keys.fill_null(0).to_numpy(zero_copy_only=False)
        return EncodedKeys(_with_nulls(_from_numpy(values, name, serializer), valid))
    if kind == getattr(pa, "uuid", pa.null)():
        return EncodedKeys(_from_list(keys.to_pylist(), name, serializer))
    raise TypeError(f"{name} must be text, bytes, numbers or UUIDs, got Arrow type {kind}")


def _with_nulls(column: KeyColumn, valid: NDArray[np.bool_]) -> KeyColumn:
    return column if valid.all() else KeyColumn(column.data, column.offsets, valid)


def _concatenated(columns: Sequence[KeyColumn]) -> KeyColumn:
    sizes = np.concatenate([column.lengths for column in columns])
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    data = np.concatenate([c.data[c.offsets[0] : c.offsets[-1]] for c in columns])
    valid = np.concatenate(
        [np.ones(len(c), np.bool_) if c.valid is None else c.valid for c in columns]
    )
    return _with_nulls(KeyColumn(data, offsets), valid)


def _integer_type(values: Sequence[int], name: str) -> type[np.int64 | np.uint64]:
    smallest, largest = min(values, default=0), max(values, default=0)
    if smallest >= -(2**63) and largest < 2**63:
        return np.int64
    if smallest >= 0 and largest < 2**64:
        return np.uint64
    raise ValueError(f"{name} must fit in 64 bits, got {largest if largest > 0 else smallest}")


def _unreadable(keys: Sequence[Any], kinds: set[type], name: str) -> TypeError:
    if len(kinds) > 1:
        seen: dict[str, str] = {}
        for at, key in enumerate(keys):
            if key is not None:
                seen.setdefault(type(key).__name__, f"{type(key).__name__} at position {at}")
        return TypeError(f"{name} must be of one type, got {', '.join(seen.values())}")
    (kind,) = kinds
    return TypeError(f"{name} must be text, bytes, numbers or UUIDs, got {kind.__name__}")
