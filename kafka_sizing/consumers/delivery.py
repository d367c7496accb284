"""When a consumer commits, and how fast it reads, in; what a crash loses or repeats out."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, SupportsIndex, get_args

from kafka_sizing._checks import ceil_ratio, check_choice, check_count, check_positive, check_type
from kafka_sizing.consumers.capacity import group_capacity
from kafka_sizing.consumers.polling import Client
from kafka_sizing.consumers.settings import ConsumerSettings
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.units import format_load

if TYPE_CHECKING:
    import pandas as pd

Commit = Literal["auto", "before", "after", "transaction"]
Sink = Literal["plain", "idempotent"]
Guarantee = Literal["at most once", "at least once", "exactly once", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrashRecords:
    """How many records one crash of a member touches."""

    most_records: float
    mean_records: float  #: over all moments at which it could happen


NOTHING: Final = CrashRecords(most_records=0.0, mean_records=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySemantics:
    """What a crash of the fullest member does to records, and what follows for the design."""

    guarantee: Guarantee
    commit: Commit
    client: Client
    sink: Sink
    member_records_per_s: float  #: what the fullest member reads
    member_partitions: int  #: of that member
    window_records: float  #: read between two commits
    in_flight_records: float  #: committed though not done, right after a commit
    lost: CrashRecords  #: never worked on
    redone: CrashRecords  #: worked on twice
    repeated: CrashRecords  #: whose effect is seen twice

    @property
    def window_s(self) -> float:
        """Time between two commits. [s]"""
        return self.window_records / self.member_records_per_s

    @property
    def added_latency_most_s(self) -> float:
        """The most that readers of committed records wait for the end of a transaction. [s]"""
        return self.window_s if self.commit == "transaction" else 0.0

    @property
    def added_latency_mean_s(self) -> float:
        """What they wait on average. [s]"""
        return self.added_latency_most_s / 2

    @property
    def lost_per_partition_records(self) -> float:
        """Mean of what is lost in each partition of the member. [records]"""
        return self.lost.mean_records / self.member_partitions

    @property
    def repeated_per_partition_records(self) -> float:
        """Mean of what is repeated in each partition of the member. [records]"""
        return self.repeated.mean_records / self.member_partitions

    @property
    def reason(self) -> str:
        """Why it guarantees that much, in clauses."""
        text = f"{_why(self)}; a crash of the fullest member {_touched(self)}"
        if self.commit == "transaction":
            text += (
                f"; readers wait up to {self.added_latency_most_s:.3g} s more for a transaction "
                "to end, and after a crash until it is aborted"
            )
        return text

    @property
    def advice(self) -> str:
        """What would make it better, as a sentence without a full stop."""
        return _advice(self)

    def to_frame(self) -> pd.DataFrame:
        """One row for what is lost, redone and repeated: outcome, most_records, mean_records."""
        import pandas as pd

        names = ("lost", "redone", "repeated")
        return pd.DataFrame(
            {
                "outcome": list(names),
                "most_records": [getattr(self, name).most_records for name in names],
                "mean_records": [getattr(self, name).mean_records for name in names],
            }
        )

    def __repr__(self) -> str:
        return (
            f"DeliverySemantics({self.guarantee!r}, lost_most={self.lost.most_records:,.6g}, "
            f"repeated_most={self.repeated.most_records:,.6g})"
        )

    def _repr_html_(self) -> str:
        text = html.escape(f"{self.guarantee}: {self.reason}. Better: {self.advice}.")
        return f"<p>{text}</p>{self.to_frame().to_html(index=False)}"


def delivery(
    write_records_per_s: float,
    *,
    partitions: int | PartitionLoads = 1,
    members: SupportsIndex = 1,
    commit: Commit = "auto",
    client: Client = "java",
    sink: Sink = "plain",
    commit_interval_s: float | None = None,
    batch_records: SupportsIndex | None = None,
    in_flight_records: SupportsIndex = 0,
    settings: ConsumerSettings | None = None,
) -> DeliverySemantics:
    """Say what a crash loses and repeats, from when offsets are committed.

    A member that crashes u records after its last commit leaves those u to be read again. Of
    the records that the commit covered, F were not done: they are lost, but for those that
    were finished since. So ``max(0, F - u)`` are lost and ``max(0, u - F)`` repeated, and u is
    anywhere between 0 and the W records from one commit to the next.

    Parameters
    ----------
    write_records_per_s : float
        What is written to the topic. [records/s] > 0
    partitions : int or PartitionLoads, default 1
        How many partitions it has, if all bring the same, or what each brings. >= 1
    members : int, default 1
        Members of the group. >= 1
    commit : {"auto", "before", "after", "transaction"}, default "auto"
        "auto": ``enable.auto.commit=true``. "before" or "after": the application commits
        before or after it works on a batch. "transaction": results go to Kafka, together with
        the offsets, and are read with ``isolation.level=read_committed``.
    client : {"java", "librdkafka"}, default "java"
        Whose consumer it is. On automatic commit the Java client commits within ``poll``, what
        earlier polls handed out; librdkafka commits in the background, and takes a record for
        done when it is handed out.
    sink : {"plain", "idempotent"}, default "plain"
        Whether the effect of a record that is worked on twice is seen twice.
    commit_interval_s : float or None, default None
        Time between commits. None: ``auto.commit.interval.ms`` if automatic, else a commit for
        every batch. [s] > 0
    batch_records : int or None, default None
        Records that a poll hands out. None: ``max.poll.records``, or what comes between two
        commits if that is less; with librdkafka 1. >= 1
    in_flight_records : int, default 0
        Records that other threads still work on when the next poll, and with it the commit,
        comes. 0: polls wait for the work. >= 0
    settings : ConsumerSettings or None, default None
        ``max.poll.records`` and ``auto.commit.interval.ms``. None: Kafka's defaults.

    Returns
    -------
    DeliverySemantics
        The guarantee, the records that one crash of the fullest member loses and repeats, and
        what to change.

    Raises
    ------
    TypeError
        If the settings are no `ConsumerSettings`.
    ValueError
        If a number is out of range, a choice unknown, or two do not go together.

    Notes
    -----
    Commits within ``poll``: ConsumerCoordinator, Apache Kafka. Offsets stored when a record is
    handed out: ``enable.auto.offset.store``, librdkafka CONFIGURATION.md. A member that leaves
    in good order commits first, and loses or repeats nothing.

    Examples
    --------
    >>> from kafka_sizing.consumers.delivery import delivery
    >>> semantics = delivery(1_200, partitions=12, members=6)
    >>> semantics.guarantee, semantics.repeated.most_records, semantics.repeated.mean_records
    ('at least once', 1000.0, 500.0)
    """
    check_choice("commit", commit, get_args(Commit))
    check_choice("client", client, get_args(Client))
    check_choice("sink", sink, get_args(Sink))
    check_positive("write_records_per_s", write_records_per_s)
    in_flight = check_count("in_flight_records", in_flight_records, least=0)
    if in_flight and commit in ("after", "transaction"):
        raise ValueError(
            f"in_flight_records must be 0 with commit {commit!r}, which waits for the work, "
            f"got {in_flight}"
        )
    if settings is not None:
        check_type("settings", settings, ConsumerSettings, "ConsumerSettings(…)")
    settings = settings or ConsumerSettings()
    interval_s = _interval(commit_interval_s, commit, settings)
    group = group_capacity(partitions, check_count("members", members), member_records_per_s=1)
    rate = float(write_records_per_s) * group.fullest_share
    comes = None if interval_s is None else rate * interval_s
    batch = _batch(batch_records, client, settings, comes)
    window = _window(comes, batch, commit, client)
    undone = float(in_flight + _handed_out(batch, commit, client))
    lost, redone = _crash(window, undone)
    repeated = NOTHING if commit == "transaction" or sink == "idempotent" else redone
    return DeliverySemantics(
        guarantee=_guarantee(commit, sink, undone),
        commit=commit,
        client=client,
        sink=sink,
        member_records_per_s=rate,
        member_partitions=group.fullest_partitions,
        window_records=window,
        in_flight_records=undone,
        lost=lost,
        redone=redone,
        repeated=repeated,
    )


def _batch(
    given: SupportsIndex | None, client: Client, settings: ConsumerSettings, comes: float | None
) -> int:
    """Give the records of a poll; ``comes`` is how many come between two commits, if timed."""
    if given is not None:
        return check_count("batch_records", given)
    if client == "librdkafka":
        return 1
    most = settings.max_poll_records
    return most if comes is None else min(most, max(1, ceil_ratio(comes, 1)))


def _interval(given: float | None, commit: Commit, settings: ConsumerSettings) -> float | None:
    """Give the time between commits; None: one for every batch."""
    if given is None:
        return settings.auto_commit_interval_s if commit == "auto" else None
    check_positive("commit_interval_s", given)
    if commit == "before":
        raise ValueError(
            "commit_interval_s must be None with commit 'before', which commits every batch, "
            f"got {given!r}"
        )
    return float(given)


def _window(comes: float | None, batch: int, commit: Commit, client: Client) -> float:
    """Count the records from one commit to the next: whole batches, but in the background."""
    if comes is None:
        return float(batch)
    if commit == "auto" and client == "librdkafka":
        return comes
    return float(batch * max(1, ceil_ratio(comes, batch)))


def _handed_out(batch: int, commit: Commit, client: Client) -> int:
    """Count the records in hand that a commit covers before they are done."""
    return batch if commit == "before" or (commit == "auto" and client == "librdkafka") else 0


def _crash(window: float, undone: float) -> tuple[CrashRecords, CrashRecords]:
    """Give what is lost and what is done again, for a crash anywhere between two commits."""
    spared = min(undone, window)  # lost right after a commit, but not right before the next
    again = window - spared
    lost = CrashRecords(
        most_records=undone,
        mean_records=spared**2 / (2 * window) + (undone - spared),
    )
    return lost, CrashRecords(most_records=again, mean_records=again**2 / (2 * window))


def _guarantee(commit: Commit, sink: Sink, undone: float) -> Guarantee:
    """Say what holds whatever the rates are."""
    if undone:
        return "at most once" if commit == "before" or sink == "idempotent" else "none"
    return "exactly once" if commit == "transaction" or sink == "idempotent" else "at least once"


def _why(semantics: DeliverySemantics) -> str:
    match semantics.commit:
        case "before":
            return "a batch is committed before it is worked on"
        case "after":
            return "a batch is committed once it is worked on"
        case "transaction":
            return "results and offsets are committed together, and only then readers see them"
    if semantics.client == "librdkafka":
        return "a record is taken for done once it is handed out, and committed in the background"
    if semantics.in_flight_records:
        return "a poll commits what earlier ones handed out, though threads still work on some"
    return "a poll commits what earlier ones handed out, which is done by then"


def _advice(semantics: DeliverySemantics) -> str:
    if semantics.commit == "before":
        return "commit after the work, if a record done twice does less harm than one not done"
    if semantics.client == "librdkafka" and semantics.in_flight_records:
        return "set enable.auto.offset.store=false, and store an offset once its record is done"
    if semantics.in_flight_records:
        return "poll again, or commit, only when all that was handed over is done"
    if semantics.commit == "transaction":
        return "shorten transactions if readers wait too long; effects outside Kafka may repeat"
    if semantics.sink == "idempotent":
        return "keep effects idempotent for as long as a record may come again"
    if semantics.commit == "auto":
        return "commit after every batch to repeat less, and make effects idempotent"
    return "make effects idempotent: write by key, or keep the offset beside the result"


def _touched(semantics: DeliverySemantics) -> str:
    """Say what a crash loses and repeats."""
    clauses = [
        f"{verb} up to {format_load(what.most_records, 'records')}, "
        f"{format_load(what.mean_records, 'records')} on average"
        for verb, what in (("loses", semantics.lost), ("repeats", semantics.repeated))
        if what.most_records
    ]
    if clauses:
        return " and ".join(clauses)
    redone = format_load(semantics.redone.most_records, "records")
    return f"loses nothing and repeats no effect, though up to {redone} are done again"
