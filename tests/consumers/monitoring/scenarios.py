"""A seed in; a group that something befell, as a monitor would have seen it, out.

Every scenario is played by `simulate_lag`, so its cause is known. What is drawn: 6 to 60
partitions, 2 to 12 members, a sample every 5 to 60 s, the protocol, how busy the group is, when
what happens and how badly; whether owners are seen. Then the picture is spoilt: the load drifts
by up to 15 % and swings by 10 to 20 %, shares differ by 15 %, each partition runs ahead and falls
back by a fifth of an interval, members commit every 0 to 15 s at times of their own, clocks are
off by 2 % of the interval, up to 8 % of the rows and 5 % of the snapshots are missing, and ends
are read a moment after commits. While a rebalance goes on, some monitors see no owners, as Kafka
tells of none; others only if all partitions stand; others keep to the last they saw.

What no monitor could tell apart is not drawn: each trouble lasts for at least two and a half
intervals and three commits, but for rebalances of a few seconds again and again, which are drawn
if owners are seen, and if they leave a lag that cannot be a late commit; a member that hangs does
so for longer than the session timeout, or it could have crashed; a poisoned partition shares its
reader, or stands for longer than max.poll.interval.ms, or the reader could hang; without owners,
a member that fails has two partitions at least, and a partition that is too much for its reader
alone is one that no member could read; a crash never leaves a single member to hang before an
outage.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from kafka_sizing.consumers.monitoring.samples import LagSamples
from kafka_sizing.consumers.settings import ConsumerSettings
from kafka_sizing.consumers.simulation.arrivals import Arrivals
from kafka_sizing.consumers.simulation.events import (
    Crash,
    Deployment,
    Join,
    Leave,
    PartitionIncrease,
    PoisonRecord,
    SharesChange,
    Slowdown,
    Stuck,
)
from kafka_sizing.consumers.simulation.lag import simulate_lag

SINGLE = (
    "one hot partition",
    "group too small",
    "member crashed",
    "member stuck",
    "member slow",
    "poison record",
    "dependency slow",
    "producer burst",
    "rebalance storm",
    "new partitions",
    "catching up",
    "caught up",
    "not enough data",
)
PAIRS = (
    ("poison record", "producer burst"),
    ("poison record", "member crashed"),
    ("poison record", "dependency slow"),
    ("one hot partition", "member crashed"),
    ("one hot partition", "poison record"),
    ("one hot partition", "dependency slow"),
    ("member crashed", "producer burst"),
    ("member crashed", "dependency slow"),
    ("member stuck", "producer burst"),
    ("member stuck", "poison record"),
    ("producer burst", "dependency slow"),
)
CLEARLY_MORE = 1.5  # lag of the first cause over that of the second, from which their order is set


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Samples, and what made them so."""

    seed: int
    causes: tuple[str, ...]  # the one that explains most of the lag first
    any_order: bool  # two causes explain about as much
    samples: LagSamples
    settings: ConsumerSettings
    has_owners: bool


@dataclass(kw_only=True)
class _Play:
    """What goes into one simulation."""

    partitions: int
    members: int
    member_rate: float
    rate: float
    every_s: float
    duration_s: float
    protocol: str
    settings: ConsumerSettings
    has_owners: bool
    shares: np.ndarray
    commit_s: float
    barrier_s: float | None = None
    initial_lag_s: float = 0.0
    events: list[Any] = field(default_factory=list)
    bursts: list[tuple[float, float, float]] = field(default_factory=list)
    steps: list[tuple[float, float]] = field(default_factory=list)  # the rate rises for good
    swing: float = 0.1
    drift: float = 0.1
    noise_seed: int = 0
    hides: str = "nothing"  # owners that no monitor sees: "nothing", "standing", "rebalancing"

    @property
    def readers(self) -> int:
        return min(self.members, self.partitions)

    @property
    def least_owned(self) -> int:
        return self.partitions // self.readers

    @property
    def lightest(self) -> float:
        """What the member with the least to do has to read."""
        return self.rate * self.least_owned / self.partitions

    def run(self):
        noise = np.random.default_rng(self.noise_seed)
        every = max(10.0, self.every_s / 2)
        times = np.arange(0.0, self.duration_s, every)
        turns = noise.uniform(0.5, 2) * times / self.duration_s + noise.random()
        drift = 1 + self.drift * np.sin(2 * np.pi * turns)
        rates = self.rate * drift * np.exp(noise.normal(0, self.swing, times.size))
        arrivals = Arrivals(times_s=times, records_per_s=rates)
        for at_s, for_s, ratio in self.bursts:
            arrivals = arrivals.with_burst(at_s=at_s, for_s=for_s, ratio=ratio)
        for at_s, ratio in self.steps:
            arrivals = arrivals.with_burst(at_s=at_s, for_s=2 * self.duration_s, ratio=ratio)
        return simulate_lag(
            arrivals,
            shares=self.shares,
            member=self.member_rate,
            members=self.members,
            duration_s=self.duration_s,
            step_s=max(1.0, self.every_s / 5),
            protocol=self.protocol,
            settings=self.settings,
            barrier_s=self.barrier_s,
            events=self.events,
            initial_lag_records=self.initial_lag_s * self.rate,
        )


