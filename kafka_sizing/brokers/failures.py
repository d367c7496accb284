"""A footprint and what fails in; what the brokers that are left must carry out."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, SupportsIndex

from kafka_sizing._checks import check_count, check_non_negative, check_positive, check_type
from kafka_sizing.brokers.election import ElectionTime, election_time
from kafka_sizing.brokers.footprint import BrokerFootprint
from kafka_sizing.settings import default_of
from kafka_sizing.units import format_count, format_load

if TYPE_CHECKING:
    import pandas as pd

Scope = Literal["brokers", "zone"]
When = Literal["at once", "once rebuilt"]

_RESOURCES: tuple[tuple[str, str, When], ...] = (  # field of the footprint, unit, when it holds
    ("leaders_per_broker", "leaders", "at once"),
    ("out_bytes_per_s_per_broker", "bytes/s", "at once"),
    ("connections_per_broker", "connections", "at once"),
    ("replicas_per_broker", "replicas", "once rebuilt"),
    ("in_bytes_per_s_per_broker", "bytes/s", "once rebuilt"),
    ("disk_bytes_per_broker", "bytes", "once rebuilt"),
    ("page_cache_bytes_per_broker", "bytes", "once rebuilt"),
    ("file_descriptors", "file descriptors", "once rebuilt"),
    ("memory_maps", "maps", "once rebuilt"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerFailure:
    """What is left when brokers fail, and what it carries.

    The leaders of the lost brokers move to followers at once, and with them what consumers and
    followers read. Replicas, disk and what comes in grow only once the lost replicas are made
    anew on brokers that had none: Kafka does not do so by itself.
    """

    scope: Scope
    lost_brokers: int
    before: BrokerFootprint
    after: BrokerFootprint | None  #: on the brokers left, replicas rebuilt; None: no broker left
    surviving_replicas: int  #: that a partition has at least, before they are rebuilt
    min_insync_replicas: int
    rebuild_bytes_per_s: float | None  #: of the whole cluster; None: not said

    @property
    def brokers_left(self) -> int:
        """Brokers that go on."""
        return self.before.brokers - self.lost_brokers

    @property
    def load_ratio(self) -> float | None:
        """Load of each broker left over load before: Z / (Z - 1) for a zone; None: none left."""
        return self.before.brokers / self.brokers_left if self.brokers_left else None

    @property
    def readable(self) -> bool:
        """Whether every partition still has a replica to lead it."""
        return self.surviving_replicas > 0

    @property
    def writable(self) -> bool:
        """Whether every partition still takes records that are sent with ``acks=all``."""
        return self.readable and self.surviving_replicas >= self.min_insync_replicas

    @property
    def rebuilds(self) -> bool:
        """Whether enough brokers are left for all replicas wanted."""
        return self.brokers_left >= self.before.replication_factor

    @property
    def lost_leaders(self) -> int:
        """Leaders that the lost brokers had, at most."""
        return min(self.lost_brokers * self.before.leaders_per_broker, self.before.leaders)

    @property
    def election(self) -> ElectionTime:
        """Time to choose other leaders; as measured with ZooKeeper, so the slow side."""
        return election_time(self.lost_leaders)

    @property
    def rebuild_bytes(self) -> float:
        """What the lost brokers had on disk, at most, to be copied to others. [bytes]"""
        kept = 1 - self.before.demand.disk_headroom_fraction
        return self.lost_brokers * self.before.disk_bytes_per_broker * kept

    @property
    def rebuild_s(self) -> float | None:
        """Time to copy that; None: no rate was given, or too few brokers are left. [s]"""
        if self.rebuild_bytes_per_s is None or not self.rebuilds:
            return None
        return self.rebuild_bytes / self.rebuild_bytes_per_s

    @property
    def reason(self) -> str:
        """What the failure does, as a sentence without a full stop."""
        brokers = format_count(self.lost_brokers, "broker")
        lost = f"without {brokers}" if self.scope == "brokers" else f"without a zone ({brokers})"
        if self.after is None:
            return f"{lost} none is left"
        if not self.readable:
            return f"{lost} some partitions have no replica left and are offline"
        return (
            f"{lost} {self._service()}; the fullest of {self.brokers_left:,} left has "
            f"{format_count(self.after.leaders_per_broker, 'leader')} and gives out "
            f"{format_load(self.after.out_bytes_per_s_per_broker, 'bytes/s')}, and "
            f"{self._rebuilt(self.after)}"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per resource of the fullest broker: resource, unit, when, before, after, ratio.

        After and ratio are missing if no broker is left; a ratio, also where there was nothing.
        """
        import pandas as pd

        rows = []
        for resource, unit, when in _RESOURCES:
            before = float(getattr(self.before, resource))
            after = None if self.after is None else float(getattr(self.after, resource))
            ratio = None if after is None or not before else after / before
            rows.append((resource, unit, when, before, after, ratio))
        columns = ("resource", "unit", "when", "before", "after", "ratio")
        frame = pd.DataFrame(rows, columns=columns)
        return frame.astype({"after": "Float64", "ratio": "Float64"})

    def __repr__(self) -> str:
        return (
            f"BrokerFailure(scope={self.scope!r}, lost_brokers={self.lost_brokers}, "
            f"surviving_replicas={self.surviving_replicas}, writable={self.writable}, "
            f"rebuilds={self.rebuilds})"
        )

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False)
        return f"<p>{html.escape(self.reason)}</p>{table}"

    def _service(self) -> str:
        replicas = f"{self.surviving_replicas:,} of {self.before.replication_factor:,} replicas"
        if self.writable:
            return f"partitions keep at least {replicas}, and reads and writes go on"
        return (
            f"partitions keep {replicas}, fewer than min.insync.replicas "
            f"({self.min_insync_replicas:,}), so they take no writes with acks=all"
        )

    def _rebuilt(self, after: BrokerFootprint) -> str:
        if not self.rebuilds:
            return (
                f"too few are left for {self.before.replication_factor:,} replicas each, so the "
                "lost ones are missing until brokers return"
            )
        disk = format_load(after.disk_bytes_per_broker, "bytes")
        return (
            f"once {format_load(self.rebuild_bytes, 'bytes')} are copied, holds "
            f"{format_count(after.replicas_per_broker, 'replica')} and needs {disk} of disk"
        )


