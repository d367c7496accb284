"""`LagSamples` in; partitions of which samples end early, begin late or are not there, out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kafka_sizing.consumers.monitoring.causes import moment
from kafka_sizing.consumers.monitoring.samples import LagSamples, TopicPartition
from kafka_sizing.consumers.monitoring.thresholds import threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPartition:
    """A partition that was not seen at the beginning, at the end, or at all."""

    partition: TopicPartition
    first_s: float | None  #: its first sample; None: there is none [s]
    last_s: float | None  #: its last sample; None: there is none [s]
    is_late: bool  #: others were seen well before its first sample
    is_gone: bool  #: others were seen well after its last sample

    @property
    def reason(self) -> str:
        """What was not seen, in one sentence."""
        if self.first_s is None or self.last_s is None:
            return f"{self.partition} is not in the samples, though partitions beyond it are."
        unseen = [f"before {moment(self.first_s)}"] if self.is_late else []
        unseen += [f"after {moment(self.last_s)}"] if self.is_gone else []
        return f"{self.partition} was not seen {' and '.join(unseen)}."


def missing_partitions(samples: LagSamples) -> tuple[MissingPartition, ...]:
    """Find partitions that samples do not show all the time, though there are others.

    Numbers of partitions run from 0 without a hole, so one that is not there is missing. What
    comes late may be new; what is gone may have no offsets any more, or no monitor that looks.

    Parameters
    ----------
    samples : LagSamples
        What was seen of the group.

    Returns
    -------
    tuple of MissingPartition
        Those whose first sample comes more than 2.5 median intervals after the first of all, or
        whose last one as long before the last of all (a rule), and those without a sample; by
        topic and number.

    Examples
    --------
    >>> from kafka_sizing.consumers.monitoring.coverage import missing_partitions
    >>> from kafka_sizing.consumers.monitoring.samples import LagSamples
    >>> offsets, seen = [[7, 7]] * 6, [[True, True]] * 2 + [[True, False]] * 4
    >>> samples = LagSamples.from_grid(
    ...     range(0, 180, 30), offsets, offsets, partitions=[("o", 0), ("o", 2)], seen=seen
    ... )
    >>> [missing.reason for missing in missing_partitions(samples)]
    ['o-1 is not in the samples, though partitions beyond it are.', 'o-2 was not seen after 30 s.']
    """
    apart_s = threshold("gap_ratio") * (samples.interval_s or np.inf)
    begin_s, end_s = float(samples.times_s.min()), float(samples.times_s.max())
    found = {}
    for label, (first, after) in zip(samples.partitions, samples.spans, strict=True):
        if first == after:
            continue
        first_s, last_s = float(samples.times_s[first]), float(samples.times_s[after - 1])
        found[label] = MissingPartition(
            partition=label,
            first_s=first_s,
            last_s=last_s,
            is_late=first_s - begin_s > apart_s,
            is_gone=end_s - last_s > apart_s,
        )
    for topic in sorted({label.topic for label in found}):
        numbers = {label.partition for label in found if label.topic == topic}
        for number in set(range(max(numbers))) - numbers:
            label = TopicPartition(topic, number)
            found[label] = MissingPartition(
                partition=label, first_s=None, last_s=None, is_late=False, is_gone=False
            )
    odd = (one for one in found.values() if one.first_s is None or one.is_late or one.is_gone)
    return tuple(sorted(odd, key=lambda one: one.partition))