def scenario(seed: int) -> Scenario:
    """Make the scenario of a seed."""
    rng = np.random.default_rng(seed)
    causes: tuple[str, ...]
    if rng.random() < 0.2:
        causes = PAIRS[rng.integers(len(PAIRS))]
    else:
        causes = (SINGLE[rng.integers(len(SINGLE))],)
    play = _group(rng, causes)
    windows = [(0.25, 0.5)] if len(causes) == 1 else [(0.18, 0.3), (0.55, 0.65)]
    plays = []
    for cause, (low, high) in zip(causes, windows, strict=True):
        alone = replace(play, events=[], bursts=[], steps=[])
        _TROUBLES[cause](rng, alone, alone.duration_s * rng.uniform(low, high), causes)
        plays.append(alone)
    any_order = False
    whole = plays[0]
    if len(plays) == 2:
        lags = [_lag_made(alone) for alone in plays]
        whole = replace(
            plays[0],
            events=[event for alone in plays for event in alone.events],
            bursts=[burst for alone in plays for burst in alone.bursts],
            steps=[step for alone in plays for step in alone.steps],
        )
        whole.events = _with_one_share(whole.events)
        any_order = max(lags) < CLEARLY_MORE * min(lags)
        if lags[1] > lags[0]:
            causes = causes[::-1]
    samples = _seen(rng, whole, few=causes == ("not enough data",))
    return Scenario(
        seed=seed,
        causes=causes,
        any_order=any_order,
        samples=samples,
        settings=whole.settings,
        has_owners=whole.has_owners,
    )


