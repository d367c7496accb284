"""A measure and limits in; policies that scale a consumer group as KEDA and an HPA do out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kafka_sizing._checks import (
    check_count,
    check_fraction,
    check_positive,
    check_text,
    check_type,
)
from kafka_sizing.consumers.scaling.behavior import ScalingBehavior, check_bounds
from kafka_sizing.consumers.scaling.defaults import default_count, default_number
from kafka_sizing.consumers.scaling.hpa import cpu_replicas, hpa_replicas
from kafka_sizing.consumers.scaling.keda import KedaMetric, KedaTrigger, keda_metric
from kafka_sizing.consumers.scaling.look import Damping, Step, hpa_look, is_due
from kafka_sizing.consumers.scaling.policies import Decision, Observation


def _default(name: str) -> float:
    """Make a field that is a time, and by default that of a setting."""
    made: float = field(default_factory=lambda: default_number(name))
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class KedaPolicy:
    """Scale on lag: KEDA's Kafka scaler, and the Horizontal Pod Autoscaler it drives.

    The HPA looks every ``sync_s`` and takes the group from one number of members to another;
    KEDA itself looks every ``polling_s`` and takes it from zero to one and back. At zero
    members the HPA is switched off.

    Parameters
    ----------
    trigger : KedaTrigger, optional
        How the scaler is set. KEDA's default of 10 records a member suits few topics.
    least : int, default 0
        ``minReplicaCount``. >= 0
    most : int, default 100
        ``maxReplicaCount``. >= 1 and >= ``least``
    polling_s : float, default 30
        ``pollingInterval``. [s] > 0
    cooldown_s : float, default 300
        ``cooldownPeriod``: how long there must have been nothing to read before the group goes
        to zero. [s] > 0
    behavior : ScalingBehavior or None, default None
        How the HPA damps changes; None if the manifest says nothing about it.
    sync_s : float, default 15
        How often the HPA looks: a setting of the cluster. [s] > 0
    tolerance_fraction : float, default 0.1
        How far the lag may be from its target before the HPA acts: a setting of the cluster,
        unless the behavior has its own. [0, 1)
    name : str, default ""
        How reports and plots call it; by default with its threshold.

    Raises
    ------
    TypeError
        If an argument is not what it should be.
    ValueError
        If an argument is out of range.

    Notes
    -----
    Sources: kafka_scaler.go and scale_scaledobjects.go, kedacore/keda; horizontal.go and
    replica_calculator.go, kubernetes/kubernetes. A group counts as active up to the first look,
    so a cooldown that begins with it lasts in full. Left out: ``idleReplicaCount``, fallback,
    pausing, cached metrics, and several triggers, of which the largest answer would count.

    Examples
    --------
    >>> from kafka_sizing.consumers.scaling import KedaPolicy, KedaTrigger
    >>> policy = KedaPolicy(trigger=KedaTrigger(lag_threshold=5_000), least=2, most=24)
    >>> policy.name, policy.interval_s
    ('KEDA, 5,000 records a member', 15.0)
    """

    trigger: KedaTrigger = field(default_factory=KedaTrigger)
    least: int = field(default_factory=lambda: default_count("minReplicaCount"))
    most: int = field(default_factory=lambda: default_count("maxReplicaCount"))
    polling_s: float = _default("pollingInterval")
    cooldown_s: float = _default("cooldownPeriod")
    behavior: ScalingBehavior | None = None
    sync_s: float = _default("horizontal-pod-autoscaler-sync-period")
    tolerance_fraction: float = _default("horizontal-pod-autoscaler-tolerance")
    name: str = ""

    def __post_init__(self) -> None:
        check_type("trigger", self.trigger, KedaTrigger)
        check_bounds(self.least, self.most)
        _check_behavior(self.behavior)
        for name in ("polling_s", "cooldown_s", "sync_s"):
            check_positive(name, getattr(self, name))
        check_fraction("tolerance_fraction", self.tolerance_fraction)
        if not self.name:
            threshold = self.trigger.lag_threshold
            object.__setattr__(self, "name", f"KEDA, {threshold:,} records a member")

    @property
    def interval_s(self) -> float:
        """How often it looks: as often as the more frequent of KEDA and the HPA. [s]"""
        return min(self.sync_s, self.polling_s)

    def decide(self, now: Observation, past: Sequence[Decision]) -> Decision:
        """Let the HPA choose between numbers above zero, and KEDA between some and none."""
        metric = keda_metric(
            now.lag_records, trigger=self.trigger, moved=now.moved if past else None
        )
        active = metric.active if is_due(self.polling_s, now, past) else None
        if now.members == 0:
            return self._at_zero(now, metric, active=active)
        step = self._hpa_step(now, past, metric)
        if active is False and self.least == 0:
            idle_s = now.at_s - _last_active_s(now, past)
            if idle_s > self.cooldown_s:
                step = Step(step.recommended, 0, f"nothing to read for {idle_s:g} s")
            else:
                waited = f"idle for {idle_s:g} s of {self.cooldown_s:g} s"
                step = Step(step.recommended, step.members, f"{step.reason}; {waited}")
        return step.decision(now, active=active)

    def _at_zero(self, now: Observation, metric: KedaMetric, *, active: bool | None) -> Decision:
        if active:
            step = Step(None, max(1, self.least), f"wakes up: {metric.reason}")
        elif self.least and active is not None:
            step = Step(None, self.least, f"{self.least} is the least")
        elif active is None:
            step = Step(None, 0, "asleep until KEDA looks again")
        else:
            step = Step(None, 0, f"asleep: {metric.reason}")
        return step.decision(now, active=active)

    def _hpa_step(self, now: Observation, past: Sequence[Decision], metric: KedaMetric) -> Step:
        if not is_due(self.sync_s, now, past):
            return Step(None, now.members, "between two looks of the HPA")
        return hpa_look(
            lambda up, down: hpa_replicas(
                metric.records,
                threshold=self.trigger.lag_threshold,
                members=now.members,
                up_tolerance_fraction=up,
                down_tolerance_fraction=down,
            ),
            metric.reason,
            now=now,
            past=past,
            damping=Damping(self.behavior, self.tolerance_fraction, self.most),
            least=max(1, self.least),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuPolicy:
    """Scale on CPU: a Horizontal Pod Autoscaler with a target utilisation.

    Parameters
    ----------
    most : int
        ``maxReplicas``. >= ``least``
    least : int, default 1
        ``minReplicas``. >= 1
    target_percent : int, default 80
        ``averageUtilization``: CPU used of CPU requested. [percent] >= 1
    behavior : ScalingBehavior or None, default None
        How changes are damped; None if the manifest says nothing about it.
    sync_s : float, default 15
        How often it looks: a setting of the cluster. [s] > 0
    tolerance_fraction : float, default 0.1
        How far the utilisation may be from its target before it acts. [0, 1)
    name : str, default ""
        How reports and plots call it; by default with its target.

    Raises
    ------
    TypeError
        If an argument is not what it should be.
    ValueError
        If an argument is out of range.

    Notes
    -----
    `cpu_replicas` says what it reckons with, and what is left out.

    Examples
    --------
    >>> from kafka_sizing.consumers.scaling import CpuPolicy
    >>> CpuPolicy(most=24, target_percent=60).name
    'CPU at 60 %'
    """

    most: int
    least: int = field(default_factory=lambda: default_count("minReplicas"))
    target_percent: int = field(default_factory=lambda: default_count("averageUtilization"))
    behavior: ScalingBehavior | None = None
    sync_s: float = _default("horizontal-pod-autoscaler-sync-period")
    tolerance_fraction: float = _default("horizontal-pod-autoscaler-tolerance")
    name: str = ""

    def __post_init__(self) -> None:
        check_count("least", self.least)
        check_bounds(self.least, self.most)
        _check_behavior(self.behavior)
        check_count("target_percent", self.target_percent)
        check_positive("sync_s", self.sync_s)
        check_fraction("tolerance_fraction", self.tolerance_fraction)
        if not self.name:
            object.__setattr__(self, "name", f"CPU at {self.target_percent} %")

    @property
    def interval_s(self) -> float:
        """How often it looks. [s]"""
        return self.sync_s

    def decide(self, now: Observation, past: Sequence[Decision]) -> Decision:
        """Ask for the members that bring the utilisation to its target."""
        used = f"CPU {100 * now.cpu_fractions.mean():.0f} %" if now.ready_members else "no CPU"
        return hpa_look(
            lambda up, down: cpu_replicas(
                now.cpu_fractions,
                members=max(now.members, now.ready_members),
                target_percent=self.target_percent,
                up_tolerance_fraction=up,
                down_tolerance_fraction=down,
            ),
            f"{used} of {self.target_percent} % on {now.ready_members} ready",
            now=now,
            past=past,
            damping=Damping(self.behavior, self.tolerance_fraction, self.most),
            least=self.least,
        ).decision(now)


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionPolicy:
    """Scale by a function of your own, damped and bounded like the others.

    Parameters
    ----------
    function : callable
        Takes an `Observation`, gives the number of members it asks for, a whole number >= 0.
        It must not remember anything.
    name : str
        How reports and plots call it.
    most : int
        The most members. >= ``least``
    least : int, default 1
        The fewest members. >= 0
    interval_s : float, default 15
        How often it looks. [s] > 0
    behavior : ScalingBehavior or None, default None
        How changes are damped; None: as by an HPA without a behavior.

    Raises
    ------
    TypeError
        If an argument is not what it should be.
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from kafka_sizing.consumers.scaling import FunctionPolicy
    >>> policy = FunctionPolicy(
    ...     function=lambda now: 1 + round(now.written_records_per_s / 500), name="rate", most=12
    ... )
    >>> policy.interval_s
    15.0
    """

    function: Callable[[Observation], int]
    name: str
    most: int
    least: int = field(default_factory=lambda: default_count("minReplicas"))
    interval_s: float = _default("horizontal-pod-autoscaler-sync-period")
    behavior: ScalingBehavior | None = None

    def __post_init__(self) -> None:
        if not callable(self.function):
            raise TypeError(f"function must be callable, got {self.function!r:.60}")
        check_text("name", self.name)
        check_bounds(self.least, self.most)
        _check_behavior(self.behavior)
        check_positive("interval_s", self.interval_s)

    def decide(self, now: Observation, past: Sequence[Decision]) -> Decision:
        """Ask the function, and keep to the limits."""
        wanted = check_count("what the function gives", self.function(now), least=0)
        return hpa_look(
            lambda _up, _down: wanted,
            f"{self.name} asks for {wanted}",
            now=now,
            past=past,
            damping=Damping(self.behavior, 0.0, self.most),
            least=self.least,
        ).decision(now)


def _check_behavior(behavior: object) -> None:
    if behavior is not None:
        check_type("behavior", behavior, ScalingBehavior)


def _last_active_s(now: Observation, past: Sequence[Decision]) -> float:
    """Give when KEDA last found something to read; the first look counts as such."""
    first_s = past[0].at_s if past else now.at_s
    return next((decision.at_s for decision in reversed(past) if decision.active), first_s)
