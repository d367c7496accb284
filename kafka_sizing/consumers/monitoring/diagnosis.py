"""`LagSamples` in; why the group lags, since when, with what evidence, and what to do, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from kafka_sizing._checks import check_positive, check_type
from kafka_sizing.consumers.monitoring.backlog import judge_backlog
from kafka_sizing.consumers.monitoring.causes import (
    ADVICE,
    Cause,
    Confidence,
    Suspect,
    count,
    moment,
    seconds,
)
from kafka_sizing.consumers.monitoring.continuity import (
    OffsetReset,
    SampleGap,
    after_resets,
    offset_resets,
    sample_gaps,
)
from kafka_sizing.consumers.monitoring.coverage import MissingPartition, missing_partitions
from kafka_sizing.consumers.monitoring.growth_causes import judge_growth
from kafka_sizing.consumers.monitoring.noise import Noise, noise_of
from kafka_sizing.consumers.monitoring.rises import rising
from kafka_sizing.consumers.monitoring.samples import LagSamples, TopicPartition
from kafka_sizing.consumers.monitoring.stop_causes import judge_stops
from kafka_sizing.consumers.monitoring.stops import find_stops
from kafka_sizing.consumers.monitoring.thresholds import threshold
from kafka_sizing.consumers.monitoring.timeline import Timeline, timeline_of
from kafka_sizing.consumers.monitoring.unrest import with_storms
from kafka_sizing.consumers.settings import ConsumerSettings

if TYPE_CHECKING:
    import pandas as pd

LagState = Literal["caught up", "catching up", "holding", "falling behind", "unknown"]

_NO_CAUSE: Final[tuple[Cause, ...]] = ("caught up", "catching up", "not enough data", "not known")
_MOST_NAMED: Final = 5
_LAST_PART: Final = 4  # the last quarter of the moments says whether lag grows or falls


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One cause of lag, and what speaks for it."""

    cause: Cause
    partitions: tuple[TopicPartition, ...]  #: those it concerns
    members: tuple[str, ...]  #: those it concerns, if owners are known
    since_s: float  #: on the clock of the samples [s]
    until_s: float | None  #: when it ended; None: it goes on [s]
    lag_records: float  #: records by which it let the lag grow
    lag_share: float  #: the same as a share of all growth that is explained
    evidence: str  #: one sentence with numbers
    confidence: Confidence
    hint: str | None = None  #: what to do next in this very case, if not what always helps

    @property
    def kind(self) -> Literal["rule"]:
        """How it was found: by rules of thumb, tried on simulated groups."""
        return "rule"

    @property
    def advice(self) -> str:
        """What to do next."""
        return ADVICE[self.cause] if self.hint is None else self.hint

    @property
    def reason(self) -> str:
        """The cause, when, and its evidence, in one sentence."""
        when = ""
        if self.lag_records:
            until = "on" if self.until_s is None else f"to {moment(self.until_s)}"
            when = f", from {moment(self.since_s)} {until}"
        return f"{self.cause.capitalize()}{when}: {self.evidence}."


@dataclass(frozen=True, slots=True, kw_only=True)
class LagDiagnosis:
    """Why a group lags: its causes, the one that explains most lag first."""

    verdicts: tuple[Verdict, ...]
    state: LagState  #: how the group stood at the last samples
    lag_records: int  #: unread at the last samples
    resets: tuple[OffsetReset, ...]  #: offsets that went back; only what came after was used
    gaps: tuple[SampleGap, ...]  #: where samples are missing
    missing: tuple[MissingPartition, ...]  #: partitions not seen from the first moment to the last
    uncommitted: tuple[TopicPartition, ...]  #: partitions of which no commit was ever seen
    left_out: tuple[TopicPartition, ...]  #: others of which too little was seen

    @property
    def primary(self) -> Verdict:
        """The verdict that explains most of the lag."""
        return self.verdicts[0]

    @property
    def cause(self) -> Cause:
        """The cause that explains most of the lag."""
        return self.primary.cause

    @property
    def others(self) -> tuple[Verdict, ...]:
        """The other causes, by the lag they explain."""
        return self.verdicts[1:]

    def explain(self) -> str:
        """Say in words what is the matter and what to do."""
        lines = [verdict.reason for verdict in self.verdicts]
        if self.state not in (self.cause, "unknown"):
            unread = "" if self.state == "caught up" else f", {self.lag_records:,} records unread"
            lines.append(f"At the last samples the group is {self.state}{unread}.")
        lines += [reset.reason for reset in self.resets]
        lines += [one.reason for one in self.missing[:_MOST_NAMED]]
        if len(self.missing) > _MOST_NAMED:
            lines.append(f"So it is with {len(self.missing) - _MOST_NAMED:,} more partitions.")
        for labels, what in (
            (self.uncommitted, "No commit was seen of"),
            (self.left_out, "Too little was seen of"),
        ):
            if labels:
                listed = ", ".join(str(label) for label in labels[:_MOST_NAMED])
                lines.append(f"{what} {count(len(labels), 'partition')}: {listed}.")
        return " ".join([*lines, self.primary.advice])

    def to_frame(self) -> pd.DataFrame:
        """One row per verdict: cause, since_s, until_s, lag, evidence, advice …"""
        import pandas as pd

        return pd.DataFrame(
            {
                "cause": [verdict.cause for verdict in self.verdicts],
                "confidence": [verdict.confidence for verdict in self.verdicts],
                "partitions": [
                    ", ".join(map(str, verdict.partitions)) for verdict in self.verdicts
                ],
                "members": [", ".join(verdict.members) for verdict in self.verdicts],
                "since_s": [verdict.since_s for verdict in self.verdicts],
                "until_s": pd.array(
                    [verdict.until_s for verdict in self.verdicts], dtype="Float64"
                ),
                "lag_records": [verdict.lag_records for verdict in self.verdicts],
                "lag_share": [verdict.lag_share for verdict in self.verdicts],
                "evidence": [verdict.evidence for verdict in self.verdicts],
                "advice": [verdict.advice for verdict in self.verdicts],
            }
        )

    def __repr__(self) -> str:
        """Say the causes in order."""
        others = "".join(f", then {verdict.cause!r}" for verdict in self.others)
        return (
            f"LagDiagnosis({self.cause!r}{others}; {self.state}, lag={self.lag_records:,} records)"
        )

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(self.explain())}</p>" + self.to_frame().to_html(index=False)


