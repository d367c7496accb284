"""What a retry topic or a dead-letter topic receives in; what it holds and needs out."""

from __future__ import annotations

from dataclasses import dataclass

from kafka_sizing.retries.wording import seconds_text
from kafka_sizing.units import format_count, format_load


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryStage:
    """One retry topic: what goes into it, what waits in it, and what it needs."""

    name: str  #: its retries by number: "retry 1"
    topic: str
    delay_s: float
    retries: int  #: that wait here one after the other; more than one if equal delays share it
    records_per_s: float
    partitions: int | None  #: for ``records_per_s``; None: nothing said what limits them
    outage_partitions: int | None  #: for the rate into it while every attempt fails
    retention_s: float  #: at least
    disk_bytes: float | None  #: all replicas, after ``retention_s``; None: no record size
    instances: int  #: members that read it
    max_poll_interval_s: float
    outage_records: float = (
        0.0  #: that an outage brings beyond ``records_per_s``, in ``disk_bytes``
    )
    outage_records_per_s: float = 0.0  #: into it at the end of that outage; 0: none was named

    @property
    def most_records_per_s(self) -> float:
        """What comes into it at most, the outage that was named included. [records/s]"""
        return max(self.records_per_s, self.outage_records_per_s)

    @property
    def waiting_records(self) -> float:
        """Records in it whose delay is not over: rate × delay (Little's law). [records]"""
        return self.records_per_s * self.delay_s

    @property
    def needs_pause(self) -> bool:
        """Whether its consumer must pause its partitions and poll on, and may not sleep."""
        return self.delay_s > self.max_poll_interval_s

    @property
    def idle_members(self) -> int:
        """Members without a partition of it; 0 if its partitions are not known."""
        return 0 if self.partitions is None else max(0, self.instances - self.partitions)

    @property
    def reason(self) -> str:
        """What it takes and what to mind, as a sentence without a full stop."""
        rate = format_load(self.records_per_s, "records/s")
        waiting = format_load(self.waiting_records, "records")
        text = f"{rate} for {seconds_text(self.delay_s)} are {waiting} waiting"
        if self.partitions is not None:
            text += f"; {format_count(self.partitions, 'partition')}"
        if self.outage_partitions is not None and self.outage_partitions != self.partitions:
            text += f", {self.outage_partitions:,} to keep up while every attempt fails"
        if self.needs_pause:
            text += (
                "; the consumer must pause the partition and poll on, for a sleep longer than "
                f"max.poll.interval.ms ({seconds_text(self.max_poll_interval_s)}) puts it out of "
                "the group"
            )
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """The topic of records that no retry helped: what goes into it, and what it keeps."""

    topic: str
    records_per_s: float
    retention_s: float  #: at least: the time to triage
    partitions: int | None  #: None: nothing said what limits them
    replication_factor: int
    record_bytes: float | None
    outage_records: float = 0.0  #: that an outage which outlasts the retries brings on top
    outage_records_per_s: float = 0.0  #: into it at the end of that outage
    outage_partitions: int | None = None  #: for that rate; None: no outage outlasts the retries

    @property
    def retained_records(self) -> float:
        """Records that it holds at a time, but for an outage: rate × retention. [records]"""
        return self.records_per_s * self.retention_s

    @property
    def most_records(self) -> float:
        """Records that it holds at most: those, and what an outage brings on top. [records]"""
        return self.retained_records + self.outage_records

    @property
    def most_records_per_s(self) -> float:
        """What comes into it at most, the outage that was named included. [records/s]"""
        return max(self.records_per_s, self.outage_records_per_s)

    @property
    def disk_bytes(self) -> float | None:
        """All its replicas: records held at most × record size × replication factor. [bytes]

        None if no record size was given.
        """
        if self.record_bytes is None:
            return None
        return self.most_records * self.record_bytes * self.replication_factor

    @property
    def reason(self) -> str:
        """What it receives and keeps, as a sentence without a full stop."""
        rate = format_load(self.records_per_s, "records/s")
        kept = format_load(self.retained_records, "records")
        text = f"{rate} kept for {seconds_text(self.retention_s)} to be looked at are {kept}"
        if self.outage_records:
            text += f", an outage brings {format_load(round(self.outage_records), 'records')} more"
        if self.disk_bytes is not None:
            disk = format_load(self.disk_bytes, "bytes")
            text += f", {disk} in {format_count(self.replication_factor, 'replica')}"
        return text
