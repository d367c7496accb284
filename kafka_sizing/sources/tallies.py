"""Keys as a log holds them, and what each adds up to, in; `KeyLoads` out."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.columns import KeyColumn, offsets_of
from kafka_sizing.keys.distinct import DistinctKeys, distinct_keys
from kafka_sizing.keys.intake import as_key_column
from kafka_sizing.keys.loads import KeyLoads, sample_size_of
from kafka_sizing.keys.serializers import Serializer, check_serializer
from kafka_sizing.units import LoadUnit

_NUMBERS: Final = {
    "int16": "int64",
    "int32": "int64",
    "int64": "int64",
    "float32": "float64",
    "float64": "float64",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tally:
    """Distinct keys of one log or of a part of it, and what each adds up to."""

    keys: KeyColumn  #: distinct, none null
    loads: NDArray[np.float64]
    null_load: float = 0.0
    records: int
    squares: float  #: sum of the squared loads of the records

    @classmethod
    def empty(cls) -> Tally:
        """Give what no record adds up to."""
        return cls(keys=KeyColumn.of([]), loads=np.empty(0), records=0, squares=0.0)

    @classmethod
    def of(cls, keys: KeyColumn, counts: NDArray[np.float64]) -> Tally:
        """Add up keys that each stand for a number of records, and may stand there twice."""
        distinct = distinct_keys(keys)
        loads = _sums(distinct, counts)
        records = round(float(counts.sum()))
        return cls(keys=distinct.column, loads=loads, records=records, squares=float(records))

    @classmethod
    def merged(cls, tallies: Sequence[Tally]) -> Tally:
        """Add tallies up."""
        held = [tally for tally in tallies if tally.records]
        if len(held) == 1:
            return held[0]
        distinct = distinct_keys(_joined([tally.keys for tally in held]))
        weights = np.concatenate([np.empty(0), *(tally.loads for tally in held)])
        return cls(
            keys=distinct.column,
            loads=_sums(distinct, weights),
            null_load=sum(tally.null_load for tally in held),
            records=sum(tally.records for tally in held),
            squares=sum(tally.squares for tally in held),
        )


def key_loads_of(tally: Tally, *, unit: LoadUnit, name: str) -> KeyLoads:
    """Make `KeyLoads` of all that was read from ``name``."""
    if not tally.records:
        raise ValueError(f"{name} must hold at least one record, got none")
    if not len(tally.keys):
        raise ValueError(
            f"{name} must hold at least one key that is not null, got {tally.records:,} null "
            "keys, which the client spreads over all partitions"
        )
    with np.errstate(over="ignore"):
        total = float(tally.loads.sum()) + tally.null_load
    if not isfinite(total):
        raise ValueError(f"loads of {name} must add up to a finite total, got {total}")
    effective = total / tally.squares * total if tally.squares else None
    return KeyLoads(
        tally.keys,
        tally.loads,
        unit,
        null_load=tally.null_load,
        sample_size=sample_size_of(unit, total, effective),
    )


def written_keys(keys: KeyColumn, serializer: Serializer | None, *, name: str) -> KeyColumn:
    """Serialize keys that a text file holds: it has no types, so the serializer names them."""
    check_serializer(serializer)
    if serializer in (None, "string", "bytes"):
        return keys
    if serializer == "uuid":
        ids = [_uuid(key or b"", name) for key in keys]
        return as_key_column(ids, name=name, serializer="uuid")
    return _numbers(keys, serializer, name)


def _sums(distinct: DistinctKeys, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    sums = np.bincount(distinct.codes, weights=weights, minlength=len(distinct.column))
    return sums.astype(np.float64, copy=False)  # no weights at all: integers


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


def _joined(columns: Sequence[KeyColumn]) -> KeyColumn:
    """Lay columns without nulls end to end."""
    lengths = np.concatenate([np.empty(0, np.int64), *(column.lengths for column in columns)])
    data = [column.data[column.offsets[0] : column.offsets[-1]] for column in columns]
    return KeyColumn(np.concatenate([np.empty(0, np.uint8), *data]), offsets_of(lengths))