def diagnose_lag(
    samples: LagSamples,
    *,
    lag_objective_s: float | None = None,
    settings: ConsumerSettings | None = None,
) -> LagDiagnosis:
    """Name why a consumer group lags, with the evidence, and what to do next.

    Rules over medians, no learning: first the stops are taken out, partitions that were not
    read at all while records waited, and told apart by what stopped together (one partition, one
    member, the whole group), for how long, and who owned it before and after. Then what is left
    of the growth of lag: of few partitions, because more comes there; of most, because members
    rebalanced, more came, less was read, or both as ever. Last, lag from before the samples.

    Parameters
    ----------
    samples : LagSamples
        What was seen of the group; with owners of partitions if possible.
    lag_objective_s : float, optional
        Age of the oldest unread record that is no trouble; by default two commit intervals. [s]
        > 0
    settings : ConsumerSettings, optional
        Timeouts of the group, which tell a crash from a hung member; by default Kafka's.

    Returns
    -------
    LagDiagnosis
        The causes, the one that explains most of the growth of lag first. "caught up" if there
        was no lag beyond the objective, "catching up" if it is older than the samples,
        "not enough data" below five samples of a partition.

    Raises
    ------
    TypeError
        If ``samples`` is no `LagSamples`.
    ValueError
        If the objective is not finite and positive.

    Notes
    -----
    A poisoned record is told from a hung member by what else the member reads: if it reads
    nothing else, by whether the stop outlasts ``max.poll.interval.ms``. Without owners, one
    partition that stands is taken for a poisoned record, and several for a member; rebalances too
    short to be seen look like a slow dependency; and a hot partition may be one that would fit a
    reader of its own.

    Examples
    --------
    Partition 2 stands from 120 s on, while 0 and 1 are read.

    >>> import numpy as np
    >>> from kafka_sizing.consumers.monitoring import LagSamples, diagnose_lag
    >>> times = np.arange(0, 600, 30)
    >>> ends = np.outer(times, [10, 10, 10])
    >>> committed = np.minimum(ends, [6000, 6000, 1200])
    >>> diagnosis = diagnose_lag(LagSamples.from_grid(times, committed, ends))
    >>> diagnosis.cause, diagnosis.primary.partitions[0].partition, diagnosis.primary.since_s
    ('poison record', 2, 120.0)
    """
    check_type("samples", samples, LagSamples, "LagSamples.from_frame or read_lag_samples")
    if lag_objective_s is not None:
        check_positive("lag_objective_s", lag_objective_s)
    known = settings or ConsumerSettings()
    timeline = timeline_of(after_resets(samples), least_moments=int(threshold("least_moments")))
    if timeline is None:
        return _without_cause(samples, None, "not enough data", _too_little(samples), "unknown")
    noise = noise_of(
        timeline,
        commit_interval_s=known.auto_commit_interval_s,
        lag_objective_s=lag_objective_s,
    )
    suspects = _suspects(timeline, noise, known, offset_resets(samples))
    state = _state(timeline, noise)
    if not suspects:
        unknown = _stays_behind(timeline, noise)
        cause: Cause = "not known" if unknown else "caught up"
        evidence = (
            "there is lag, and no rule explains it"
            if unknown
            else f"no partition was more than {seconds(noise.tolerance_s)} behind for long"
        )
        return _without_cause(samples, timeline, cause, evidence, state)
    return _diagnosis(samples, timeline, _ranked(timeline, suspects), state)


