"""Records, readers and the hardware in; brokers by the AMQ Streams sizing sheet out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, SupportsIndex

from kafka_sizing._checks import (
    ceil_ratio,
    check_count,
    check_positive,
    check_share,
)
from kafka_sizing.brokers.models.constants import model_constants
from kafka_sizing.brokers.models.estimate import BrokerEstimate, BrokerNeed
from kafka_sizing.units import format_share

DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RedHatEstimate(BrokerEstimate):
    """Brokers by the sheet, and the sums behind them, all of the cluster."""

    write_bytes_per_s: float  #: what producers send
    network_write_bytes_per_s: float  #: with replication
    network_read_bytes_per_s: float  #: to followers and readers
    disk_bytes_per_s: float  #: written, and read for readers that lag
    network_ratio: float  #: of one network interface; above 1 it needs more than one
    disk_ratio: float  #: of the throughput of one disk
    disk_bytes_per_day: float
    disk_bytes: float  #: over the retention, without margin
    disk_margin_ratio: float

    @property
    def disk_bytes_per_broker(self) -> float:
        """Disk of each broker, with margin. [bytes]"""
        return self.disk_bytes * self.disk_margin_ratio / self.brokers


def red_hat_brokers(
    records_per_s: float,
    *,
    record_bytes: float,
    groups: SupportsIndex,
    network_bytes_per_s: float,
    disk_bytes_per_s: float,
    retention_s: float,
    lagging_groups: SupportsIndex = 0,
    replication_factor: SupportsIndex = 3,
    utilisation_share: float | None = None,
) -> RedHatEstimate:
    """Count brokers as Red Hat's sheet for AMQ Streams does.

    Of W bytes/s written with r replicas, C groups and L groups that lag, the network writes
    ``W r`` and reads ``W (r - 1 + C)``, disks move ``W (r + L)``. The fuller of network and disk,
    over the utilisation allowed and times 1.6, is the count, but at least r + 1. The sheet
    holds reads against one direction of the network, and takes headroom twice.

    Parameters
    ----------
    records_per_s : float
        Written by producers. [records/s] > 0
    record_bytes : float
        Mean size. [bytes] > 0
    groups : int
        Consumer groups that read everything. >= 0
    network_bytes_per_s : float
        Of one network interface, one direction. [bytes/s] > 0
    disk_bytes_per_s : float
        Throughput of the disks of one broker. [bytes/s] > 0
    retention_s : float
        How long records are kept. [s] > 0
    lagging_groups : int, default 0
        Groups that read from disk. >= 0
    replication_factor : int, default 3
        Replicas of each partition. >= 1
    utilisation_share : float or None, default None
        Most of a network or disk to use. None: the sheet's 0.65. (0, 1]

    Returns
    -------
    RedHatEstimate
        The count and the sums behind it.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Examples
    --------
    >>> from kafka_sizing import MB
    >>> from kafka_sizing.brokers.models.red_hat import red_hat_brokers
    >>> red_hat_brokers(
    ...     1_000,
    ...     record_bytes=20_000,
    ...     groups=3,
    ...     network_bytes_per_s=125 * MB,
    ...     disk_bytes_per_s=125 * MB,
    ...     retention_s=7 * 86_400,
    ... ).brokers
    4
    """
    check_positive("records_per_s", records_per_s)
    check_positive("record_bytes", record_bytes)
    check_positive("network_bytes_per_s", network_bytes_per_s)
    check_positive("disk_bytes_per_s", disk_bytes_per_s)
    check_positive("retention_s", retention_s)
    readers = check_count("groups", groups, least=0)
    lagging = check_count("lagging_groups", lagging_groups, least=0)
    copies = check_count("replication_factor", replication_factor)
    constants = model_constants("red_hat")
    share = constants.given("utilisation_share", utilisation_share)
    check_share("utilisation_share", share)

    written = float(records_per_s) * float(record_bytes)
    received = written * copies
    sent = written * (copies - 1 + readers)
    disk = written * (copies + lagging)
    headroom = constants["headroom_ratio"]
    needs = [
        BrokerNeed(
            resource=resource,
            brokers=ceil_ratio(ratio * headroom, share),
            reason=f"the {resource} is used at {format_share(ratio)} of one broker's, "
            f"{share:g} is allowed, times {headroom:g}",
        )
        for resource, ratio in (
            ("network", max(received, sent) / network_bytes_per_s),
            ("disk", disk / disk_bytes_per_s),
        )
    ]
    spare = BrokerNeed(
        resource="replication",
        brokers=copies + 1,
        reason=f"{copies} replicas and a spare broker need {copies + 1}",
    )
    return RedHatEstimate(
        constants=constants,
        needs=(*needs, spare),
        write_bytes_per_s=written,
        network_write_bytes_per_s=received,
        network_read_bytes_per_s=sent,
        disk_bytes_per_s=disk,
        network_ratio=max(received, sent) / network_bytes_per_s,
        disk_ratio=disk / disk_bytes_per_s,
        disk_bytes_per_day=received * DAY_S,
        disk_bytes=received * retention_s,
        disk_margin_ratio=constants["disk_margin_ratio"],
    )
