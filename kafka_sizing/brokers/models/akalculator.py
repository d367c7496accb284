"""Rates, retention and the hardware in; brokers by AKalculator's rules out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import SupportsIndex

from kafka_sizing._checks import ceil_ratio, check_count, check_non_negative, check_positive
from kafka_sizing.brokers.models.constants import model_constants
from kafka_sizing.brokers.models.estimate import BrokerEstimate, BrokerNeed
from kafka_sizing.units import MiB, format_load


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AKalculatorEstimate(BrokerEstimate):
    """Brokers by AKalculator, and the sums behind them, all of the cluster."""

    vcpus: int
    disk_read_bytes_per_s: float  #: by readers that the page cache no longer serves
    disk_bytes: float  #: to provide


def akalculator_brokers(
    write_bytes_per_s: float,
    *,
    read_bytes_per_s: float,
    retention_s: float,
    vcpus_per_broker: SupportsIndex,
    disk_bytes_per_broker: float,
    replication_factor: SupportsIndex = 3,
) -> AKalculatorEstimate:
    """Count brokers as AKalculator does.

    One vCPU carries 5 MiB/s from producers and, beside it, 15 MiB/s to consumers; disks fill to
    a half; a quarter of what is read comes from disk. A cluster has 3 to 200 brokers.

    Parameters
    ----------
    write_bytes_per_s : float
        What producers write. [wire bytes/s] > 0
    read_bytes_per_s : float
        What consumers read, all groups together. [wire bytes/s] >= 0
    retention_s : float
        How long records are kept. [s] > 0
    vcpus_per_broker : int
        Of one broker. >= 1
    disk_bytes_per_broker : float
        Of one broker. [bytes] > 0
    replication_factor : int, default 3
        Replicas of each partition. >= 1

    Returns
    -------
    AKalculatorEstimate
        The count; not feasible above what the model is made for.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Examples
    --------
    >>> from kafka_sizing import MiB, TiB
    >>> from kafka_sizing.brokers.models.akalculator import akalculator_brokers
    >>> estimate = akalculator_brokers(
    ...     100 * MiB,
    ...     read_bytes_per_s=300 * MiB,
    ...     retention_s=3_600,
    ...     vcpus_per_broker=4,
    ...     disk_bytes_per_broker=2 * TiB,
    ... )
    >>> estimate.vcpus, estimate.brokers
    (20, 5)
    """
    check_positive("write_bytes_per_s", write_bytes_per_s)
    check_non_negative("read_bytes_per_s", read_bytes_per_s)
    check_positive("retention_s", retention_s)
    check_positive("disk_bytes_per_broker", disk_bytes_per_broker)
    cores = check_count("vcpus_per_broker", vcpus_per_broker)
    copies = check_count("replication_factor", replication_factor)
    constants = model_constants("akalculator")

    vcpus = max(
        ceil_ratio(write_bytes_per_s, constants["vcpu_write_mib_per_s"] * MiB),
        ceil_ratio(read_bytes_per_s, constants["vcpu_read_mib_per_s"] * MiB),
    )
    disk = float(write_bytes_per_s) * retention_s * copies / constants["disk_share"]
    least = constants.count("least_brokers")
    return AKalculatorEstimate(
        constants=constants,
        needs=(
            BrokerNeed(
                resource="vCPU",
                brokers=ceil_ratio(vcpus, cores),
                reason=f"{vcpus:,} vCPU at {cores:,} each",
            ),
            BrokerNeed(
                resource="disk",
                brokers=ceil_ratio(disk, disk_bytes_per_broker),
                reason=f"{format_load(disk, 'bytes')} of disk at "
                f"{format_load(disk_bytes_per_broker, 'bytes')} each",
            ),
            BrokerNeed(
                resource="least size", brokers=least, reason=f"a cluster has at least {least}"
            ),
        ),
        most_brokers=constants.count("most_brokers"),
        vcpus=vcpus,
        disk_read_bytes_per_s=float(read_bytes_per_s) * (1 - constants["tail_read_share"]),
        disk_bytes=disk,
    )
