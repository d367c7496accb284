"""Nothing in; published rates of one partition, each with its source and date, out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from kafka_sizing._tables import read_table
from kafka_sizing.partitions.limits import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRate:
    """What one partition carries, by someone who measured, sells or advises it."""

    name: str
    produce_bytes_per_s: float | None  #: from producers; None: not said
    consume_bytes_per_s: float | None  #: to one consumer, or as ``conditions`` say; None: not said
    conditions: str
    kind: Kind
    source: str
    date: str  #: year of publication, or the day the page was read


@cache
def published_rates() -> tuple[PublishedRate, ...]:
    """List rates to start from where nothing was measured yet.

    They differ by a factor of forty, so measure before the count matters.

    Returns
    -------
    tuple of PublishedRate
        Measured rates first, then those of vendors, then rules of thumb.

    Examples
    --------
    >>> from kafka_sizing.partitions.rates import published_rates
    >>> express = next(rate for rate in published_rates() if rate.name == "MSK Express")
    >>> express.produce_bytes_per_s, express.kind
    (15000000.0, 'vendor')
    """
    return tuple(
        PublishedRate(
            name=row["name"],
            produce_bytes_per_s=_rate(row.get("produce_bytes_per_s")),
            consume_bytes_per_s=_rate(row.get("consume_bytes_per_s")),
            conditions=row["conditions"],
            kind=row["kind"],
            source=row["source"],
            date=row["date"],
        )
        for row in read_table("kafka_sizing.partitions", "rates")["rate"]
    )


def _rate(bytes_per_s: int | None) -> float | None:
    return None if bytes_per_s is None else float(bytes_per_s)
