"""A plan, a design or raw configurations in; one `Case` that every rule can ask, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeVar, cast, get_args

from kafka_sizing._checks import check_choice, check_share
from kafka_sizing.brokers import ClusterLimits, find_cluster
from kafka_sizing.producers import ProducerVerdict, check_producer
from kafka_sizing.review.rule import Origin, has_kafka_defaults
from kafka_sizing.settings import Configuration, SettingValue, Side, topic_configuration
from kafka_sizing.topic.design import Cluster, Group, Keys, Retries, TopicDesign
from kafka_sizing.topic.design.clients import Client, Properties

if TYPE_CHECKING:
    from kafka_sizing.topic.planning.plan import TopicPlan

Scaling = Literal["lag", "cpu", "memory", "fixed"]
Retrying = Literal["retry topics", "blocking", "same topic", "none"]
Committing = Literal["after processing", "before processing"]
Part = TypeVar("Part")

_PRACTICES: Final[Mapping[str, tuple[str, ...]]] = {
    "scaling": get_args(Scaling),
    "retrying": get_args(Retrying),
    "committing": get_args(Committing),
}


class NotGiven(LookupError):  # noqa: N818 - a gap in what was given is no error of the review
    """What a rule would have to know, and nobody said."""

    def __init__(self, missing: str) -> None:
        super().__init__(missing)
        self.missing = missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Practices:
    """What no configuration shows and only its people can say; None leaves it unjudged.

    Parameters
    ----------
    scaling : {"lag", "cpu", "memory", "fixed"}, optional
        What the number of members follows.
    retrying : {"retry topics", "blocking", "same topic", "none"}, optional
        Where a record that failed is tried again.
    committing : {"after processing", "before processing"}, optional
        When offsets are committed.
    broker_cpu_share : float, optional
        Measured: part of its processors that a broker uses at the peak. (0, 1]

    Raises
    ------
    ValueError
        If a word is unknown, or the share is outside (0, 1].

    Examples
    --------
    >>> from kafka_sizing.review import Practices
    >>> Practices(scaling="lag").retrying is None
    True
    """

    scaling: Scaling | None = None
    retrying: Retrying | None = None
    committing: Committing | None = None
    broker_cpu_share: float | None = None

    def __post_init__(self) -> None:
        """Refuse words that mean nothing."""
        for name, words in _PRACTICES.items():
            if getattr(self, name) is not None:
                check_choice(name, getattr(self, name), words)
        if self.broker_cpu_share is not None:
            check_share("broker_cpu_share", self.broker_cpu_share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """The producers of a case: what is set, and whose rules hold."""

    configuration: Configuration
    client: Client

    @property
    def verdict(self) -> ProducerVerdict:
        """What the client makes of its configuration."""
        return check_producer(self.configuration.given, client=self.client)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One consumer group of a case."""

    subject: str
    configuration: Configuration
    client: Client
    group: Group | None  #: None: only its configuration is known
    known_processing_s: float | None = None
    threads: int | None = None  #: records worked on at once; None: not said

    @property
    def processing_s(self) -> float:
        """Time that a record takes. [s]"""
        return _need(self.known_processing_s, f"the processing time of a record of {self.subject}")

    @property
    def classic(self) -> bool:
        """Whether the classic protocol of groups holds."""
        return self.configuration.value("group.protocol") == "classic"

    @property
    def planned(self) -> Group:
        """The group as it was designed."""
        return _need(self.group, f"the design of {self.subject}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PutAside:
    """A value that Kafka would not take, so that all else is judged without it."""

    side: str
    subject: str
    name: str
    summary: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """What a review knows. To ask for what was not given raises `NotGiven`."""

    subject: str
    known_plan: TopicPlan | None = None
    known_design: TopicDesign | None = None
    own_topic: Configuration | None = None  #: what the topic itself is set to
    known_topic: Configuration | None = None  #: with what its brokers set behind it
    known_broker: Configuration | None = None
    known_writer: Writer | None = None
    known_readers: tuple[Reader, ...] = ()
    known_replication_factor: int | None = None
    replication_origin: Origin = "set"
    known_partitions: int | None = None
    retry_delay_s: float | None = None  #: of a topic that is itself a retry topic
    outage_s: float | None = None
    practices: Practices = field(default_factory=Practices)
    put_aside: tuple[PutAside, ...] = ()

    @property
    def plan(self) -> TopicPlan:
        """The plan of the topic."""
        return _need(self.known_plan, "a plan of the topic")

    @property
    def design(self) -> TopicDesign:
        """The design of the topic."""
        return _need(self.known_design, "a design of the topic")

    @property
    def topic(self) -> Configuration:
        """What the topic is set to, with what its brokers set behind it."""
        return _need(self.known_topic, "the configuration of the topic or of its brokers")

    @property
    def broker(self) -> Configuration:
        """What the brokers are set to."""
        return _need(self.known_broker, "the configuration of the brokers")

    @property
    def writer(self) -> Writer:
        """Who writes."""
        return _need(self.known_writer, "the configuration of the producers")

    @property
    def readers(self) -> tuple[Reader, ...]:
        """Who reads, at least one group."""
        return _need(self.known_readers or None, "a consumer group")

    @property
    def replication_factor(self) -> int:
        """Replicas of a partition, the leader included."""
        return _need(self.known_replication_factor, "the replication factor")

    @property
    def partitions(self) -> int:
        """How many partitions the topic has, or is planned with."""
        return _need(self.known_partitions, "the number of partitions")

    @property
    def keys(self) -> Keys:
        """The keys that are written."""
        return _need(self.design.keys, "the keys of the topic")

    @property
    def cluster(self) -> Cluster:
        """Where the topic runs."""
        return _need(self.design.cluster, "the cluster of the topic")

    @property
    def own_brokers(self) -> Cluster:
        """Where the topic runs, if that shows the brokers it has."""
        cluster, service = self.cluster, self.service
        if service is not None and not service.shows_brokers:
            raise NotGiven(f"the brokers, which {service.name} does not show")
        return cluster

    @property
    def service(self) -> ClusterLimits | None:
        """What the cluster is sold as, if its brokers need not have the defaults of Kafka."""
        cluster = None if self.known_design is None else self.known_design.cluster
        if cluster is None or cluster.limits is None:
            return None
        limits = find_cluster(cluster.limits)
        return None if has_kafka_defaults(limits.vendor) else limits

    def check_known(self, configuration: Configuration, *names: str) -> None:
        """Refuse to judge what nobody set where its default is a vendor's."""
        if self.service is not None and not any(map(configuration.is_set, names)):
            raise NotGiven(
                f"{names[0]}, whose default at {self.service.name} need not be that of Kafka"
            )

    @property
    def retries(self) -> Retries:
        """How failures are tried again."""
        return _need(self.design.retries, "how failures are retried")

    @property
    def needs_order(self) -> bool | None:
        """Whether records of a key must stay in order; None: nobody said."""
        if self.known_design is None:
            return None
        keys = self.known_design.keys
        return keys is not None and keys.ordering == "per key"

    @property
    def sides(self) -> Mapping[str, tuple[tuple[str, Configuration], ...]]:
        """What is set, by who reads it, each with its subject; what was not given is missing."""
        writer = None if self.known_writer is None else self.known_writer.configuration
        single = {
            "topic": (self.subject, self.own_topic),
            "broker": ("brokers", self.known_broker),
            "producer": ("producers", writer),
        }
        sides = {
            side: ((subject, configuration),)
            for side, (subject, configuration) in single.items()
            if configuration is not None
        }
        readers = tuple((reader.subject, reader.configuration) for reader in self.known_readers)
        return sides | ({"consumer": readers} if readers else {})


def case_of_plan(plan: TopicPlan, practices: Practices) -> Case:
    """Make a case of a plan and its design."""
    design = plan.design
    broker = None if design.cluster is None else design.cluster.configuration
    return Case(
        subject=f"topic {design.name}",
        known_plan=plan,
        known_design=design,
        own_topic=design.configuration,
        known_topic=topic_configuration(design.configuration.given, broker=broker),
        known_broker=broker,
        known_writer=Writer(
            configuration=design.producers.configuration, client=design.producers.client
        ),
        known_readers=tuple(_reader_of(group) for group in design.groups),
        known_replication_factor=design.replication_factor,
        known_partitions=plan.partitions,
        outage_s=max((group.outage_s for group in design.groups), default=None),
        practices=practices,
    )


def case_of_configurations(  # one argument for each thing that may be given
    *,
    topic: Properties | None,
    broker: Properties | None,
    producer: Properties | None,
    consumer: Properties | None,
    client: Client,
    replication_factor: int | None,
    partitions: int | None,
    processing_s: float | None,
    outage_s: float | None,
    retry_delay_s: float | None,
    practices: Practices,
) -> Case:
    """Make a case of what is set on each side."""
    aside: list[PutAside] = []

    def read(
        part: str, subject: str, side: Side, given: Properties | None
    ) -> Configuration | None:
        if given is None:
            return None
        reasons = {name: _refusal(side, name, value) for name, value in given.items()}
        for name, (summary, reason) in reasons.items():
            if reason:
                aside.append(
                    PutAside(side=part, subject=subject, name=name, summary=summary, reason=reason)
                )
        return Configuration(
            side, {name: value for name, value in given.items() if not reasons[name][1]}
        )

    prefix = "" if client == "java" else "librdkafka "
    brokers = read("broker", "brokers", "broker", broker)
    own = read("topic", "topic", "topic", topic)
    writer = read("producer", "producers", cast("Side", f"{prefix}producer"), producer)
    reader = read("consumer", "group", cast("Side", f"{prefix}consumer"), consumer)
    inherited = None
    if own is not None or brokers is not None:
        inherited = topic_configuration({} if own is None else own.given, broker=brokers)
    origin: Origin = "set"
    if replication_factor is None and brokers is not None:
        replication_factor = max(1, int(brokers.value("default.replication.factor")))
        origin = "set" if brokers.is_set("default.replication.factor") else "default"
    return Case(
        subject="topic",
        own_topic=own,
        known_topic=inherited,
        known_broker=brokers,
        known_writer=None if writer is None else Writer(configuration=writer, client=client),
        known_readers=()
        if reader is None
        else (
            Reader(
                subject="group",
                configuration=reader,
                client=client,
                group=None,
                known_processing_s=processing_s,
            ),
        ),
        known_replication_factor=replication_factor,
        replication_origin=origin,
        known_partitions=partitions,
        retry_delay_s=retry_delay_s,
        outage_s=outage_s,
        practices=practices,
        put_aside=tuple(aside),
    )


def _refusal(side: Side, name: str, value: SettingValue) -> tuple[str, str]:
    """Say in a few words, and with the value, why Kafka would not take it; empty if it would."""
    try:
        alone = Configuration(side, {name: value})
    except ValueError as error:
        return f"{name} has a value of another type", str(error)
    if not alone.refused:
        return "", ""
    return refusal_text(alone, name)


def refusal_text(configuration: Configuration, name: str) -> tuple[str, str]:
    """Say of a value that is out of range what would be in it."""
    allowed = configuration.setting(name).allowed
    return (
        f"{name} has a value that Kafka refuses",
        f"{configuration.described(name)}, allowed: {allowed}",
    )


def _reader_of(group: Group) -> Reader:
    return Reader(
        subject=f"group {group.name}",
        configuration=group.configuration,
        client=group.client,
        group=group,
        known_processing_s=group.threads / group.records_per_s,
        threads=group.threads,
    )


def _need(part: Part | None, missing: str) -> Part:
    if part is None:
        raise NotGiven(missing)
    return part
