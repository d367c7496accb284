"""Sizes of keys, values and headers in; bytes of a record and of a batch of them out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, SupportsIndex

from kafka_sizing._checks import check_at_least, check_count, check_type

HeaderSizes = Sequence[tuple[int, int | None]]

_MOST_BYTES: Final = 2**31 - 1  # every length in a batch is a signed 32-bit integer
_MOST_RECORDS: Final = 2**31 - 1  # and so is the number of records
_MOST_MS: Final = 2**63 - 1  # a timestamp is a signed 64-bit integer

# What stands before the records of a batch, in the order of the format, in bytes.
_HEADER: Final = {
    "base offset": 8,
    "batch length": 4,
    "partition leader epoch": 4,
    "magic": 1,
    "CRC": 4,
    "attributes": 2,
    "last offset delta": 4,
    "base timestamp": 8,
    "largest timestamp": 8,
    "producer id": 8,
    "producer epoch": 2,
    "base sequence": 4,
    "number of records": 4,
}
BATCH_OVERHEAD_BYTES: Final = sum(_HEADER.values())  #: bytes of a batch without records

_ATTRIBUTES_BYTES: Final = 1  # of a record
_ABSENT_BYTES: Final = 1  # the length -1 of what is null


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSizes:
    """What the records of a batch are made of; they are alike but for their place in it."""

    value_bytes: int | None  #: None: a tombstone
    key_bytes: int | None  #: None: no key
    headers: tuple[tuple[int, int | None], ...]  #: bytes of key and value; a value may be None
    timestamp_delta_ms: int  #: of every record but the first, after the first

    @property
    def payload_bytes(self) -> int:
        """Key, value and headers, without any framing."""
        headers = sum(key + (value or 0) for key, value in self.headers)
        return (self.key_bytes or 0) + (self.value_bytes or 0) + headers

    def record_bytes(self, offset_delta: int) -> int:
        """Bytes of the record that stands ``offset_delta`` places after the first."""
        return self.record_bytes_at(offset_delta, self.timestamp_delta_ms if offset_delta else 0)

    def record_bytes_at(self, offset_delta: int, timestamp_delta_ms: int) -> int:
        """Bytes of a record at any place and time of a batch."""
        return _with_length(self._content_bytes + varint_bytes(timestamp_delta_ms, offset_delta))

    def records_bytes(self, records: int) -> int:
        """Bytes of the first ``records`` records together, one at least."""
        total, start = self.record_bytes(0), 1
        while start < records:  # records whose offset takes the same bytes are equally long
            end = min(records, _longest_as(start) + 1)
            total += (end - start) * self.record_bytes(start)
            start = end
        return total

    @property
    def _content_bytes(self) -> int:
        headers = sum(_field_bytes(key) + _field_bytes(value) for key, value in self.headers)
        return (
            _ATTRIBUTES_BYTES
            + _field_bytes(self.key_bytes)
            + _field_bytes(self.value_bytes)
            + varint_bytes(len(self.headers))
            + headers
        )


def record_bytes(
    value_bytes: SupportsIndex | None,
    *,
    key_bytes: SupportsIndex | None = None,
    headers: HeaderSizes = (),
    offset_delta: SupportsIndex = 0,
    timestamp_delta_ms: SupportsIndex = 0,
) -> int:
    """Give the size of a record inside a batch of the current format, uncompressed.

    A record is its length and then 1 byte of attributes, the timestamp and the offset as
    distances from the first record, the key, the value, and the headers. Lengths, distances
    and counts are zig-zag varints: 1 byte up to 63, 2 up to 8,191, 3 up to 1,048,575.

    Parameters
    ----------
    value_bytes : int or None
        Size of the value as serialized; None for a tombstone. [bytes] >= 0
    key_bytes : int or None, default None
        Size of the key as serialized; None without one. [bytes] >= 0
    headers : sequence of (int, int or None), default ()
        Size of the key and of the value of each header; None for a null value. [bytes] >= 0
    offset_delta : int, default 0
        How many records of the batch come before. >= 0
    timestamp_delta_ms : int, default 0
        Time after the first record of the batch. [ms] >= 0

    Returns
    -------
    int
        The size. [bytes]

    Raises
    ------
    ValueError
        If a size, the offset or the time is not a whole number in its range.

    Notes
    -----
    The format is that of record batch v2 (Kafka documentation, "Record Batch"; written by
    ``DefaultRecord.java``, Kafka clients).

    Examples
    --------
    >>> from kafka_sizing.producers import record_bytes
    >>> record_bytes(100), record_bytes(1_000, key_bytes=16)
    (109, 1025)
    """
    offset = check_count("offset_delta", offset_delta, least=0, most=_MOST_RECORDS - 1)
    delta = check_count("timestamp_delta_ms", timestamp_delta_ms, least=0, most=_MOST_MS)
    sizes = record_sizes(value_bytes, key_bytes=key_bytes, headers=headers)
    return sizes.record_bytes_at(offset, delta)


def batch_bytes(
    records: SupportsIndex,
    value_bytes: SupportsIndex | None,
    *,
    key_bytes: SupportsIndex | None = None,
    headers: HeaderSizes = (),
    timestamp_delta_ms: SupportsIndex = 0,
) -> int:
    """Give the size of a batch of like records, uncompressed.

    ``61 + sum of the records``: the header of a batch is 61 bytes, whatever is in it.

    Parameters
    ----------
    records : int
        Records in the batch. >= 1
    value_bytes : int or None
        Size of a value as serialized; None for tombstones. [bytes] >= 0
    key_bytes : int or None, default None
        Size of a key as serialized; None without one. [bytes] >= 0
    headers : sequence of (int, int or None), default ()
        Size of the key and of the value of each header; None for a null value. [bytes] >= 0
    timestamp_delta_ms : int, default 0
        Time of every record but the first, after the first. [ms] >= 0

    Returns
    -------
    int
        The size. [bytes]

    Raises
    ------
    ValueError
        If a size, a count or the time is not a whole number in its range.

    Notes
    -----
    The format is that of record batch v2 (Kafka documentation, "Record Batch"; written by
    ``DefaultRecordBatch.java``, Kafka clients).

    Examples
    --------
    >>> from kafka_sizing.producers import batch_bytes
    >>> batch_bytes(1, 20)  # 4.4 times its payload
    88
    >>> batch_bytes(148, 100)
    16277
    """
    count = check_count("records", records, most=_MOST_RECORDS)
    sizes = record_sizes(
        value_bytes, key_bytes=key_bytes, headers=headers, timestamp_delta_ms=timestamp_delta_ms
    )
    return BATCH_OVERHEAD_BYTES + sizes.records_bytes(count)


def records_that_fit(
    batch_size_bytes: SupportsIndex,
    value_bytes: SupportsIndex | None,
    *,
    key_bytes: SupportsIndex | None = None,
    headers: HeaderSizes = (),
    timestamp_delta_ms: SupportsIndex = 0,
    estimated_ratio: float | None = None,
) -> int:
    """Count the like records that fill a batch, at least one.

    Without compression: the largest count whose batch is at most ``batch.size``. With it the
    Java client compares what it expects: ``61 + estimate × records so far``, plus the next
    record as it stands, for it does not count on compressing that one. A first record is
    always taken, however large.

    Parameters
    ----------
    batch_size_bytes : int
        What ``batch.size`` is set to. [bytes] >= 0
    value_bytes : int or None
        Size of a value as serialized; None for tombstones. [bytes] >= 0
    key_bytes : int or None, default None
        Size of a key as serialized; None without one. [bytes] >= 0
    headers : sequence of (int, int or None), default ()
        Size of the key and of the value of each header; None for a null value. [bytes] >= 0
    timestamp_delta_ms : int, default 0
        Time of every record but the first, after the first. [ms] >= 0
    estimated_ratio : float or None, default None
        Size after compression over size before that the Java client expects, its margin in
        it: see `CompressionEstimate.size_ratio`. None without compression. > 0

    Returns
    -------
    int
        The count. >= 1

    Raises
    ------
    ValueError
        If a number is out of its range.

    Notes
    -----
    The rule is ``hasRoomFor`` of ``MemoryRecordsBuilder.java``, Kafka clients.

    Examples
    --------
    >>> from kafka_sizing.producers import records_that_fit
    >>> records_that_fit(16_384, 100), records_that_fit(16_384, 1_000, key_bytes=16)
    (148, 15)
    >>> records_that_fit(16_384, 100, estimated_ratio=0.25)
    591
    """
    limit = check_count("batch_size_bytes", batch_size_bytes, least=0, most=_MOST_BYTES)
    if estimated_ratio is not None:
        check_at_least("estimated_ratio", estimated_ratio, 1e-6)
    sizes = record_sizes(
        value_bytes, key_bytes=key_bytes, headers=headers, timestamp_delta_ms=timestamp_delta_ms
    )
    ratio = 1.0 if estimated_ratio is None else float(estimated_ratio)
    return most_records(sizes, limit, ratio)


def record_sizes(
    value_bytes: SupportsIndex | None,
    *,
    key_bytes: SupportsIndex | None = None,
    headers: HeaderSizes = (),
    timestamp_delta_ms: SupportsIndex = 0,
) -> RecordSizes:
    """Check the sizes that make up a record, and hold them together."""
    return RecordSizes(
        value_bytes=_checked_size("value_bytes", value_bytes),
        key_bytes=_checked_size("key_bytes", key_bytes),
        headers=_checked_headers(headers),
        timestamp_delta_ms=check_count(
            "timestamp_delta_ms", timestamp_delta_ms, least=0, most=_MOST_MS
        ),
    )


def varint_bytes(*numbers: int) -> int:
    """Bytes that numbers take as zig-zag varints: 7 bits a byte, the sign in the lowest."""
    return sum(max(1, -(-(2 * number).bit_length() // 7)) for number in numbers)


def most_records(sizes: RecordSizes, limit: int, ratio: float) -> int:
    """Find by halving the last record that still has room."""

    def has_room(records: int) -> bool:
        before = int(ratio * sizes.records_bytes(records - 1))
        return BATCH_OVERHEAD_BYTES + before + sizes.record_bytes(records - 1) <= limit

    fits, too_many = 1, 2
    while too_many <= _MOST_RECORDS and has_room(too_many):
        fits, too_many = too_many, min(2 * too_many, _MOST_RECORDS + 1)
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        fits, too_many = (middle, too_many) if has_room(middle) else (fits, middle)
    return fits


def _longest_as(number: int) -> int:
    """Give the largest number that takes as many bytes as this one."""
    return int(2 ** (7 * varint_bytes(number) - 1)) - 1


def _with_length(body_bytes: int) -> int:
    return varint_bytes(body_bytes) + body_bytes


def _field_bytes(size: int | None) -> int:
    return _ABSENT_BYTES if size is None else _with_length(size)


def _checked_size(name: str, size: SupportsIndex | None) -> int | None:
    return None if size is None else check_count(name, size, least=0, most=_MOST_BYTES)


def _checked_headers(headers: Any) -> tuple[tuple[int, int | None], ...]:
    check_type("headers", headers, Iterable)
    checked = []
    for header in headers:
        if not isinstance(header, Sequence) or isinstance(header, str) or len(header) != 2:
            raise ValueError(f"headers must be pairs of key and value sizes, got {header!r}")
        key, value = header
        key_bytes = check_count("key size of a header", key, least=0, most=_MOST_BYTES)
        checked.append((key_bytes, _checked_size("value size of a header", value)))
    return tuple(checked)