def lose_brokers(
    footprint: BrokerFootprint,
    *,
    brokers: SupportsIndex = 1,
    min_insync_replicas: SupportsIndex | None = None,
    rebuild_bytes_per_s: float | None = None,
) -> BrokerFailure:
    """Take brokers away, and see what the others must carry.

    The load of each broker left grows by ``b / (b - lost)``. A partition can lose as many
    replicas as brokers fail.

    Parameters
    ----------
    footprint : BrokerFootprint
        The cluster with all brokers, as `broker_footprint` gives it.
    brokers : int, default 1
        Brokers that fail at the same time. >= 1, at most all
    min_insync_replicas : int or None, default None
        ``min.insync.replicas``. None: Kafka's default. >= 1
    rebuild_bytes_per_s : float or None, default None
        Rate at which the cluster copies lost replicas, all brokers together. [bytes/s] > 0

    Returns
    -------
    BrokerFailure
        The footprint before and after, and whether reads and writes go on.

    Raises
    ------
    ValueError
        If a number is out of its range.
    TypeError
        If the footprint is none.

    Notes
    -----
    Arithmetic; that writes need ``min.insync.replicas`` is Kafka's documentation of ``acks``.

    Examples
    --------
    >>> from kafka_sizing import MB
    >>> from kafka_sizing.brokers.failures import lose_brokers
    >>> from kafka_sizing.brokers.footprint import broker_footprint
    >>> footprint = broker_footprint(
    ...     12, wire_bytes_per_s=60 * MB, replication_factor=3, brokers=4, retention_s=86_400
    ... )
    >>> failure = lose_brokers(footprint, min_insync_replicas=2)
    >>> failure.before.replicas_per_broker, failure.after.replicas_per_broker
    (9, 12)
    >>> failure.writable, failure.surviving_replicas
    (True, 2)
    """
    check_type("footprint", footprint, BrokerFootprint, "broker_footprint")
    lost = check_count("brokers", brokers, most=footprint.brokers)
    surviving = max(0, footprint.replication_factor - lost)
    after = footprint.without(brokers=lost) if lost < footprint.brokers else None
    return _failure(
        footprint,
        "brokers",
        lost=lost,
        after=after,
        surviving=surviving,
        min_insync_replicas=min_insync_replicas,
        rebuild_bytes_per_s=rebuild_bytes_per_s,
    )


