"""Files that make one log in; their records, in the same order at every look, out."""
# ruff: noqa: S608 - what stands in a query is quoted by `records`

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kafka_sizing.keys.batches import KeyBatch
from kafka_sizing.keys.fast import workers
from kafka_sizing.keys.serializers import check_text_serializer
from kafka_sizing.sources.engine import Engine
from kafka_sizing.sources.lines import line_tasks
from kafka_sizing.sources.parquet import parquet_tasks
from kafka_sizing.sources.paths import LogFile
from kafka_sizing.sources.pieces import Piece, Wanted
from kafka_sizing.sources.pipeline import Task, in_order
from kafka_sizing.sources.progress import Meter
from kafka_sizing.sources.queries import check_kinds, query_tasks, records_text
from kafka_sizing.sources.records import Records, fields_of, missing_column, records_of

_GOOD: Final = "isfinite(load) AND load >= 0"


@dataclass(slots=True)
class _Faults:
    """What was wrong in the records so far."""

    wrong_loads: int = 0
    kinds: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLog:
    """Files of keys one a line and files of tables, read as one log."""

    lines: Sequence[LogFile]
    tables: Sequence[LogFile]
    engine: Engine
    wanted: Wanted

    def read_into(self, add: Callable[[KeyBatch], None], meter: Meter) -> None:
        """Hand on all records, batch by batch; refuse what is no record."""
        meter.expect(sum(Path(log.path).stat().st_size for log in (*self.lines, *self.tables)))
        for log in self.lines:
            with log.open() as stream:
                tasks = line_tasks(stream, self.wanted.serializer, name=log.path)
                self._read([log], tasks, add, meter)
        if not self.tables:
            return
        wanted = self.wanted
        parts = records_of(self.tables, self.engine, key=wanted.key, load=wanted.load)
        _check_one_type(parts, wanted.key)
        faults = _Faults()
        for part in parts:
            self._read(part.logs, self._tasks(part), add, meter, faults)
        if faults.wrong_loads:
            raise self._wrong_loads(parts, faults.wrong_loads)
        untyped = [log for part in parts if part.held is None for log in part.logs]
        if untyped:
            check_kinds(faults.kinds, untyped, self.engine, wanted)

    def _tasks(self, part: Records) -> Iterable[Task]:
        if part.logs[0].format == "Parquet" and part.held in ("text", "bytes"):
            check_text_serializer(part.held, self.wanted.serializer, name=self.wanted.key)
            return parquet_tasks(part.logs, self.wanted)
        return query_tasks(part, self.engine, self.wanted)

    def _read(
        self,
        logs: Sequence[LogFile],
        tasks: Iterable[Task],
        add: Callable[[KeyBatch], None],
        meter: Meter,
        faults: _Faults | None = None,
    ) -> None:
        begin = meter.share
        share = sum(Path(log.path).stat().st_size for log in logs) / meter.expected
        done = 0.0
        piece: Piece
        for piece in in_order(tasks, workers(), size_of=lambda piece: piece.n_bytes):
            add(piece.batch)
            if faults is not None:
                faults.wrong_loads += piece.wrong_loads
                faults.kinds.update(piece.kinds)
            done = self.engine.share_done() if piece.share is None else done + piece.share
            meter.add(piece.batch.records, begin + share * done)
        meter.add(0, begin + share)

    def _wrong_loads(self, parts: Sequence[Records], wrong: int) -> ValueError:
        load = str(self.wanted.load)
        union = " UNION ALL ".join(
            f"SELECT load, load_text FROM ({part.select})" for part in parts
        )
        ((shown,),) = self.engine.rows(
            f"SELECT load_text FROM ({union}) WHERE coalesce(NOT ({_GOOD}), true) "
            "ORDER BY load_text NULLS LAST LIMIT 1",
            self.tables,
        )
        first = next((log for log in self.tables if log.format in ("JSON lines", "JSON")), None)
        if shown is None and first is not None:
            fields = fields_of([first], self.engine)
            if load not in fields:
                return missing_column(first.path, "load", load, fields)
        came = "null" if shown is None else repr(shown[:40])
        return ValueError(
            f"{load} must be a finite number >= 0 in every record, got {came} "
            f"({records_text(wrong)} like this)"
        )


def _check_one_type(parts: Sequence[Records], key: str) -> None:
    """Refuse files whose keys cannot be compared: numbers here, text there."""
    same = {"written text": "text", "bytes": "text", None: "text", "big integers": "integers"}
    kinds = {same.get(part.held, part.held): part for part in parts}
    if len(kinds) > 1:
        seen = ", ".join(f"{kind} in {part.logs[0].path}" for kind, part in kinds.items())
        raise TypeError(f"{key} must be of one type in all files, got {seen}")
