"""Writes, readers and zones in; what a zone must provide by Netflix's capacity model out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, SupportsIndex

from kafka_sizing._checks import check_count, check_positive
from kafka_sizing.brokers.models.constants import model_constants
from kafka_sizing.brokers.models.figures import ModelFigures
from kafka_sizing.units import format_count, format_load


@dataclass(frozen=True, slots=True, kw_only=True)
class NetflixEstimate(ModelFigures):
    """What a cluster takes, and each of its zones must provide."""

    zones: int
    in_bytes_per_s: float  #: of the cluster, with replication
    out_bytes_per_s: float  #: of the cluster, to followers and readers
    state_bytes: float  #: of the cluster, all replicas
    network_bytes_per_s_per_zone: float  #: one direction, with headroom to rebuild a broker
    disk_bytes_per_zone: float  #: to provide
    page_cache_bytes_per_zone: float

    @property
    def binding(self) -> Literal["in", "out"]:
        """The direction of the network that is fuller."""
        return "in" if self.in_bytes_per_s >= self.out_bytes_per_s else "out"

    @property
    def reason(self) -> str:
        """What a zone needs and why, as a sentence without a full stop."""
        return (
            f"{self.constants.name}: each of {format_count(self.zones, 'zone')} needs "
            f"{format_load(self.network_bytes_per_s_per_zone, 'bytes/s')} of network, as "
            f"{self.binding} is the fuller direction, and "
            f"{format_load(self.disk_bytes_per_zone, 'bytes')} of disk"
        )


def netflix_zone(
    write_bytes_per_s: float,
    *,
    readers: SupportsIndex,
    retention_s: float,
    replication_factor: SupportsIndex = 3,
    zones: SupportsIndex = 3,
) -> NetflixEstimate:
    """Size the zones of a cluster as Netflix's capacity model does.

    In comes ``X r``, out goes ``X (readers + r - 1)``; a zone gets its part of the larger, and
    40 % on top to rebuild a broker. Disks get two and a half times the state, the page cache
    holds ten minutes of writes.

    Parameters
    ----------
    write_bytes_per_s : float
        What producers write. [wire bytes/s] > 0
    readers : int
        How often everything is read. >= 0
    retention_s : float
        How long records are kept. [s] > 0
    replication_factor : int, default 3
        Replicas of each partition. >= 1
    zones : int, default 3
        Availability zones. >= 1

    Returns
    -------
    NetflixEstimate
        Network, disk and page cache of a zone.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Examples
    --------
    >>> from kafka_sizing import MiB
    >>> from kafka_sizing.brokers.models.netflix import netflix_zone
    >>> zone = netflix_zone(100 * MiB, readers=2, retention_s=4 * 3_600)
    >>> round(zone.network_bytes_per_s_per_zone / MiB, 2)
    186.67
    """
    check_positive("write_bytes_per_s", write_bytes_per_s)
    check_positive("retention_s", retention_s)
    reading = check_count("readers", readers, least=0)
    copies = check_count("replication_factor", replication_factor)
    parts = check_count("zones", zones)
    constants = model_constants("netflix")

    written = float(write_bytes_per_s)
    received = written * copies
    sent = written * (reading + copies - 1)
    state = received * retention_s
    return NetflixEstimate(
        constants=constants,
        zones=parts,
        in_bytes_per_s=received,
        out_bytes_per_s=sent,
        state_bytes=state,
        network_bytes_per_s_per_zone=(
            max(received, sent) * constants["network_margin_ratio"] / parts
        ),
        disk_bytes_per_zone=state * constants["disk_ratio"] / parts,
        page_cache_bytes_per_zone=written * constants["page_cache_s"] / parts,
    )
