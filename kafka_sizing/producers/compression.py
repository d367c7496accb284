"""Nothing or ratios of batches in; published compression ratios and the client's own guess out."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from kafka_sizing._checks import check_at_least, check_type
from kafka_sizing._tables import read_table
from kafka_sizing.partitions.limits import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCompression:
    """How much smaller batches became, by someone who measured or assumed it."""

    codec: str
    level: int | None  #: None: not said
    compression_ratio: float | None  #: size before over size after; None: speed only
    compress_bytes_per_s: float | None  #: of one thread, before compression; None: not said
    decompress_bytes_per_s: float | None  #: of one thread, after decompression; None: not said
    conditions: str
    kind: Kind
    source: str
    date: str  #: year of publication, or the day the page was read


@dataclass(frozen=True, slots=True, kw_only=True)
class CompressionEstimate:
    """What the Java client expects the next batch of a topic to come out at."""

    batches: int  #: seen so far
    remaining_ratio: float  #: expected size after compression over size before; 1 at the start
    size_ratio: float  #: the same with the client's margin: what it fills batches by

    @property
    def compression_ratio(self) -> float:
        """The expectation the other way round: size before over size after."""
        return 1 / self.remaining_ratio

    @property
    def reason(self) -> str:
        """The expectation, as a sentence without a full stop."""
        seen = f"{self.batches:,} batch{'' if self.batches == 1 else 'es'}"
        return (
            f"after {seen} the client expects {self.remaining_ratio:.3g} of the size to remain, "
            f"and fills batches as if {self.size_ratio:.3g} did"
        )

    def __repr__(self) -> str:
        return (
            f"CompressionEstimate(batches={self.batches}, "
            f"compression_ratio={self.compression_ratio:.3g}, size_ratio={self.size_ratio:.3g})"
        )


@cache
def published_compression() -> tuple[PublishedCompression, ...]:
    """List compression ratios to start from where nothing was measured yet.

    They depend on the data first and on the size of batches second: a codec sees one batch at
    a time, so small batches compress badly whatever the codec. Measure with your own records.

    Returns
    -------
    tuple of PublishedCompression
        Measured figures first, then assumptions.

    Examples
    --------
    >>> from kafka_sizing.producers import published_compression
    >>> measured = [each for each in published_compression() if each.kind == "measured"]
    >>> max(measured, key=lambda each: each.compression_ratio or 0).codec
    'zstd'
    """
    return tuple(
        PublishedCompression(
            codec=row["codec"],
            level=row.get("level"),
            compression_ratio=row.get("compression_ratio"),
            compress_bytes_per_s=_rate(row.get("compress_bytes_per_s")),
            decompress_bytes_per_s=_rate(row.get("decompress_bytes_per_s")),
            conditions=row["conditions"],
            kind=row["kind"],
            source=row["source"],
            date=row["date"],
        )
        for row in _table()["figure"]
    )


def estimate_compression(compression_ratios: Iterable[float]) -> CompressionEstimate:
    """Follow the Java client's expectation through batches as they come out.

    ``batch.size`` bounds what a batch is expected to be after compression, so the expectation
    decides how many records it takes. It starts at no compression at all, falls by at most
    0.005 with a batch that came out smaller than expected, and rises by at least 0.05 with one
    that came out larger: records that compress four times fill batches in full from batch 150.

    Parameters
    ----------
    compression_ratios : iterable of float
        Of each batch of the topic in turn: size before over size after. > 0

    Returns
    -------
    CompressionEstimate
        The expectation after the last batch.

    Raises
    ------
    ValueError
        If a ratio is not finite and > 0.

    Notes
    -----
    The rules are those of ``CompressionRatioEstimator.java``, Kafka clients; the margin of
    5 % is that of ``MemoryRecordsBuilder.java``. Kafka keeps the ratio the other way round,
    0.25 for four times smaller.

    Examples
    --------
    >>> from kafka_sizing.producers import estimate_compression
    >>> estimate_compression([]).size_ratio
    1.05
    >>> estimate_compression([4.0] * 150)
    CompressionEstimate(batches=150, compression_ratio=4, size_ratio=0.263)
    """
    check_type("compression_ratios", compression_ratios, Iterable)
    rules = _table()["estimator"]
    expected, batches = float(rules["start"]), 0
    for ratio in compression_ratios:
        check_at_least("compression_ratios", ratio, 1e-6)
        observed, batches = 1 / float(ratio), batches + 1
        if observed > expected:
            expected = max(expected + rules["up"], observed)
        else:
            expected = max(expected - rules["down"], observed)
    return _estimate(batches, expected)


def settled_compression(compression_ratio: float) -> CompressionEstimate:
    """Give what the Java client expects once it has seen enough batches of one ratio.

    Parameters
    ----------
    compression_ratio : float
        That every batch of the topic comes out at: size before over size after. >= 1

    Returns
    -------
    CompressionEstimate
        The settled expectation, and after how many batches it is reached:
        ``(1 - 1 / compression_ratio) / 0.005``.

    Raises
    ------
    ValueError
        If the ratio is not finite and >= 1.

    Examples
    --------
    >>> from kafka_sizing.producers import settled_compression
    >>> settled_compression(4).batches
    150
    """
    check_at_least("compression_ratio", compression_ratio, 1)
    rules = _table()["estimator"]
    remaining = 1 / float(compression_ratio)
    steps = (rules["start"] - remaining) / rules["down"]
    return _estimate(math.ceil(round(steps, 6)), remaining)


def _estimate(batches: int, remaining: float) -> CompressionEstimate:
    return CompressionEstimate(
        batches=batches,
        remaining_ratio=remaining,
        size_ratio=remaining * _table()["estimator"]["margin"],
    )


def _rate(bytes_per_s: int | None) -> float | None:
    return None if bytes_per_s is None else float(bytes_per_s)


@cache
def _table() -> dict[str, Any]:
    return read_table("kafka_sizing.producers", "compression")
