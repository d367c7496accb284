"""Writes, and reads by where they come from, in; I/O and network by Instaclustr's model out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, SupportsIndex, get_args

from kafka_sizing._checks import check_choice, check_count, check_non_negative, check_positive
from kafka_sizing.brokers.models.constants import model_constants
from kafka_sizing.brokers.models.figures import ModelFigures
from kafka_sizing.units import format_load

Storage = Literal["ssd", "ebs"]
Tiering = Literal["tiered", "local"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstaclustrEstimate(ModelFigures):
    """What a cluster moves, at least, with or without tiered storage."""

    storage: Storage
    tiering: Tiering
    local_bytes_per_s: float  #: to and from disks in the brokers; 0 on EBS, which is network
    network_bytes_per_s: float
    fan_out: float  #: read over written

    @property
    def binding(self) -> Literal["local disks", "network"]:
        """Which of the two moves more."""
        local = self.local_bytes_per_s > self.network_bytes_per_s
        return "local disks" if local else "network"

    @property
    def reason(self) -> str:
        """What is moved, as a sentence without a full stop."""
        return (
            f"{self.constants.name}: {format_load(self.local_bytes_per_s, 'bytes/s')} on local "
            f"disks and {format_load(self.network_bytes_per_s, 'bytes/s')} on the network; "
            f"most on the {self.binding}"
        )


def instaclustr_io(
    write_bytes_per_s: float,
    *,
    realtime_bytes_per_s: float,
    delayed_bytes_per_s: float = 0.0,
    remote_bytes_per_s: float = 0.0,
    replication_factor: SupportsIndex = 3,
    storage: Storage = "ssd",
    tiering: Tiering = "tiered",
) -> InstaclustrEstimate:
    """Compute disk and network traffic as Instaclustr's calculator for tiered storage does.

    Stored are ``P r``, once more P if tiered, and read back what delayed readers want. Over the
    network go the same P r and P, all readers, and what is remote twice; on EBS all that is
    stored or read back crosses the network again.

    Parameters
    ----------
    write_bytes_per_s : float
        What producers write. [wire bytes/s] > 0
    realtime_bytes_per_s, delayed_bytes_per_s, remote_bytes_per_s : float
        What consumers read from the page cache, from local disks, from the remote store.
        [wire bytes/s] >= 0
    replication_factor : int, default 3
        Replicas of each partition. >= 1
    storage : {"ssd", "ebs"}, default "ssd"
        Disks in the brokers, or volumes over the network.
    tiering : {"tiered", "local"}, default "tiered"
        Whether segments are copied to a remote store.

    Returns
    -------
    InstaclustrEstimate
        Both rates and the fan-out.

    Raises
    ------
    ValueError
        If a number is out of its range or a choice is none of its names.

    Examples
    --------
    >>> from kafka_sizing import MB
    >>> from kafka_sizing.brokers.models.instaclustr import instaclustr_io
    >>> estimate = instaclustr_io(
    ...     100 * MB,
    ...     realtime_bytes_per_s=100 * MB,
    ...     delayed_bytes_per_s=50 * MB,
    ...     remote_bytes_per_s=20 * MB,
    ... )
    >>> estimate.local_bytes_per_s / MB, estimate.network_bytes_per_s / MB, estimate.fan_out
    (450.0, 590.0, 1.7)
    """
    check_positive("write_bytes_per_s", write_bytes_per_s)
    check_non_negative("realtime_bytes_per_s", realtime_bytes_per_s)
    check_non_negative("delayed_bytes_per_s", delayed_bytes_per_s)
    check_non_negative("remote_bytes_per_s", remote_bytes_per_s)
    copies = check_count("replication_factor", replication_factor)
    check_choice("storage", storage, get_args(Storage))
    check_choice("tiering", tiering, get_args(Tiering))
    constants = model_constants("instaclustr")

    written = float(write_bytes_per_s)
    stored = written * copies + (written if tiering == "tiered" else 0.0) + delayed_bytes_per_s
    network = stored + realtime_bytes_per_s + constants["remote_ratio"] * remote_bytes_per_s
    reads = realtime_bytes_per_s + delayed_bytes_per_s + remote_bytes_per_s
    return InstaclustrEstimate(
        constants=constants,
        storage=storage,
        tiering=tiering,
        local_bytes_per_s=stored if storage == "ssd" else 0.0,
        network_bytes_per_s=network if storage == "ssd" else network + stored,
        fan_out=reads / written,
    )
