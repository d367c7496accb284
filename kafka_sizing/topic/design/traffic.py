"""What is written to a topic, and how that grows, in; the rates to plan for out."""

from __future__ import annotations

from dataclasses import dataclass

from kafka_sizing._checks import (
    check_at_least,
    check_fraction,
    check_non_negative,
    check_positive,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Records written to a topic: today, at their peak, and at the horizon.

    Bytes are payload, key and value, before compression and replication.

    Parameters
    ----------
    write_bytes_per_s : float
        Average rate today. [payload bytes/s] > 0
    record_bytes : float
        Mean size of a record, key included. [payload bytes] > 0
    key_bytes : float, default 0
        Mean size of its key; 0 for records without one. [bytes] >= 0
    peak_ratio : float, default 1.0
        Peak over average. >= 1
    growth_fraction_per_year : float, default 0.0
        Growth, compounded: 0.3 is 30 % a year. >= 0
    horizon_years : float, default 0.0
        How long the plan shall hold. [years] >= 0
    compression_ratio : float, default 1.0
        Payload bytes over wire bytes: 4 is four times smaller. >= 1
    headroom_fraction : float, default 0.0
        Part of every measured rate to leave unused. [0, 1)

    Raises
    ------
    ValueError
        If a number is out of range, or a key is larger than its record.

    Examples
    --------
    >>> from kafka_sizing.topic import Traffic
    >>> traffic = Traffic(write_bytes_per_s=2e6, record_bytes=500, peak_ratio=3)
    >>> traffic.records_per_s, traffic.peak_records_per_s
    (4000.0, 12000.0)
    """

    write_bytes_per_s: float
    record_bytes: float
    key_bytes: float = 0.0
    peak_ratio: float = 1.0
    growth_fraction_per_year: float = 0.0
    horizon_years: float = 0.0
    compression_ratio: float = 1.0
    headroom_fraction: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be written."""
        check_positive("write_bytes_per_s", self.write_bytes_per_s)
        check_positive("record_bytes", self.record_bytes)
        check_non_negative("key_bytes", self.key_bytes)
        if self.key_bytes > self.record_bytes:
            raise ValueError(
                f"key_bytes must be at most record_bytes, got {self.key_bytes:g} and "
                f"{self.record_bytes:g}"
            )
        check_at_least("peak_ratio", self.peak_ratio, 1)
        check_non_negative("growth_fraction_per_year", self.growth_fraction_per_year)
        check_non_negative("horizon_years", self.horizon_years)
        check_at_least("compression_ratio", self.compression_ratio, 1)
        check_fraction("headroom_fraction", self.headroom_fraction)
        check_positive("write_bytes_per_s at the peak of the horizon", self._horizon_peak())

    @property
    def growth_ratio(self) -> float:
        """Load at the horizon over load today."""
        return float((1 + self.growth_fraction_per_year) ** self.horizon_years)

    @property
    def records_per_s(self) -> float:
        """Average rate today, in records/s."""
        return self.write_bytes_per_s / self.record_bytes

    @property
    def peak_records_per_s(self) -> float:
        """Peak rate today, in records/s."""
        return self.records_per_s * self.peak_ratio

    @property
    def wire_bytes_per_s(self) -> float:
        """Average rate today as it reaches the brokers, in wire bytes/s."""
        return self.write_bytes_per_s / self.compression_ratio

    @property
    def peak_wire_bytes_per_s(self) -> float:
        """Peak rate today as it reaches the brokers, in wire bytes/s."""
        return self.wire_bytes_per_s * self.peak_ratio

    def at_horizon(self) -> Traffic:
        """Give the same traffic once it has grown, with no growth left."""
        return Traffic(
            write_bytes_per_s=self.write_bytes_per_s * self.growth_ratio,
            record_bytes=self.record_bytes,
            key_bytes=self.key_bytes,
            peak_ratio=self.peak_ratio,
            compression_ratio=self.compression_ratio,
            headroom_fraction=self.headroom_fraction,
        )

    def _horizon_peak(self) -> float:
        try:
            return self.write_bytes_per_s * self.peak_ratio * self.growth_ratio
        except OverflowError:
            return float("inf")
