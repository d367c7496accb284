"""A `LagSimulation` and a `PolicyComparison` in; their tables, as text, out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.consumers.scaling.comparison import PolicyComparison
from kafka_sizing.consumers.scaling.outcome import PolicyOutcome
from kafka_sizing.consumers.simulation import LagSimulation
from kafka_sizing.report.durations import clock_text
from kafka_sizing.report.labels import printable
from kafka_sizing.report.lag_events import event_text
from kafka_sizing.report.tables import Table, more, table
from kafka_sizing.units import format_duration, format_load, format_share

_ONE_RECORD: Final = 1.0
_MOST_CHANGES: Final = 6  # of the rate written; more are told by the plot alone


def moments(simulation: LagSimulation, oldest_s: NDArray[np.float64], *, most_rows: int) -> Table:
    """One row per moment: what happens, rates, lag and members; events, peak and end first."""
    told = _told_moments(simulation)
    left_out = max(0, len(told) - most_rows)
    rows = dict(list(told.items())[:most_rows])
    oldest = oldest_s.max(axis=1)
    lag = simulation.total_lag_records
    for row in [*_peaks_between(lag, sorted(rows)), *_evenly(lag.size, most_rows)]:
        if len(rows) < most_rows:
            rows.setdefault(row, [])
    written, read = simulation.written_records_per_s, simulation.read_records_per_s
    return table(
        "moments",
        "Moment by moment",
        (
            "time>",
            "what happens",
            "written/s>",
            "read/s>",
            "unread records>",
            "oldest>",
            "members>",
        ),
        [
            (
                clock_text(float(simulation.times_s[row])),
                "; ".join(rows[row]),
                f"{written[row]:,.0f}",
                f"{read[row]:,.0f}",
                f"{lag[row]:,.0f}",
                format_duration(float(oldest[row])),
                _members(simulation, row),
            )
            for row in sorted(rows)
        ],
        marked=sorted(rows).index(int(lag.argmax())) if lag.max() >= _ONE_RECORD else None,
        left_out=more(left_out, "event"),
    )


def partitions(
    simulation: LagSimulation, oldest_s: NDArray[np.float64], *, most_rows: int
) -> Table | None:
    """One row per partition that fell behind, furthest first; None if none did."""
    peaks = simulation.lag_records.max(axis=0)
    behind = int((peaks >= _ONE_RECORD).sum())
    if not behind:
        return None
    order = np.argsort(-peaks, kind="stable")[: min(behind, most_rows)]
    ages = oldest_s.max(axis=0)
    lost = None if simulation.lost_records is None else simulation.lost_records[-1]
    shares = simulation.traffic.shares[-1]
    return table(
        "lagging-partitions",
        "Partitions furthest behind",
        (
            "partition>",
            "share of load>",
            "most unread>",
            "at>",
            "oldest>",
            "unread at the end>",
            *(["deleted unread>"] if lost is not None else []),
        ),
        [
            (
                str(at),
                format_share(float(shares[at])),
                format_load(float(np.round(peaks[at])), "records"),
                clock_text(float(simulation.times_s[simulation.lag_records[:, at].argmax()])),
                format_duration(float(ages[at])),
                format_load(float(np.round(simulation.lag_records[-1, at])), "records"),
                *([format_load(float(np.round(lost[at])), "records")] if lost is not None else []),
            )
            for at in order.tolist()
        ],
        left_out=more(behind - order.size, "partition"),
    )


def rebalances(simulation: LagSimulation, *, most_rows: int) -> Table | None:
    """One row per rebalance: why, how long, what moved; None if there was none."""
    told = simulation.rebalances
    if not told:
        return None
    return table(
        "rebalances",
        "Rebalances",
        ("from>", "because of", "took>", "partitions moved>", "phases"),
        [
            (
                clock_text(rebalance.starts_s),
                rebalance.event.replace("+", " and "),
                format_duration(rebalance.ends_s - rebalance.starts_s),
                f"{rebalance.moves:,}" if rebalance.finished else "not finished",
                ", ".join(
                    _phase(phase.name, phase.ends_s - phase.starts_s, phase.stops)
                    for phase in rebalance.phases
                ),
            )
            for rebalance in told[:most_rows]
        ],
        left_out=more(len(told) - most_rows, "rebalance"),
    )


def decisions(simulation: LagSimulation, *, most_rows: int) -> Table | None:
    """One row per change of the number of members; None if nothing scaled the group."""
    changes = [decision for decision in simulation.decisions if decision.change]
    if not changes:
        return None
    return table(
        "decisions",
        "Scaling",
        ("at>", "members>", "to>", "why"),
        [
            (
                clock_text(decision.at_s),
                f"{decision.members_before:,}",
                f"{decision.members:,}",
                printable(decision.reason),
            )
            for decision in changes[:most_rows]
        ],
        left_out=more(len(changes) - most_rows, "change"),
    )


def policies(comparison: PolicyComparison) -> Table:
    """One row per policy; the best marked."""
    outcomes = comparison.outcomes
    return table(
        "policies",
        "Scaling policies side by side",
        (
            "policy",
            "member-hours>",
            "most members>",
            "most unread>",
            "oldest>",
            "above objective>",
            "rebalances>",
            "objective",
        ),
        [_policy(outcome) for outcome in outcomes],
        marked=next(at for at, outcome in enumerate(outcomes) if outcome is comparison.best),
    )


def how_sure(simulation: LagSimulation) -> Table:
    """One row per kind of number: what it rests on."""
    rows = [
        (
            "lag over time",
            "exact, of a fluid model",
            (
                "records flow and whole partitions change owner; nothing is drawn at random, so "
                "real lag also has the noise of batches and polls"
            ),
        ),
        (
            "capacity of a member",
            "as given",
            "one rate, however many partitions it reads and however full its batches are",
        ),
        (
            "rebalances",
            "the longest that the rules allow",
            "from protocol and timeouts; a crash is noticed up to a heartbeat earlier",
        ),
    ]
    if simulation.retention_s is not None:
        rows.append(
            ("what retention deletes", "the most", "brokers delete whole segments, so later")
        )
    if simulation.decisions:
        rows.append(
            ("scaling", "exact rules", "the delay of metrics and of scheduling is not in it")
        )
    return table("how-sure", "How sure each number is", ("number", "how sure", "why"), rows)


def _told_moments(simulation: LagSimulation) -> dict[int, list[str]]:
    """Say what is worth telling at which row; the most important first."""
    last = simulation.times_s.size - 1
    told: dict[int, list[str]] = {}
    lag = simulation.total_lag_records
    if lag.max() >= _ONE_RECORD:
        told.setdefault(int(lag.argmax()), []).append("most unread")
        caught_up_s = simulation.caught_up_at_s()
        if caught_up_s:
            row = int(np.searchsorted(simulation.times_s, caught_up_s))
            told.setdefault(row, []).append("all is read from here on")
    told.setdefault(last, [])
    for at_s, text in sorted([*_rate_changes(simulation), *_events(simulation)]):
        row = min(last, int(np.searchsorted(simulation.times_s, at_s)))
        told.setdefault(row, []).insert(0, text)
    return told


def _events(simulation: LagSimulation) -> Iterator[tuple[float, str]]:
    missed = set(map(id, simulation.missed_events))
    for event in simulation.events:
        in_vain = " (nobody there: nothing happens)" if id(event) in missed else ""
        yield event.at_s, event_text(event) + in_vain


def _rate_changes(simulation: LagSimulation) -> Iterator[tuple[float, str]]:
    """Give when another rate is written; nothing if it changes all the time."""
    arrivals = simulation.traffic.arrivals
    times = arrivals.times_s[1:]
    if arrivals.repeat_s is not None or times.size > _MOST_CHANGES:
        return
    for at_s, rate in zip(times.tolist(), arrivals.records_per_s[1:].tolist(), strict=True):
        if at_s < simulation.duration_s:
            yield at_s, f"{format_load(rate, 'records/s')} from here on"


def _peaks_between(lag: NDArray[np.float64], rows: list[int]) -> list[int]:
    """Give where lag is higher between two moments than at either, the highest first."""
    peaks = []
    for first, last in zip([0, *rows], rows, strict=False):
        if last - first > 1:
            at = first + 1 + int(lag[first + 1 : last].argmax())
            if lag[at] > max(lag[first], lag[last]):
                peaks.append(at)
    return sorted(peaks, key=lambda at: -float(lag[at]))


def _evenly(steps: int, most_rows: int) -> list[int]:
    """Give moments evenly apart, few enough to leave room for those with something to tell."""
    rows: list[int] = np.linspace(0, steps - 1, max(2, most_rows // 2), dtype=int).tolist()
    return rows


def _members(simulation: LagSimulation, row: int) -> str:
    parts = [f"{simulation.ready_members[row]:,}"]
    for count, word in (
        (simulation.starting_members[row], "starting"),
        (simulation.silent_members[row], "silent"),
    ):
        if count:
            parts.append(f"{count:,} {word}")
    return " + ".join(parts)


def _phase(name: str, took_s: float, stops: str) -> str:
    stopped = {"none": "", "all": ", all stop"}.get(stops, f", {stops} stop")
    return f"{name} {format_duration(took_s)}{stopped}"


def _policy(outcome: PolicyOutcome) -> tuple[str, ...]:
    verdict = "kept" if outcome.meets_objective else "missed"
    return (
        printable(outcome.name),
        f"{outcome.member_hours:,.1f}",
        f"{outcome.most_members:,}",
        f"{outcome.peak_lag_records:,.0f}",
        format_duration(outcome.peak_lag_s),
        format_duration(outcome.time_over_s),
        f"{outcome.rebalances:,}",
        f"{verdict}, rebalance storm" if outcome.is_storm else verdict,
    )
