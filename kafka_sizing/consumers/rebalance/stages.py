"""Two assignments and the event between them in; the phases, and which partitions stop, out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.consumers.assignment import Assignment
from kafka_sizing.consumers.rebalance.detection import EventKind
from kafka_sizing.consumers.rebalance.phases import Phase, Stops
from kafka_sizing.consumers.rebalance.setup import NOBODY, GroupSetup


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stage:
    """Phases that belong together: those of one rebalance, or of none."""

    member: str | None  #: who comes or goes; None: nobody in particular
    phases: tuple[Phase, ...]
    orphaned: NDArray[np.bool_]  #: partitions without an owner
    moved: NDArray[np.bool_]  #: partitions that get another owner, the orphaned included
    moves: int
    rebalances: int

    @property
    def ends_s(self) -> float:
        """When the last phase is over; 0 if there is none."""
        return self.phases[-1].ends_s if self.phases else 0.0

    def stopped(self, stops: Stops) -> NDArray[np.bool_]:
        """Say of each partition whether it stands still."""
        if stops == "orphaned":
            return self.orphaned
        if stops == "moved":
            return self.moved
        return np.full(self.moved.size, stops == "all")

    def later(self, by_s: float) -> Stage:
        """Give the same stage, all of it later."""
        phases = tuple(
            replace(phase, starts_s=phase.starts_s + by_s, ends_s=phase.ends_s + by_s)
            for phase in self.phases
        )
        return replace(self, phases=phases)

    def followed_by(self, phase: Phase) -> Stage:
        """Give the same stage with one more phase, left out if it takes no time."""
        return replace(self, phases=(*self.phases, *([phase] if phase.duration_s > 0 else [])))


def handover(
    event: EventKind,
    before: Assignment,
    after: Assignment,
    setup: GroupSetup,
    *,
    gone: str | None = None,
    member: str | None = None,
    back_after_s: float | None = None,
) -> Stage:
    """Give the rebalance between two assignments; ``gone`` owns nothing any more.

    ``back_after_s`` is for a member that is back before the group has noticed: a static or a
    stuck one goes on where it was, so there is no rebalance.
    """
    was, now = setup.owner_names(before), setup.owner_names(after)
    orphaned = (was == NOBODY) | (was == gone)
    given_up = (was != now) & ~orphaned
    rounds = None if setup.protocol == "eager" else 1 + int(given_up.any())
    phases = setup.phases(event, rounds=rounds, back_after_s=back_after_s)
    goes_on = any(phase.name == "away" for phase in phases)
    moved = orphaned | given_up
    return Stage(
        member=member or gone,
        phases=phases,
        orphaned=orphaned,
        moved=moved,
        moves=0 if goes_on else int((moved & (was != NOBODY)).sum()),
        rebalances=0 if goes_on else 1,
    )
