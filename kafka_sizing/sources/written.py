"""Keys as a text file holds them in; their bytes as a serializer writes them out."""

from __future__ import annotations

import uuid
from typing import Final

from kafka_sizing.keys.columns import KeyColumn
from kafka_sizing.keys.intake import as_key_column
from kafka_sizing.keys.serializers import Serializer, check_serializer

_NUMBERS: Final = {
    "int16": "int64",
    "int32": "int64",
    "int64": "int64",
    "float32": "float64",
    "float64": "float64",
}


def written_keys(keys: KeyColumn, serializer: Serializer | None, *, name: str) -> KeyColumn:
    """Serialize keys that a text file holds: it has no types, so the serializer names them."""
    check_serializer(serializer)
    if serializer in (None, "string", "bytes"):
        return keys
    if serializer == "uuid":
        ids = [_uuid(key or b"", name) for key in keys]
        return as_key_column(ids, name=name, serializer="uuid")
    return _numbers(keys, serializer, name)


def _numbers(keys: KeyColumn, serializer: Serializer, name: str) -> KeyColumn:
    import pyarrow as pa
    import pyarrow.compute as pc

    buffers = [None, pa.py_buffer(keys.offsets), pa.py_buffer(keys.data)]
    written = pa.Array.from_buffers(pa.large_binary(), len(keys), buffers)
    try:
        text = written.cast(pa.large_string())
        values = pc.cast(text, pa.type_for_alias(_NUMBERS[serializer]))
    except pa.ArrowInvalid as error:
        raise ValueError(
            f"{name} must hold numbers for serializer={serializer!r}: {error}"
        ) from None
    return as_key_column(values, name=name, serializer=serializer)


def _uuid(key: bytes, name: str) -> uuid.UUID:
    try:
        return uuid.UUID(key.decode())
    except ValueError:
        raise ValueError(
            f"{name} must hold UUIDs for serializer='uuid', got {key[:40]!r}"
        ) from None
