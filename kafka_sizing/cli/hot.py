"""A key log in; the hot report and the comparison of fixes out: ``kafka-sizing keys``."""
# ruff: noqa: FBT002, PLR0917 - the options of a command are the arguments of its function

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, get_args

import typer

from kafka_sizing.cli.options import (
    DOES_NOT_FIT,
    FITS,
    AsJson,
    Check,
    Html,
    PartitionerName,
    Partitions,
    Redact,
    SerializerName,
    amount,
    naming,
    output,
    parsed,
)
from kafka_sizing.cli.terminal import bar, say, width
from kafka_sizing.cli.writing import write_whole

if TYPE_CHECKING:
    from kafka_sizing.fixes import Comparison
    from kafka_sizing.keys.loads import KeyLoads
    from kafka_sizing.partitions.hotspots import HotReport
    from kafka_sizing.units import LoadUnit

_STDIN: Final = "-"
_MORE: Final = (
    "\n--details adds what each fix asks for and how sure each number is; "
    "--html PAGE writes it all as one page.\n"
)
_INPUT_NAMES: Final = {
    "files": "log",
    "key": "key column",
    "load": "load column",
    "partition_capacity": "partition capacity",
}


def keys(
    partitions: Partitions,
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE",
            help="CSV, TSV, JSON lines or Parquet, also .gz or .zst; globs; folders. "
            "None or -: keys one a line on standard input.",
        ),
    ] = None,
    key: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of keys.")] = None,
    load: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Column of loads; else each row is one record."),
    ] = None,
    load_unit: Annotated[
        str | None,
        typer.Option(metavar="UNIT", help="Unit of loads: bytes, records, bytes/s, records/s."),
    ] = None,
    rate: Annotated[
        str | None,
        typer.Option(metavar="RATE", help="What all keys write together, such as '200 MiB/s'."),
    ] = None,
    partition_capacity: Annotated[
        str | None,
        typer.Option(metavar="RATE", help="What one partition carries, such as '10 MiB/s'."),
    ] = None,
    ratio: Annotated[
        float | None, typer.Option(help="Hot above this multiple of the even share.")
    ] = None,
    partitioner: PartitionerName = "java",
    serializer: SerializerName = None,
    ordering: Annotated[
        str,
        typer.Option(
            metavar="SCOPE",
            help="Order that readers need: per-key, per-shard, per-key-and-slice or none.",
        ),
    ] = "per-key",
    certainty: Annotated[
        float | None,
        typer.Option(help="Part of random hashes under which the best fix must hold, as 0.95."),
    ] = None,
    memory: Annotated[
        str,
        typer.Option(metavar="SIZE", help="What counting keys may hold; beyond, a sketch."),
    ] = "1 GiB",
    html: Html = None,
    as_json: AsJson = False,
    redact: Redact = False,
    check: Check = False,
    top: Annotated[int, typer.Option(help="Keys that --json lists.")] = 20,
    details: Annotated[
        bool,
        typer.Option("--details", help="Print also what fixes ask for, and how sure numbers are."),
    ] = False,
) -> int:
    """Find hot partitions, the keys that heat them, and the fix that works, in a key log."""
    from kafka_sizing._checks import check_at_least, check_choice, check_count, check_open_share
    from kafka_sizing.fixes import compare_fixes
    from kafka_sizing.fixes.base import OrderingScope
    from kafka_sizing.keys.partitioners import require_keyed
    from kafka_sizing.partitions.hotspots import find_hot
    from kafka_sizing.partitions.placement import MOST_PLACED, place
    from kafka_sizing.sources.memory import COUNTS, check_memory
    from kafka_sizing.units import parse_bytes

    # First all that can be wrong without a look at the log, which may be long.
    count = check_count("--partitions", partitions, most=MOST_PLACED)
    check_count("--top", top)
    chosen = require_keyed(partitioner)
    scopes = {scope.replace(" ", "-"): scope for scope in get_args(OrderingScope)}
    check_choice("--ordering", ordering, tuple(scopes))
    if certainty is not None:
        check_open_share("--certainty", certainty)
    if ratio is not None:
        check_at_least("--ratio", ratio, 1)
    unit = _unit(load, load_unit)
    written = amount("--rate", rate)
    if written is not None and not written[1].endswith("/s"):
        raise ValueError(f"--rate must be per second, such as '200 MiB/s', got {rate!r}")
    carried = amount("--partition-capacity", partition_capacity)
    final = unit if written is None else written[1]
    if carried is not None and carried[1] != final:
        raise ValueError(
            f"--partition-capacity must be in {final}, as the loads are, "
            f"got {partition_capacity!r}; --rate and --load-unit say what the loads are"
        )
    output("--html", html, ".html", ".htm")
    memory_bytes = check_memory(round(parsed("--memory", parse_bytes, memory)), name="--memory")

    counting: Any = {
        "unit": unit,
        "serializer": serializer,
        "memory_bytes": memory_bytes,
        "partitioner": chosen,
        # twice and four times the partitions are among the fixes
        "counts": {*COUNTS, *(n for n in (count, 2 * count, 4 * count) if n <= MOST_PLACED)},
    }
    with naming({"memory_bytes": "--memory"}):
        counted = _count(files or [], key, load, counting)
    if written is not None:
        counted = counted.scaled_to(*written)
    capacity = None if carried is None else carried[0]
    hot = find_hot(place(counted, count, partitioner=chosen), capacity=capacity, ratio=ratio)
    compared = compare_fixes(
        counted,
        count,
        capacity=capacity,
        ratio=ratio,
        ordering=scopes[ordering],
        certainty=certainty,
        partitioner=chosen,
    )

    given: dict[str, Any] = {
        "files": list(files or [_STDIN]),
        "key": key,
        "load": load,
        "rate": rate,
        "partition_capacity": partition_capacity,
        "ratio": ratio,
        "serializer": serializer,
        "ordering": ordering,
        "certainty": certainty,
    }
    _tell(
        hot, compared, given, html=html, as_json=as_json, redact=redact, top=top, details=details
    )
    fits = hot.fits and (certainty is None or compared.holds(compared.as_is))
    return DOES_NOT_FIT if check and not fits else FITS


