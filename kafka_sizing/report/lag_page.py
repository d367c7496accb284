"""A simulation and policies compared in; one self-contained HTML page out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from kafka_sizing.consumers.scaling.comparison import PolicyComparison
from kafka_sizing.consumers.scenario.objective import LagObjective
from kafka_sizing.consumers.simulation import LagSimulation
from kafka_sizing.report.drawing import HALF, PageFigure, drawn, rows_size
from kafka_sizing.report.lag_review import LagReview, lag_review
from kafka_sizing.report.rendering import rendered

_MOMENTS: Final = 16
_ROWS: Final = 20


def lag_page(
    simulation: LagSimulation,
    comparison: PolicyComparison | None = None,
    *,
    objective: LagObjective | None = None,
    title: str | None = None,
    inputs: Mapping[str, str] | None = None,
) -> str:
    """Write how a group fared as one HTML page that needs no network.

    Parameters
    ----------
    simulation : LagSimulation
        The lag over time, from `simulate_lag`.
    comparison : PolicyComparison, optional
        The scaling policies, from `compare_policies`.
    objective : LagObjective, optional
        How far behind the group may be; by default it has to have read everything in the end.
    title : str, optional
        Heading of the page, such as the name of the group.
    inputs : mapping of str to str, optional
        Further inputs to name, such as the file that was read.

    Returns
    -------
    str
        The page, for light, dark and paper. The same input gives the same text.

    Raises
    ------
    TypeError
        If ``simulation``, ``comparison`` or ``objective`` is something else.

    Examples
    --------
    >>> from kafka_sizing import report
    >>> from kafka_sizing.consumers import simulate_lag
    >>> lag = simulate_lag(900, partitions=6, member=400, members=3, duration_s=600)
    >>> page = report.lag_page(lag, title="billing")
    >>> page.splitlines()[0], "Catches up" in page
    ('<!doctype html>', True)
    """
    told = lag_review(simulation, comparison, objective=objective, title=title, inputs=inputs)
    return rendered(
        "lag.html",
        told=told,
        tiles=list(told.tiles()),
        figures={figure.name: figure for figure in _figures(told)},
        moments=told.moments(_MOMENTS),
        lag_tables=told.lag_tables(_ROWS),
        policies=told.policies_table(),
        inputs=told.inputs_table(),
        certainty=told.certainty(),
    )


def _figures(told: LagReview) -> Iterator[PageFigure]:
    from kafka_sizing import plot

    simulation, comparison = told.simulation, told.comparison
    yield drawn(
        "throughput",
        "Written, read, and what the group could read",
        "Where less is read than written, lag grows. Shaded: members that are away unnoticed, "
        "and rebalances, by the partitions they stop: orphaned ones have lost their member, moved "
        "ones go to another. Dashed lines are events.",
        partial(plot.group_throughput, simulation),
    )
    oldest_s = None if told.judged.objective is None else told.judged.objective.oldest_unread_s
    yield drawn(
        "lag",
        "Age of the oldest unread record of each partition"
        if oldest_s
        else "Unread records of each partition",
        "Lines are the partitions furthest behind, the band is where the others lie.",
        partial(plot.lag_by_partition, simulation, unit="s", objective=oldest_s)
        if oldest_s
        else partial(plot.lag_by_partition, simulation),
    )
    if simulation.partitions > 1:
        yield drawn(
            "heatmap",
            f"Unread records of each of {simulation.partitions:,} partitions",
            "A row is a partition; time runs to the right. One coloured row is a partition that "
            "is hot or stuck, a few that begin together are a member, all of them are the group.",
            partial(plot.lag_heatmap, simulation),
        )
    if comparison is not None:
        yield drawn(
            "policies",
            "What each policy costs",
            "Shorter is cheaper; hatched ones miss the objective.",
            partial(plot.policy_comparison, comparison),
            size=rows_size(len(comparison.outcomes)),
        )
        yield drawn(
            "policy-lag",
            "Lag under each policy",
            "The line across is the objective.",
            partial(plot.policy_lag, comparison),
            size=HALF,
        )
        yield drawn(
            "policy-members",
            "Members under each policy",
            "Those that are starting are counted.",
            partial(plot.policy_members, comparison),
            size=HALF,
        )
