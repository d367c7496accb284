"""Key logs that DuckDB reads in; their records, batch by batch, out."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kafka_sizing.keys.batches import KeyBatch
from kafka_sizing.keys.columns import KeyColumn
from kafka_sizing.keys.intake import EncodedKeys, as_key_column, encode_keys
from kafka_sizing.keys.serializers import check_text_serializer
from kafka_sizing.sources.engine import Engine
from kafka_sizing.sources.loads import record_loads
from kafka_sizing.sources.paths import LogFile, names_of
from kafka_sizing.sources.pieces import Piece, Wanted
from kafka_sizing.sources.pipeline import Task
from kafka_sizing.sources.records import KEYLESS, KINDS, Records, fields_of, missing_column
from kafka_sizing.sources.written import written_keys

if TYPE_CHECKING:
    import pyarrow as pa

_EXAMPLES: Final[dict[str, list[Any]]] = {
    "UUIDs": [uuid.UUID(int=0)],
    "written integers": [0],
    "written floats": [0.0],
}


def query_tasks(part: Records, engine: Engine, wanted: Wanted) -> Iterator[Task]:
    """Give a task for each batch of records, in the order of the files."""
    for batch in engine.batches(part.query(load=wanted.load is not None), part.logs):
        yield partial(_pieces, batch, part, wanted)


def check_kinds(
    kinds: Mapping[str, int], logs: Sequence[LogFile], engine: Engine, wanted: Wanted
) -> None:
    """Refuse keys of several kinds, now that all records were seen, and fields that none has."""
    if kinds.get("no object"):
        raise ValueError(
            f"{names_of(logs)} must hold JSON objects, got "
            f"{records_text(kinds['no object'])} of another kind"
        )
    if set(kinds) == {"absent"}:
        raise missing_column(logs[0].path, "key", wanted.key, fields_of(logs, engine))
    if _one_kind(kinds, wanted) is None:
        seen = sorted((kind, count) for kind, count in kinds.items() if kind not in KEYLESS)
        if len(seen) == 1:
            ((kind, count),) = seen
            raise TypeError(
                f"{wanted.key} must be text or numbers, got {kind} in {records_text(count)}"
            )
        listed = ", ".join(f"{kind} in {records_text(count)}" for kind, count in seen)
        raise TypeError(f"{wanted.key} must be of one type, got {listed}")


def records_text(count: int) -> str:
    """Write a number of records."""
    return "1 record" if count == 1 else f"{count:,} records"


def _pieces(batch: pa.RecordBatch, part: Records, wanted: Wanted) -> Iterator[Piece]:
    loads, wrong = None, 0
    if wanted.load is not None:
        loads, wrong = record_loads(batch.column("load"))
    kinds: Counter[str] = Counter()
    held: str | None = part.held
    if held is None:
        counts = np.bincount(batch.column("kind").to_numpy(), minlength=len(KINDS)).tolist()
        kinds = Counter({kind: n for kind, n in zip(KINDS, counts, strict=True) if n})
        held = _one_kind(kinds, wanted)
    keys = batch.column("key")
    if held is None:  # `check_kinds` says so when all are counted
        made = KeyBatch.of(EncodedKeys(KeyColumn.of([None] * len(keys))), loads)
    else:
        made = _batch(keys, held, loads, wanted)
    yield Piece(batch=made, wrong_loads=wrong, kinds=kinds)


def _one_kind(kinds: Mapping[str, int], wanted: Wanted) -> str | None:
    """Say what keys are, or None if they are of several kinds, or of one that is no key."""
    seen = {kind for kind in kinds if kind not in KEYLESS}
    if seen == {"integers", "floats"} and str(wanted.serializer).startswith("float"):
        return "written floats"
    kind = next(iter(seen), "text")
    if len(seen) > 1 or kind not in ("text", "integers", "floats"):
        return None
    return "text" if kind == "text" else f"written {kind}"


def _batch(keys: pa.Array, held: str, loads: Any, wanted: Wanted) -> KeyBatch:
    """Take records, and write keys as the serializer does."""
    key, serializer = wanted.key, wanted.serializer
    if held in ("integers", "big integers", "floats"):
        return KeyBatch.of(encode_keys(keys, name=key, serializer=serializer), loads)
    if held in ("text", "bytes"):
        check_text_serializer("text" if held == "text" else "bytes", serializer, name=key)
    if held in _EXAMPLES:  # refuses what does not fit
        as_key_column(_EXAMPLES[held], name=key, serializer=serializer)
    batch = KeyBatch.of(encode_keys(keys, name=key), loads)
    if held in ("text", "bytes", "UUIDs"):
        return batch
    return batch.written(lambda column: written_keys(column, serializer, name=key))
