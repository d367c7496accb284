"""How failures are tried again, and what retry topics keep, in; records stuck or lost out."""

from __future__ import annotations

from collections.abc import Iterator

from kafka_sizing.retries import RetryPlan
from kafka_sizing.retries.retention import outage_allowance_s, retry_retention_s
from kafka_sizing.review.case import Case, NotGiven, Reader
from kafka_sizing.review.judging import Flaw, each_group_of_case, named, origin_of
from kafka_sizing.review.wording import span_text


def no_dead_letter_topic(case: Case) -> Iterator[Flaw]:
    """Ask whether a record that cannot be processed has somewhere to go."""
    if case.design.retries is None and case.design.groups:
        yield Flaw(
            evidence="no retries and no dead-letter topic are designed, for "
            + ", ".join(f"group {group.name}" for group in case.design.groups),
            change="add a dead-letter topic, with retry topics before it if failures pass",
        )


def retried_in_the_way(case: Case) -> Iterator[Flaw]:
    """Ask whether a record that failed lets the others pass, and gets out at last."""
    retrying = case.practices.retrying
    if retrying is None:
        raise NotGiven("where failed records are tried again (practices.retrying)")
    if retrying == "same topic":
        yield Flaw(
            evidence="failed records are written to the same topic again",
            consequence="one that always fails goes round for ever, and every attempt is load "
            "on all readers of the topic",
            change="write them to retry topics of their own, and to a dead-letter topic at last",
            severity="error",
        )
    elif retrying == "blocking":
        yield Flaw(
            evidence="failed records are tried again in place",
            change="retry in place only where order must hold; otherwise use retry topics",
        )
    elif retrying == "none":
        yield Flaw(
            evidence="failed records are not tried again",
            consequence="a failure that would pass in a second costs the record, or stops the "
            "partition",
            change="retry a few times with a delay, then write to a dead-letter topic",
        )


def retry_topic_kept_too_short(case: Case) -> Iterator[Flaw]:
    """Ask whether a retry topic keeps records over its delay and an outage."""
    if case.retry_delay_s is not None:
        yield from _retry_topic_itself(case, case.retry_delay_s)
        return
    for stage in _ladder(case).stages:
        needed_s = retry_retention_s(stage.delay_s, _outage_s(case))
        if stage.retention_s < needed_s:
            yield Flaw(
                evidence=f"{stage.topic}: {span_text(needed_s)} needed, "
                f"{span_text(stage.retention_s)} kept",
                change=f"set retention.ms={needed_s * 1_000:.0f} on {stage.topic}",
            )


def dead_letters_kept_too_short(case: Case) -> Iterator[Flaw]:
    """Ask whether dead letters are still there when somebody looks at them."""
    triage_s, letters = case.retries.triage_s, _ladder(case).dead_letter
    if triage_s is None:
        raise NotGiven("how long dead letters wait to be looked at (retries.triage_s)")
    if letters.retention_s < triage_s:
        yield Flaw(
            evidence=f"{letters.topic}: {span_text(triage_s)} needed, "
            f"{span_text(letters.retention_s)} kept",
            change=f"set retention.ms={triage_s * 1_000:.0f} on {letters.topic}",
        )


def outage_overflows_retries(case: Case) -> Iterator[Flaw]:
    """Ask whether the retries outlast an outage of what makes records fail."""
    outage_s, waited_s = case.retries.outage_s, sum(case.retries.delays_s)
    if not outage_s:
        raise NotGiven("the longest outage of a dependency (retries.outage_s)")
    if outage_s > waited_s:
        lost = case.design.traffic.peak_records_per_s * (outage_s - waited_s)
        yield Flaw(
            evidence=f"an outage of {span_text(outage_s)}, and retries for {span_text(waited_s)} "
            f"in all: {lost:,.0f} records go to the dead-letter topic at the peak",
            change="pause the consumers while the dependency is down, or add a longer delay",
        )


@each_group_of_case
def delay_needs_a_pause(case: Case, reader: Reader) -> Iterator[Flaw]:
    """Ask whether a retry may be waited for between two polls."""
    retries, given, name = case.retries, reader.configuration, "max.poll.interval.ms"
    if retries.groups and reader.planned.name not in retries.groups:
        return
    longest_s = max(retries.delays_s, default=0.0)
    if longest_s >= given.seconds(name):
        yield Flaw(
            evidence=f"the longest delay is {span_text(longest_s)}, with {given.described(name)}",
            change="pause the partition and go on polling; never sleep out a delay",
            origin=origin_of(given, name),
        )


def _retry_topic_itself(case: Case, delay_s: float) -> Iterator[Flaw]:
    topic, needed_s = case.topic, delay_s + _outage_s(case)
    if topic.value("retention.ms") != -1 and topic.seconds("retention.ms") < needed_s:
        yield Flaw(
            evidence=f"{span_text(needed_s)} needed, {span_text(topic.seconds('retention.ms'))} "
            f"kept ({topic.described('retention.ms')})",
            change=f"set retention.ms={needed_s * 1_000:.0f}",
            origin=origin_of(topic, "retention.ms"),
        )


def _ladder(case: Case) -> RetryPlan:
    if case.plan.retries is None:
        raise NotGiven("how failures are retried")
    return case.plan.retries


def _outage_s(case: Case) -> float:
    """Give the longest outage of those that retry; a raw configuration does not know who does.

    Where a design names none, it is the rule of thumb that its retry topics are planned by.
    """
    if case.known_design is not None:
        groups = case.known_design.retrying_groups
        return outage_allowance_s(max((group.outage_s for group in groups), default=0.0) or None)
    if case.outage_s is None:
        raise NotGiven("the longest outage of a group (outage_s)")
    return case.outage_s


JUDGES = named(
    no_dead_letter_topic,
    retried_in_the_way,
    retry_topic_kept_too_short,
    dead_letters_kept_too_short,
    outage_overflows_retries,
    delay_needs_a_pause,
)
