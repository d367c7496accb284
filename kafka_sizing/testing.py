"""A service's design, keys and settings in; for its tests an `AssertionError` with reasons out."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from kafka_sizing._checks import check_choice, check_count, nearest

if TYPE_CHECKING:
    from kafka_sizing.keys import Partitioner
    from kafka_sizing.review import Review
    from kafka_sizing.topic import TopicDesign, TopicPlan

    FilePath = str | os.PathLike[str]
    Design = TopicPlan | TopicDesign | Mapping[str, Any] | FilePath

__all__ = [
    "assert_fits",
    "assert_keeps_up",
    "assert_no_findings",
    "assert_no_hot_partition",
    "assert_partitions",
    "assert_settings",
]

Client = Literal["java", "librdkafka"]
Severity = Literal["error", "warning", "note"]  # the gravest first


def assert_fits(design: Design) -> None:
    """Fail unless every part of a topic's plan holds at the horizon.

    Parameters
    ----------
    design : TopicDesign, TopicPlan, mapping or path
        A design or its plan; or a design file, as its path or as ``tomllib.load`` gives it. Key
        logs stand beside the file, or in the working directory.

    Raises
    ------
    AssertionError
        If a part does not hold: each with its reason, a line for each.
    ValueError
        If the design contradicts itself or cannot be read.

    Examples
    --------
    >>> from kafka_sizing.testing import assert_fits
    >>> from kafka_sizing.topic import Group, TopicDesign, Traffic
    >>> design = TopicDesign(
    ...     name="orders",
    ...     traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500),
    ...     partitions=2,
    ...     groups=[Group(name="billing", member_records_per_s=2_500)],
    ... )
    >>> assert_fits(design)
    """
    __tracebackhide__ = True
    plan = _plan_of(design)
    failing = [answer for answer in plan.answers if not answer.holds]
    if failing:
        reasons = [f"{answer.subject}: {answer.reason}" for answer in failing]
        raise AssertionError(_listed(f"topic {plan.design.name} does not hold", reasons))


def assert_partitions(
    design: Design,
    *,
    least: int = 1,
    most: int | None = None,
) -> None:
    """Fail unless the smallest count that keeps every limit lies within bounds.

    Parameters
    ----------
    design : TopicDesign, TopicPlan, mapping or path
        As for `assert_fits`. A count that it gives is not what is judged here.
    least : int, default 1
        Smallest count to accept. >= 1
    most : int, optional
        Largest count to accept, such as the one of the file that creates the topic. >= least

    Raises
    ------
    AssertionError
        If the count is another, with the limit that sets it; or if no count keeps every limit.
    ValueError
        If a bound is out of range, or the design cannot be read.

    Examples
    --------
    >>> from kafka_sizing.testing import assert_partitions
    >>> from kafka_sizing.topic import Group, TopicDesign, Traffic
    >>> design = TopicDesign(
    ...     name="orders",
    ...     traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500),
    ...     groups=[Group(name="billing", member_records_per_s=1_500)],
    ... )
    >>> assert_partitions(design, least=3, most=12)
    """
    __tracebackhide__ = True
    check_count("least", least)
    if most is not None:
        check_count("most", most, least=least)
    count = _plan_of(design).count
    needed = count.recommended
    if needed is None:
        raise AssertionError(f"no count keeps every limit: {count.reason}")
    why = count.binding.reason
    if needed < least:
        enough = f"{needed:,} partitions would be enough"
        raise AssertionError(f"{enough}, and at least {least:,} were expected: {why}")
    if most is not None and needed > most:
        wanted = f"{needed:,} partitions are needed"
        raise AssertionError(f"{wanted}, and at most {most:,} were expected: {why}")


def assert_keeps_up(design: Design, *, group: str | None = None) -> None:
    """Fail unless groups carry the peak of the horizon and recover from outages in time.

    Parameters
    ----------
    design : TopicDesign, TopicPlan, mapping or path
        As for `assert_fits`.
    group : str, optional
        The one group to look at; all of them by default.

    Raises
    ------
    AssertionError
        If a group falls behind, or is not current again in the time it has; with the reason.
    ValueError
        If there is no such group, or the design cannot be read.

    Examples
    --------
    >>> from kafka_sizing.testing import assert_keeps_up
    >>> from kafka_sizing.topic import Group, TopicDesign, Traffic
    >>> design = TopicDesign(
    ...     name="orders",
    ...     traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500),
    ...     groups=[Group(name="billing", member_records_per_s=1_500, members=3)],
    ... )
    >>> assert_keeps_up(design, group="billing")
    """
    __tracebackhide__ = True
    groups = _plan_of(design).groups
    if group is not None:
        check_choice("group", group, [each.name for each in groups])
    behind = []
    for each in groups:
        if group not in {None, each.name}:
            continue
        if not each.keeps_up:
            behind.append(f"group {each.name}: {each.reason}")
        elif each.recovers is False and each.recovery is not None:
            behind.append(f"group {each.name}: {each.recovery.reason}")
    if behind:
        raise AssertionError(_listed("falls behind", behind))


def assert_no_hot_partition(
    keys: Any,
    partitions: int,
    *,
    capacity: float | None = None,
    ratio: float | None = None,
    partitioner: Partitioner | str = "java",
) -> None:
    """Fail if keys make a partition hot.

    Parameters
    ----------
    keys : KeyLoads, column of keys, or mapping of key to load
        What writes how much: one key per record, counts, or what `count_keys` gives.
    partitions : int
        How many partitions the topic has. [1, 10,000,000]
    capacity : float, optional
        What one partition can carry. [unit of ``keys``, records if they are counted here] > 0
    ratio : float, optional
        Largest multiple of the even share to accept; 1.5 if neither is given. >= 1
    partitioner : Partitioner or str, default "java"
        One of ``PARTITIONERS``, or its name.

    Raises
    ------
    AssertionError
        If a partition is above the line and the noise of a small sample does not explain it:
        which, because of which keys, and whether more partitions help.
    TypeError, ValueError
        If an argument is out of range, or the keys cannot be counted.

    Examples
    --------
    >>> from kafka_sizing.testing import assert_no_hot_partition
    >>> assert_no_hot_partition({"UA": 30, "B6": 25, "EV": 25, "DL": 20}, 2)
    """
    __tracebackhide__ = True
    from kafka_sizing.keys import KeyLoads, count_keys
    from kafka_sizing.partitions import find_hot, place

    counted = keys if isinstance(keys, KeyLoads) else count_keys(keys)
    loads = place(counted, partitions, partitioner=partitioner)
    report = find_hot(loads, capacity=capacity, ratio=ratio)
    if not report.fits:
        raise AssertionError(report.verdict)


def assert_no_findings(
    design: Design,
    *,
    severity: Severity = "warning",
    ignore: Collection[str] = (),
) -> None:
    """Fail if a review of a topic finds something grave.

    Parameters
    ----------
    design : TopicDesign, TopicPlan, mapping or path
        As for `assert_fits`.
    severity : {"error", "warning", "note"}, default "warning"
        The least grave finding to fail on; graver ones fail, too.
    ignore : collection of str, default ()
        Names of rules to leave out, such as ``"uneven-over-brokers"``.

    Raises
    ------
    AssertionError
        If there is such a finding: each with its evidence and what to change, a line for each.
    ValueError
        If a word or a rule is unknown, or the design cannot be read.

    Examples
    --------
    >>> from kafka_sizing.testing import assert_no_findings
    >>> from kafka_sizing.topic import Group, TopicDesign, Traffic
    >>> design = TopicDesign(
    ...     name="orders",
    ...     traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500),
    ...     groups=[Group(name="billing", member_records_per_s=1_500)],
    ...     min_insync_replicas=2,
    ... )
    >>> assert_no_findings(design, severity="error")
    """
    __tracebackhide__ = True
    from kafka_sizing.review import review_topic

    _check_words(severity, ignore)
    review = review_topic(_plan_of(design))
    findings = _findings(review, severity=severity, ignore=ignore)
    if findings:
        raise AssertionError(_listed(f"{review.subject} has findings", findings))


def assert_settings(
    *,
    producer: Mapping[str, Any] | FilePath | None = None,
    consumer: Mapping[str, Any] | FilePath | None = None,
    topic: Mapping[str, Any] | FilePath | None = None,
    broker: Mapping[str, Any] | FilePath | None = None,
    client: Client = "java",
    severity: Severity = "warning",
    ignore: Collection[str] = (),
) -> None:
    """Fail if settings lose data, contradict each other, or are not what Kafka knows.

    What is not set is judged at the default of Kafka 4.x.

    Parameters
    ----------
    producer, consumer, topic, broker : mapping of property to value, or path, optional
        What is set on each side, or the ``.properties`` file that sets it.
    client : {"java", "librdkafka"}, default "java"
        Whose rules hold for producer and consumer.
    severity : {"error", "warning", "note"}, default "warning"
        The least grave finding to fail on; graver ones fail, too.
    ignore : collection of str, default ()
        Names of rules to leave out.

    Raises
    ------
    AssertionError
        If there is such a finding: each with its evidence and what to change, a line for each.
    ValueError
        If nothing is given, a word or a rule is unknown, or a file cannot be read.

    Examples
    --------
    >>> from kafka_sizing.testing import assert_settings
    >>> assert_settings(producer={"acks": "all", "linger.ms": 20, "compression.type": "zstd"})
    """
    __tracebackhide__ = True
    from kafka_sizing.review import review_configs

    sides = {"producer": producer, "consumer": consumer, "topic": topic, "broker": broker}
    given: dict[str, Any] = {
        side: _properties(settings) for side, settings in sides.items() if settings is not None
    }
    if not given:
        raise ValueError("one of producer, consumer, topic and broker must be given, got none")
    _check_words(severity, ignore)
    review = review_configs(client=client, **given)
    findings = _findings(review, severity=severity, ignore=ignore)
    if findings:
        raise AssertionError(_listed("the settings have findings", findings))


def _plan_of(design: Design) -> TopicPlan:
    """Plan a design, read from a file first where it is one."""
    from kafka_sizing.topic import TopicDesign, TopicPlan, design_of, plan_topic, read_design
    from kafka_sizing.topic.file.path import counted_log

    if isinstance(design, TopicPlan):
        return design
    if isinstance(design, TopicDesign):
        return plan_topic(design)
    if isinstance(design, Mapping):
        return plan_topic(design_of(design, read_keys=lambda log: counted_log(log, Path())))
    if isinstance(design, (str, os.PathLike)):
        read = read_design(design)
        try:
            return plan_topic(read)
        except ValueError as error:
            raise ValueError(f"{os.fspath(design)}: {error}") from error
    wanted = "a TopicDesign, a TopicPlan, a mapping or a path"
    raise TypeError(f"design must be {wanted}, got {type(design).__name__}")


def _properties(settings: Mapping[str, Any] | FilePath) -> Mapping[str, Any]:
    """Take a mapping as it is; read a file."""
    from kafka_sizing.settings import properties_of
    from kafka_sizing.sources.texts import read_text

    if isinstance(settings, Mapping):
        return settings
    text = read_text(path := Path(settings), "text")
    try:
        return properties_of(text)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _check_words(severity: Severity, ignore: Collection[str]) -> None:
    from kafka_sizing.review import RULES

    check_choice("severity", severity, get_args(Severity))
    for rule in ignore:
        if rule not in RULES:
            raise ValueError(
                f"ignore must hold names of rules, got {rule!r}{nearest(rule, RULES)}"
            )


def _findings(review: Review, *, severity: Severity, ignore: Collection[str]) -> list[str]:
    """Say what was found that is at least as grave, worst first."""
    graver = get_args(Severity)[: get_args(Severity).index(severity) + 1]
    return [
        f"{finding.severity}: {finding.subject}: {finding.reason}; {finding.change} "
        f"[{finding.rule}]"
        for finding in review.findings
        if finding.severity in graver and finding.rule not in ignore
    ]


def _listed(head: str, reasons: list[str]) -> str:
    """Put one reason on the line of the head, several below it."""
    if len(reasons) == 1:
        return f"{head}: {reasons[0]}"
    return f"{head}:\n" + "\n".join(f"- {reason}" for reason in reasons)
