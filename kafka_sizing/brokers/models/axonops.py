"""Peak writes, replicas and what a broker carries in; brokers by AxonOps's calculator out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import SupportsIndex

from kafka_sizing._checks import ceil_ratio, check_count, check_positive
from kafka_sizing.brokers.models.constants import model_constants
from kafka_sizing.brokers.models.estimate import BrokerEstimate, BrokerNeed
from kafka_sizing.units import format_load


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AxonOpsEstimate(BrokerEstimate):
    """Brokers by AxonOps, their disks and their cores."""

    disk_bytes: float  #: all replicas over the retention, without margin
    disk_margin_ratio: float
    cores_per_broker: float | None  #: None if no threads were given

    @property
    def disk_bytes_per_broker(self) -> float:
        """Disk of each broker, without margin. [bytes]"""
        return self.disk_bytes / self.brokers

    @property
    def provided_disk_bytes_per_broker(self) -> float:
        """Disk of each broker, with margin. [bytes]"""
        return self.disk_bytes_per_broker * self.disk_margin_ratio


def axonops_brokers(
    peak_write_bytes_per_s: float,
    *,
    broker_bytes_per_s: float,
    retention_s: float,
    replication_factor: SupportsIndex = 3,
    replicas: SupportsIndex = 0,
    threads: SupportsIndex | None = None,
) -> AxonOpsEstimate:
    """Count brokers as AxonOps's calculator does.

    ``max(peak × r / what a broker carries, replicas / 4,000, 3)``; disks get a margin of 20 %,
    and each network, I/O and fetcher thread one and a half cores.

    Parameters
    ----------
    peak_write_bytes_per_s : float
        What producers write at the peak. [wire bytes/s] > 0
    broker_bytes_per_s : float
        What one broker takes in, replication included. [bytes/s] > 0
    retention_s : float
        How long records are kept. [s] > 0
    replication_factor : int, default 3
        Replicas of each partition. >= 1
    replicas : int, default 0
        Replicas of the cluster. >= 0
    threads : int or None, default None
        Network, I/O and replica fetcher threads of a broker together. None: no cores. >= 1

    Returns
    -------
    AxonOpsEstimate
        The count, disks and cores.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Examples
    --------
    >>> from kafka_sizing import MB
    >>> from kafka_sizing.brokers.models.axonops import axonops_brokers
    >>> axonops_brokers(
    ...     500 * MB, broker_bytes_per_s=300 * MB, retention_s=7 * 86_400
    ... ).brokers
    5
    """
    check_positive("peak_write_bytes_per_s", peak_write_bytes_per_s)
    check_positive("broker_bytes_per_s", broker_bytes_per_s)
    check_positive("retention_s", retention_s)
    copies = check_count("replication_factor", replication_factor)
    count = check_count("replicas", replicas, least=0)
    running = None if threads is None else check_count("threads", threads)
    constants = model_constants("axonops")

    written = float(peak_write_bytes_per_s) * copies
    most_replicas = constants["replicas_per_broker"]
    least = constants.count("least_brokers")
    return AxonOpsEstimate(
        constants=constants,
        needs=(
            BrokerNeed(
                resource="throughput",
                brokers=ceil_ratio(written, broker_bytes_per_s),
                reason=f"{format_load(written, 'bytes/s')} at "
                f"{format_load(broker_bytes_per_s, 'bytes/s')} each",
            ),
            BrokerNeed(
                resource="replicas",
                brokers=ceil_ratio(count, most_replicas),
                reason=f"{count:,} replicas at {most_replicas:,.0f} each",
            ),
            BrokerNeed(
                resource="least size", brokers=least, reason=f"a cluster has at least {least}"
            ),
        ),
        disk_bytes=written * retention_s,
        disk_margin_ratio=constants["disk_margin_ratio"],
        cores_per_broker=None if running is None else running * constants["cores_per_thread"],
    )
