"""The rate of a partition and its retention in; segments, disk and index bytes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, SupportsIndex

from kafka_sizing._checks import ceil_ratio, check_count, check_non_negative, check_positive
from kafka_sizing.settings import Side, default_of
from kafka_sizing.units import format_count, format_duration, format_load

if TYPE_CHECKING:
    import pandas as pd

Unlimited = Literal["unlimited"]
RolledBy = Literal["segment.bytes", "segment.ms", "segment.index.bytes"]
KeptBy = Literal["retention.ms", "retention.bytes"]

MOST_INT64: Final = 2**63 - 1  # what retention.bytes can be set to
_OFFSET_ENTRY_BYTES: Final = 8  # OffsetIndex, Apache Kafka: relative offset and position
_TIME_ENTRY_BYTES: Final = 12  # TimeIndex, Apache Kafka: time and relative offset
_FILES_PER_SEGMENT: Final = 4  # .log, .index, .timeindex, .snapshot
_FILES_PER_PARTITION: Final = 2  # leader-epoch-checkpoint, partition.metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """The files of one replica of a partition, and how far its disk exceeds its retention.

    Only whole segments go: the oldest one waits until its newest record is old enough, or until
    what remains without it is still enough. So a partition keeps up to one segment more than
    asked for, what arrives until the next check finds it, and what arrives until the files that
    are taken out are deleted.
    """

    bytes_per_s: float  #: written, wire
    retention_s: float | None  #: ``retention.ms``; None: unlimited
    retention_bytes: int | None  #: ``retention.bytes``; None: unlimited
    kept_by: KeptBy  #: which of the two acts first; of a tie, time
    roll_s: float | None  #: from one new segment to the next; None: nothing is written
    rolled_by: RolledBy | None  #: what ends a segment first; None: nothing is written
    rolled_bytes: float  #: size of a segment when it ends
    ideal_bytes: float  #: what the retention asks to keep
    segments: int  #: most at once, the active one among them
    check_s: float  #: ``log.retention.check.interval.ms``
    delete_s: float  #: ``file.delete.delay.ms``
    index_interval_bytes: int  #: ``index.interval.bytes``
    index_max_bytes: (
        int  #: ``segment.index.bytes``: what each index of the active segment reserves
    )

    @property
    def roll_overshoot_bytes(self) -> float:
        """The oldest segment, kept whole for its newest record. [bytes]"""
        return self.rolled_bytes

    @property
    def check_overshoot_bytes(self) -> float:
        """What arrives before the next check for old segments, at most. [bytes]"""
        return self.bytes_per_s * self.check_s

    @property
    def delete_overshoot_bytes(self) -> float:
        """What arrives before the files that were taken out are deleted. [bytes]"""
        return self.bytes_per_s * self.delete_s

    @property
    def retained_bytes(self) -> float:
        """The most that consumers find, if checks were immediate: retention and one segment."""
        return self.ideal_bytes + self.roll_overshoot_bytes

    @property
    def most_bytes(self) -> float:
        """The most on disk, without indexes. [bytes]"""
        return self.retained_bytes + self.check_overshoot_bytes + self.delete_overshoot_bytes

    @property
    def overshoot_ratio(self) -> float:
        """The most on disk over what the retention asks for; 1 where nothing is written."""
        return self.most_bytes / self.ideal_bytes if self.ideal_bytes else 1.0

    @property
    def ideal_s(self) -> float | None:
        """The age that records reach at least before they go; None: nothing is written. [s]"""
        return self.ideal_bytes / self.bytes_per_s if self.bytes_per_s else None

    @property
    def offset_index_bytes(self) -> int:
        """The most that the offset index of a segment holds. [bytes]"""
        return self._index_bytes(_OFFSET_ENTRY_BYTES)

    @property
    def time_index_bytes(self) -> int:
        """The most that the time index of a segment holds. [bytes]"""
        return self._index_bytes(_TIME_ENTRY_BYTES)

    @property
    def index_bytes(self) -> float:
        """The most that both indexes of all that is on disk hold. [bytes]"""
        per_byte = (_OFFSET_ENTRY_BYTES + _TIME_ENTRY_BYTES) / self.index_interval_bytes
        return self.most_bytes * per_byte

    @property
    def preallocated_bytes(self) -> int:
        """Size shown for both indexes of the active segment; sparse, so not taken on disk."""
        return 2 * self.index_max_bytes

    @property
    def files(self) -> int:
        """Files in the directory of the partition, aborted transactions aside."""
        return self.segments * _FILES_PER_SEGMENT + _FILES_PER_PARTITION

    @property
    def reason(self) -> str:
        """What makes the disk as large, as a sentence without a full stop."""
        if self.roll_s is None:
            return "nothing is written, so there is one empty segment"
        most = format_load(self.most_bytes, "bytes")
        return (
            f"{self.rolled_by} ends a segment every {format_duration(self.roll_s)} at "
            f"{format_load(self.rolled_bytes, 'bytes')}; {self.kept_by} asks for "
            f"{format_load(self.ideal_bytes, 'bytes')} in up to "
            f"{format_count(self.segments, 'segment')}; as "
            f"only whole ones go, and late, {most} are on disk at most"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per part of the disk: part, bytes, why."""
        import pandas as pd

        rows = [
            ("ideal", self.ideal_bytes, self.kept_by),
            ("roll", self.roll_overshoot_bytes, f"whole segments: {self.rolled_by or 'none'}"),
            ("check", self.check_overshoot_bytes, "log.retention.check.interval.ms"),
            ("delete", self.delete_overshoot_bytes, "file.delete.delay.ms"),
            ("indexes", self.index_bytes, "index.interval.bytes"),
        ]
        return pd.DataFrame(rows, columns=("part", "bytes", "why"))

    def __repr__(self) -> str:
        return (
            f"Segments(segments={self.segments}, rolled_by={self.rolled_by!r}, "
            f"ideal={format_load(self.ideal_bytes, 'bytes')!r}, "
            f"most={format_load(self.most_bytes, 'bytes')!r})"
        )

    def _index_bytes(self, entry_bytes: int) -> int:
        """Size of an index of a full segment: an entry an interval, until it is full."""
        entries = int(self.rolled_bytes // self.index_interval_bytes)
        return min(entries, self.index_max_bytes // entry_bytes) * entry_bytes


def segment_files(
    bytes_per_s: float,
    *,
    retention_s: float | Unlimited | None = None,
    retention_bytes: SupportsIndex | None = None,
    segment_bytes: SupportsIndex | None = None,
    segment_s: float | None = None,
    check_s: float | None = None,
    delete_s: float | None = None,
    index_interval_bytes: SupportsIndex | None = None,
    index_max_bytes: SupportsIndex | None = None,
) -> Segments:
    """Compute the segments of one replica of a partition, and the most it takes on disk.

    A segment ends after ``min(segment.bytes / rate, segment.ms)``, or when an index is full.
    There are ``ceil(kept / size of a segment) + 1`` of them. On disk are at most the retention,
    one segment, and what arrives in a check interval and a delete delay.

    Parameters
    ----------
    bytes_per_s : float
        What is written to the partition, after compression. [wire bytes/s] >= 0
    retention_s : float, "unlimited" or None, default None
        ``retention.ms``. None: Kafka's default. [s] > 0
    retention_bytes : int or None, default None
        ``retention.bytes``. None: Kafka's default, no limit. [bytes] >= 1
    segment_bytes : int or None, default None
        ``segment.bytes``. None: Kafka's default. [bytes] >= 1
    segment_s : float or None, default None
        ``segment.ms``. None: Kafka's default. [s] > 0
    check_s : float or None, default None
        ``log.retention.check.interval.ms`` of the broker. None: Kafka's default. [s] >= 0
    delete_s : float or None, default None
        ``file.delete.delay.ms``. None: Kafka's default. [s] >= 0
    index_interval_bytes : int or None, default None
        ``index.interval.bytes``. None: Kafka's default. [bytes] >= 1
    index_max_bytes : int or None, default None
        ``segment.index.bytes``. None: Kafka's default. [bytes] >= 12

    Returns
    -------
    Segments
        How often a segment ends and why, how many there are, and each part of the disk.

    Raises
    ------
    ValueError
        If a number is out of its range, or neither time nor size limits the retention.

    Notes
    -----
    For ``cleanup.policy=delete`` and a steady rate. Source: UnifiedLog, LogManager, OffsetIndex
    and TimeIndex, Apache Kafka.

    Examples
    --------
    >>> from kafka_sizing import GiB
    >>> from kafka_sizing.brokers.segments import segment_files
    >>> quiet = segment_files(100, segment_bytes=1 * GiB, segment_s=604_800, retention_s=604_800)
    >>> quiet.rolled_by, quiet.segments, quiet.retained_bytes / quiet.ideal_bytes
    ('segment.ms', 2, 2.0)
    """
    check_non_negative("bytes_per_s", bytes_per_s)
    rate = float(bytes_per_s)
    keep_s = _retention_s(retention_s)
    keep_bytes = _retention_bytes(retention_bytes)
    kept_by, ideal_bytes = _kept(rate, keep_s, keep_bytes)
    interval_bytes = _size("index_interval_bytes", index_interval_bytes, "index.interval.bytes")
    index_bytes = _size(
        "index_max_bytes", index_max_bytes, "segment.index.bytes", least=_TIME_ENTRY_BYTES
    )
    ends: dict[RolledBy, float] = {  # size of a segment at which each rule ends it
        "segment.bytes": float(_size("segment_bytes", segment_bytes, "segment.bytes")),
        "segment.ms": rate * _time("segment_s", segment_s, "segment.ms"),
        "segment.index.bytes": float(interval_bytes * (index_bytes // _TIME_ENTRY_BYTES)),
    }
    rolled_by = min(ends, key=ends.__getitem__)
    rolled_bytes = ends[rolled_by]
    segments = Segments(
        bytes_per_s=rate,
        retention_s=keep_s,
        retention_bytes=keep_bytes,
        kept_by=kept_by,
        roll_s=rolled_bytes / rate if rate else None,
        rolled_by=rolled_by if rate else None,
        rolled_bytes=rolled_bytes,
        ideal_bytes=ideal_bytes,
        segments=(ceil_ratio(ideal_bytes, rolled_bytes) if rolled_bytes else 0) + 1,
        check_s=_time("check_s", check_s, "log.retention.check.interval.ms", side="broker"),
        delete_s=_time("delete_s", delete_s, "file.delete.delay.ms"),
        index_interval_bytes=interval_bytes,
        index_max_bytes=index_bytes,
    )
    check_non_negative("bytes on disk", segments.most_bytes + segments.index_bytes)
    return segments


def _kept(rate: float, keep_s: float | None, keep_bytes: int | None) -> tuple[KeptBy, float]:
    """Find which limit acts first, and what it asks to keep. [bytes]"""
    if keep_s is None:
        if keep_bytes is None:
            raise ValueError(
                "retention_bytes must be given where retention_s is 'unlimited', got None"
            )
        return "retention.bytes", float(keep_bytes) if rate else 0.0
    by_time = rate * keep_s
    check_non_negative("bytes_per_s times retention_s", by_time)
    if keep_bytes is None or by_time <= keep_bytes:
        return "retention.ms", by_time
    return "retention.bytes", float(keep_bytes)


def _retention_s(given: float | Unlimited | None) -> float | None:
    if given == "unlimited":
        return None
    if given is None:
        default_s = default_of("retention.ms", "topic").seconds
        return default_s if default_s >= 0 else None
    check_positive("retention_s", given)
    return float(given)


def _retention_bytes(given: SupportsIndex | None) -> int | None:
    if given is not None:
        return check_count("retention_bytes", given, most=MOST_INT64)
    default_bytes = int(default_of("retention.bytes", "topic").value)
    return default_bytes if default_bytes >= 0 else None


def _size(name: str, given: SupportsIndex | None, setting: str, *, least: int = 1) -> int:
    """Take a size, or the default of its property. [bytes]"""
    if given is None:
        return int(default_of(setting, "topic").value)
    return check_count(name, given, least=least)


def _time(name: str, given: float | None, setting: str, *, side: Side = "topic") -> float:
    """Take a time span, or the default of its property. [s]"""
    if given is None:
        return default_of(setting, side).seconds
    check = check_positive if name == "segment_s" else check_non_negative
    check(name, given)
    return float(given)
