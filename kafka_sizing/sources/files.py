"""Key logs in files of any size in; `KeyLoads` out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.partitioners import Partitioner
from kafka_sizing.keys.serializers import Serializer, check_serializer
from kafka_sizing.sources.engine import Engine
from kafka_sizing.sources.logs import KeyLog
from kafka_sizing.sources.memory import COUNTS, MEMORY_BYTES, check_counted, counter_of
from kafka_sizing.sources.paths import LogFile, check_whole, find_logs, names_of
from kafka_sizing.sources.pieces import Wanted
from kafka_sizing.sources.progress import Meter, Progress
from kafka_sizing.sources.records import columns_of
from kafka_sizing.sources.unchanged import Unchanged
from kafka_sizing.units import LoadUnit


def count_key_files(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    key: str | None = None,
    load: str | None = None,
    unit: LoadUnit | None = None,
    serializer: Serializer | None = None,
    progress: Progress | None = None,
    memory_bytes: int = MEMORY_BYTES,
    partitioner: Partitioner | str = "java",
    counts: Iterable[int] = COUNTS,
) -> KeyLoads:
    r"""Count how much each key writes in logs that need not fit in memory.

    Keys keep their exact bytes: ``007`` in a CSV file is text of three bytes. Where there are
    more distinct keys than ``memory_bytes`` can hold, the log is read twice and a `KeySketch`
    comes back: heavy keys one by one, all others as one mass per hash bin.

    Parameters
    ----------
    paths : path, glob or folder, or several
        CSV (.csv, .tsv), JSON lines (.jsonl, .ndjson, .json), Parquet (.parquet), or keys one
        a line (.txt); all but Parquet also in .gz or .zst.
    key : str, optional
        The column of keys; needed but for .txt. In CSV an empty field is a null key, and
        ``""`` an empty one.
    load : str, optional
        A column with the load of each row. Without it each row is one record.
    unit : {"records", "bytes", "records/s", "bytes/s"}, optional
        What loads are counted in: "bytes" by default with ``load``, else "records".
    serializer : str, optional
        How keys become bytes: "string", "int32", "int64" …; needed for columns of numbers and
        UUIDs. For CSV it says what the text stands for.
    progress : callable, optional
        Hears a `Reading` now and then: the share that is read, records per second, time left.
    memory_bytes : int, default 1 GiB
        What counting may hold, reading aside. [64 MiB, ...)
    partitioner : Partitioner or str, default "java"
        Whose partitions are wanted, should keys be too many to hold.
    counts : iterable of int, default 1 … 200
        The partition counts whose loads must be exact, should keys be too many to hold; the
        divisors of 1,108,800 are in any case.

    Returns
    -------
    KeyLoads
        The distinct keys in order of first appearance. Null keys are in ``null_load``. A
        `KeySketch` where keys are too many to hold.

    Raises
    ------
    FileNotFoundError
        If there is no such file, or nothing matches a glob.
    MemoryError
        If keys that write 1/100,000 of the load, and those that share a bin with them, take more
        than ``memory_bytes``: the error says how much. Or if the machine has less than that.
    TypeError
        If keys are of mixed types or need a serializer.
    ValueError
        If a file is not what its name says, cannot be read or changes meanwhile, a column is
        missing, a load is negative or missing, or no record has a key.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from kafka_sizing.sources import count_key_files
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "log.csv")
    ...     _ = path.write_text("carrier,bytes\nUA,300\nB6,100\n")
    ...     count_key_files(path, key="carrier", load="bytes")
    KeyLoads(2 keys, total=400 B, hottest='UA' 75.0 %)
    """
    check_serializer(serializer)
    counter = counter_of(memory_bytes, partitioner, counts)
    logs = find_logs(paths)
    lines = [log for log in logs if log.format == "keys one a line"]
    tables = [log for log in logs if log.format != "keys one a line"]
    _check_lines(lines, key, load)
    unchanged = Unchanged(logs)
    for log in logs:
        check_whole(log)
    with Engine() as engine:
        if key is None and tables:
            columns = columns_of(tables[0], engine)
            raise ValueError(
                f"key must be one of the columns {columns} of {tables[0].path}, got none"
            )
        wanted = Wanted(key=key or "", load=load, serializer=serializer)
        whole = KeyLog(lines=lines, tables=tables, engine=engine, wanted=wanted)
        unit = unit or ("bytes" if load else "records")
        whole.read_into(counter.add, Meter(progress, look=1))
        unchanged.check()
        check_counted(counter, names_of(logs))
        if counter.is_exact:
            return counter.key_loads(unit)
        second = counter.second_look()
        whole.read_into(second.add, Meter(progress, look=2))
        unchanged.check()
        return second.sketch(unit)


def _check_lines(lines: Sequence[LogFile], key: str | None, load: str | None) -> None:
    if lines and (key is not None or load is not None):
        given = f"key={key!r}" if key is not None else f"load={load!r}"
        raise ValueError(
            f"{lines[0].path} must be a table to have columns, got {given}; .txt holds keys one "
            "a line"
        )
