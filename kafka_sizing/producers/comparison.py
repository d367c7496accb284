"""A rate and several partition counts in; what more partitions cost its producers out."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, SupportsIndex

from kafka_sizing._checks import check_count, check_type
from kafka_sizing.producers.batching import Batching, plan_batching, rate_text
from kafka_sizing.producers.clients import ProducerClient
from kafka_sizing.producers.record_batch import HeaderSizes
from kafka_sizing.producers.streams import Keying
from kafka_sizing.settings import Configuration, SettingValue
from kafka_sizing.units import format_count, format_load, format_number

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchingByPartitions:
    """The same rate over several partition counts: what more partitions cost."""

    plans: tuple[Batching, ...]  #: by partitions, rising

    @property
    def reason(self) -> str:
        """The price between the ends, as a sentence without a full stop."""
        few, many = self.plans[0], self.plans[-1]
        if len(self.plans) == 1:
            return f"{format_count(few.partitions, 'partition')}: {few.reason}"
        if many.batches_per_s == few.batches_per_s:
            return (
                f"{few.partitions:,} to {many.partitions:,} partitions make no difference: "
                f"{few.reason}"
            )
        return (
            f"from {few.partitions:,} to {many.partitions:,} partitions a batch goes from "
            f"{format_number(few.records_per_batch)} to {format_number(many.records_per_batch)} "
            f"records, batches from {rate_text(few.batches_per_s)} to "
            f"{rate_text(many.batches_per_s)} a second, and the wire from "
            f"{format_load(few.wire_bytes_per_s, 'bytes/s')} to "
            f"{format_load(many.wire_bytes_per_s, 'bytes/s')}"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per count: partitions, then what `Batching` holds of it."""
        import pandas as pd

        columns = (
            "partitions",
            "records_per_batch",
            "least_records_per_batch",
            "filled_by",
            "batches_per_s",
            "least_requests_per_s",
            "requests_per_s",
            "batch_bytes",
            "wire_bytes_per_s",
            "overhead_ratio",
            "memory_bytes",
            "buffer_s",
        )
        return pd.DataFrame(
            {name: [getattr(plan, name) for plan in self.plans] for name in columns}
        )

    def __repr__(self) -> str:
        few, many = self.plans[0], self.plans[-1]
        return (
            f"BatchingByPartitions(partitions={few.partitions} … {many.partitions}, "
            f"records_per_batch={few.records_per_batch:.4g} … {many.records_per_batch:.4g})"
        )

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False, max_rows=10)
        return f"<p>{html.escape(self.reason)}</p>{table}"


def compare_batching(
    records_per_s: float,
    *,
    partitions: Iterable[SupportsIndex],
    value_bytes: SupportsIndex | None,
    key_bytes: SupportsIndex | None = None,
    headers: HeaderSizes = (),
    producers: SupportsIndex = 1,
    brokers: SupportsIndex = 1,
    keying: Keying = "keyed",
    compression_ratio: float = 1.0,
    settings: Configuration | Mapping[str, SettingValue] | None = None,
    client: ProducerClient = "java",
) -> BatchingByPartitions:
    """Show what more partitions cost producers: emptier batches, more requests, more memory.

    Parameters
    ----------
    records_per_s : float
        Of all producers to the topic. [records/s] > 0
    partitions : iterable of int
        The counts to compare. >= 1 each
    value_bytes : int or None
        Mean size of a value as serialized; None for tombstones. [bytes] >= 0
    key_bytes : int or None, default None
        Mean size of a key as serialized; None without one. [bytes] >= 0
    headers : sequence of (int, int or None), default ()
        Size of the key and of the value of each header. [bytes] >= 0
    producers : int, default 1
        Producers, each with an equal part of the rate. >= 1
    brokers : int, default 1
        Brokers the leaders are spread over. >= 1
    keying : {"keyed", "keyless"}, default "keyed"
        Whether the key chooses the partition, or the producer does.
    compression_ratio : float, default 1.0
        Records before over after compression, taken to be the same for all counts, though
        smaller batches compress worse. >= 1
    settings : Configuration, mapping of property to value, or None, default None
        What the producers are set to; None: Kafka's defaults.
    client : {"java", "librdkafka"}, default "java"
        Which client they are.

    Returns
    -------
    BatchingByPartitions
        A `Batching` for each count, by partitions.

    Raises
    ------
    ValueError
        If there is no count, or as `plan_batching` says.
    TypeError
        If ``partitions`` is not several counts.

    Examples
    --------
    >>> from kafka_sizing.producers import compare_batching
    >>> price = compare_batching(10_000, partitions=[10, 100], value_bytes=1_000)
    >>> [round(plan.records_per_batch, 1) for plan in price.plans]
    [6.0, 1.5]
    """
    check_type("partitions", partitions, Iterable)
    counts = sorted({check_count("partitions", count) for count in partitions})
    if not counts:
        raise ValueError("partitions must be one count at least, got none")
    return BatchingByPartitions(
        plans=tuple(
            plan_batching(
                records_per_s,
                partitions=count,
                value_bytes=value_bytes,
                key_bytes=key_bytes,
                headers=headers,
                producers=producers,
                brokers=brokers,
                keying=keying,
                compression_ratio=compression_ratio,
                settings=settings,
                client=client,
            )
            for count in counts
        )
    )
