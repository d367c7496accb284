"""What to watch, from when on it is wrong and whose it is, in; one checked `Alert` out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from kafka_sizing._checks import check_choice, check_non_negative
from kafka_sizing._mappings import ReadOnly
from kafka_sizing.partitions.limits import Kind, check_name
from kafka_sizing.review.alerts.promql import limit_text

Severity = Literal["critical", "warning"]
Fires = Literal["above", "below", "at", "away from"]
Signal = Literal[
    "consumer lag",
    "under-replicated partitions",
    "ISR shrinks",
    "request latency",
    "messages/bytes in",
    "disk usage",
    "rebalance rate",
    "follower lag",
    "controller",
    "unclean elections",
    "saturation",
    "poll health",
    "producer buffer",
    "partition count",
]

SIGNALS: Final[tuple[Signal, ...]] = get_args(Signal)[:7]  # those that no topic goes without


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One rule of Prometheus, where its threshold comes from, and who is told."""

    name: str
    subject: str  #: what it is grouped under: "consumers", "topic" …
    expr: str  #: PromQL, the threshold included
    for_s: float  #: how long it must hold before anyone is told
    severity: Severity
    threshold: float  #: in ``unit``
    unit: str
    summary: str  #: may hold templates of Prometheus, as ``description`` may
    description: str
    signal: Signal
    owner: str | None  #: None: nobody is told
    exporter: str  #: what must run for the metric to be there
    kind: Kind
    source: str
    reason: str  #: where the threshold comes from, as a sentence without a full stop
    fires: Fires = "above"  #: on which side of the threshold
    runbook_url: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what Prometheus cannot run; copy what could change."""
        check_name("name", self.name)
        check_name("expr", self.expr)
        check_non_negative("for_s", self.for_s)
        check_choice("severity", self.severity, get_args(Severity))
        check_choice("fires", self.fires, get_args(Fires))
        check_choice("signal", self.signal, get_args(Signal))
        check_choice("kind", self.kind, get_args(Kind))
        object.__setattr__(self, "labels", ReadOnly(self.labels))

    @property
    def is_essential(self) -> bool:
        """Whether it belongs to one of the seven signals that no topic goes without."""
        return self.signal in SIGNALS

    @property
    def condition(self) -> str:
        """When it fires, in words: "above 22,500 records"."""
        return f"{self.fires} {limit_text(self.threshold, self.unit)}"

    def __repr__(self) -> str:
        return (
            f"Alert({self.name!r}, severity={self.severity!r}, "
            f"threshold={self.threshold:g} {self.unit}, owner={self.owner!r})"
        )
