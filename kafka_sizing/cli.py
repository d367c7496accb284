"""Arguments of a shell in; a report, a plan or partitions on standard output out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

try:
    import typer
except ImportError as error:  # pragma: no cover
    raise ImportError("typer is needed: pip install 'kafka-sizing[cli]'") from error

from kafka_sizing import __version__

if TYPE_CHECKING:
    from kafka_sizing.fixes import Comparison
    from kafka_sizing.keys.loads import KeyLoads
    from kafka_sizing.partitions.groups import ConsumerGroup
    from kafka_sizing.partitions.hotspots import HotReport
    from kafka_sizing.units import LoadUnit

T = TypeVar("T")

FITS: Final = 0
DOES_NOT_FIT: Final = 1
BAD_INPUT: Final = 2
_STDIN: Final = "-"
_INTERRUPTED: Final = 130  # what a shell gives for SIGINT
_PIPE_CLOSED: Final = 141  # and for SIGPIPE
_INPUT_NAMES: Final = {
    "files": "log",
    "key": "key column",
    "load": "load column",
    "partition_capacity": "partition capacity",
}
_GROUP_WORDS: Final = {
    "rate": "consumer_bytes_per_s",
    "reads": "read_bytes_per_s",
    "time": "processing_s",
    "threads": "threads",
    "record": "record_bytes",
    "members": "members",
}

app = typer.Typer(
    name="kafka-sizing",
    help="How many partitions a topic needs, which runs hot because of which keys, what helps.",
    epilog="Exit code: 0 fits, 1 does not fit (with --check), 2 bad input.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Partitions = Annotated[int, typer.Option(help="Partitions of the topic.")]
PartitionerName = Annotated[
    str, typer.Option(metavar="NAME", help="Partitioner or client of the producers.")
]
SerializerName = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="How keys that are no text become bytes: string, int32, int64, uuid …",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object (docs/json.md).")]
Check = Annotated[bool, typer.Option("--check", help="Exit with 1 if it does not fit.")]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; give the exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        The arguments; those of the process by default.

    Returns
    -------
    int
        0 fits, 1 does not fit (with ``--check``), 2 bad input, with one line on standard error.

    Examples
    --------
    >>> from kafka_sizing.cli import main
    >>> main(["place", "user-1", "--partitions", "12"])
    key     partition
    user-1  1
    0
    """
    usage_error = typer.BadParameter.__mro__[2]  # typer brings its own click, or needs one
    try:
        code = app(
            args=None if arguments is None else list(arguments),
            prog_name="kafka-sizing",
            standalone_mode=False,
        )
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_CLOSED
    except (KeyboardInterrupt, typer.Abort):
        return _complain("interrupted", _INTERRUPTED)
    except usage_error as error:
        return _complain(getattr(error, "format_message", error.__str__)(), BAD_INPUT)
    except TypeError as error:
        hint = " (--serializer)" if "no serializer" in str(error) else ""
        return _complain(f"{error}{hint}", BAD_INPUT)
    except (ValueError, OSError, ImportError, MemoryError) as error:
        return _complain(_message(error), BAD_INPUT)
    return code if isinstance(code, int) else FITS


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,  # noqa: FBT002
) -> None:
    if version:
        _say(f"kafka-sizing {__version__}\n")
        raise typer.Exit
    if context.invoked_subcommand is None:
        _say(f"{context.get_help()}\n")


@app.command()
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
        str, typer.Option(metavar="SCOPE", help="Order that readers need: per-key or none.")
    ] = "per-key",
    html: Annotated[
        Path | None, typer.Option(metavar="PAGE", help="Write one HTML page to this file.")
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002
    redact: Annotated[
        bool, typer.Option("--redact", help="Replace every key by a short keyed hash.")
    ] = False,  # noqa: FBT002
    check: Check = False,  # noqa: FBT002
    top: Annotated[int, typer.Option(help="Keys that --json lists.")] = 20,
) -> int:
    """Find hot partitions, the keys that heat them, and the fix that works, in a key log."""
    from kafka_sizing._checks import check_choice, check_count
    from kafka_sizing.keys.partitioners import require_keyed
    from kafka_sizing.partitions.hotspots import find_hot
    from kafka_sizing.partitions.placement import MOST_PLACED, place
    from kafka_sizing.units import LOAD_UNITS

    # All that can be wrong without a look at the log.
    count = check_count("--partitions", partitions, most=MOST_PLACED)
    check_count("--top", top)
    chosen = require_keyed(partitioner)
    check_choice("--ordering", ordering, ("per-key", "none"))
    if load_unit is not None:
        check_choice("--load-unit", load_unit, LOAD_UNITS)
    written = _amount("--rate", rate)
    carried = _amount("--partition-capacity", partition_capacity)

    counted = _count(files or [], key, load, load_unit, serializer)
    if written is not None:
        if not written[1].endswith("/s"):
            raise ValueError(f"--rate must be per second, such as '200 MiB/s', got {rate!r}")
        counted = counted.scaled_to(*written)
    if carried is not None and carried[1] != counted.unit:
        raise ValueError(
            f"--partition-capacity must be in {counted.unit}, as the loads are, "
            f"got {partition_capacity!r}; --rate and --load-unit say what the loads are"
        )
    capacity = None if carried is None else carried[0]
    hot = find_hot(place(counted, count, partitioner=chosen), capacity=capacity, ratio=ratio)
    compared = _compare(hot, capacity, ordering)

    given: dict[str, Any] = {
        "files": list(files or [_STDIN]),
        "key": key,
        "load": load,
        "rate": rate,
        "partition_capacity": partition_capacity,
        "ratio": ratio,
        "serializer": serializer,
        "ordering": ordering,
    }
    _tell(hot, compared, given, html=html, as_json=as_json, redact=redact, top=top)
    return DOES_NOT_FIT if check and not hot.fits else FITS


