"""The keys of a case, and what its clients do with order, in; bad keys and lost order out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kafka_sizing.keys.partitioners import find_partitioner, resolve_partitioner
from kafka_sizing.review.case import Case, NotGiven
from kafka_sizing.review.judging import Flaw, named, origin_of
from kafka_sizing.review.wording import counted, span_text
from kafka_sizing.units import format_share

_IN_FLIGHT: Final = "max.in.flight.requests.per.connection"
_CLIENTS: Final = ("java", "librdkafka")


def hot_key(case: Case) -> Iterator[Flaw]:
    """Ask whether the hottest key fits on one partition, however many there are."""
    if case.keys.share_of_hottest is None:
        raise NotGiven("the keys themselves (keys.loads), or the share of the hottest")
    count = case.plan.count
    for limit in count.limits:
        if limit.bound == "at least" and limit.partitions is None:
            yield Flaw(
                evidence=limit.reason,
                change="split that key (a composite key, shards), or give it a topic of its own",
            )
            return


def hot_partition(case: Case) -> Iterator[Flaw]:
    """Ask whether the keys leave some partition above what it may carry."""
    keyed, keys = case.plan.count.keyed, case.plan.keys
    if keyed is None or keys is None:
        raise NotGiven("the keys themselves (keys.loads)")
    if keyed.one_key_is_too_big or keyed.most_share < 1 / case.partitions:
        return  # a hot key, and too few partitions for even keys, are rules of their own
    if keys.comparison is not None:  # some partition is hot
        yield Flaw(
            evidence=keys.report.verdict.rstrip("."),
            change=keys.comparison.reason.rstrip("."),
        )


def order_without_key(case: Case) -> Iterator[Flaw]:
    """Ask whether records that must stay in order have a key; keys that are known are there."""
    if case.keys.share_of_hottest is not None:
        return
    if case.keys.ordering == "per key" and not case.design.traffic.key_bytes:
        yield Flaw(
            evidence="order per key is needed, and key_bytes is 0",
            change="write records with a key, or say that no order is needed",
        )


def keys_ignored(case: Case) -> Iterator[Flaw]:
    """Ask whether the producer looks at the keys at all."""
    if case.needs_order is False:
        return
    given = case.writer.configuration
    for name, value in given.given.items():
        ignores = (name == "partitioner.ignore.keys" and value is True) or (
            name == "partitioner.class" and str(value).endswith("RoundRobinPartitioner")
        )
        if ignores or (name == "partitioner" and value == "random"):
            yield Flaw(
                evidence=given.described(name),
                change=f"leave {name} at its default",
                severity="error" if case.needs_order else None,
                origin="set",
            )


def few_keys(case: Case) -> Iterator[Flaw]:
    """Ask whether there are keys for all partitions."""
    loads = case.keys.loads
    if loads is None:
        raise NotGiven("the keys themselves (keys.loads)")
    distinct = round(loads.distinct_keys)
    if distinct < case.partitions:
        yield Flaw(
            evidence=f"{counted(distinct, 'key')} for {case.partitions:,} partitions, so "
            f"at least {case.partitions - distinct:,} stay empty",
            change="take a key with more values, such as an id instead of a region or a status",
        )


def another_partitioner(case: Case) -> Iterator[Flaw]:
    """Ask whether keys are placed in the plan as the producers place them."""
    writer, planned = (
        case.writer,
        resolve_partitioner(case.keys.partitioner or case.design.partitioner),
    )
    if writer.configuration.is_set("partitioner.class") or not planned.name.startswith(_CLIENTS):
        return  # a rule of its own, or of another client: nothing to compare with
    own = str(writer.configuration.value("partitioner")) if writer.client != "java" else None
    real = find_partitioner(writer.client, own)
    if real.name != planned.name:
        yield Flaw(
            evidence=f"the plan places keys as {planned.name!r} does, and the producers, "
            f"{writer.client}, as {real.name!r} does",
            change=f"plan with the partitioner {real.name!r}"
            if writer.client == "java"
            else "set partitioner=murmur2_random on the producers, which is what Java does, or "
            f"plan with the partitioner {real.name!r}",
            origin=origin_of(writer.configuration, "partitioner"),
        )


def order_lost_by_retries(case: Case) -> Iterator[Flaw]:
    """Ask whether records overtake one another through retry topics."""
    delays_s = case.retries.delays_s
    if case.needs_order and delays_s:
        yield Flaw(
            evidence=f"order per key is needed, and a record that fails waits up to "
            f"{span_text(sum(delays_s))} in {counted(len(delays_s), 'retry topic')} while "
            "later records of its key go on",
            change="hold back later records of a key that is being retried, or retry in place "
            "and send only what cannot succeed to a dead-letter topic",
        )


def order_lost_in_flight(case: Case) -> Iterator[Flaw]:
    """Ask whether a batch that is sent again may land behind its successor."""
    if case.needs_order is False:
        return
    writer, verdict = case.writer, case.writer.verdict
    if verdict.accepted and not verdict.guarantees.in_order:
        in_flight = int(verdict.effective.value(_IN_FLIGHT))
        retries = int(verdict.effective.value("retries"))
        yield Flaw(
            evidence=f"no idempotence, {in_flight:,} requests in flight and {retries:,} retries",
            change="set enable.idempotence=true with acks=all, or "
            "max.in.flight.requests.per.connection=1",
            severity="error" if case.needs_order else None,
            origin=origin_of(writer.configuration, "enable.idempotence", "acks", _IN_FLIGHT),
        )


def growth_moves_keys(case: Case) -> Iterator[Flaw]:
    """Ask whether a keyed topic that grows has its partitions from the start."""
    traffic = case.design.traffic
    grows = traffic.growth_fraction_per_year and not traffic.horizon_years
    if case.keys.ordering == "per key" and grows:
        yield Flaw(
            evidence=f"the load grows by {format_share(traffic.growth_fraction_per_year)} a year "
            "and the horizon is 0 years",
            change="say for how many years the count shall last (horizon_years), and create the "
            "topic with that count",
        )


JUDGES = named(
    hot_key,
    hot_partition,
    order_without_key,
    keys_ignored,
    few_keys,
    another_partitioner,
    order_lost_by_retries,
    order_lost_in_flight,
    growth_moves_keys,
)
