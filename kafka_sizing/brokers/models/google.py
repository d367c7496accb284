"""Rates of clients in; vCPU and memory by Google's rule for its managed Kafka out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, SupportsIndex

from kafka_sizing._checks import (
    ceil_ratio,
    check_count,
    check_non_negative,
    check_positive,
    check_share,
)
from kafka_sizing.brokers.models.constants import model_constants
from kafka_sizing.brokers.models.figures import ModelFigures
from kafka_sizing.units import GiB, MiB, format_load


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleEstimate(ModelFigures):
    """VCPU and memory of a Google Managed Kafka cluster."""

    vcpus: int
    memory_bytes: float
    write_bytes_per_s: float  #: with replication
    read_bytes_per_s: float  #: to consumers and followers
    reads_per_write: float  #: reads that cost as much as one write

    @property
    def write_equivalent_bytes_per_s(self) -> float:
        """Writes, and reads as the writes they cost. [bytes/s]"""
        return self.write_bytes_per_s + self.read_bytes_per_s / self.reads_per_write

    @property
    def binding(self) -> Literal["writes", "reads"]:
        """Which side costs more."""
        reads = self.read_bytes_per_s / self.reads_per_write
        return "writes" if self.write_bytes_per_s >= reads else "reads"

    @property
    def reason(self) -> str:
        """Why this many, as a sentence without a full stop."""
        equivalent = format_load(self.write_equivalent_bytes_per_s, "bytes/s")
        return (
            f"{self.constants.name}: {self.vcpus:,} vCPU for the equivalent of {equivalent} "
            f"written, most of it {self.binding}"
        )


def google_vcpus(
    write_bytes_per_s: float,
    *,
    read_bytes_per_s: float,
    replication_factor: SupportsIndex = 3,
    utilisation_share: float | None = None,
) -> GoogleEstimate:
    """Count the vCPU of a cluster as Google's sizing page does.

    Writes are ``produced × r``, reads ``consumed + produced (r - 1)``; four reads cost one write,
    and one vCPU carries 20 MiB/s of such writes at full use.

    Parameters
    ----------
    write_bytes_per_s : float
        What producers write. [wire bytes/s] > 0
    read_bytes_per_s : float
        What consumers read, all groups together. [wire bytes/s] >= 0
    replication_factor : int, default 3
        Replicas of each partition. >= 1
    utilisation_share : float or None, default None
        Part of each vCPU to use. None: Google's 0.5. (0, 1]

    Returns
    -------
    GoogleEstimate
        VCPU, memory and the sums behind them.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Examples
    --------
    >>> from kafka_sizing import MiB
    >>> from kafka_sizing.brokers.models.google import google_vcpus
    >>> google_vcpus(100 * MiB, read_bytes_per_s=200 * MiB).vcpus
    40
    """
    check_positive("write_bytes_per_s", write_bytes_per_s)
    check_non_negative("read_bytes_per_s", read_bytes_per_s)
    copies = check_count("replication_factor", replication_factor)
    constants = model_constants("google")
    share = constants.given("utilisation_share", utilisation_share)
    check_share("utilisation_share", share)

    written = float(write_bytes_per_s) * copies
    read = float(read_bytes_per_s) + float(write_bytes_per_s) * (copies - 1)
    equivalent = written + read / constants["reads_per_write"]
    vcpus = ceil_ratio(equivalent, constants["vcpu_mib_per_s"] * MiB * share)
    return GoogleEstimate(
        constants=constants,
        vcpus=vcpus,
        memory_bytes=vcpus * constants["vcpu_gib"] * GiB,
        write_bytes_per_s=written,
        read_bytes_per_s=read,
        reads_per_write=constants["reads_per_write"],
    )
