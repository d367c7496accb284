"""The time of an attempt and the waits between attempts in; what blocking retries cost out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kafka_sizing._checks import check_non_negative, check_positive
from kafka_sizing.retries.attempts import check_delays, check_failing, failed_shares
from kafka_sizing.retries.ordering import BLOCKING
from kafka_sizing.retries.wording import seconds_text
from kafka_sizing.settings import default_of
from kafka_sizing.units import format_count, format_load


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockingRetry:
    """What a consumer carries that retries a record before it goes on to the next."""

    processing_s: float  #: that an attempt takes
    backoffs_s: tuple[float, ...]  #: before each retry
    failing_fraction: float
    always_failing_fraction: float
    record_s: float  #: that a record takes in the mean, retries and waits included
    given_up_fraction: float  #: part of the records that no retry helps
    max_poll_interval_s: float

    @property
    def records_per_s(self) -> float:
        """What one consumer carries that works on one record at a time. [records/s]"""
        return 1 / self.record_s

    @property
    def undisturbed_records_per_s(self) -> float:
        """What it would carry if nothing failed. [records/s]"""
        return 1 / self.processing_s

    @property
    def capacity_ratio(self) -> float:
        """What it carries over what it would if nothing failed; (0, 1]."""
        return self.processing_s / self.record_s

    @property
    def head_of_line_s(self) -> float:
        """How long a partition stands still for a record that is given up. [s]"""
        return (len(self.backoffs_s) + 1) * self.processing_s + sum(self.backoffs_s)

    @property
    def leaves_group(self) -> bool:
        """Whether one record alone takes longer than a consumer may go without a poll."""
        return self.head_of_line_s > self.max_poll_interval_s

    @property
    def ordering(self) -> str:
        """What becomes of the order of a key's records, and by which mechanism, in words."""
        return BLOCKING

    @property
    def reason(self) -> str:
        """What it carries and why, as a sentence without a full stop."""
        carried = format_load(self.records_per_s, "records/s")
        undisturbed = format_load(self.undisturbed_records_per_s, "records/s")
        text = (
            f"{carried} instead of {undisturbed}: a record takes "
            f"{self._record_text} in the mean, and one that is given up after "
            f"{format_count(len(self.backoffs_s) + 1, 'attempt')} holds its partition up for "
            f"{seconds_text(self.head_of_line_s)}"
        )
        if self.leaves_group:
            text += (
                ", longer than max.poll.interval.ms "
                f"({seconds_text(self.max_poll_interval_s)}): unless the consumer polls in "
                "between, the group takes it for stuck and the record begins anew elsewhere"
            )
        return text

    @property
    def _record_text(self) -> str:
        """The time of a record, in milliseconds below a second."""
        if self.record_s < 1:
            return f"{self.record_s * 1_000:,.6g} ms"
        return seconds_text(self.record_s)

    def __repr__(self) -> str:
        return (
            f"BlockingRetry(records_per_s={self.records_per_s:.6g}, "
            f"retries={len(self.backoffs_s)}, "
            f"head_of_line={seconds_text(self.head_of_line_s)!r})"
        )


def blocking_retry(
    processing_s: float,
    *,
    backoffs_s: Iterable[float],
    failing_fraction: float,
    always_failing_fraction: float = 0.0,
    max_poll_interval_s: float | None = None,
) -> BlockingRetry:
    """Compute what a consumer carries that retries a record before it goes on to the next.

    A record takes ``s · Σ rᵢ (i = 0 … R) + Σ rᵢ bᵢ (i = 1 … R)``, where ``rᵢ = f + (1 − f) pⁱ``
    is the share of records that attempt i + 1 is made at; capacity is the inverse.

    Parameters
    ----------
    processing_s : float
        s, that an attempt takes, whether it fails or not. [s] > 0
    backoffs_s : iterable of float
        b, the wait before each of R retries; see `spring_blocking_backoffs`. [s] >= 0
    failing_fraction : float
        p: chance that one attempt fails, each independent of the others. [0, 1)
    always_failing_fraction : float, default 0.0
        f: part of the records that fail every time. [0, 1)
    max_poll_interval_s : float or None, default None
        ``max.poll.interval.ms``. None: Kafka's default. [s] > 0

    Returns
    -------
    BlockingRetry
        Time of a record, capacity, and how long a partition stands still.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> from kafka_sizing.retries import blocking_retry
    >>> slow = blocking_retry(0.01, backoffs_s=[1, 1], failing_fraction=0.05)
    >>> round(slow.record_s, 9), round(slow.records_per_s, 2), slow.undisturbed_records_per_s
    (0.063025, 15.87, 100.0)
    >>> slow.head_of_line_s
    2.03
    """
    check_positive("processing_s", processing_s)
    backoffs = check_delays("backoffs_s", backoffs_s)
    failing, always = check_failing(failing_fraction, always_failing_fraction)
    if max_poll_interval_s is None:
        max_poll_interval_s = default_of("max.poll.interval.ms", "consumer").seconds
    check_positive("max_poll_interval_s", max_poll_interval_s)
    *reached, given_up = failed_shares(
        len(backoffs) + 1, failing_fraction=failing, always_failing_fraction=always
    )
    waits = sum(share * backoff for share, backoff in zip(reached[1:], backoffs, strict=True))
    held = BlockingRetry(
        processing_s=float(processing_s),
        backoffs_s=backoffs,
        failing_fraction=failing,
        always_failing_fraction=always,
        record_s=float(processing_s) * sum(reached) + waits,
        given_up_fraction=given_up,
        max_poll_interval_s=float(max_poll_interval_s),
    )
    check_non_negative("processing_s and backoffs_s of all attempts", held.head_of_line_s)
    check_positive("1 over processing_s", held.undisturbed_records_per_s)
    return held