@app.command()
def partitions(
    write_rate: Annotated[
        str, typer.Option(metavar="RATE", help="What is written to the topic: '250 MiB/s'.")
    ],
    producer_rate: Annotated[
        str | None,
        typer.Option(metavar="RATE", help="What producers sustain on one partition."),
    ] = None,
    consumer_rate: Annotated[
        str | None,
        typer.Option(metavar="RATE", help="What one consumer sustains on one partition."),
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(
            metavar="GROUP",
            help="A consumer group: 'name=billing,rate=10 MiB/s,members=6'; or by time: "
            "'name=audit,time=20 ms,threads=4,record=500 B'; reads=RATE if it reads less "
            "or more than what is written. May be given again.",
        ),
    ] = None,
    headroom: Annotated[float, typer.Option(help="Part of each rate left unused.")] = 0.0,
    growth: Annotated[float, typer.Option(help="Growth a year: 0.3 is 30 %.")] = 0.0,
    horizon: Annotated[
        str | None, typer.Option(metavar="TIME", help="How long the count shall last: '3 y'.")
    ] = None,
    peak: Annotated[float, typer.Option(help="Peak rate over --write-rate.")] = 1.0,
    compression: Annotated[
        float, typer.Option(help="Payload bytes over bytes on the wire.")
    ] = 1.0,
    multiple_of: Annotated[
        list[int] | None,
        typer.Option(help="Round up to a multiple: brokers, members. May be given again."),
    ] = None,
    most: Annotated[int | None, typer.Option(help="Most partitions there may be.")] = None,
    retained: Annotated[
        str | None, typer.Option(metavar="BYTES", help="What the topic keeps on disk: '300 GB'.")
    ] = None,
    partition_retained: Annotated[
        str | None, typer.Option(metavar="BYTES", help="Largest partition wanted: '6 GB'.")
    ] = None,
    hottest_share: Annotated[
        float | None, typer.Option(help="Part of the bytes that the hottest key carries.")
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002
    check: Check = False,  # noqa: FBT002
) -> int:
    """Plan how many partitions a topic needs, and name the limit that decides."""
    from kafka_sizing.partitions.sizing import plan_partitions
    from kafka_sizing.units import parse_bytes, parse_bytes_per_s, parse_duration

    if growth and horizon is None:
        raise ValueError(f"--growth must be given with --horizon, got {growth} and no horizon")
    plan = plan_partitions(
        _parsed("--write-rate", parse_bytes_per_s, write_rate),
        producer_bytes_per_s=_optional("--producer-rate", parse_bytes_per_s, producer_rate),
        consumer_bytes_per_s=_optional("--consumer-rate", parse_bytes_per_s, consumer_rate),
        groups=[_group(text) for text in group or []],
        headroom_fraction=headroom,
        growth_fraction_per_year=growth,
        horizon_years=(_optional("--horizon", parse_duration, horizon) or 0.0)
        / parse_duration("1 y"),
        peak_ratio=peak,
        compression_ratio=compression,
        multiple_of=multiple_of or 1,
        upper_limits={} if most is None else {"most": most},
        retained_bytes=_optional("--retained", parse_bytes, retained),
        partition_retained_bytes=_optional(
            "--partition-retained", parse_bytes, partition_retained
        ),
        hottest_key_share=hottest_share,
    )
    if as_json:
        from kafka_sizing.report.json import plan_json

        _say(plan_json(plan))
    else:
        from kafka_sizing.report import plan_text

        _say(plan_text(plan, width=_width()))
    return DOES_NOT_FIT if check and not plan.feasible else FITS


@app.command()
def place(
    key: Annotated[list[str], typer.Argument(metavar="KEY...", help="Keys to place.")],
    partitions: Partitions,
    partitioner: PartitionerName = "java",
    serializer: SerializerName = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> int:
    """Say which partition each key goes to."""
    from kafka_sizing.keys import KeyColumn, partition_of, require_keyed
    from kafka_sizing.report.json import placed_json
    from kafka_sizing.report.labels import columns_of, key_label
    from kafka_sizing.sources.tallies import written_keys

    chosen = require_keyed(partitioner)
    typed = KeyColumn.of([os.fsencode(text) for text in key])  # the bytes that were typed
    column = written_keys(typed, serializer, name="KEY")
    placed = partition_of(column, partitions, partitioner=chosen).tolist()
    if as_json:
        _say(placed_json(column, placed, partitions=partitions, partitioner=chosen))
        return FITS
    rows = [("key", "partition")]
    rows += [(key_label(one), str(at)) for one, at in zip(typed, placed, strict=True)]
    width = max(columns_of(label) for label, _ in rows)
    for label, at in rows:
        _say(f"{label}{' ' * (width - columns_of(label))}  {at}\n")
    return FITS


def _count(
    files: list[str],
    key: str | None,
    load: str | None,
    load_unit: str | None,
    serializer: str | None,
) -> KeyLoads:
    from kafka_sizing.sources import count_key_files, count_key_lines

    options: Any = {"unit": load_unit, "serializer": serializer}
    if files and files != [_STDIN]:
        if _STDIN in files:
            raise ValueError(f"FILE must be files or -, got both: {files}")
        with _bar() as progress:
            return count_key_files(files, key=key, load=load, progress=progress, **options)
    if not files and sys.stdin.isatty():
        raise ValueError("FILE must be given, or keys one a line on standard input, got neither")
    if key is not None or load is not None:
        raise ValueError(
            "--key and --load must be left out for standard input, which holds keys one a line"
        )
    return count_key_lines(
        sys.stdin.buffer, unit=load_unit or "records", serializer=options["serializer"]
    )


def _compare(hot: HotReport, capacity: float | None, ordering: str) -> Comparison:
    from kafka_sizing.fixes import AsIs, Comparison, propose_fixes

    # The same line for the fixes as for the hot report.
    line = min(hot.lines, key=lambda line: line.load)
    fixes = [AsIs(), *propose_fixes(hot.loads, line=line)]
    return Comparison(
        outcomes=tuple(fix.applied_to(hot.loads, line=line) for fix in fixes),
        line=line,
        ordering="none" if ordering == "none" else "per key",
        capacity=capacity,
    )


def _tell(
    hot: HotReport,
    compared: Comparison,
    given: dict[str, Any],
    *,
    html: Path | None,
    as_json: bool,
    redact: bool,
    top: int,
) -> None:
    """Print the report, and write the page if one is wanted; both name keys alike."""
    from kafka_sizing.report.redact import Redactor

    names: Any = Redactor() if redact else False
    inputs = {
        _INPUT_NAMES.get(name, name): ", ".join(value) if isinstance(value, list) else str(value)
        for name, value in given.items()
        if value is not None
    }
    if html is not None:
        from kafka_sizing.report import page

        html.write_text(
            page(hot, compared, redact=names, inputs=inputs), encoding="utf-8", errors="replace"
        )
    if as_json:
        from kafka_sizing.report.json import keys_json

        _say(keys_json(hot, compared, top=top, redact=names, inputs=given))
    else:
        from kafka_sizing.report import text

        _say(text(hot, compared, redact=names, inputs=inputs, width=_width()))


def _amount(option: str, text: str | None) -> tuple[float, LoadUnit] | None:
    from kafka_sizing.units import parse_load

    return None if text is None else _parsed(option, parse_load, text)


def _optional(option: str, parse: Callable[[str], T], text: str | None) -> T | None:
    return None if text is None else _parsed(option, parse, text)


def _parsed(option: str, parse: Callable[[str], T], text: str) -> T:
    try:
        return parse(text)
    except ValueError as error:
        raise ValueError(f"{option}: {error}") from error


def _group(text: str) -> ConsumerGroup:
    from kafka_sizing.partitions.groups import ConsumerGroup
    from kafka_sizing.units import parse_bytes, parse_bytes_per_s, parse_duration

    parse: dict[str, Callable[[str], Any]] = {
        "rate": parse_bytes_per_s,
        "reads": parse_bytes_per_s,
        "time": parse_duration,
        "threads": int,
        "record": parse_bytes,
        "members": int,
    }
    given = dict(_pair(part) for part in text.split(","))
    unknown = given.keys() - {"name", *parse}
    if unknown or "name" not in given:
        words = ", ".join(["name", *parse])
        raise ValueError(f"--group must hold a name and some of {words}, got {text!r}")
    fields = {
        _GROUP_WORDS[word]: _parsed(f"--group {word}", parse[word], value)
        for word, value in given.items()
        if word != "name"
    }
    return ConsumerGroup(given["name"], **fields)


def _pair(text: str) -> tuple[str, str]:
    word, _, value = text.partition("=")
    return word.strip(), value.strip()


@contextmanager
def _bar() -> Iterator[Callable[[float], None] | None]:
    """Show how far reading is, where a person watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("reading"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading", total=None)
        yield lambda done: progress.update(task, total=1.0, completed=done)


def _width() -> int | None:
    """Give the columns of the terminal, if there is one."""
    if not sys.stdout.isatty():
        return None
    return max(40, os.get_terminal_size(sys.stdout.fileno()).columns)


def _say(text: str) -> None:
    sys.stdout.write(text)


def _complain(message: str, code: int) -> int:
    sys.stderr.write(f"error: {' '.join(message.split())}\n")
    return code


def _message(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}"
    return str(error) or type(error).__name__
