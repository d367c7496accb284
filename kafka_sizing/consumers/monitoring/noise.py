"""A `Timeline` in; the lag and the pauses that mean nothing out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.consumers.monitoring.thresholds import threshold
from kafka_sizing.consumers.monitoring.timeline import Timeline

_OUTLIER: Final = 3.0  # times the median beyond which a pause is no commit interval
_NEAR: Final = 3  # samples before and after one in which a lag that comes and goes is gone


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Noise:
    """How far commits trail behind while nothing is wrong."""

    commit_interval_s: float  #: as configured, or as the samples show if that is longer
    tolerance_s: float  #: lag up to so much of arrivals is none
    tolerance_records: NDArray[np.float64]  #: the same, by partition
    least_stop_s: float  #: a shorter stop may be a commit that is late
    together_s: float  #: stops that begin within this time of one another are one


def noise_of(
    timeline: Timeline, *, commit_interval_s: float, lag_objective_s: float | None = None
) -> Noise:
    """Tell from the samples how often members commit, and what follows."""
    between_moves_s = _between_moves_s(timeline)
    commit_s = max(commit_interval_s, between_moves_s or _usual_delay_s(timeline))
    tolerance_s = threshold("tolerated_commit_intervals") * commit_s
    if lag_objective_s is not None:
        tolerance_s = max(tolerance_s, lag_objective_s)
    tolerance_records = timeline.usual_records_per_s * tolerance_s
    return Noise(
        commit_interval_s=commit_s,
        tolerance_s=tolerance_s,
        tolerance_records=np.maximum(tolerance_records, threshold("least_lag_records")),
        least_stop_s=max(
            threshold("stop_commit_intervals") * commit_interval_s,
            between_moves_s + threshold("late_commit_intervals") * timeline.interval_s,
        ),
        together_s=max(threshold("together_intervals") * timeline.interval_s, commit_s),
    )


def _between_moves_s(timeline: Timeline) -> float:
    """Mean time between two moves of a partition; 0 if samples are too rare to show it.

    They show it if moves are clearly further apart than samples, or if a partition now and
    then does not move from one sample to the next, and then does.
    """
    moved = timeline.read > 0
    gaps = [np.diff(timeline.times_s[1:][column]) for column in moved.T if column.sum() > 1]
    if not gaps:
        return 0.0
    waits = np.concatenate(gaps)
    usual = float(waits[waits <= _OUTLIER * np.median(waits)].mean())
    missed = ~moved[1:-1] & moved[:-2] & moved[2:] & (timeline.arrived[1:-1] > 0)
    times = missed.any(axis=1).sum()
    often = missed.mean() >= threshold("missed_commit_share")
    if times >= threshold("missed_commit_intervals") and often:
        return max(usual, timeline.interval_s)
    if usual > threshold("seen_commit_ratio") * timeline.interval_s:
        return usual
    return 0.0


def _usual_delay_s(timeline: Timeline) -> float:
    """Tell how far commits trail from the lag of partitions that are read to their ends.

    Such a partition shows a lag anywhere from none to what came since the last commit, and none
    every few samples. 0 if less than a quarter of what was seen is like that. Commits are at
    most as far apart as samples, or they would show.
    """
    rates = timeline.usual_records_per_s
    lags_s = timeline.lag[:, rates > 0] / rates[rates > 0]
    if lags_s.shape[0] <= 2 * _NEAR or not lags_s.size:
        return 0.0
    around = np.lib.stride_tricks.sliding_window_view(lags_s, 2 * _NEAR + 1, axis=0)
    is_read_out = around.min(axis=-1) <= threshold("read_out_ratio") * timeline.interval_s
    if is_read_out.mean() < threshold("read_out_share"):
        return 0.0
    lags = lags_s[_NEAR:-_NEAR][is_read_out]
    return float(min(np.quantile(lags, 0.9), timeline.interval_s))
