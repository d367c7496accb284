"""One event in; what it costs under each protocol and membership, side by side, out."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, SupportsIndex

from numpy.typing import ArrayLike

from kafka_sizing._checks import check_choice
from kafka_sizing.consumers.rebalance.costs import rebalance_cost
from kafka_sizing.consumers.rebalance.detection import (
    MEMBERSHIPS,
    PROTOCOLS,
    Membership,
    Protocol,
)
from kafka_sizing.consumers.rebalance.result import RebalanceCost, RebalanceEvent
from kafka_sizing.consumers.settings import ConsumerSettings
from kafka_sizing.partitions.placement import PartitionLoads

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProtocolComparison:
    """What one event costs under several protocols and memberships."""

    costs: tuple[RebalanceCost, ...]

    @property
    def best(self) -> RebalanceCost:
        """The one under which least piles up; of a tie the fewest moves, then the first."""
        return min(self.costs, key=lambda cost: (cost.piled_up_records, cost.moves))

    @property
    def reason(self) -> str:
        """Under what least piles up, and how much, as a sentence without a full stop."""
        best = self.best
        return f"least piles up under {best.way}: {best.reason}"

    def of(self, protocol: Protocol, membership: Membership = "dynamic") -> RebalanceCost:
        """Give the cost under one protocol and membership.

        Parameters
        ----------
        protocol : {"eager", "cooperative", "consumer"}
            How the group rebalances.
        membership : {"dynamic", "static"}, default "dynamic"
            Whether members have a ``group.instance.id``.

        Returns
        -------
        RebalanceCost
            The cost.

        Raises
        ------
        ValueError
            If that is not among those compared.
        """
        for cost in self.costs:
            if (cost.protocol, cost.membership) == (protocol, membership):
                return cost
        compared = "; ".join(cost.way for cost in self.costs)
        raise ValueError(
            f"protocol and membership must be among those compared ({compared}), "
            f"got {protocol!r} and {membership!r}"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per protocol and membership: how much stops, piles up and moves."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "protocol": cost.protocol,
                    "membership": cost.membership,
                    "assignor": cost.assignor,
                    "rebalances": cost.rebalances,
                    "moves": cost.moves,
                    "hidden_s": cost.hidden_s,
                    "duration_s": cost.duration_s,
                    "longest_stop_s": cost.longest_stop_s,
                    "stopped_partition_s": cost.stopped_partition_s,
                    "piled_up_records": cost.piled_up_records,
                    "peak_piled_up_records": cost.peak_piled_up_records,
                    "recovers": cost.recovers,
                }
                for cost in self.costs
            ]
        )

    def __repr__(self) -> str:
        """Say what was compared and which costs least."""
        return (
            f"ProtocolComparison({self.costs[0].event!r}, {len(self.costs)} compared, "
            f"best={self.best.way!r})"
        )

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False)
        return f"<p>{html.escape(self.reason)}</p>{table}"


def compare_protocols(
    event: RebalanceEvent,
    *,
    members: SupportsIndex,
    partitions: SupportsIndex | PartitionLoads,
    write_records_per_s: float | None = None,
    protocols: Iterable[Protocol] = PROTOCOLS,
    memberships: Iterable[Membership] = MEMBERSHIPS,
    assignors: Mapping[Protocol, str] | None = None,
    settings: ConsumerSettings | None = None,
    barrier_s: float | None = None,
    restore_s: float = 0.0,
    member: SupportsIndex | None = None,
    back_after_s: float | None = None,
    restart_s: float | None = None,
    partitions_after: SupportsIndex | PartitionLoads | None = None,
    joins_s: ArrayLike | None = None,
) -> ProtocolComparison:
    """Reckon what one event costs under each protocol, with dynamic and with static members.

    A round is as long as the slowest member needs, so ``barrier_s`` decides much: give the
    heartbeat interval plus the longest time that a member works on what a poll gave it.

    Parameters
    ----------
    event : {"join", "leave", "crash", "stuck", "partitions", "deployment", "start"}
        What happens, as for `rebalance_cost`.
    members : int
        Members before the event. >= 1
    partitions : int or PartitionLoads
        Partitions of the topic, or the load of each.
    write_records_per_s : float or None, default None
        Rate written to all partitions together. None: what ``partitions`` says.
        [records/s] >= 0
    protocols : iterable of {"eager", "cooperative", "consumer"}, default all
        Those to compare.
    memberships : iterable of {"dynamic", "static"}, default both
        Those to compare, under each protocol.
    assignors : mapping of protocol to assignor or None, default None
        For protocols that shall not have their default.
    settings : ConsumerSettings or None, default None
        Timeouts of the group. None: Kafka's defaults.
    barrier_s : float or None, default None
        How long a round takes. None: the heartbeat interval of each protocol. [s] >= 0
    restore_s : float, default 0.0
        How long a new owner of a partition restores state before it reads. [s] >= 0
    member : int or None, default None
        Number of the member that leaves, crashes or is stuck. None: the one with the largest
        load.
    back_after_s : float or None, default None
        When that member is back. None: never. [s] >= 0
    restart_s : float or None, default None
        Of a deployment: how long each member is away. [s] >= 0
    partitions_after : int or PartitionLoads or None, default None
        Of "partitions": how many there are then, or the load of each.
    joins_s : array_like of float or None, default None
        Of a "start" of a classic group: when each member comes. None: all at once. [s] >= 0

    Returns
    -------
    ProtocolComparison
        The costs, in the order of protocols, then of memberships.

    Raises
    ------
    ValueError
        If nothing is compared, ``assignors`` names no protocol, or `rebalance_cost` refuses
        an argument.

    Examples
    --------
    >>> from kafka_sizing.consumers.rebalance import compare_protocols
    >>> table = compare_protocols(
    ...     "crash", members=10, partitions=20, write_records_per_s=2_000, barrier_s=3
    ... )
    >>> columns = ["protocol", "membership", "moves", "piled_up_records"]
    >>> print(table.to_frame()[columns].to_string(index=False))
       protocol membership  moves  piled_up_records
          eager    dynamic      3           15000.0
          eager     static      3           15000.0
    cooperative    dynamic      2            9600.0
    cooperative     static      2            9600.0
       consumer    dynamic      2            9600.0
       consumer     static      2            9600.0
    """
    chosen = dict(assignors or {})
    for protocol in chosen:
        check_choice("protocol in assignors", protocol, PROTOCOLS)
    ways = [(protocol, each) for protocol in tuple(protocols) for each in tuple(memberships)]
    if not ways:
        raise ValueError(
            f"protocols and memberships must hold at least one each, got {protocols!r} and "
            f"{memberships!r}"
        )
    return ProtocolComparison(
        costs=tuple(
            rebalance_cost(
                event,
                members=members,
                partitions=partitions,
                write_records_per_s=write_records_per_s,
                protocol=protocol,
                membership=membership,
                assignor=chosen.get(protocol),
                settings=settings,
                barrier_s=barrier_s,
                restore_s=restore_s,
                member=member,
                back_after_s=back_after_s,
                restart_s=restart_s,
                partitions_after=partitions_after,
                joins_s=joins_s,
            )
            for protocol, membership in ways
        )
    )
