"""A share in; how many records must be sampled to see it, or to tell it from a line, out."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import ceil
from typing import Final

from kafka_sizing._checks import check_count, check_open_share, check_share
from kafka_sizing.partitions.lines import thresholds
from kafka_sizing.units import format_load, format_share, format_shares_apart

MOST_SAMPLED: Final = 10**12  # records
_CHECKED: Final = 64  # counts beyond the one found, in case the teeth of the saw are uneven


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsNeeded:
    """How many records must be sampled to see a key or a partition, or to call it hot."""

    records: int | None  #: from so many on it succeeds; None: no number does
    share: float  #: of the key or the partition
    certainty: float  #: part of the samples in which it has to succeed
    seen_records: int | None  #: of the share, that count as success at ``records``
    line_share: float | None = None  #: told from this; None: it is enough to see it

    @property
    def reason(self) -> str:
        """The number and what it is for, in a sentence."""
        if self.line_share is None:
            share = format_share(self.share)
            seen = format_load(self.seen_records or 0, "records")
            return (
                f"a share of {share} has {seen} or more in "
                f"{format_share(self.certainty)} of samples, from {self.records:,} records on"
            )
        share, line = format_shares_apart(self.share, self.line_share)
        if self.records is None:
            if self.share <= self.line_share:
                return f"a share of {share} is not above the line of {line}: no sample can show it"
            return f"{share} is so near to the line of {line} that a trillion records do not tell"
        return (
            f"a share of {share} is told from the line of {line} in "
            f"{format_share(self.certainty)} of samples, from {self.records:,} records on"
        )

    def __repr__(self) -> str:
        """Say how many records, for which share."""
        records = "none" if self.records is None else f"{self.records:,} records"
        if self.line_share is None:
            return f"RecordsNeeded({records}, share={format_share(self.share)})"
        share, line = format_shares_apart(self.share, self.line_share)
        return f"RecordsNeeded({records}, share={share}, line={line})"


def records_to_see(share: float, *, times: int = 1, certainty: float = 0.95) -> RecordsNeeded:
    """Count the records to sample until a key or a partition shows up in them.

    Parameters
    ----------
    share : float
        Its share of the records. (0, 1]
    times : int, default 1
        How many of its records have to be there. 1 … 1,000,000
    certainty : float, default 0.95
        Part of the samples in which they have to be. (0, 1)

    Returns
    -------
    RecordsNeeded
        The least number of records.

    Raises
    ------
    ValueError
        If a number is out of range, or the number would be beyond 10**12.

    Notes
    -----
    P(at least ``times`` of n) is binomial; once: n = ln(1 - certainty) / ln(1 - share), rounded
    up.

    Examples
    --------
    >>> from kafka_sizing.partitions import records_to_see
    >>> records_to_see(0.01).records  # ln 0.05 / ln 0.99 = 298.07
    299
    >>> records_to_see(0.01, times=20).records
    2784
    """
    check_share("share", share)
    check_open_share("certainty", certainty)
    wanted = check_count("times", times, most=10**6)

    def is_enough(records: int) -> bool:
        return _at_least(wanted, records, share) >= certainty

    enough = ceil(wanted / share)
    while not is_enough(enough):
        enough *= 2
        if enough > MOST_SAMPLED:
            raise ValueError(
                f"share must be large enough to show in {MOST_SAMPLED:,} records, got {share!r}"
            )
    found = bisect_left(range(wanted, enough), 1, key=lambda n: int(is_enough(n)))
    return RecordsNeeded(
        records=wanted + found,
        share=float(share),
        certainty=float(certainty),
        seen_records=wanted,
    )


def records_to_tell(
    share: float,
    *,
    line_share: float,
    among: int = 1,
    certainty: float = 0.95,
    significance: float | None = None,
) -> RecordsNeeded:
    """Count the records to sample until a share above a line is called hot.

    Parameters
    ----------
    share : float
        The true share of a key or a partition. (0, 1]
    line_share : float
        The share above which it is hot, such as 1.5 / partitions. (0, 1]
    among : int, default 1
        Of how many the hottest is picked: the partitions, for `find_hot`. >= 1
    certainty : float, default 0.95
        Part of the samples that have to call it hot. (0, 1)
    significance : float, optional
        How often a share on the line may be called hot, over all of ``among``; by default as
        `find_hot` does, 0.05. (0, 0.5)

    Returns
    -------
    RecordsNeeded
        The number from which on every larger one succeeds as well; None records if the share is
        not above the line, or nearer to it than 10**12 records tell.

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    The exact binomial test rejects the line from c(n) records on. Its power rises with n while
    c(n) stays and falls where c(n) does a step, like a saw: what counts is the number of records
    after the last tooth that falls below ``certainty``.

    Examples
    --------
    >>> from kafka_sizing.partitions import records_to_tell
    >>> twice_even = records_to_tell(2 / 12, line_share=1.5 / 12, among=12)
    >>> twice_even.records, twice_even.seen_records
    (1337, 201)
    >>> records_to_tell(0.1, line_share=0.1).reason
    'a share of 10.0 % is not above the line of 10.0 %: no sample can show it'
    """
    check_share("share", share)
    check_share("line_share", line_share)
    check_open_share("certainty", certainty)
    level = thresholds()["significance"]["value"] if significance is None else significance
    check_share("significance", level)
    if level >= 0.5:
        raise ValueError(f"significance must be below 0.5, got {level!r}")
    saw = _Saw(share=share, line_share=line_share, level=level / check_count("among", among))
    records = saw.above_from(certainty) if share > line_share else None
    return RecordsNeeded(
        records=records,
        share=float(share),
        certainty=float(certainty),
        seen_records=None if records is None else saw.critical(records),
        line_share=float(line_share),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Saw:
    """The power of the binomial test against the number of records: a tooth per critical count."""

    share: float
    line_share: float
    level: float

    def above_from(self, certainty: float) -> int | None:
        """Give the number of records from which on the power never falls below ``certainty``."""
        first = self._first_critical()
        last = first
        while not self._holds(last, certainty):
            if self._begin(last) > MOST_SAMPLED:
                return None
            last *= 2
        span = range(first, last)
        tooth = first + bisect_left(span, 1, key=lambda c: int(self._holds(c, certainty)))
        later = range(tooth + _CHECKED, tooth, -1)
        tooth = next((c + 1 for c in later if not self._holds(c, certainty)), tooth)
        begin = self._begin(tooth)
        if tooth == first:
            return begin
        before = range(self._begin(tooth - 1), begin)
        at = bisect_left(before, certainty, key=lambda n: self._power(n, tooth - 1))
        return before.start + at

    def critical(self, records: int) -> int:
        """Give the least count that the test does not take for one on the line."""

        def is_called_hot(count: int) -> int:
            return int(self._chance(count, records) <= self.level)

        return bisect_left(range(records + 1), 1, key=is_called_hot)

    def _holds(self, critical: int, certainty: float) -> bool:
        """Whether the power reaches the certainty where it is lowest at this critical count."""
        return self._power(self._begin(critical), critical) >= certainty

    def _begin(self, critical: int) -> int:
        """Give the fewest records that have this critical count."""
        if critical == self._first_critical():
            return critical
        half_chance = min(ceil(critical / self.line_share), 4 * MOST_SAMPLED)  # far enough
        fewer = range(critical - 1, half_chance)
        return fewer.start + bisect_left(
            fewer, 1, key=lambda n: int(self._chance(critical - 1, n) > self.level)
        )

    def _first_critical(self) -> int:
        """Give the fewest records that can be called hot, all of them of the one share."""
        return bisect_left(
            range(MOST_SAMPLED), 1, key=lambda n: int(self.line_share**n <= self.level)
        )

    def _chance(self, count: int, records: int) -> float:
        return _at_least(count, records, self.line_share)

    def _power(self, records: int, critical: int) -> float:
        return _at_least(critical, records, self.share)


def _at_least(count: int, records: int, share: float) -> float:
    """Give P(count or more of so many records), as the incomplete beta function has it."""
    if count <= 0:
        return 1.0
    from scipy.special import betainc

    return float(betainc(count, records - count + 1, share))
