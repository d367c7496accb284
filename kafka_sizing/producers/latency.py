"""A producer's settings and its cluster in; what a record waits for until it is safe out."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, SupportsIndex

from kafka_sizing._checks import ceil_ratio, check_count, check_positive
from kafka_sizing._tables import read_table
from kafka_sizing.partitions.limits import Kind
from kafka_sizing.partitions.replication import published_replication
from kafka_sizing.producers.checking import check_producer
from kafka_sizing.producers.clients import ProducerClient
from kafka_sizing.settings import Configuration, Setting, SettingValue
from kafka_sizing.units import format_count, format_number

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyPart:
    """One thing a record waits for, between the least and the most it usually takes."""

    name: str
    least_s: float
    most_s: float
    kind: Kind
    reason: str
    source: str
    date: str  #: year of publication, or the day the page was read


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyBudget:
    """What a record waits for in turn, from send() to the acknowledgement."""

    parts: tuple[LatencyPart, ...]
    end: LatencyPart | None  #: where the client gives up, if a broker stays away; None: never
    target_s: float | None  #: None: not said

    @property
    def least_s(self) -> float:
        """Every part at its least. [s]"""
        return sum(part.least_s for part in self.parts)

    @property
    def most_s(self) -> float:
        """Every part at its most, while nothing fails. [s]"""
        return sum(part.most_s for part in self.parts)

    @property
    def largest(self) -> LatencyPart:
        """The part with the largest most; of a tie, the first."""
        return max(self.parts, key=lambda part: part.most_s)

    @property
    def fits(self) -> bool | None:
        """Whether every part at its most is within the target; None without a target."""
        return None if self.target_s is None else self.most_s <= self.target_s

    @property
    def reason(self) -> str:
        """The range, what it is made of and where it ends, as a sentence without a full stop."""
        text = (
            f"{_ms(self.least_s)} to {_ms(self.most_s)}, most of it {self.largest.name} "
            f"({_ms(self.largest.most_s)})"
        )
        if self.end is not None:
            end = format_number(self.end.most_s)
            text += f"; a broker that stays away ends it after {end} s at most"
        if self.target_s is None:
            return text
        verdict = "within" if self.fits else "over"
        return f"{text}; {verdict} the {_ms(self.target_s)} wanted"

    def to_frame(self) -> pd.DataFrame:
        """One row per part: part, least_s, most_s, kind, reason, source, date; the end last."""
        import pandas as pd

        rows = (*self.parts, *([self.end] if self.end else []))
        return pd.DataFrame(
            {
                "part": [part.name for part in rows],
                "least_s": [part.least_s for part in rows],
                "most_s": [part.most_s for part in rows],
                "kind": [part.kind for part in rows],
                "reason": [part.reason for part in rows],
                "source": [part.source for part in rows],
                "date": [part.date for part in rows],
            }
        )

    def __repr__(self) -> str:
        return (
            f"LatencyBudget(least_s={self.least_s:.4g}, most_s={self.most_s:.4g}, "
            f"largest={self.largest.name!r})"
        )

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False)
        return f"<p>{html.escape(self.reason)}</p>{table}"


def latency_budget(
    *,
    leaders: SupportsIndex | None = None,
    brokers: SupportsIndex = 3,
    replication_factor: SupportsIndex = 3,
    settings: Configuration | Mapping[str, SettingValue] | None = None,
    client: ProducerClient = "java",
    target_s: float | None = None,
) -> LatencyBudget:
    """Add up what a record waits for until it is acknowledged.

    Three parts, one after the other: ``linger.ms``, for the batch to fill; the request, as
    others measured it; and with ``acks=all`` the copies. The ends of the ranges are no
    quantiles of the sum; measure your own. While a broker is away, retries go on until
    ``delivery.timeout.ms``, and before that ``send()`` may wait ``max.block.ms`` for room.

    Parameters
    ----------
    leaders : int or None, default None
        Leaders of the whole cluster, all topics together; None: copies are left out. >= 0
    brokers : int, default 3
        Brokers of the cluster. >= 1
    replication_factor : int, default 3
        Copies of each partition, its leader among them. >= 1, <= brokers
    settings : Configuration, mapping of property to value, or None, default None
        What the producer is set to; None: Kafka's defaults.
    client : {"java", "librdkafka"}, default "java"
        Whose settings they are.
    target_s : float or None, default None
        Time that an acknowledgement may take. [s] > 0

    Returns
    -------
    LatencyBudget
        The parts with their kinds and sources, the sum, and where it ends.

    Raises
    ------
    ValueError
        If a number is out of its range, or a setting is not of its type.

    Notes
    -----
    Copies: 20 ms for every 1,000 partitions that one broker copies from one other (Rao,
    Confluent blog, 2015), which are ``leaders / brokers × (replication_factor - 1) /
    (brokers - 1)``, rounded up.

    Examples
    --------
    >>> from kafka_sizing.producers import latency_budget
    >>> budget = latency_budget(leaders=10_000, brokers=11, replication_factor=2)
    >>> [(part.name, part.most_s) for part in budget.parts]
    [('linger', 0.005), ('request', 0.014), ('replication', 0.00182)]
    """
    brokers = check_count("brokers", brokers)
    replication_factor = check_count("replication_factor", replication_factor, most=brokers)
    if leaders is not None:
        leaders = check_count("leaders", leaders, least=0)
    if target_s is not None:
        check_positive("target_s", target_s)
    configuration = check_producer(settings, client=client).effective
    acks = str(configuration.value("acks"))
    parts = [_linger(configuration), _request(acks)]
    if acks in ("all", "-1"):
        parts.append(_replication(leaders, brokers, replication_factor))
    return LatencyBudget(
        parts=tuple(parts),
        end=_end(configuration),
        target_s=None if target_s is None else float(target_s),
    )


def _linger(settings: Configuration) -> LatencyPart:
    return _of_setting(
        "linger",
        settings.setting("linger.ms"),
        least_s=0.0,
        most_s=settings.seconds("linger.ms"),
        reason="linger.ms; a batch that is full leaves before",
    )


def _request(acks: str) -> LatencyPart:
    if acks == "0":
        row = _table()["unacknowledged"]
        return LatencyPart(
            name="request",
            least_s=row["seconds"],
            most_s=row["seconds"],
            kind=row["kind"],
            reason="acks=0: a record counts as sent once it is written to the socket",
            source=row["source"],
            date=row["date"],
        )
    rows = _table()["request"]
    seconds = [row[each] for row in rows for each in ("p50_s", "p99_s", "p999_s") if each in row]
    return LatencyPart(
        name="request",
        least_s=min(seconds),
        most_s=max(seconds),
        kind="measured",
        reason="the least median and the largest 99.9 % quantile measured, a consumer's fetch "
        "and the copies of a small cluster in them",
        source="; ".join(row["source"] for row in rows),
        date=", ".join(row["date"] for row in rows),
    )


def _replication(leaders: int | None, brokers: int, replication_factor: int) -> LatencyPart:
    published = published_replication()
    pairs = brokers * max(brokers - 1, 1)  # of a broker that copies and one that is copied
    copied = ceil_ratio((leaders or 0) * (replication_factor - 1), pairs)
    counted = (
        "without the number of leaders no copies are counted"
        if leaders is None
        else f"{format_count(copied, 'partition')} that one broker copies from one other"
    )
    return LatencyPart(
        name="replication",
        least_s=0.0,
        most_s=published.seconds * copied / published.partitions,
        kind=published.kind,
        reason=f"acks=all: {counted}, at {_ms(published.seconds)} for {published.partitions:,}",
        source=published.source,
        date=published.date,
    )


def _end(settings: Configuration) -> LatencyPart | None:
    if settings.side == "producer":
        name, blocked_s = "delivery.timeout.ms", settings.seconds("max.block.ms")
        reason = f"after the call, in which send() may wait {blocked_s:g} s for room"
    else:
        name, blocked_s = "message.timeout.ms", 0.0
        reason = "after the call, which does not wait"
    timeout_s = settings.seconds(name)
    if not timeout_s and settings.side != "producer":
        return None
    return _of_setting(
        "end",
        settings.setting(name),
        least_s=timeout_s,
        most_s=blocked_s + timeout_s,
        reason=f"{name}={timeout_s:g} s {reason}",
    )


def _of_setting(
    name: str, setting: Setting, *, least_s: float, most_s: float, reason: str
) -> LatencyPart:
    return LatencyPart(
        name=name,
        least_s=least_s,
        most_s=most_s,
        kind="exact",
        reason=reason,
        source=setting.source,
        date=setting.date,
    )


def _ms(seconds: float) -> str:
    return f"{format_number(1_000 * seconds)} ms"


@cache
def _table() -> dict[str, Any]:
    return read_table("kafka_sizing.producers", "latency")
