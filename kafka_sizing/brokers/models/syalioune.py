"""Records, compression and readers in; partitions, network and disk by syalioune's sheet out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import SupportsIndex

from kafka_sizing._checks import ceil_ratio, check_at_least, check_count, check_positive
from kafka_sizing.brokers.models.constants import model_constants
from kafka_sizing.brokers.models.figures import ModelFigures
from kafka_sizing.units import MiB, format_count, format_load


@dataclass(frozen=True, slots=True, kw_only=True)
class SyaliouneEstimate(ModelFigures):
    """A topic by syalioune's kafka-sizing-calculator."""

    partitions: int
    write_bytes_per_s: float  #: payload, on average
    peak_write_bytes_per_s: float  #: payload
    peak_wire_bytes_per_s: float
    network_bytes_per_s: float  #: in for all replicas and out to all groups, at the peak
    disk_bytes: float  #: to provide, all replicas
    partition_bytes_per_s: float  #: what the calculator lets a partition carry

    @property
    def binding(self) -> str:
        """What sets the partition count: the only rate the calculator looks at."""
        return "payload"

    @property
    def reason(self) -> str:
        """Why this count, as a sentence without a full stop."""
        return (
            f"{self.constants.name}: {format_count(self.partitions, 'partition')}, as "
            f"{format_load(self.peak_write_bytes_per_s, 'bytes/s')} of payload come at the peak "
            f"and {format_load(self.partition_bytes_per_s, 'bytes/s')} go to each; compression "
            "counts for network and disk only"
        )


def syalioune_topic(
    records_per_s: float,
    *,
    record_bytes: float,
    retention_s: float,
    groups: SupportsIndex,
    peak_ratio: float = 1.0,
    compression_ratio: float = 1.0,
    replication_factor: SupportsIndex = 3,
) -> SyaliouneEstimate:
    """Size a topic as syalioune's kafka-sizing-calculator does.

    Partitions are ``peak payload / 30 MiB/s``, network ``peak wire rate × (r + groups)``, disk
    ``average wire rate × retention × r × 1.35``.

    Parameters
    ----------
    records_per_s : float
        Written on average. [records/s] > 0
    record_bytes : float
        Mean size before compression. [bytes] > 0
    retention_s : float
        How long records are kept. [s] > 0
    groups : int
        Consumer groups that read everything. >= 0
    peak_ratio : float, default 1.0
        Peak over average. >= 1
    compression_ratio : float, default 1.0
        Payload bytes over wire bytes. >= 1
    replication_factor : int, default 3
        Replicas of each partition. >= 1

    Returns
    -------
    SyaliouneEstimate
        Partitions, network and disk.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Examples
    --------
    >>> from kafka_sizing.brokers.models.syalioune import syalioune_topic
    >>> syalioune_topic(
    ...     100_000,
    ...     record_bytes=1_024,
    ...     retention_s=7 * 86_400,
    ...     groups=3,
    ...     peak_ratio=3,
    ...     compression_ratio=4,
    ... ).partitions
    10
    """
    check_positive("records_per_s", records_per_s)
    check_positive("record_bytes", record_bytes)
    check_positive("retention_s", retention_s)
    readers = check_count("groups", groups, least=0)
    check_at_least("peak_ratio", peak_ratio, 1)
    check_at_least("compression_ratio", compression_ratio, 1)
    copies = check_count("replication_factor", replication_factor)
    constants = model_constants("syalioune")

    written = float(records_per_s) * float(record_bytes)
    peak = written * peak_ratio
    wire = peak / compression_ratio
    one = constants["partition_mib_per_s"] * MiB
    kept = written / compression_ratio * retention_s * copies
    return SyaliouneEstimate(
        constants=constants,
        partitions=ceil_ratio(peak, one),
        write_bytes_per_s=written,
        peak_write_bytes_per_s=peak,
        peak_wire_bytes_per_s=wire,
        network_bytes_per_s=wire * (copies + readers),
        disk_bytes=kept * constants["disk_margin_ratio"],
        partition_bytes_per_s=one,
    )
