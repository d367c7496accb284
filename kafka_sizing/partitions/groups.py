"""What one consumer group reads and how fast in, its needs of a topic out."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from kafka_sizing._checks import check_count, check_positive
from kafka_sizing.partitions.limits import Limit, check_name
from kafka_sizing.units import format_load


@dataclass(frozen=True, slots=True)
class ConsumerGroup:
    """One group of readers: what it reads, and what one member does with one partition.

    Say how fast a member reads either as ``consumer_bytes_per_s``, or as the time one
    record takes: ``threads`` records at once, each ``processing_s`` long, carry
    ``threads / processing_s * record_bytes``. That holds while a thread waits for one record
    before it takes the next. Bytes are payload: after the consumer has decompressed them.

    Parameters
    ----------
    name : str
        Name of the group; names its limits.
    read_bytes_per_s : float or None, default None
        What the group reads from the topic in all. None: everything that is written. Give it
        if the group skips records, reads some twice, or stands for all groups together under
        a quota on what a partition hands out. [payload bytes/s] > 0
    consumer_bytes_per_s : float or None, default None
        Measured: what one member sustains on one partition. [payload bytes/s] > 0
    processing_s : float or None, default None
        Time that one record takes. [s] > 0
    threads : int, default 1
        Records that one member works on at once. >= 1
    record_bytes : float or None, default None
        Mean size of a record; goes with ``processing_s``. [payload bytes] > 0
    members : int or None, default None
        Planned members. A topic with fewer partitions leaves some idle. >= 1

    Raises
    ------
    ValueError
        If a number is out of range, both ways to say the rate are used, half of one is
        missing, or nothing is said that could limit a count.

    Examples
    --------
    >>> from kafka_sizing.partitions.groups import ConsumerGroup
    >>> ConsumerGroup("billing", processing_s=0.02, threads=4, record_bytes=500).bytes_per_s
    100000.0
    """

    name: str
    _: KW_ONLY
    read_bytes_per_s: float | None = None
    consumer_bytes_per_s: float | None = None
    processing_s: float | None = None
    threads: int = 1
    record_bytes: float | None = None
    members: int | None = None

    def __post_init__(self) -> None:
        check_name("name", self.name)
        for field in ("read_bytes_per_s", "consumer_bytes_per_s", "processing_s", "record_bytes"):
            value = getattr(self, field)
            if value is not None:
                check_positive(f"{field} of group {self.name!r}", value)
                object.__setattr__(self, field, float(value))
        object.__setattr__(
            self, "threads", check_count(f"threads of group {self.name!r}", self.threads)
        )
        if self.members is not None:
            members = check_count(f"members of group {self.name!r}", self.members)
            object.__setattr__(self, "members", members)
        self._check_rate()

    @property
    def bytes_per_s(self) -> float | None:
        """What one member takes from one partition, in payload bytes/s; None if nothing says."""
        if self.processing_s is None or self.record_bytes is None:
            return self.consumer_bytes_per_s
        return self.threads / self.processing_s * self.record_bytes

    @property
    def rate_text(self) -> str:
        """The rate of one member, and what it was reckoned from."""
        rate = format_load(self.bytes_per_s or 0.0, "bytes/s")
        if self.processing_s is None:
            return f"{rate} each"
        record = format_load(self.record_bytes or 0.0, "bytes")
        return f"{rate} each ({self.threads} × {record} per {self.processing_s:g} s)"

    @property
    def member_limit(self) -> Limit | None:
        """A partition for every planned member; None if their number is not given."""
        if self.members is None:
            return None
        return Limit(
            name=f"{self.name} members",
            partitions=self.members,
            bound="at least",
            kind="exact",
            reason=f"{self.members:,} planned members of group {self.name!r} need "
            f"{self.members:,}, for a member without a partition idles",
            source="a partition has one reader in a group",
        )

    def _check_rate(self) -> None:
        group = f"group {self.name!r}"
        if self.consumer_bytes_per_s is not None and self.processing_s is not None:
            raise ValueError(
                f"{group} must give consumer_bytes_per_s or processing_s, got both: "
                f"{self.consumer_bytes_per_s!r} and {self.processing_s!r}"
            )
        if self.processing_s is not None and self.record_bytes is None:
            raise ValueError(f"{group} must give record_bytes with processing_s, got None")
        if self.processing_s is None and (self.record_bytes is not None or self.threads != 1):
            raise ValueError(
                f"{group} must give processing_s with record_bytes or threads, got None"
            )
        rate = self.bytes_per_s
        if rate is not None:
            check_positive(f"threads / processing_s * record_bytes of {group}", rate)
        elif self.members is None:
            raise ValueError(
                f"{group} must give consumer_bytes_per_s, processing_s or members, got none"
            )
