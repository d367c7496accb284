"""A topic's load and the rules of a group in; who owns what, and phases of events, out."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Final, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_choice, check_count, check_non_negative, check_type
from kafka_sizing.consumers.assignment import Assignment, assign
from kafka_sizing.consumers.rebalance.assignors import assignor_under
from kafka_sizing.consumers.rebalance.detection import (
    MEMBERSHIPS,
    PROTOCOLS,
    EventKind,
    Membership,
    Protocol,
    detection,
)
from kafka_sizing.consumers.rebalance.phases import Phase, rebalance_phases
from kafka_sizing.consumers.settings import ConsumerSettings
from kafka_sizing.partitions.placement import MOST_PLACED, PartitionLoads

NOBODY: Final = ""  # in place of the name of a member


@dataclass(frozen=True, slots=True, eq=False)
class GroupSetup:
    """What a group reads, how it shares that out, and how it rebalances."""

    loads: PartitionLoads  #: in records/s
    _: KW_ONLY
    protocol: Protocol
    membership: Membership
    assignor: str
    settings: ConsumerSettings
    barrier_s: float | None
    restore_s: float
    rounds: int | None

    def owners(self, members: tuple[str, ...], previous: Assignment | None = None) -> Assignment:
        """Share the partitions out among members."""
        return assign(
            self.loads.partitions,
            members,
            assignor=self.assignor,
            previous=previous,
            loads=self.loads,
        )

    def owner_names(self, assignment: Assignment) -> NDArray[np.str_]:
        """Name the owner of each partition; what is newer than the assignment is nobody's."""
        (owners,) = assignment.owners.values()
        names = np.array([*assignment.members, NOBODY])[owners]
        return np.concatenate([names, np.full(self.loads.partitions - names.size, NOBODY)])

    def hidden_s(self, event: EventKind) -> float:
        """Give how long an event stays unnoticed."""
        return detection(
            event, protocol=self.protocol, membership=self.membership, settings=self.settings
        ).delay_s

    def phases(
        self, event: EventKind, *, rounds: int | None = None, back_after_s: float | None = None
    ) -> tuple[Phase, ...]:
        """List the phases of an event; ``rounds`` holds if none are set for all events."""
        return rebalance_phases(
            event,
            protocol=self.protocol,
            membership=self.membership,
            settings=self.settings,
            barrier_s=self.barrier_s,
            restore_s=self.restore_s,
            rounds=rounds if self.rounds is None else self.rounds,
            back_after_s=back_after_s,
        )


def group_setup(
    loads: PartitionLoads,
    *,
    protocol: Protocol,
    membership: Membership,
    assignor: str | None,
    settings: ConsumerSettings | None,
    barrier_s: float | None,
    restore_s: float,
    rounds: SupportsIndex | None,
) -> GroupSetup:
    """Check the rules of a group, and fill in what was not given."""
    check_choice("protocol", protocol, PROTOCOLS)
    check_choice("membership", membership, MEMBERSHIPS)
    if settings is not None:
        check_type("settings", settings, ConsumerSettings, "ConsumerSettings(…)")
    setup = GroupSetup(
        loads,
        protocol=protocol,
        membership=membership,
        assignor=assignor_under(protocol, assignor),
        settings=settings or ConsumerSettings(),
        barrier_s=barrier_s,
        restore_s=restore_s,
        rounds=None if rounds is None else check_count("rounds", rounds, most=2),
    )
    setup.phases("crash")  # refuses times and rounds that no event can have
    return setup


def record_rates(
    name: str, partitions: SupportsIndex | PartitionLoads, write_records_per_s: float | None
) -> PartitionLoads:
    """Give the rate of each partition, in records/s."""
    if write_records_per_s is not None:
        check_non_negative("write_records_per_s", write_records_per_s)
    if not isinstance(partitions, PartitionLoads):
        count = check_count(name, partitions, most=MOST_PLACED)
        if write_records_per_s is None:
            raise ValueError(f"write_records_per_s must be given with a count of {name}, got None")
        rates = np.full(count, write_records_per_s / count)
    elif write_records_per_s is not None:
        rates = partitions.shares * write_records_per_s
    elif partitions.unit == "records/s":
        return partitions
    else:
        raise ValueError(
            f"write_records_per_s must be given with {name} in {partitions.unit}, got None"
        )
    return PartitionLoads(loads=rates, unit="records/s")