def _unit(load: str | None, load_unit: str | None) -> LoadUnit:
    from kafka_sizing._checks import check_choice
    from kafka_sizing.units import LOAD_UNITS

    if load_unit is None:
        return "records" if load is None else "bytes"
    check_choice("--load-unit", load_unit, LOAD_UNITS)
    if load is None and load_unit != "records":
        raise ValueError(f"--load-unit must be given with --load, got {load_unit!r} alone")
    return next(unit for unit in LOAD_UNITS if unit == load_unit)


def _count(
    files: list[str], key: str | None, load: str | None, options: dict[str, Any]
) -> KeyLoads:
    from kafka_sizing.sources import count_key_files, count_key_lines

    if files and files != [_STDIN]:
        if _STDIN in files:
            raise ValueError(f"FILE must be files or -, got both: {files}")
        with bar() as progress:
            return count_key_files(files, key=key, load=load, progress=progress, **options)
    if sys.stdin is None or (not files and sys.stdin.isatty()):
        raise ValueError("FILE must be given, or keys one a line on standard input, got neither")
    if key is not None or load is not None:
        raise ValueError(
            "--key and --load must be left out for standard input, which holds keys one a line"
        )
    return count_key_lines(sys.stdin.buffer, **options)


def _tell(
    hot: HotReport,
    compared: Comparison,
    given: dict[str, Any],
    *,
    html: Path | None,
    as_json: bool,
    redact: bool,
    top: int,
    details: bool,
) -> None:
    """Print the report, and write the page if one is wanted; both name keys alike."""
    from kafka_sizing.report.redact import Redactor

    names: Any = Redactor() if redact else False
    inputs = {
        _INPUT_NAMES.get(name, name): ", ".join(value) if isinstance(value, list) else str(value)
        for name, value in given.items()
        if value is not None and name not in {"ordering", "certainty"}  # the comparison tells
    }
    if html is not None:
        from kafka_sizing.report import page

        write_whole(html, page(hot, compared, redact=names, inputs=inputs))
    if as_json:
        from kafka_sizing.report.json import keys_json

        say(keys_json(hot, compared, top=top, redact=names, inputs=given))
    else:
        from kafka_sizing.report import text

        if details:
            say(text(hot, compared, redact=names, inputs=inputs, width=width()))
        else:
            say(text(hot, compared, redact=names, detail="summary", width=width()) + _MORE)
