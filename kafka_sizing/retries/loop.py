"""A rate and chances of failure in; what becomes of a topic that retries into itself out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import SupportsIndex

from kafka_sizing._checks import ROUNDING, check_count, check_non_negative, check_positive
from kafka_sizing.retries.attempts import check_failing
from kafka_sizing.retries.ordering import SAME_TOPIC
from kafka_sizing.retries.wording import seconds_text
from kafka_sizing.units import format_load

_MOST_ROUNDS = 2**53  # beyond it, a float does not tell one round from the next


@dataclass(frozen=True, slots=True, kw_only=True)
class SameTopicRetry:
    """A topic whose failed records are written to it again, without end."""

    records_per_s: float  #: new ones
    failing_fraction: float
    always_failing_fraction: float
    cycle_s: float  #: from when a record is written until it is written again
    capacity_records_per_s: float | None  #: of its consumers; None: not given
    filled_after_s: float | None  #: until the loop takes that capacity; None: never, or not given

    @property
    def amplification_ratio(self) -> float | None:
        """What comes in over what is new, in the long run; None: it grows without bound."""
        return None if self.always_failing_fraction else 1 / (1 - self.failing_fraction)

    @property
    def steady_records_per_s(self) -> float | None:
        """What comes in, in the long run; None: it grows without bound. [records/s]"""
        ratio = self.amplification_ratio
        return None if ratio is None else self.records_per_s * ratio

    @property
    def growth_records_per_s(self) -> float:
        """How many records a second come to stay: λ f, none of which ever leaves."""
        return self.records_per_s * self.always_failing_fraction

    @property
    def ordering(self) -> str:
        """What becomes of the order of a key's records, and by which mechanism, in words."""
        return SAME_TOPIC

    def circling_records(self, after_s: float) -> float:
        """Compute how many records circle that never succeed: λ f t. [records]

        Parameters
        ----------
        after_s : float
            From the first record. [s] >= 0

        Returns
        -------
        float
            The records, whatever the length of a round. [records]
        """
        check_non_negative("after_s", after_s)
        circling = self.growth_records_per_s * float(after_s)
        check_non_negative("records until after_s", circling)
        return circling

    def records_per_s_after(self, after_s: float) -> float:
        """Compute what comes in, new and again, while consumers keep up. [records/s]

        Parameters
        ----------
        after_s : float
            From the first record. [s] >= 0

        Returns
        -------
        float
            λ Σ (f + (1 − f) pⁱ) over the rounds so far, i = 0 … t / cycle. [records/s]
        """
        check_non_negative("after_s", after_s)
        rounds = min(float(after_s) / self.cycle_s * (1 + ROUNDING), _MOST_ROUNDS)
        rate = self.records_per_s * _attempts(
            math.floor(rounds), self.failing_fraction, self.always_failing_fraction
        )
        check_positive("records_per_s after after_s", rate)
        return rate

    def capped_ratio(self, attempts: SupportsIndex) -> float:
        """Compute what comes in over what is new if a record is given up after some attempts.

        Parameters
        ----------
        attempts : int
            The cap, counted in a header of the record. >= 1

        Returns
        -------
        float
            Σ (f + (1 − f) pⁱ), i = 0 … attempts − 1: never more than ``attempts``.
        """
        return _attempts(
            check_count("attempts", attempts) - 1,
            self.failing_fraction,
            self.always_failing_fraction,
        )

    @property
    def reason(self) -> str:
        """Where the loop leads, as a sentence without a full stop."""
        new = format_load(self.records_per_s, "records/s")
        steady = self.steady_records_per_s
        if steady is None:
            stay = format_load(self.growth_records_per_s, "records/s")
            text = (
                f"of {new}, {stay} never succeed and circle for ever, each once in "
                f"{seconds_text(self.cycle_s)}: what comes in grows without bound"
            )
        else:
            text = f"{new} become {format_load(steady, 'records/s')} as failed records come again"
        if self.capacity_records_per_s is None:
            return text
        capacity = format_load(self.capacity_records_per_s, "records/s")
        if self.filled_after_s is None:
            return f"{text}; the capacity of {capacity} is not reached"
        return f"{text}; the capacity of {capacity} is full {self._when()}"

    def _when(self) -> str:
        after = self.filled_after_s
        return f"after {seconds_text(after)}" if after else "from the start"

    def __repr__(self) -> str:
        ratio = self.amplification_ratio
        grows = "unbounded" if ratio is None else f"{ratio:.4g}"
        return f"SameTopicRetry(amplification={grows}, filled_after_s={self.filled_after_s})"


