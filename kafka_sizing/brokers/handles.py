"""Segments and connections of one broker in; its file descriptors and memory maps out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, SupportsIndex

from kafka_sizing._checks import check_count
from kafka_sizing.brokers.system import system_limit

MAPS_PER_SEGMENT: Final = 2  # its offset index and its time index


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerHandles:
    """What the files of a broker take of its process, beside what a process may have."""

    segments: int  #: on the broker
    connections: int  #: to the broker
    fds_per_segment: int
    file_descriptor_limit: int
    map_limit: int

    @property
    def file_descriptors(self) -> int:
        """Files and sockets held open."""
        return self.segments * self.fds_per_segment + self.connections

    @property
    def memory_maps(self) -> int:
        """Indexes held in memory, at most: those of old segments are mapped on first use."""
        return self.segments * MAPS_PER_SEGMENT

    @property
    def files_fit(self) -> bool:
        """Whether the file descriptors are within their limit."""
        return self.file_descriptors <= self.file_descriptor_limit

    @property
    def maps_fit(self) -> bool:
        """Whether the memory maps are within their limit; the JVM needs some of its own."""
        return self.memory_maps <= self.map_limit

    @property
    def fits(self) -> bool:
        """Whether both are within their limits."""
        return self.files_fit and self.maps_fit

    @property
    def most_mapped_segments(self) -> int:
        """The most segments whose indexes the map limit allows."""
        return self.map_limit // MAPS_PER_SEGMENT

    @property
    def most_open_segments(self) -> int:
        """The most segments that the file descriptor limit allows beside the connections."""
        return max(0, self.file_descriptor_limit - self.connections) // self.fds_per_segment

    @property
    def most_segments(self) -> int:
        """The most segments that both limits allow."""
        return min(self.most_mapped_segments, self.most_open_segments)

    @property
    def reason(self) -> str:
        """Whether the broker can hold them, as a sentence without a full stop."""
        files = (
            f"{self.file_descriptors:,} file descriptors of {self.file_descriptor_limit:,} "
            f"({self.segments:,} segments at {self.fds_per_segment} and "
            f"{self.connections:,} connections)"
        )
        maps = f"{self.memory_maps:,} memory maps of {self.map_limit:,}"
        if self.fits:
            return f"{files} and {maps}"
        over = [
            *(() if self.files_fit else ("file descriptors",)),
            *(() if self.maps_fit else ("memory maps (vm.max_map_count)",)),
        ]
        return f"{files} and {maps}: too many {' and '.join(over)}"

    def __repr__(self) -> str:
        return (
            f"BrokerHandles(segments={self.segments}, "
            f"file_descriptors={self.file_descriptors}, memory_maps={self.memory_maps}, "
            f"fits={self.fits})"
        )


def broker_handles(
    segments: SupportsIndex,
    *,
    connections: SupportsIndex = 0,
    fds_per_segment: SupportsIndex | None = None,
    file_descriptor_limit: SupportsIndex | None = None,
    map_limit: SupportsIndex | None = None,
) -> BrokerHandles:
    """Count the file descriptors and memory maps of a broker.

    ``segments × descriptors per segment + connections`` of the one, ``2 × segments`` of the
    other. A segment is held by each replica, so a broker with n replicas of k segments each has
    ``n × k``.

    Parameters
    ----------
    segments : int
        Segments of all replicas on the broker. >= 0
    connections : int, default 0
        Connections to the broker. >= 0
    fds_per_segment : int or None, default None
        File descriptors that a segment takes: 1 in Kafka's documentation, 2 in older advice.
        None: 2, the safe side. >= 1
    file_descriptor_limit : int or None, default None
        What the process may have. None: the 100,000 that Kafka's documentation starts from. >= 1
    map_limit : int or None, default None
        ``vm.max_map_count``. None: the default of Linux. >= 1

    Returns
    -------
    BrokerHandles
        Both counts, whether they fit, and the most segments that would.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Notes
    -----
    Kafka documentation, "Hardware and OS"; a ``.txnindex`` file is one more descriptor where
    transactions were aborted.

    Examples
    --------
    >>> from kafka_sizing.brokers.handles import broker_handles
    >>> handles = broker_handles(2_000 * 5, connections=1_000, fds_per_segment=1)
    >>> handles.file_descriptors, handles.memory_maps, handles.most_mapped_segments
    (11000, 20000, 32765)
    """
    return BrokerHandles(
        segments=check_count("segments", segments, least=0),
        connections=check_count("connections", connections, least=0),
        fds_per_segment=_limit("fds_per_segment", fds_per_segment, "file descriptors per segment"),
        file_descriptor_limit=_limit(
            "file_descriptor_limit", file_descriptor_limit, "file descriptors"
        ),
        map_limit=_limit("map_limit", map_limit, "vm.max_map_count"),
    )


def _limit(name: str, given: SupportsIndex | None, limit: str) -> int:
    return system_limit(limit).value if given is None else check_count(name, given)