def _group(rng, causes) -> _Play:
    """Draw a group that keeps up, and would with a member less."""
    needs_two = set(causes) & {
        "member crashed",
        "member stuck",
        "member slow",
        "poison record",
        "rebalance storm",
    }
    partitions = int(rng.integers(6, 61))
    members = int(rng.integers(2, 13))
    has_owners = bool(rng.random() < 0.5)
    if needs_two:
        members = min(members, partitions // 2)
    if len(causes) == 2:
        members = max(members, 3)
    every_s = float(np.round(np.exp(rng.uniform(np.log(5), np.log(60)))))
    if causes == ("rebalance storm",):
        every_s = float(np.round(rng.uniform(10, 30)))
    member_rate = float(np.exp(rng.uniform(np.log(50), np.log(5000))))
    busy = rng.uniform(0.45, 0.85)
    fullest = -(-partitions // max(1, min(members, partitions) - 1))
    rate = busy * member_rate * partitions / fullest / 1.3
    shares = np.exp(rng.normal(0, 0.15, partitions))
    session_s = max(45.0, np.ceil(3.2 * every_s))
    commit_s = float(rng.choice([0.0, 5.0, 10.0, 15.0]))
    return _Play(
        partitions=partitions,
        members=members,
        member_rate=member_rate,
        rate=rate,
        every_s=every_s,
        duration_s=every_s * int(rng.integers(45, 90)) + (900 if len(causes) == 2 else 500),
        protocol=str(rng.choice(["cooperative", "eager", "consumer"])),
        settings=ConsumerSettings(
            session_timeout_s=session_s, consumer_session_timeout_s=session_s
        ),
        has_owners=has_owners,
        shares=shares / shares.sum(),
        commit_s=commit_s,
        swing=float(rng.uniform(0.1, 0.2)),
        drift=float(rng.uniform(0, 0.15)),
        noise_seed=int(rng.integers(2**31)),
        hides=str(rng.choice(["nothing", "standing", "rebalancing"])),
    )


def _hot(rng, play: _Play, at_s: float, causes) -> None:
    partition = int(rng.integers(play.partitions)) if len(causes) == 1 else play.partitions - 1
    heat = rng.uniform(1.3, 3) * play.member_rate
    rates = play.shares * play.rate
    rates[partition] = heat
    play.events.append(SharesChange(at_s=at_s, shares=rates / rates.sum()))
    play.steps.append((at_s, rates.sum() / play.rate))
    if len(causes) == 1 and rng.random() < 0.3:  # hot from the start
        play.shares, play.rate = rates / rates.sum(), rates.sum()
        play.events, play.steps = [], []


def _too_small(rng, play: _Play, at_s: float, causes) -> None:
    if play.has_owners and rng.random() < 0.3:
        _heavy(rng, play, at_s)
        return
    more = rng.uniform(1.3, 1.9) * play.member_rate / play.lightest
    if rng.random() < 0.3:  # it was enough until the load rose
        play.steps.append((at_s / 2, more))
    else:
        play.rate *= more


def _heavy(rng, play: _Play, at_s: float) -> None:
    """Let a partition be too much for its reader, which has others, and fit one of its own."""
    owned = int(rng.integers(3, 7))
    play.members = max(2, min(play.members, 60 // owned))
    play.partitions = play.members * owned
    rest = rng.uniform(0.65, 0.8) * (owned - 1) / owned
    heavy = max(rng.uniform(0.7, 0.9), 1.22 - rest)
    shares = np.exp(rng.normal(0, 0.15, play.partitions))
    rates = shares / shares.mean() * play.member_rate * rest / (owned - 1)
    play.shares, play.rate = rates / rates.sum(), rates.sum()
    rates[int(rng.integers(play.partitions))] = heavy * play.member_rate
    if rng.random() < 0.5:
        play.events.append(SharesChange(at_s=at_s, shares=rates / rates.sum()))
        play.steps.append((at_s, rates.sum() / play.rate))
    else:
        play.shares, play.rate = rates / rates.sum(), rates.sum()


def _crash(rng, play: _Play, at_s: float, causes) -> None:
    back = None
    if rng.random() < 0.4:
        back = play.settings.session_timeout_s + rng.uniform(60, 300)
    member = int(rng.integers(play.readers))
    play.events.append(Crash(at_s=at_s, member=member, back_after_s=back))


def _stuck(rng, play: _Play, at_s: float, causes) -> None:
    least = play.settings.session_timeout_s + 20 + 3 * play.every_s
    member = int(rng.integers(play.readers))
    play.events.append(Stuck(at_s=at_s, member=member, for_s=rng.uniform(least, least + 400)))


def _slow_member(rng, play: _Play, at_s: float, causes) -> None:
    left = rng.uniform(0.3, 0.7) * play.lightest / play.member_rate
    for_s = rng.uniform(1, 2.5) * max(150, 6 * play.every_s)
    member = int(rng.integers(play.readers))
    play.events.append(Slowdown(at_s=at_s, for_s=for_s, capacity_fraction=left, member=member))


def _poison(rng, play: _Play, at_s: float, causes) -> None:
    partition = int(rng.integers(play.partitions - 1))  # the last is for a hot key
    for_s = None
    if rng.random() < 0.4:
        for_s = rng.uniform(1, 2) * max(150, 5 * play.every_s)
    alone = play.least_owned < 2 and play.has_owners
    if alone:
        for_s = None
    play.events.append(PoisonRecord(at_s=at_s, partition=partition, for_s=for_s))


def _slow(rng, play: _Play, at_s: float, causes) -> None:
    left = rng.uniform(0.1, 0.75) * play.lightest / play.member_rate
    if rng.random() < 0.3:
        left = 0.0
    for_s = rng.uniform(1, 2.5) * max(120, 5 * play.every_s)
    play.events.append(Slowdown(at_s=at_s, for_s=for_s, capacity_fraction=left))


def _burst(rng, play: _Play, at_s: float, causes) -> None:
    ratio = rng.uniform(1.25, 2.5) * play.member_rate / play.lightest
    for_s = rng.uniform(1, 3) * max(60, 4 * play.every_s)
    if len(causes) == 1 and rng.random() < 0.25:  # still on when the last sample is taken
        at_s = play.duration_s - for_s
        for_s += 100
    play.bursts.append((at_s, for_s, ratio))


def _storm(rng, play: _Play, at_s: float, causes) -> None:
    if play.has_owners and rng.random() < 0.6:
        _short_rounds(rng, play, at_s / 2)
    else:
        _long_rounds(rng, play, at_s)


def _short_rounds(rng, play: _Play, at_s: float) -> None:
    """Draw rebalances that no sample need see, but the lag they leave all together."""
    play.protocol = "eager"
    least_s = 3 * max(5.0, play.commit_s, play.every_s)
    barrier, apart, rolling = rng.uniform(8, 40), rng.uniform(1.2, 3), rng.random() < 0.5
    restart_s, pause_s = rng.uniform(20, 60), rng.uniform(0, 60)
    for _ in range(12):
        play.barrier_s = barrier
        if rolling:
            play.events = [Deployment(at_s=at_s, restart_s=restart_s, pause_s=pause_s)]
            last = at_s + (restart_s + pause_s) * play.members
        else:
            times = at_s + np.arange(int(rng.integers(6, 30))) * apart * barrier
            play.events = [
                Join(at_s=at) if k % 2 == 0 else Leave(at_s=at, member=0)
                for k, at in enumerate(times)
            ]
            last = times[-1]
        play.duration_s = max(play.duration_s, last + 10 * play.every_s)
        behind = np.median(play.run().lag_records / (play.shares * play.rate), axis=1)
        if behind.max() >= least_s and _rebalances_seen(play) >= 3:
            return
        barrier, apart, pause_s = 1.1 * barrier, max(1.02, 0.85 * apart), 0.7 * pause_s
    _long_rounds(rng, play, 2 * at_s)


def _rebalances_seen(play: _Play) -> int:
    """Count the times at which a monitor sees other owners than before, or none any more."""
    run = play.run()
    moments = np.arange(play.every_s, play.duration_s, play.every_s)
    owner, hidden = run.owners_at(moments), _hidden(play, run, moments)
    seen, last, was_hidden = 0, owner[0], False
    for now, is_hidden in zip(owner, hidden, strict=True):
        changed = not is_hidden and (now != last).any() and not was_hidden
        seen += changed or (is_hidden and not was_hidden)
        last, was_hidden = (last if is_hidden else now), is_hidden
    return seen


def _hidden(play: _Play, run, moments: np.ndarray) -> np.ndarray:
    """Say at which moments the owners of all partitions are not seen."""
    hidden = np.zeros(moments.size, np.bool_)
    for rebalance in run.rebalances if play.hides != "nothing" else ():
        for phase in rebalance.phases:
            if phase.stops == "all" or (
                play.hides == "rebalancing" and play.protocol != "consumer"
            ):
                hidden |= (phase.starts_s < moments) & (moments < phase.ends_s)
    return hidden


def _long_rounds(rng, play: _Play, at_s: float) -> None:
    play.events = []
    play.protocol = "eager" if not play.has_owners or rng.random() < 0.7 else "cooperative"
    play.barrier_s = rng.uniform(1.2, 2) * max(15, 2.5 * play.every_s, 3 * play.commit_s)
    play.settings = replace(play.settings, max_poll_interval_s=300.0)
    apart = play.barrier_s * (2 if play.protocol == "eager" else 3) + 4 * play.every_s
    if rng.random() < 0.5:
        times = at_s / 2 + np.arange(int(rng.integers(4, 9))) * apart * rng.uniform(1, 1.5)
        play.events += [
            Join(at_s=at) if k % 2 == 0 else Leave(at_s=at, member=0) for k, at in enumerate(times)
        ]
        last = times[-1]
    else:
        play.events.append(Deployment(at_s=at_s / 2, restart_s=apart, pause_s=apart))
        last = at_s / 2 + 2 * apart * play.members
    play.duration_s = max(play.duration_s, last + 5 * apart)


def _new_partitions(rng, play: _Play, at_s: float, causes) -> None:
    age_s = max(rng.uniform(60, 300), 5 * play.every_s + 30, 5 * play.commit_s)
    play.settings = replace(play.settings, metadata_max_age_s=age_s)
    if play.protocol == "consumer":  # whose coordinator sees them at once
        play.protocol = "eager"
    partitions = play.partitions + int(rng.integers(1, play.partitions + 1))
    shares = np.exp(rng.normal(0, 0.15, partitions))
    play.events.append(PartitionIncrease(at_s=at_s, shares=shares / shares.sum()))


def _catching_up(rng, play: _Play, at_s: float, causes) -> None:
    spare = play.member_rate * play.readers / play.rate - 1
    play.initial_lag_s = rng.uniform(0.5, 2) * play.duration_s * min(spare, 1.0)


def _nothing(rng, play: _Play, at_s: float, causes) -> None:
    pass


_TROUBLES = {
    "one hot partition": _hot,
    "group too small": _too_small,
    "member crashed": _crash,
    "member stuck": _stuck,
    "member slow": _slow_member,
    "poison record": _poison,
    "dependency slow": _slow,
    "producer burst": _burst,
    "rebalance storm": _storm,
    "new partitions": _new_partitions,
    "catching up": _catching_up,
    "caught up": _nothing,
    "not enough data": _nothing,
}


def _with_one_share(events: list[Any]) -> list[Any]:
    return sorted(events, key=lambda event: event.at_s)


def _lag_made(play: _Play) -> float:
    """Records by which the lag of partitions grew, all in all."""
    lag = play.run().lag_records
    return float(np.maximum(np.diff(lag, axis=0), 0).sum())


def _seen(rng, play: _Play, *, few: bool) -> LagSamples:
    """Look at a simulation as a monitor does."""
    run = play.run()
    every = round(play.every_s / run.step_s)
    moments = run.times_s[every - 1 :: every]
    if few:
        moments = moments[: int(rng.integers(1, 5))]
    owner = run.owners_at(moments)
    shape = owner.shape
    hidden = _hidden(play, run, moments)
    ahead = np.clip(rng.normal(0, 0.1, shape), -0.2, 0.2) * play.every_s
    looked = np.clip(moments[:, None] + ahead, run.step_s, run.times_s[-1])
    if play.commit_s:
        commits = (rng.random(owner.max() + 2) * play.commit_s)[owner]  # when each member does
        since = np.floor((looked - commits) / play.commit_s) * play.commit_s + commits
        committed_at = np.maximum(since, 0.0)
    else:
        committed_at = looked
    arrived = run.arrived_records + run.initial_lag_records
    times = np.append(0.0, run.times_s)
    ends, committed = np.empty(shape), np.empty(shape)
    raced = rng.uniform(0, min(0.3, 0.05 * play.every_s), shape)
    for partition in range(shape[1]):
        came = np.append(run.initial_lag_records[partition], arrived[:, partition])
        read = np.append(0.0, run.read_records[:, partition])
        ends[:, partition] = np.interp(looked[:, partition] + raced[:, partition], times, came)
        committed[:, partition] = np.interp(committed_at[:, partition], times, read)
    since = np.searchsorted(run.traffic.starts_s, moments, side="right") - 1
    seen = np.arange(shape[1]) < run.traffic.partitions_there[since][:, None]
    names = [f"member-{number}" for number in range(owner.max() + 1)]
    if not few:
        seen[1:-1] &= rng.random((shape[0] - 2, 1)) >= rng.uniform(0, 0.05)
        seen &= rng.random(shape) >= rng.uniform(0, 0.08)
    first = int(rng.integers(10**9))
    committed, ends = np.floor(committed), np.floor(ends)
    return LagSamples.from_grid(
        np.maximum(moments + rng.uniform(-0.02, 0.02, moments.size) * play.every_s, 0.0),
        first + committed.astype(np.int64),
        first + np.maximum.accumulate(np.maximum(ends, committed), axis=0).astype(np.int64),
        members=names if play.has_owners else (),
        owner=np.where(hidden[:, None], -1, owner) if play.has_owners else None,
        seen=seen,
    )
