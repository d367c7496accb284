"""The count of a plan, and how topics come to be, in; counts that will not do out."""

from __future__ import annotations

from collections.abc import Iterator

from kafka_sizing.partitions.bands import band_of
from kafka_sizing.partitions.limits import Limit
from kafka_sizing.review.case import Case
from kafka_sizing.review.judging import Flaw, named, origin_of
from kafka_sizing.review.rule import line_of
from kafka_sizing.review.wording import counted


def too_few_partitions(case: Case) -> Iterator[Flaw]:
    """Ask whether the count keeps every lower limit that the load sets."""
    broken = [limit for limit in _broken(case, "at least") if not _has_its_own_rule(limit)]
    if broken:
        worst = max(broken, key=lambda limit: limit.partitions or 0)
        yield Flaw(
            summary=f"{counted(case.partitions, 'partition')} are too few: {worst.name}",
            evidence="; ".join(limit.reason for limit in broken),
            change=_other_count(case),
        )


def too_many_partitions(case: Case) -> Iterator[Flaw]:
    """Ask whether the count is within reach of what the load needs, and of every upper limit."""
    count = case.plan.count
    for limit in _broken(case, "at most"):
        yield Flaw(
            summary=f"more partitions than {limit.name} allows",
            evidence=limit.reason,
            change=_other_count(case),
            severity="error",
        )
    needed, ratio = count.recommended, line_of("too-many-partitions", "ratio")
    if needed is not None and count.partitions >= max(
        ratio * needed, line_of("too-many-partitions", "least")
    ):
        yield Flaw(
            evidence=f"{count.partitions:,} partitions where {needed:,} keep every limit, "
            f"{count.partitions / needed:,.3g} times as many ({ratio:g} times is far too many)",
            change=f"create the topic with {needed:,} partitions; it cannot be shrunk later",
        )


def very_high_count(case: Case) -> Iterator[Flaw]:
    """Ask whether the count is in the highest band."""
    band = band_of(case.partitions)
    if band.most is None:
        yield Flaw(
            evidence=f"{counted(case.partitions, 'partition')}, band {band}",
            change="ask whether several topics would do, and measure latency at this count",
        )


def uneven_over_brokers(case: Case) -> Iterator[Flaw]:
    """Ask whether every broker leads as many partitions, where there is one for each."""
    brokers = case.own_brokers.brokers
    left = case.partitions % brokers
    if left and case.partitions > brokers:
        more = case.partitions + brokers - left
        yield Flaw(
            evidence=f"{case.partitions:,} partitions over {counted(brokers, 'broker')}: "
            f"{counted(left, 'broker')} must lead one more than the others",
            change=f"take a multiple of {brokers:,}, such as {more:,}",
        )


def topics_made_by_accident(case: Case) -> Iterator[Flaw]:
    """Ask whether a wrong name makes a topic."""
    name = "auto.create.topics.enable"
    case.check_known(case.broker, name)
    if case.broker.value(name):
        made = ", ".join(
            case.broker.described(each)
            for each in ("num.partitions", "default.replication.factor")
        )
        yield Flaw(
            evidence=f"{case.broker.described(name)}, with {made}",
            change=f"set {name}=false and create topics with a count and a replication factor",
            origin=origin_of(case.broker, name),
        )


def _broken(case: Case, bound: str) -> list[Limit]:
    return [limit for limit in case.plan.count.broken if limit.bound == bound]


def _has_its_own_rule(limit: Limit) -> bool:
    """Say whether it comes from planned members or from keys, which other rules judge."""
    return limit.name in {"keys", "hottest key"} or limit.name.endswith(" members")


def _other_count(case: Case) -> str:
    recommended = case.plan.count.recommended
    if recommended is None:
        return "no count keeps every limit: change a limit or the load, as the evidence says"
    return f"create the topic with {counted(recommended, 'partition')}"


JUDGES = named(
    too_few_partitions,
    too_many_partitions,
    very_high_count,
    uneven_over_brokers,
    topics_made_by_accident,
)
