"""How a group polls and commits in; records lost, read twice or never out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kafka_sizing._checks import ROUNDING
from kafka_sizing.review.case import Case, Reader
from kafka_sizing.review.judging import Flaw, each_group, each_group_of_case, named, origin_of
from kafka_sizing.review.rule import line_of
from kafka_sizing.review.wording import counted, span_text
from kafka_sizing.settings import default_of
from kafka_sizing.units import format_load, format_share

_AUTO: Final = "enable.auto.commit"
_INTERVAL: Final = "max.poll.interval.ms"
_CLIENT_SIDE: Final = (  # what brokers decide under group.protocol=consumer
    "session.timeout.ms",
    "heartbeat.interval.ms",
    "partition.assignment.strategy",
)


@each_group_of_case
def committed_before_processed(case: Case, reader: Reader) -> Iterator[Flaw]:
    """Ask whether offsets are committed only once their records are done."""
    given = reader.configuration
    if case.practices.committing == "before processing":
        yield Flaw(
            evidence="offsets are committed before processing",
            change="commit after a batch is processed, and make processing idempotent",
            severity="error",
        )
    elif given.value(_AUTO) and reader.client == "librdkafka":
        if given.value("enable.auto.offset.store"):
            yield Flaw(
                evidence=f"{given.described(_AUTO)}, "
                f"{given.described('enable.auto.offset.store')}: an offset may be committed as "
                "soon as its record is handed over",
                change="set enable.auto.offset.store=false and store each offset once its "
                "record is processed",
                origin=origin_of(given, _AUTO, "enable.auto.offset.store"),
            )
    elif given.value(_AUTO) and reader.threads is not None and reader.threads > 1:
        yield Flaw(
            evidence=f"{given.described(_AUTO)} with {reader.threads:,} threads: the next poll "
            "commits records that a thread may still be working on",
            change=f"set {_AUTO}=false and commit what all threads are done with",
            origin=origin_of(given, _AUTO),
        )


@each_group
def relies_on_auto_commit(reader: Reader) -> Iterator[Flaw]:
    """Ask whether somebody decided how offsets are committed."""
    given = reader.configuration
    one_at_a_time = reader.threads in {None, 1}
    if given.value(_AUTO) and reader.client == "java" and one_at_a_time:
        yield Flaw(
            evidence=f"{given.described(_AUTO)}, every "
            f"{span_text(given.seconds('auto.commit.interval.ms'))}",
            change=f"set {_AUTO}=false and commit after each batch, or make sure that a batch is "
            "done before the next poll",
            origin=origin_of(given, _AUTO),
        )


@each_group
def poll_too_late(reader: Reader) -> Iterator[Flaw]:
    """Ask whether a full batch is done before the group takes the member for stuck."""
    given, threads = reader.configuration, reader.threads or 1
    java = reader.client == "java"
    records = int(given.value("max.poll.records")) if java else 1
    interval_s = given.seconds(_INTERVAL)
    batch_s = -(-records // threads) * reader.processing_s
    share = batch_s / interval_s
    if share > line_of("poll-too-late", "most_share"):
        most = (
            int(interval_s * line_of("poll-too-late", "most_share") / reader.processing_s)
            * threads
        )
        too_late = share > 1
        yield Flaw(
            summary=None if too_late else "a batch takes nearly as long as the group waits",
            evidence=f"a poll of {counted(records, 'record')} takes {span_text(batch_s)}, "
            + (
                f"more than the {span_text(interval_s)}"
                if too_late
                else f"{format_share(share)} of the {span_text(interval_s)}"
            )
            + f" of {given.described(_INTERVAL)}",
            change=f"set max.poll.records={most:,} at most, or raise {_INTERVAL}"
            if java and most
            else f"raise {_INTERVAL}, or hand records over and pause the partition meanwhile",
            severity="error" if too_late else "warning",
            origin=origin_of(given, "max.poll.records", _INTERVAL),
        )


@each_group
def heartbeat_too_slow(reader: Reader) -> Iterator[Flaw]:
    """Ask whether a session outlives a lost heartbeat or two."""
    if not reader.classic:
        return
    given = reader.configuration
    beat_s, session_s = given.seconds("heartbeat.interval.ms"), given.seconds("session.timeout.ms")
    most_s = session_s * line_of("heartbeat-too-slow", "most_share_of_session") * (1 + ROUNDING)
    if beat_s > most_s:
        never = beat_s >= session_s and reader.client == "java"
        yield Flaw(
            evidence=f"{given.described('heartbeat.interval.ms')} is more than a third of "
            f"{given.described('session.timeout.ms')}",
            consequence="the consumer does not start: IllegalArgumentException" if never else None,
            change=f"set heartbeat.interval.ms={int(most_s * 1_000)} at most",
            severity="error" if beat_s >= session_s else None,
            origin=origin_of(given, "heartbeat.interval.ms", "session.timeout.ms"),
        )


@each_group_of_case
def session_out_of_bounds(case: Case, reader: Reader) -> Iterator[Flaw]:
    """Ask whether the brokers let the member in with its session timeout."""
    if not reader.classic:
        return
    given = reader.configuration
    session_s = given.seconds("session.timeout.ms")
    least_s, most_s = (
        case.known_broker.seconds(name)
        if case.known_broker is not None
        else default_of(name, "broker").seconds
        for name in ("group.min.session.timeout.ms", "group.max.session.timeout.ms")
    )
    if not least_s <= session_s <= most_s:
        yield Flaw(
            evidence=f"{given.described('session.timeout.ms')}, and brokers take "
            f"{span_text(least_s)} to {span_text(most_s)}",
            change=f"set session.timeout.ms between {least_s * 1_000:.0f} and "
            f"{most_s * 1_000:.0f}, or change what the brokers take",
            origin=origin_of(given, "session.timeout.ms"),
        )


@each_group
def not_for_this_protocol(reader: Reader) -> Iterator[Flaw]:
    """Ask whether something is set that the brokers decide."""
    if reader.classic:
        return
    set_here = [name for name in _CLIENT_SIDE if reader.configuration.is_set(name)]
    if set_here:
        yield Flaw(
            evidence="group.protocol=consumer with " + ", ".join(set_here),
            change=f"leave out {', '.join(set_here)}; set group.consumer.session.timeout.ms, "
            "group.consumer.heartbeat.interval.ms and the assignors on the brokers",
            origin="set",
        )


@each_group
def starts_at_the_end(reader: Reader) -> Iterator[Flaw]:
    """Ask whether a group without offsets skips what is already there."""
    given = reader.configuration
    if str(given.value("auto.offset.reset")) in {"latest", "largest", "end"}:
        yield Flaw(
            evidence=given.described("auto.offset.reset"),
            change="set auto.offset.reset=earliest where every record counts, or none",
            origin=origin_of(given, "auto.offset.reset"),
        )


@each_group_of_case
def reads_uncommitted(case: Case, reader: Reader) -> Iterator[Flaw]:
    """Ask whether a group reads what a transaction took back."""
    given, name = reader.configuration, "isolation.level"
    transactional = case.writer.configuration.is_set("transactional.id")
    if transactional and given.value(name) == "read_uncommitted":
        yield Flaw(
            evidence=f"producers write in transactions, and {given.described(name)}",
            change=f"set {name}=read_committed",
            origin=origin_of(given, name),
        )


@each_group_of_case
def fetches_smaller_than_records(case: Case, reader: Reader) -> Iterator[Flaw]:
    """Ask whether the largest batch of the topic fits into a fetch of its partition."""
    given, name = reader.configuration, "max.partition.fetch.bytes"
    overhead = line_of("fetches-smaller-than-records", "log_overhead")
    largest = case.topic.bytes("max.message.bytes")
    if largest - overhead > given.bytes(name):
        yield Flaw(
            evidence=f"{case.topic.described('max.message.bytes')} and {given.described(name)} "
            f"({format_load(given.bytes(name), 'bytes')})",
            change=f"set {name}={largest} if batches get that large",
            origin=origin_of(given, name),
        )


JUDGES = named(
    committed_before_processed,
    relies_on_auto_commit,
    poll_too_late,
    heartbeat_too_slow,
    session_out_of_bounds,
    not_for_this_protocol,
    starts_at_the_end,
    reads_uncommitted,
    fetches_smaller_than_records,
)
