"""When the first members of an empty group come in; how long it waits before it reads, out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kafka_sizing._checks import check_non_negative
from kafka_sizing.consumers.settings import ConsumerSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class InitialDelay:
    """How long an empty classic group waits for more members before its first assignment."""

    delay_s: float  #: from the first member's coming
    extensions: int  #: how often it was made longer because somebody had come meanwhile
    members: int  #: there in time for the first assignment
    late_members: int  #: come later; each starts a rebalance of its own
    reason: str


def initial_delay(
    joins_s: ArrayLike = 0.0, *, settings: ConsumerSettings | None = None
) -> InitialDelay:
    """Say how long an empty group waits, by ``group.initial.rebalance.delay.ms``.

    The first member starts a timer. When it ends and somebody has come meanwhile, the group
    waits again, for min(delay, rest of the rebalance timeout), and so on; the rebalance
    timeout is ``max.poll.interval.ms``. Exact for the classic protocols. A group under
    KIP-848 has no such delay: its first member gets all with its first heartbeat.

    Parameters
    ----------
    joins_s : array_like of float, default 0.0
        When each member comes; the clock may start anywhere. [s] >= 0
    settings : ConsumerSettings or None, default None
        Timeouts of the group. None: Kafka's defaults.

    Returns
    -------
    InitialDelay
        The wait, counted from the first member's coming, and who is there at its end.

    Raises
    ------
    ValueError
        If nobody comes, or a time is negative or not finite.

    Notes
    -----
    Source: GroupMetadataManager (group-coordinator), apache/kafka. Seen with the defaults:
    3.222 s and 3.557 s until the first assignment (apache/kafka, pull request 13215).

    Examples
    --------
    >>> from kafka_sizing.consumers.rebalance import initial_delay
    >>> initial_delay().delay_s
    3.0
    >>> initial_delay([0, 2, 4]).delay_s
    9.0
    """
    settings = settings or ConsumerSettings()
    joins = np.sort(np.atleast_1d(np.asarray(joins_s, dtype=np.float64)))
    if joins.ndim != 1 or not joins.size:
        raise ValueError(f"joins_s must be a time for each member, got {joins_s!r}")
    for worst in (joins[0], joins[-1]):
        check_non_negative("joins_s", float(worst))
    others = joins[1:] - joins[0]

    usual_s = settings.initial_rebalance_delay_s
    wait_s = ends_s = usual_s
    rest_s = max(settings.max_poll_interval_s - usual_s, 0.0)
    seen = 0
    extensions = 0
    while rest_s > 0 and (there := int((others <= ends_s).sum())) > seen:
        seen = there
        rest_s, wait_s = max(rest_s - wait_s, 0.0), min(usual_s, rest_s)
        ends_s += wait_s
        extensions += 1
    there = 1 + int((others <= ends_s).sum())
    return InitialDelay(
        delay_s=ends_s,
        extensions=extensions,
        members=there,
        late_members=joins.size - there,
        reason=_reason(usual_s, extensions, joins.size - there),
    )


def _reason(usual_s: float, extensions: int, late: int) -> str:
    reason = f"an empty group waits group.initial.rebalance.delay.ms ({usual_s:g} s) for more"
    if extensions:
        times = "once" if extensions == 1 else f"{extensions:,} times"
        reason += f", and {times} again as members kept coming"
    if late:
        reason += f"; {late:,} came too late, and each starts a rebalance of its own"
    return reason