def lose_zone(
    footprint: BrokerFootprint,
    *,
    min_insync_replicas: SupportsIndex | None = None,
    rebuild_bytes_per_s: float | None = None,
) -> BrokerFailure:
    """Take a zone away, and see what the brokers of the others must carry.

    With Z level zones the load of each broker left grows by ``Z / (Z - 1)``: 1.5 for three. A
    partition loses ``ceil(r / Z)`` replicas, if brokers know their zone (``broker.rack``).

    Parameters
    ----------
    footprint : BrokerFootprint
        The cluster with all zones, as `broker_footprint` gives it.
    min_insync_replicas : int or None, default None
        ``min.insync.replicas``. None: Kafka's default. >= 1
    rebuild_bytes_per_s : float or None, default None
        Rate at which the cluster copies lost replicas, all brokers together. [bytes/s] > 0

    Returns
    -------
    BrokerFailure
        The footprint before and after, and whether reads and writes go on. With one zone,
        nothing is left.

    Raises
    ------
    ValueError
        If a number is out of its range.
    TypeError
        If the footprint is none.

    Notes
    -----
    Arithmetic; AWS sizes MSK clusters with the same factor. Without ``broker.rack`` all replicas
    of a partition may stand in one zone.

    Examples
    --------
    >>> from kafka_sizing import MB
    >>> from kafka_sizing.brokers.failures import lose_zone
    >>> from kafka_sizing.brokers.footprint import broker_footprint
    >>> footprint = broker_footprint(
    ...     12, wire_bytes_per_s=60 * MB, replication_factor=3, brokers=6, zones=3
    ... )
    >>> failure = lose_zone(footprint)
    >>> failure.lost_brokers, failure.load_ratio, failure.surviving_replicas
    (2, 1.5, 2)
    """
    check_type("footprint", footprint, BrokerFootprint, "broker_footprint")
    in_zone = -(-footprint.replication_factor // footprint.zones)
    surviving = footprint.replication_factor - in_zone
    after = footprint.after_zone_loss() if footprint.zones > 1 else None
    return _failure(
        footprint,
        "zone",
        lost=footprint.brokers_per_zone,
        after=after,
        surviving=surviving,
        min_insync_replicas=min_insync_replicas,
        rebuild_bytes_per_s=rebuild_bytes_per_s,
    )


def _failure(
    before: BrokerFootprint,
    scope: Scope,
    *,
    lost: int,
    after: BrokerFootprint | None,
    surviving: int,
    min_insync_replicas: SupportsIndex | None,
    rebuild_bytes_per_s: float | None,
) -> BrokerFailure:
    if min_insync_replicas is None:
        min_insync_replicas = int(default_of("min.insync.replicas", "topic").value)
    if rebuild_bytes_per_s is not None:
        check_positive("rebuild_bytes_per_s", rebuild_bytes_per_s)
        rebuild_bytes_per_s = float(rebuild_bytes_per_s)
    failure = BrokerFailure(
        scope=scope,
        lost_brokers=lost,
        before=before,
        after=after,
        surviving_replicas=surviving,
        min_insync_replicas=check_count("min_insync_replicas", min_insync_replicas),
        rebuild_bytes_per_s=rebuild_bytes_per_s,
    )
    check_non_negative("bytes to rebuild over rebuild_bytes_per_s", failure.rebuild_s or 0)
    return failure
