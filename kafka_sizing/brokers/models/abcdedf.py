"""Records, peak, readers and the hardware in; brokers by abcdedf's kafka-sizer out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import SupportsIndex

from kafka_sizing._checks import (
    ceil_ratio,
    check_at_least,
    check_count,
    check_non_negative,
    check_positive,
    check_share,
)
from kafka_sizing.brokers.models.constants import model_constants
from kafka_sizing.brokers.models.estimate import BrokerEstimate, BrokerNeed
from kafka_sizing.units import GB, TB, format_load


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AbcdedfEstimate(BrokerEstimate):
    """Brokers by kafka-sizer, and the sums behind them, all of the cluster."""

    write_bytes_per_s: float  #: on average
    network_bytes_per_s: float  #: in, at the peak, with replicas
    egress_bytes_per_s: float  #: that, and what readers take
    disk_bytes: float  #: all replicas over the retention


def abcdedf_brokers(
    records_per_s: float,
    *,
    record_bytes: float,
    retention_s: float,
    peak_ratio: float = 1.0,
    fan_out: float = 1.0,
    replication_factor: SupportsIndex = 3,
    network_bytes_per_s: float | None = None,
    disk_bytes_per_broker: float | None = None,
    utilisation_share: float | None = None,
) -> AbcdedfEstimate:
    """Count brokers as abcdedf's kafka-sizer does.

    The largest of network, disk and egress, at least 3, rounded up to a multiple of 3:
    ``peak × r`` and ``peak × (r + F)`` over the usable part of a network interface, and
    ``bytes × retention × r`` over a disk.

    Parameters
    ----------
    records_per_s : float
        Written by producers on average. [records/s] > 0
    record_bytes : float
        Mean size. [bytes] > 0
    retention_s : float
        How long records are kept. [s] > 0
    peak_ratio : float, default 1.0
        Peak over average. >= 1
    fan_out : float, default 1.0
        How often what is written is read. >= 0
    replication_factor : int, default 3
        Replicas of each partition. >= 1
    network_bytes_per_s : float or None, default None
        Of one broker. None: the tool's 25 Gbit/s. [bytes/s] > 0
    disk_bytes_per_broker : float or None, default None
        Of one broker. None: the tool's 12 TB. [bytes] > 0
    utilisation_share : float or None, default None
        Usable part of the network. None: the tool's 0.6. (0, 1]

    Returns
    -------
    AbcdedfEstimate
        The count and the sums behind it.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Examples
    --------
    >>> from kafka_sizing.brokers.models.abcdedf import abcdedf_brokers
    >>> estimate = abcdedf_brokers(
    ...     10e12 / 86_400, record_bytes=510, retention_s=86_400, peak_ratio=3, fan_out=2
    ... )
    >>> estimate.brokers, estimate.binding.resource
    (1275, 'disk')
    """
    check_positive("records_per_s", records_per_s)
    check_positive("record_bytes", record_bytes)
    check_positive("retention_s", retention_s)
    check_at_least("peak_ratio", peak_ratio, 1)
    check_non_negative("fan_out", fan_out)
    copies = check_count("replication_factor", replication_factor)
    constants = model_constants("abcdedf")
    gbit_per_s = constants["network_gbit_per_s"] * GB / 8
    interface = gbit_per_s if network_bytes_per_s is None else network_bytes_per_s
    check_positive("network_bytes_per_s", interface)
    disk = constants["disk_tb"] * TB if disk_bytes_per_broker is None else disk_bytes_per_broker
    check_positive("disk_bytes_per_broker", disk)
    share = constants.given("utilisation_share", utilisation_share)
    check_share("utilisation_share", share)

    written = float(records_per_s) * float(record_bytes)
    network = written * peak_ratio * copies
    egress = network + written * peak_ratio * fan_out
    kept = written * retention_s * copies
    usable = interface * share
    least = constants.count("least_brokers")
    each = f"at {format_load(usable, 'bytes/s')} each"
    return AbcdedfEstimate(
        constants=constants,
        needs=(
            BrokerNeed(
                resource="network",
                brokers=ceil_ratio(network, usable),
                reason=f"{format_load(network, 'bytes/s')} come in {each}",
            ),
            BrokerNeed(
                resource="disk",
                brokers=ceil_ratio(kept, disk),
                reason=f"{format_load(kept, 'bytes')} are kept at "
                f"{format_load(disk, 'bytes')} each",
            ),
            BrokerNeed(
                resource="egress",
                brokers=ceil_ratio(egress, usable),
                reason=f"{format_load(egress, 'bytes/s')} go to replicas and readers {each}",
            ),
            BrokerNeed(
                resource="least size", brokers=least, reason=f"a cluster has at least {least}"
            ),
        ),
        multiple=constants.count("multiple"),
        write_bytes_per_s=written,
        network_bytes_per_s=network,
        egress_bytes_per_s=egress,
        disk_bytes=kept,
    )