def same_topic_retry(
    records_per_s: float,
    *,
    failing_fraction: float,
    cycle_s: float,
    always_failing_fraction: float = 0.0,
    capacity_records_per_s: float | None = None,
) -> SameTopicRetry:
    """Show what a retry in the same topic is: a loop, which without a cap nothing leaves.

    A failed record is written to the end of its topic again. If every record succeeds in the
    end, ``λ / (1 − p)`` come in. A share f that never does adds ``λ f`` records a second to
    those that circle: ``λ f t`` after t seconds, each of them read and written again in every
    round, so that what comes in after k rounds, ``λ Σ (f + (1 − f) pⁱ)`` for i = 0 … k, passes
    any capacity.

    Parameters
    ----------
    records_per_s : float
        λ, new records. [records/s] > 0
    failing_fraction : float
        p: chance that one attempt fails, each independent of the others. [0, 1)
    cycle_s : float
        A round: from when a record is written until it has failed and is written again, the
        wait that a consumer observes included. [s] > 0
    always_failing_fraction : float, default 0.0
        f: part of the new records that fail every time. [0, 1)
    capacity_records_per_s : float or None, default None
        What the consumers of the topic carry. [records/s] > 0

    Returns
    -------
    SameTopicRetry
        The amplification, what circles and comes in at any time, and when capacity is full.

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    A fluid model of rounds of equal length, exact until capacity is full; from then on lag
    grows, and every round takes longer. A cap on the attempts bounds the loop
    (``capped_ratio``), but not the mixing of new records with old ones.

    Examples
    --------
    >>> from kafka_sizing.retries import same_topic_retry
    >>> same_topic_retry(1_000, failing_fraction=0.2, cycle_s=1).amplification_ratio
    1.25
    >>> loop = same_topic_retry(
    ...     1_000,
    ...     failing_fraction=0,
    ...     always_failing_fraction=0.01,
    ...     cycle_s=1,
    ...     capacity_records_per_s=2_000,
    ... )
    >>> loop.circling_records(3_600), loop.filled_after_s
    (36000.0, 100.0)
    """
    check_positive("records_per_s", records_per_s)
    failing, always = check_failing(failing_fraction, always_failing_fraction)
    check_positive("cycle_s", cycle_s)
    filled = None
    if capacity_records_per_s is not None:
        check_positive("capacity_records_per_s", capacity_records_per_s)
        rounds = _rounds_to(float(capacity_records_per_s) / records_per_s, failing, always)
        filled = None if rounds is None else rounds * float(cycle_s)
        check_non_negative("cycle_s times rounds until capacity is full", filled or 0)
    return SameTopicRetry(
        records_per_s=float(records_per_s),
        failing_fraction=failing,
        always_failing_fraction=always,
        cycle_s=float(cycle_s),
        capacity_records_per_s=(
            None if capacity_records_per_s is None else float(capacity_records_per_s)
        ),
        filled_after_s=filled,
    )


def _attempts(rounds: int, failing: float, always: float) -> float:
    """Attempts at a record in its first so many rounds, beside that when it was new."""
    by_chance = (1 - failing ** (rounds + 1)) / (1 - failing)
    return (1 - always) * by_chance + always * (rounds + 1)


def _rounds_to(ratio: float, failing: float, always: float) -> int | None:
    """Find the first round in which the attempts at a record reach ``ratio``; None: there is none.

    An exact fit counts as reached, whatever rounding makes of it.
    """
    if not always and ratio * (1 - failing) >= 1 - ROUNDING:
        return None  # the limit of what comes in, which no round reaches
    wanted = ratio * (1 - ROUNDING)
    low, high = 0, 1
    while _attempts(high, failing, always) < wanted:
        low, high = high, 2 * high
        if high > _MOST_ROUNDS:
            return None
    while low < high:
        middle = (low + high) // 2
        if _attempts(middle, failing, always) < wanted:
            low = middle + 1
        else:
            high = middle
    return low
