"""Rates in; the plan with all its limits out: ``kafka-sizing partitions``."""
# ruff: noqa: FBT002, PLR0917 - the options of a command are the arguments of its function

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from kafka_sizing.cli.options import DOES_NOT_FIT, FITS, AsJson, Check, naming, optional, parsed
from kafka_sizing.cli.terminal import say, width

if TYPE_CHECKING:
    from kafka_sizing.partitions.groups import ConsumerGroup

_OPTIONS: Final = {
    "write_bytes_per_s": "--write-rate",
    "producer_bytes_per_s": "--producer-rate",
    "consumer_bytes_per_s": "--consumer-rate",
    "groups": "--group",
    "headroom_fraction": "--headroom",
    "growth_fraction_per_year": "--growth",
    "horizon_years": "--horizon",
    "peak_ratio": "--peak",
    "compression_ratio": "--compression",
    "multiple_of": "--multiple-of",
    "upper_limits['most']": "--most",
    "retained_bytes": "--retained",
    "partition_retained_bytes": "--partition-retained",
    "hottest_key_share": "--hottest-share",
}
_GROUP_WORDS: Final = {
    "rate": "consumer_bytes_per_s",
    "reads": "read_bytes_per_s",
    "time": "processing_s",
    "threads": "threads",
    "record": "record_bytes",
    "members": "members",
}


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
    as_json: AsJson = False,
    check: Check = False,
) -> int:
    """Plan how many partitions a topic needs, and name the limit that decides."""
    from kafka_sizing.partitions.sizing import plan_partitions
    from kafka_sizing.units import parse_bytes, parse_bytes_per_s, parse_duration

    if growth and horizon is None:
        raise ValueError(f"--growth must be given with --horizon, got {growth} and no horizon")
    groups = [_group(text) for text in group or []]
    with naming(_OPTIONS):
        plan = plan_partitions(
            parsed("--write-rate", parse_bytes_per_s, write_rate),
            producer_bytes_per_s=optional("--producer-rate", parse_bytes_per_s, producer_rate),
            consumer_bytes_per_s=optional("--consumer-rate", parse_bytes_per_s, consumer_rate),
            groups=groups,
            headroom_fraction=headroom,
            growth_fraction_per_year=growth,
            horizon_years=(optional("--horizon", parse_duration, horizon) or 0.0)
            / parse_duration("1 y"),
            peak_ratio=peak,
            compression_ratio=compression,
            multiple_of=multiple_of or 1,
            upper_limits={} if most is None else {"most": most},
            retained_bytes=optional("--retained", parse_bytes, retained),
            partition_retained_bytes=optional(
                "--partition-retained", parse_bytes, partition_retained
            ),
            hottest_key_share=hottest_share,
        )
    if as_json:
        from kafka_sizing.report.json import plan_json

        say(plan_json(plan))
    else:
        from kafka_sizing.report import plan_text

        say(plan_text(plan, width=width()))
    return DOES_NOT_FIT if check and not plan.feasible else FITS


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
    pairs = [_pair(part) for part in text.split(",")]
    given = dict(pairs)
    if len(given) < len(pairs):
        raise ValueError(f"--group must give each word once, got {text!r}")
    unknown = given.keys() - {"name", *parse}
    if unknown or "name" not in given:
        words = ", ".join(["name", *parse])
        raise ValueError(f"--group must hold a name and some of {words}, got {text!r}")
    fields = {
        _GROUP_WORDS[word]: parsed(f"--group {word}", parse[word], value)
        for word, value in given.items()
        if word != "name"
    }
    with naming({field: word for word, field in _GROUP_WORDS.items()}):
        return ConsumerGroup(given["name"], **fields)


def _pair(text: str) -> tuple[str, str]:
    word, _, value = text.partition("=")
    return word.strip(), value.strip()