def _suspects(
    timeline: Timeline,
    noise: Noise,
    settings: ConsumerSettings,
    resets: tuple[OffsetReset, ...],
) -> list[Suspect]:
    rises = rising(timeline.lag, noise.tolerance_records) & timeline.seen
    stopped = judge_stops(timeline, noise, find_stops(timeline, noise), settings)
    claimed = np.zeros_like(rises)
    for suspect in stopped:
        claimed |= suspect.cells
    poisoned = [suspect.columns for suspect in stopped if suspect.cause == "poison record"]
    left_out = np.concatenate([*poisoned, np.empty(0, np.int64)]).astype(np.int64)
    grown = judge_growth(timeline, noise, rises, claimed, left_out)
    told = with_storms(timeline, [*stopped, *grown])
    return [*told, *judge_backlog(timeline, noise, told, resets)]


def _ranked(timeline: Timeline, suspects: list[Suspect]) -> tuple[Verdict, ...]:
    """Rank by the lag that each let grow; every cell counts for the first that claims it."""
    growth = np.maximum(np.diff(timeline.lag, axis=0), 0.0)
    free = np.ones(growth.shape, np.bool_)
    lags = []
    for suspect in suspects:
        lag = float(growth[suspect.cells & free].sum())
        free &= ~suspect.cells
        if suspect.cells[0].any() or not suspect.cells.any():  # it was there before the samples
            lag += float(timeline.lag[0, suspect.columns].sum())
        lags.append(lag)
    whole = sum(lags)
    least = threshold("least_share") * whole
    verdicts = [
        Verdict(
            cause=suspect.cause,
            partitions=tuple(timeline.partitions[column] for column in suspect.columns.tolist()),
            members=suspect.members,
            since_s=suspect.starts_s,
            until_s=suspect.ends_s,
            lag_records=lag,
            lag_share=lag / whole if whole else 1.0,
            evidence=suspect.evidence,
            confidence=suspect.confidence,
            hint=suspect.advice,
        )
        for suspect, lag in zip(suspects, lags, strict=True)
        if lag >= least or suspect.is_firm
    ]
    return tuple(sorted(verdicts, key=lambda verdict: -verdict.lag_records))


def _state(timeline: Timeline, noise: Noise) -> LagState:
    """Say how the group stood at the last samples."""
    lag = timeline.lag
    if not (lag[-1] > noise.tolerance_records).any():
        return "caught up"
    total = lag.sum(axis=1)
    part = max(2, total.size // _LAST_PART)
    change = float(total[-1] - total[-part])
    if abs(change) < threshold("falling_share") * float(total.max()):
        return "holding"
    return "falling behind" if change > 0 else "catching up"


def _stays_behind(timeline: Timeline, noise: Noise) -> bool:
    """Whether any partition was behind at three moments in a row."""
    behind = timeline.lag > noise.tolerance_records
    return bool((behind[:-2] & behind[1:-1] & behind[2:]).any())


def _too_little(samples: LagSamples) -> str:
    if not samples.has_commit.any():
        return "no committed offset was ever seen"
    most = max(end - begin for begin, end in after_resets(samples).spans)
    least = int(threshold("least_moments"))
    return f"no partition has {least} samples with a commit, the most there are is {most}"


def _without_cause(
    samples: LagSamples, timeline: Timeline | None, cause: Cause, evidence: str, state: LagState
) -> LagDiagnosis:
    partitions = samples.partitions if timeline is None else timeline.partitions
    verdict = Verdict(
        cause=cause,
        partitions=partitions,
        members=(),
        since_s=float(samples.times_s.min()),
        until_s=None,
        lag_records=0.0,
        lag_share=0.0,
        evidence=evidence,
        confidence="low" if cause == "not known" else "high",
    )
    return _diagnosis(samples, timeline, (verdict,), state)


def _diagnosis(
    samples: LagSamples,
    timeline: Timeline | None,
    verdicts: tuple[Verdict, ...],
    state: LagState,
) -> LagDiagnosis:
    judged = set(() if timeline is None else timeline.partitions)
    committed = set(np.unique(samples.partition[samples.has_commit]).tolist())
    labels = list(enumerate(samples.partitions))
    return LagDiagnosis(
        verdicts=verdicts,
        state=state,
        lag_records=samples.last_lag_records,
        resets=offset_resets(samples),
        gaps=sample_gaps(samples),
        missing=missing_partitions(samples),
        uncommitted=tuple(label for at, label in labels if at not in committed),
        left_out=tuple(label for at, label in labels if at in committed and label not in judged),
    )
