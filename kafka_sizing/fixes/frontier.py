"""Fixes side by side in; those that nothing betters, by peak, order and cost, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from kafka_sizing.fixes.base import OrderingScope, Outcome, cost_of, keeps
from kafka_sizing.fixes.certainty import FitCertainty
from kafka_sizing.partitions.lines import Line
from kafka_sizing.units import LoadUnit

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrontierPoint:
    """One fix among others: its peak, the order it keeps, its cost, and what betters it."""

    outcome: Outcome
    cost_rank: int  #: from 0, the cheapest: as is; by intrusiveness, fan-in, then moved load
    keeps_order: bool  #: whether the order that the readers need is kept
    certainty: FitCertainty
    holds: bool  #: whether it leaves no partition above the line, as surely as was asked
    is_best: bool  #: whether `Comparison.best` takes it, or takes it for the closest
    bettered_by: (
        Outcome | None
    )  #: as low a peak, as much order, and cheaper; None: on the frontier

    @property
    def name(self) -> str:
        """The fix in a few words."""
        return self.outcome.name

    @property
    def is_on_frontier(self) -> bool:
        """Whether no other fix is as good in all and better in one."""
        return self.bettered_by is None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FixFrontier:
    """What can be had: a lower peak against less order and more cost."""

    points: tuple[FrontierPoint, ...]  #: the cheapest first
    line: Line
    unit: LoadUnit
    total: float  #: load of the topic, in ``unit``

    @property
    def frontier(self) -> tuple[FrontierPoint, ...]:
        """The points that nothing betters."""
        return tuple(point for point in self.points if point.is_on_frontier)

    @property
    def line_share(self) -> float:
        """The line as a part of the total."""
        return min(1.0, self.line.load / self.total) if self.total else 1.0

    @property
    def reason(self) -> str:
        """Which trades there are, as a sentence without a full stop."""
        names = ", ".join(f'"{point.name}"' for point in self.frontier)
        return f"of {len(self.points):,} fixes nothing betters {names}"

    def to_frame(self) -> pd.DataFrame:
        """One row per fix, the cheapest first: fix, peak_share, …, probability, bettered_by."""
        import pandas as pd

        return pd.DataFrame([_row(point) for point in self.points])

    def __repr__(self) -> str:
        names = [point.name for point in self.frontier]
        return f"FixFrontier({len(self.points):,} fixes, frontier={names!r})"

    def _repr_html_(self) -> str:
        return self.to_frame().to_html(index=False)


def frontier_of(
    outcomes: Sequence[Outcome],
    certainties: Sequence[FitCertainty],
    *,
    holding: Sequence[bool],
    best: Outcome,
    ordering: OrderingScope,
    sure_from: float,
) -> FixFrontier:
    """Find the fixes that nothing betters in peak, order, cost and certainty at once.

    Parameters
    ----------
    outcomes : sequence of Outcome
        What each fix makes of the same topic, "as is" first.
    certainties : sequence of FitCertainty
        How surely each of them holds.
    holding : sequence of bool
        Whether it does, as surely as was asked.
    best : Outcome
        The one to take.
    ordering : OrderingScope
        What the readers need.
    sure_from : float
        The certainty from which on a fix is sure to hold. (0, 1)

    Returns
    -------
    FixFrontier
        Every fix, how sure it is, and what betters it.

    Notes
    -----
    A fix betters another if its peak share is no higher, its order no less, its cost no higher,
    it is sure to hold where the other is, and one of these is better (Pareto). Where two are
    alike in all, such as as is and key grouping, the earlier one betters the later. Cost orders
    by how much has to change, then by the fan-in of readers, then by the load that moves.
    """
    as_is = outcomes[0]
    rivals = [
        _Rival(outcome, certainty, holds, sure_from)
        for outcome, certainty, holds in sorted(
            zip(outcomes, certainties, holding, strict=True), key=lambda each: cost_of(each[0])
        )
    ]
    return FixFrontier(
        points=tuple(
            FrontierPoint(
                outcome=rival.outcome,
                cost_rank=rank,
                keeps_order=keeps(rival.outcome.ordering_scope, ordering),
                certainty=rival.certainty,
                holds=rival.holds,
                is_best=rival.outcome is best,
                bettered_by=_bettered_by(rank, rivals),
            )
            for rank, rival in enumerate(rivals)
        ),
        line=as_is.line,
        unit=as_is.loads.unit,
        total=as_is.loads.total,
    )


@dataclass(frozen=True, slots=True)
class _Rival:
    """A fix, and what of it shall be small."""

    outcome: Outcome
    certainty: FitCertainty
    holds: bool
    sure_from: float

    @property
    def objectives(self) -> tuple[Any, ...]:
        """The peak, the order lost, the cost, and whether it is unsure to hold."""
        lost = get_args(OrderingScope).index(self.outcome.ordering_scope)
        unsure = not self.certainty.is_at_least(self.sure_from)
        return round(self.outcome.peak_share, 12), lost, cost_of(self.outcome), unsure

    def is_no_worse(self, other: _Rival) -> bool:
        """Whether it is as good in everything."""
        return keeps(self.outcome.ordering_scope, other.outcome.ordering_scope) and all(
            mine <= theirs for mine, theirs in zip(self.objectives, other.objectives, strict=True)
        )


def _bettered_by(rank: int, rivals: Sequence[_Rival]) -> Outcome | None:
    """Find the best of what is as good in everything and better in something, or earlier."""
    rival = rivals[rank]
    better = [
        other
        for at, other in enumerate(rivals)
        if at != rank
        and other.is_no_worse(rival)
        and (at < rank or other.objectives != rival.objectives)
    ]
    best = min(better, key=lambda other: other.objectives, default=None)
    return None if best is None else best.outcome


def _row(point: FrontierPoint) -> dict[str, Any]:
    outcome, probability = point.outcome, point.certainty.probability
    return {
        "fix": point.name,
        "partitions": outcome.loads.partitions,
        "peak_share": outcome.peak_share,
        "ordering_scope": outcome.ordering_scope,
        "keeps_order": point.keeps_order,
        "cost_rank": point.cost_rank,
        "read_fan_in": outcome.read_fan_in,
        "state_copies": outcome.state_copies,
        "moved_load_share": outcome.moved_load_share,
        "fits": outcome.fits,
        "probability": np.nan if probability is None else probability,
        "basis": point.certainty.basis,
        "best": point.is_best,
        "bettered_by": None if point.bettered_by is None else point.bettered_by.name,
    }
