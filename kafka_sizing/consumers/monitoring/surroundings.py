"""A stop and a `Timeline` in; who owned its partitions, and what the others did, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.consumers.monitoring.noise import Noise
from kafka_sizing.consumers.monitoring.samples import NOBODY
from kafka_sizing.consumers.monitoring.stops import Stop
from kafka_sizing.consumers.monitoring.thresholds import threshold
from kafka_sizing.consumers.monitoring.timeline import Timeline
from kafka_sizing.consumers.settings import ConsumerSettings

_LEAST_BLURS: Final = 3  # commits or samples, to tell slowness from a commit that is late
_MOST_BLURS: Final = 10
_SEEN_AFTER: Final = 2  # intervals after a stop by which a new owner shows

Columns = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surroundings:
    """What happened around stops, before, after and elsewhere."""

    timeline: Timeline
    noise: Noise
    settings: ConsumerSettings
    stops: tuple[Stop, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Intervals and partitions."""
        return self.timeline.seen.shape

    @property
    def knows_owners(self) -> bool:
        """Whether samples say who owned the partitions."""
        return self.timeline.owner is not None

    @property
    def owner(self) -> NDArray[np.int64]:
        """Who owned each partition last at each moment; nobody, where that is not known."""
        return self.timeline.last_owner

    def outlasts_session(self, stop: Stop) -> bool:
        """Whether a stop lasts longer than it takes to find a dead member and replace it."""
        within_s = self.timeline.interval_s / 2  # of a sample it ended
        ends_s = self.timeline.times_s[-1] if stop.ends_s is None else stop.ends_s + within_s
        return ends_s - stop.starts_s > self.session_s + threshold("rebalance_s") + within_s

    @property
    def session_s(self) -> float:
        """Time for which a dead member stays unnoticed, by either protocol. [s]"""
        return max(self.settings.session_timeout_s, self.settings.consumer_session_timeout_s)

    def others_of(self, stop: Stop) -> Columns:
        """Give the partitions that get records, did not stand before, and are not in the stop."""
        active = self.timeline.usual_records_per_s > 0
        active &= self.timeline.seen[stop.begin : stop.end].any(axis=0)
        for earlier in self.stops:
            if earlier.begin < stop.begin < earlier.end:
                active[earlier.columns] = False
        active[stop.columns] = False
        return np.flatnonzero(active)

    def is_whole_group(self, stop: Stop) -> bool:
        """Whether nearly all partitions stopped that were moving."""
        together = stop.columns.size + self.others_of(stop).size
        return together > 1 and stop.columns.size >= threshold("whole_group_share") * together

    def has_one_member(self, stop: Stop) -> bool:
        """Whether one member owned all partitions, so that it cannot be told from the group."""
        owners = np.unique(self.owners_before(stop))
        return self.knows_owners and owners.size == 1 and owners[0] != NOBODY

    def is_part_of_slowness(self, stop: Stop) -> bool:
        """Whether most of the others were read more slowly than usual when it began."""
        return not self.is_whole_group(stop) and self.are_slow(self.others_of(stop), stop)

    def are_slow(self, columns: Columns, stop: Stop) -> bool:
        """Whether most of some partitions were read more slowly than usual when a stop began."""
        if not columns.size:
            return False
        timeline, times = self.timeline, self.timeline.times_s
        blur_s = max(self.noise.commit_interval_s, timeline.interval_s)  # a commit may be late
        enough_s = np.clip(stop.standing_s / 2, _LEAST_BLURS * blur_s, _MOST_BLURS * blur_s)
        until = int(np.searchsorted(times, times[stop.begin] + enough_s))
        first = slice(stop.begin, min(until, stop.end))
        lasted_s = float(timeline.steps_s[first].sum())
        read = timeline.read[first][:, columns].sum(axis=0)
        usual = timeline.steady_records_per_s[columns] * lasted_s
        part = float(np.median(read[usual > 0] / usual[usual > 0])) if usual.any() else 1.0
        return part < threshold("slow_ratio") - blur_s / lasted_s / 2

    def owners_before(self, stop: Stop) -> Columns:
        """Give the last owner that each partition had when a stop began."""
        history = self.owner[: stop.begin + 1]
        had = history != NOBODY
        last = history.shape[0] - 1 - had[::-1].argmax(axis=0)
        owners: Columns = history[last, np.arange(last.size)]
        return owners

    def owners_after(self, stop: Stop) -> Columns:
        """Give the owner of each partition a little after a stop."""
        owners: Columns = self.owner[min(stop.end + _SEEN_AFTER, len(self.owner) - 1)]
        return owners

    def has_moved(self, stop: Stop) -> bool:
        """Whether most partitions of a stop that is over belong to another member after it."""
        return self._differ(stop, self.owners_before(stop))

    def moves_last(self, stop: Stop) -> bool:
        """Whether most partitions of a stop change owner just as it ends."""
        return self._differ(stop, self.owner[stop.end - 1])

    def changes_owners(self, stop: Stop) -> bool:
        """Whether a rebalance shows from before a stop to after it: other owners, or none."""
        if (self.owners_after(stop) != self.owners_before(stop)).any():
            return True
        return bool(self.timeline.rebalanced[stop.begin : stop.end + _SEEN_AFTER + 1].any())

    def is_gone(self, stop: Stop) -> bool:
        """Whether the owner of the first partition of a stop owns nothing after it."""
        return not (self.owners_after(stop) == self.owners_before(stop)[stop.columns[0]]).any()

    def has_nobody(self, stop: Stop) -> bool:
        """Whether partitions had no owner while they stood, or, unknown, were never read."""
        if self.timeline.owner is None:
            return not self.timeline.read.any()
        while_standing = self.timeline.owner[stop.begin + 1 : stop.end + 1, stop.columns]
        if (while_standing == NOBODY).mean() <= 0.5:
            return False
        return (
            stop.ends_s is None
            or not np.isin(
                self.owners_after(stop), np.setdiff1d(self.owners_before(stop), NOBODY)
            ).any()
        )

    def unclaimed_of(self, stop: Stop) -> Columns:
        """Give the partitions of a stop that no member had read or owned, while others were.

        Without owners, only those that turned up after the first samples.
        """
        timeline = self.timeline
        others = np.setdiff1d(np.arange(self.shape[1]), stop.columns)
        if not timeline.read[: stop.end][:, others].any():
            return stop.columns[:0]
        known = ~timeline.read[: stop.begin].any(axis=0)
        if self.knows_owners:
            nobodys = self.owner[: stop.end] == NOBODY
            known &= nobodys[: stop.begin].all(axis=0)
            known &= nobodys[stop.begin :].mean(axis=0) > 0.5
        else:
            known &= self.timeline.seen.argmax(axis=0) > 0
        unclaimed: Columns = stop.columns[known[stop.columns]]
        return unclaimed

    def turned_up(self, stop: Stop) -> bool:
        """Whether the partitions of a stop were not there before it, or had no record."""
        timeline, columns = self.timeline, stop.columns
        was_there = timeline.seen[0, columns]
        if stop.begin:
            was_there = was_there & timeline.arrived[: stop.begin, columns].any(axis=0)
        return bool(was_there.mean() <= 0.5)

    def is_poison(self, stop: Stop) -> bool:
        """Whether a partition stood long enough, and under a member that was not slow."""
        least_s = threshold("poison_stop_ratio") * self.noise.least_stop_s
        if stop.end - stop.begin < 2 or stop.standing_s < least_s:
            return False
        others = self.others_of(stop)
        before = self.owners_before(stop)
        siblings = others[before[others] == before[stop.columns[0]]]
        return not (self.knows_owners and self.are_slow(siblings, stop))

    def is_of_member(self, stop: Stop, owned: int) -> bool:
        """Whether a member stopped, of whose partitions so many had been moving."""
        if owned > 1:
            return stop.columns.size >= threshold("whole_member_share") * owned
        longest_s = self.settings.max_poll_interval_s + threshold("rebalance_s")
        return self.has_moved(stop) or stop.standing_s <= longest_s

    def follows(self, stop: Stop, member: Stop) -> bool:
        """Whether a stop comes out of that of a member: the rebalance that ends it."""
        if stop.begin < member.begin:
            return False
        until = np.inf if member.ends_s is None else member.ends_s + 2 * self.noise.together_s
        return stop.starts_s <= until

    def _differ(self, stop: Stop, owners: Columns) -> bool:
        if stop.ends_s is None or not self.knows_owners:
            return False
        changed = self.owners_after(stop) != owners
        return bool(changed[stop.columns].mean() >= 0.5)
