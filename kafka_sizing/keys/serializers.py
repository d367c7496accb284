"""Values that are not bytes yet in; the bytes Kafka's serializers write for them out."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_choice
from kafka_sizing.keys.columns import KeyColumn, offsets_of

Serializer = Literal["string", "bytes", "int16", "int32", "int64", "float32", "float64", "uuid"]
SERIALIZERS: Final[tuple[Serializer, ...]] = get_args(Serializer)

_INTEGERS: Final = {"int16": ">i2", "int32": ">i4", "int64": ">i8"}
_FLOATS: Final = {"float32": ">f4", "float64": ">f8"}


def check_serializer(serializer: Serializer | None) -> None:
    """Refuse a serializer that is not one of Kafka's."""
    if serializer is not None:
        check_choice("serializer", serializer, SERIALIZERS)


def serialize_integers(
    values: NDArray[np.integer], serializer: Serializer | None, *, name: str = "keys"
) -> KeyColumn:
    """Write whole numbers as Short-, Integer-, Long- or StringSerializer do.

    The numeric ones are big-endian two's complement; "string" writes decimal digits.
    """
    if serializer == "string":
        return _decimal(values)
    if serializer not in _INTEGERS:
        raise _unserialized(name, "integers", ("string", *_INTEGERS), serializer)
    target = np.dtype(_INTEGERS[serializer])
    limits = np.iinfo(target)
    if values.size and (values.min() < limits.min or values.max() > limits.max):
        outside = values[(values < limits.min) | (values > limits.max)][0]
        raise ValueError(
            f"{name} must lie in {limits.min} … {limits.max} for serializer={serializer!r}, "
            f"got {outside}"
        )
    return _fixed_width(values.astype(target))


def serialize_floats(
    values: NDArray[np.floating], serializer: Serializer | None, *, name: str = "keys"
) -> KeyColumn:
    """Write numbers as Float- or DoubleSerializer do: IEEE 754, big-endian."""
    if serializer not in _FLOATS:
        raise _unserialized(name, "floating-point numbers", tuple(_FLOATS), serializer)
    if not np.isfinite(values).all():
        raise ValueError(f"{name} must be finite, got {values[~np.isfinite(values)][0]}")
    target = np.dtype(_FLOATS[serializer])
    largest = np.finfo(target).max
    if (outside := values[np.abs(values) > largest]).size:
        raise ValueError(
            f"{name} must lie within ±{largest:.4g} for serializer={serializer!r}, "
            f"got {outside[0]}"
        )
    return _fixed_width(values.astype(target))


def serialize_uuids(
    values: Sequence[uuid.UUID | None], serializer: Serializer | None, *, name: str = "keys"
) -> KeyColumn:
    """Write UUIDs as UUIDSerializer does: their 36 characters."""
    if serializer not in ("uuid", "string"):
        raise _unserialized(name, "UUIDs", ("uuid", "string"), serializer)
    return KeyColumn.of([None if value is None else str(value).encode() for value in values])


def check_text_serializer(
    held: Literal["text", "bytes"], serializer: Serializer | None, *, name: str = "keys"
) -> None:
    """Refuse text under a serializer of numbers, and the like."""
    allowed = {"text": ("string",), "bytes": ("bytes", "string")}[held]
    if serializer is not None and serializer not in allowed:
        raise _unserialized(name, held, allowed, serializer)


def _fixed_width(values: NDArray[np.generic]) -> KeyColumn:
    width = values.dtype.itemsize
    data = np.ascontiguousarray(values).view(np.uint8)
    return KeyColumn(data, np.arange(0, width * (len(values) + 1), width, dtype=np.int64))


def _decimal(values: NDArray[np.integer]) -> KeyColumn:
    text = values.astype("S")
    lengths = np.strings.str_len(text).astype(np.int64)
    table = text.view(np.uint8).reshape(len(text), -1)
    data = table[np.arange(table.shape[1]) < lengths[:, np.newaxis]]
    return KeyColumn(data, offsets_of(lengths))


def _unserialized(
    name: str, held: str, serializers: tuple[str, ...], serializer: Serializer | None
) -> TypeError:
    choices = ", ".join(repr(choice) for choice in serializers)
    came = "no serializer" if serializer is None else f"serializer={serializer!r}"
    return TypeError(
        f"{name} hold {held}: Kafka hashes the bytes a serializer writes, "
        f"so name one of {choices}, got {came}"
    )
