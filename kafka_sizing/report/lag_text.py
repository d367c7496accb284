"""A simulation and policies compared in; text for a terminal out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, get_args

from kafka_sizing._checks import check_choice
from kafka_sizing.consumers.scaling.comparison import PolicyComparison
from kafka_sizing.consumers.scenario.objective import LagObjective
from kafka_sizing.consumers.simulation import LagSimulation
from kafka_sizing.report.lag_review import LagReview, lag_review
from kafka_sizing.report.layout import section_lines, width_of, wrapped
from kafka_sizing.report.text import Detail

_MOMENTS: Final = 12
_ROWS: Final = 8


def lag_text(
    simulation: LagSimulation,
    comparison: PolicyComparison | None = None,
    *,
    objective: LagObjective | None = None,
    detail: Detail = "full",
    width: int | None = None,
    inputs: Mapping[str, str] | None = None,
) -> str:
    """Write how a group fared for a terminal: the verdict first, then moment by moment.

    Parameters
    ----------
    simulation : LagSimulation
        The lag over time, from `simulate_lag`.
    comparison : PolicyComparison, optional
        The scaling policies, from `compare_policies`.
    objective : LagObjective, optional
        How far behind the group may be; by default it has to have read everything in the end.
    detail : {"full", "summary"}, default "full"
        "summary" leaves out the inputs and how sure each number is.
    width : int, optional
        Columns to fit into, by default 100. >= 40
    inputs : mapping of str to str, optional
        Further inputs to name, such as the file that was read.

    Returns
    -------
    str
        Plain text without colours, ending in a line break.

    Raises
    ------
    TypeError
        If ``simulation``, ``comparison`` or ``objective`` is something else.
    ValueError
        If the detail is unknown, or the width below 40.

    Examples
    --------
    >>> from kafka_sizing import report
    >>> from kafka_sizing.consumers import Slowdown, simulate_lag
    >>> outage = Slowdown(at_s=100, for_s=600)
    >>> lag = simulate_lag(
    ...     1_000, partitions=6, member=250, members=6, duration_s=2_400, events=[outage]
    ... )
    >>> print(report.lag_text(lag).splitlines()[0])
    Catches up. At worst 600,000 records are unread, 11 min 40 s after the start; the oldest unread
    """
    check_choice("detail", detail, get_args(Detail))
    columns = width_of(width)
    told = lag_review(simulation, comparison, objective=objective, inputs=inputs)
    return "\n".join(_lines(told, columns, detail)) + "\n"


def _lines(told: LagReview, width: int, detail: Detail) -> Iterator[str]:
    yield from wrapped(f"{told.status}. {told.verdict}", width)
    for sentence in told.consequences:
        yield from wrapped(sentence, width)
    yield from section_lines(told.moments(_MOMENTS), width)
    for part in told.lag_tables(_ROWS):
        yield from section_lines(part, width)
    policies = told.policies_table()
    if policies is not None:
        yield from section_lines(policies, width)
    if detail == "full":
        yield from section_lines(told.inputs_table(), width)
        yield from section_lines(told.certainty(), width)
