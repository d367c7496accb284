"""Rates, retention and an MSK instance in; brokers by AWS's own sizing script out."""

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
from kafka_sizing.brokers.limits import find_cluster
from kafka_sizing.brokers.models.constants import ModelConstants, model_constants
from kafka_sizing.brokers.models.estimate import BrokerEstimate, BrokerNeed
from kafka_sizing.units import format_load


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MskStandardEstimate(BrokerEstimate):
    """Brokers of MSK Standard, and what one of them takes."""

    ebs_write_bytes_per_s: float  #: client writes that the volume of one broker carries
    network_write_bytes_per_s: float  #: client writes that the network of one broker carries
    utilisation_share: float
    disk_bytes: float  #: to provide in the cluster

    @property
    def write_bytes_per_s_per_broker(self) -> float:
        """Client writes that one broker is planned to take. [bytes/s]"""
        slower = min(self.ebs_write_bytes_per_s, self.network_write_bytes_per_s)
        return slower * self.utilisation_share


def msk_standard_brokers(
    instance: str,
    *,
    write_bytes_per_s: float,
    peak_write_bytes_per_s: float,
    peak_read_bytes_per_s: float,
    retention_s: float,
    local_retention_s: float | None = None,
    replicas: SupportsIndex = 0,
    replication_factor: SupportsIndex = 3,
    utilisation_share: float | None = None,
) -> MskStandardEstimate:
    """Count MSK Standard brokers as AWS's script does.

    What clients write costs a volume and a network a multiple of itself (replication, readers
    that lag, rebalancing, tiering, fan-out); one broker takes the smaller of EBS and network over
    those multiples, times a utilisation. Disk is average writes × local retention × replicas,
    doubled; replicas are held against the recommended limit.

    Parameters
    ----------
    instance : str
        Such as "m5.large" or "m7g.2xlarge".
    write_bytes_per_s : float
        What clients write on average. [wire bytes/s] >= 0
    peak_write_bytes_per_s : float
        What they write at the peak. [wire bytes/s] > 0
    peak_read_bytes_per_s : float
        What clients read at the peak, all groups together. [wire bytes/s] >= 0
    retention_s : float
        How long records are kept. [s] > 0
    local_retention_s : float or None, default None
        How long on the brokers' own disks; less than ``retention_s`` is tiered storage. None:
        all the time. [s] > 0
    replicas : int, default 0
        Replicas of the cluster. >= 0
    replication_factor : int, default 3
        Replicas of each partition. >= 1
    utilisation_share : float or None, default None
        Part of a broker to plan with. None: the script's 0.5. (0, 1]

    Returns
    -------
    MskStandardEstimate
        The count, a multiple of the zones, and what each resource asks for.

    Raises
    ------
    ValueError
        If the instance is not known or a number is out of its range.

    Examples
    --------
    >>> from kafka_sizing import MiB
    >>> from kafka_sizing.brokers.models.msk_standard import msk_standard_brokers
    >>> estimate = msk_standard_brokers(
    ...     "m5.large",
    ...     write_bytes_per_s=10 * MiB,
    ...     peak_write_bytes_per_s=20 * MiB,
    ...     peak_read_bytes_per_s=40 * MiB,
    ...     retention_s=72 * 3600,
    ...     replicas=3000,
    ... )
    >>> estimate.brokers, estimate.binding.resource
    (6, 'throughput')
    """
    check_non_negative("write_bytes_per_s", write_bytes_per_s)
    check_positive("peak_write_bytes_per_s", peak_write_bytes_per_s)
    check_non_negative("peak_read_bytes_per_s", peak_read_bytes_per_s)
    check_positive("retention_s", retention_s)
    local_s = retention_s if local_retention_s is None else local_retention_s
    check_positive("local_retention_s", local_s)
    check_at_least("retention_s", retention_s, local_s)
    limits = find_cluster(f"MSK Standard {instance}")
    constants = model_constants("msk_standard")
    share = constants.given("utilisation_share", utilisation_share)
    check_share("utilisation_share", share)
    copies = check_count("replication_factor", replication_factor)
    count = check_count("replicas", replicas, least=0)

    tiered = local_s < retention_s
    fan_out = peak_read_bytes_per_s / peak_write_bytes_per_s
    ebs = limits.of("disk_write_bytes_per_s").most / _storage_ratio(constants, tiered=tiered)
    network = limits.of("network_in_bytes_per_s").most / _network_ratio(
        constants, fan_out, tiered=tiered
    )
    per_broker = min(ebs, network) * share
    disk = write_bytes_per_s * local_s * copies * constants["disk_margin_ratio"]
    most_disk = limits.of("disk_bytes").most
    most_replicas = limits.of("replicas", advice="recommended").most
    return MskStandardEstimate(
        constants=constants,
        needs=(
            BrokerNeed(
                resource="throughput",
                brokers=ceil_ratio(peak_write_bytes_per_s, per_broker),
                reason=f"one takes {format_load(per_broker, 'bytes/s')} of client writes "
                f"({'EBS' if ebs <= network else 'network'} binds)",
            ),
            BrokerNeed(
                resource="disk",
                brokers=ceil_ratio(disk, most_disk),
                reason=f"{format_load(disk, 'bytes')} of disk at most "
                f"{format_load(most_disk, 'bytes')} each",
            ),
            BrokerNeed(
                resource="replicas",
                brokers=ceil_ratio(count, most_replicas),
                reason=f"{count:,} replicas at {most_replicas:,.0f} each",
            ),
        ),
        multiple=constants.count("zones"),
        ebs_write_bytes_per_s=ebs,
        network_write_bytes_per_s=network,
        utilisation_share=share,
        disk_bytes=disk,
    )


def _storage_ratio(constants: ModelConstants, *, tiered: bool) -> float:
    """Bytes a volume moves for each byte that clients write."""
    return (
        constants["storage_produce_ratio"]
        + constants["storage_replica_ratio"]
        + constants["storage_lagging_ratio"]
        + constants["storage_rebalancing_ratio"]
        + (constants["storage_tiering_ratio"] if tiered else 0.0)
    )


def _network_ratio(constants: ModelConstants, fan_out: float, *, tiered: bool) -> float:
    """Bytes a network moves for each byte that clients write."""
    return (
        constants["network_produce_ratio"]
        + constants["network_lagging_ratio"]
        + constants["network_rebalancing_ratio"]
        + (constants["network_tiering_ratio"] if tiered else 0.0)
        + constants["network_fan_out_ratio"] * fan_out
    )
