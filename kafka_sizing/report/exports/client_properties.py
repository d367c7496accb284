"""A plan in; the ``.properties`` files its producers and its groups should start with out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from kafka_sizing._checks import check_type
from kafka_sizing.keys.partitioners import find_partitioner
from kafka_sizing.producers import published_compression
from kafka_sizing.producers.clients import compresses, setting_number
from kafka_sizing.report.exports.names import admitted_name, one_line
from kafka_sizing.settings import Configuration, SettingValue, default_of, properties_text
from kafka_sizing.topic.design import Group
from kafka_sizing.topic.planning.groups import GroupPlan
from kafka_sizing.topic.planning.plan import TopicPlan

_WIDTH: Final = 97
_MOST_CHARACTERS: Final = 200  # of a file's name
_JAVA_ASSIGNORS: Final = {
    "range": "org.apache.kafka.clients.consumer.RangeAssignor",
    "roundrobin": "org.apache.kafka.clients.consumer.RoundRobinAssignor",
    "sticky": "org.apache.kafka.clients.consumer.StickyAssignor",
    "cooperative-sticky": "org.apache.kafka.clients.consumer.CooperativeStickyAssignor",
}
_SERVER_ASSIGNORS: Final = {"uniform": "uniform", "server-range": "range"}
_DESIGN: Final = "as the design has it"
_POLL: Final = "max.poll.records"


@dataclass(frozen=True, slots=True)
class _Line:
    """One property to set, and why."""

    name: str
    value: SettingValue | None  #: None: another one for every client
    why: str

    @property
    def text(self) -> str:
        """The reason as a comment, and the property under it."""
        setting = f"# {self.name}=\n"
        if self.value is not None:
            setting = properties_text({self.name: self.value})
        return f"\n{_comment(self.why)}{setting}"


def client_properties(plan: TopicPlan) -> Mapping[str, str]:
    """Write what the clients of a plan should be set to, with the reason above each property.

    The files hold what the design sets, and what the plan counts on but a client does not do by
    itself. Where the cluster is, and how to log in, is left to whoever deploys them.

    Parameters
    ----------
    plan : TopicPlan
        As `plan_topic` gives it.

    Returns
    -------
    mapping of str to str
        Name of a file to its text: "producer.properties", and "consumer-GROUP.properties" for
        every group.

    Examples
    --------
    >>> from kafka_sizing.report.exports import client_properties
    >>> from kafka_sizing.topic import Group, TopicDesign, Traffic, plan_topic
    >>> design = TopicDesign(
    ...     name="orders",
    ...     traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500),
    ...     partitions=8,
    ...     groups=[Group(name="billing", member_records_per_s=1_500)],
    ... )
    >>> list(client_properties(plan_topic(design)))
    ['producer.properties', 'consumer-billing.properties']
    """
    check_type("plan", plan, TopicPlan, "plan_topic")
    topic = plan.design.name
    texts = {
        "producer.properties": _text(f"producers of {topic}", _producer_lines(plan)),
    }
    for group in plan.groups:
        name = admitted_name(
            group.name,
            pattern=r"[A-Za-z0-9._-]+",
            allowed="A-Za-z0-9._",
            most=_MOST_CHARACTERS,
        )
        title = f"members of group {group.name}, which read {topic},"
        texts[f"consumer-{name}.properties"] = _text(title, _consumer_lines(plan, group))
    return MappingProxyType(texts)


def _text(title: str, lines: Iterable[_Line]) -> str:
    return _comment(f"What {title} should be set to") + "".join(line.text for line in lines)


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in textwrap.wrap(one_line(text), _WIDTH))


def _producer_lines(plan: TopicPlan) -> Iterator[_Line]:
    producers, verdict = plan.design.producers, plan.producers.verdict
    configuration = producers.configuration
    effects = {each.property: each for each in verdict.effects if each.outcome != "fine"}
    for name, value in configuration.given.items():
        effect = effects.get(name)
        why = _DESIGN if effect is None else f"{_DESIGN}, but {effect.outcome}: {effect.reason}"
        yield _Line(name, value, why)
    yield from _safe_writes(configuration)
    ratio = plan.design.traffic.compression_ratio
    if ratio > 1 and not compresses(configuration):
        yield _compression(ratio)
    yield from _partitioner(plan)


def _safe_writes(configuration: Configuration) -> Iterator[_Line]:
    """Say what makes a write safe, unless the design decided otherwise."""
    if not configuration.is_set("acks"):
        yield _Line(
            "acks", "all", "a record counts as written once min.insync.replicas brokers have it"
        )
    retries = configuration.value("retries")
    if (
        not configuration.is_set("enable.idempotence")
        and str(configuration.value("acks")).lower() in ("all", "-1")
        and retries
        and not _reorders(configuration)
    ):
        yield _Line(
            "enable.idempotence",
            value=True,
            why="a retry writes no record twice, and keeps their order",
        )


def _reorders(configuration: Configuration) -> bool:
    """Say whether more requests are set to be under way than idempotence can put in order."""
    name = "max.in.flight.requests.per.connection"
    most = float(default_of(name, "producer").value)
    return configuration.is_set(name) and setting_number(configuration, name) > most


def _compression(ratio: float) -> _Line:
    """Choose the mildest codec that was seen to do what the plan counts on, or the strongest."""
    measured = sorted(
        (each.compression_ratio, each.codec)
        for each in published_compression()
        if each.compression_ratio is not None and each.kind == "measured"
    )
    enough = (each for each in measured if each[0] >= ratio)
    reached, codec = next(enough, measured[-1])
    return _Line(
        "compression.type",
        codec,
        f"the plan counts on bytes {ratio:g} times smaller on the wire; others reached "
        f"{reached:g} with {codec}, so measure it with your records",
    )


def _partitioner(plan: TopicPlan) -> Iterator[_Line]:
    """Make librdkafka place keys as the plan does."""
    keys, producers = plan.design.keys, plan.design.producers
    name = "partitioner"
    if keys is None or producers.client != "librdkafka" or name in producers.config:
        return
    wanted = plan.design.partitioner
    for choice in default_of(name, "librdkafka producer").choices:
        if choice != "random" and find_partitioner("librdkafka", choice).name == wanted:
            if choice != default_of(name, "librdkafka producer").value:
                yield _Line(name, choice, f"the plan places keys as partitioner {wanted!r} does")
            return


def _consumer_lines(plan: TopicPlan, group: GroupPlan) -> Iterator[_Line]:
    asked, configuration = group.group, group.group.configuration
    if not configuration.is_set("group.id"):
        yield _Line("group.id", group.name, "members of one group share the partitions")
    too_many = group.poll.fits is False and asked.client == "java"
    for name, value in configuration.given.items():
        bad = too_many and name == _POLL
        yield _Line(name, value, f"{_DESIGN}, but {group.poll.reason}" if bad else _DESIGN)
    yield from _protocol(asked)
    if asked.membership == "static" and not configuration.is_set("group.instance.id"):
        yield _Line(
            "group.instance.id",
            None,
            "static membership: give each member one of its own that it keeps when it restarts, "
            "such as the name of its pod; two members with the same one throw each other out",
        )
    if too_many and group.poll.most_records and not configuration.is_set(_POLL):
        yield _Line(_POLL, group.poll.most_records, group.poll.reason)
    if not configuration.is_set("auto.offset.reset"):
        yield _Line(
            "auto.offset.reset",
            "earliest",
            "a group without an offset reads what is there; with latest it skips what was "
            "written to new partitions before it noticed them",
        )
    if asked.threads > 1 and not configuration.is_set("enable.auto.commit"):
        yield _Line(
            "enable.auto.commit",
            value=False,
            why=f"{asked.threads} records are worked on at once: commit those that are done, or a "
            "crash loses the others",
        )
    transactional = "transactional.id" in plan.design.producers.config
    if transactional and asked.client == "java" and not configuration.is_set("isolation.level"):
        yield _Line("isolation.level", "read_committed", "the producers write in transactions")


def _protocol(group: Group) -> Iterator[_Line]:
    """Say how partitions are handed out where the default would do it otherwise."""
    configuration = group.configuration
    protocol = group.rebalance_protocol
    if protocol == "consumer":
        if not configuration.is_set("group.protocol"):
            yield _Line("group.protocol", "consumer", "KIP-848: no member waits for the others")
        server = _SERVER_ASSIGNORS.get(group.assignor)
        if server is not None and not configuration.is_set("group.remote.assignor"):
            yield _Line("group.remote.assignor", server, "the brokers hand the partitions out")
        return
    name = "partition.assignment.strategy"
    if configuration.is_set(name):
        return
    if group.protocol is None and group.assignor == "range":
        return  # which both clients deal out by where nothing is set
    if protocol == "cooperative":
        assignor = "cooperative-sticky"
        why = "a group is cooperative only if this is all that its members offer"
    else:
        assignor = group.assignor
        why = f"the plan deals partitions out as assignor {assignor!r} does"
    if assignor in _JAVA_ASSIGNORS:
        java = group.client == "java"
        yield _Line(name, _JAVA_ASSIGNORS[assignor] if java else assignor, why)
