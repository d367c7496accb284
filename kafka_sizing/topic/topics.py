"""A plan in; the topics to create for it, with every property to set, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, get_args

from kafka_sizing._checks import check_choice, check_count, check_type
from kafka_sizing._mappings import ReadOnly
from kafka_sizing.partitions.limits import check_name
from kafka_sizing.settings import Configuration, SettingValue
from kafka_sizing.settings.setting import text_of
from kafka_sizing.topic.planning.plan import TopicPlan
from kafka_sizing.topic.planning.retries import side_partitions

if TYPE_CHECKING:
    from kafka_sizing.retries import DeadLetter, RetryPlan, RetryStage

Role = Literal["main", "retry", "dead letter"]

_MS: Final = 1_000
_INHERITED: Final = ("min.insync.replicas", "max.message.bytes", "message.timestamp.type")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTopic:
    """One topic to create: its size, what to set, and why.

    Parameters
    ----------
    name : str
        The topic.
    role : {"main", "retry", "dead letter"}
        What it is for.
    partitions, replication_factor : int
        Leaders, and replicas of each with the leader included. >= 1
    config : mapping of property to value, default {}
        Topic properties to set, in Kafka's own units.
    reason : str, default ""
        Why it is there in this size, as a sentence without a full stop.

    Raises
    ------
    ValueError
        If the name is empty, the role unknown, a number below 1, or a property has a value
        that Kafka cannot read.

    Examples
    --------
    >>> from kafka_sizing.topic.topics import PlannedTopic
    >>> topic = PlannedTopic(
    ...     name="orders", role="main", partitions=12, replication_factor=3,
    ...     config={"retention.ms": 604_800_000},
    ... )
    >>> topic.config["retention.ms"]
    '604800000'
    """

    name: str
    role: Role
    partitions: int
    replication_factor: int
    config: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""

    def __post_init__(self) -> None:
        """Refuse what no topic can be."""
        check_name("name", self.name)
        check_choice("role", self.role, get_args(Role))
        for name in ("partitions", "replication_factor"):
            object.__setattr__(self, name, check_count(name, getattr(self, name)))
        object.__setattr__(self, "config", ReadOnly(_texts(self.settings)))

    @property
    def headline(self) -> str:
        """Its name, its role, and why it is there."""
        title = f"{self.name} ({self.role})"
        return f"{title}: {self.reason}" if self.reason else title

    @property
    def settings(self) -> Mapping[str, SettingValue]:
        """The properties to set, each of the type that Kafka gives it."""
        return Configuration("topic", self.config).given


def planned_topics(plan: TopicPlan) -> tuple[PlannedTopic, ...]:
    """List the topics that a plan needs: its own, those of its retries, the dead letters.

    Retry and dead-letter topics get the retention of their stage, and from the main topic what
    decides whether a record is accepted and safe there: ``min.insync.replicas``,
    ``max.message.bytes``, ``message.timestamp.type``. Where the design names an outage to
    survive, a retry topic has the partitions for the rate while every attempt fails, and so has
    the dead-letter topic if the outage is longer than all delays; where nothing says how many
    one needs, as many as the main topic.

    Parameters
    ----------
    plan : TopicPlan
        As `plan_topic` gives it.

    Returns
    -------
    tuple of PlannedTopic
        The main topic, the retry topics in order of their delay, the dead-letter topic.

    Examples
    --------
    >>> from kafka_sizing.topic import Group, Retries, TopicDesign, Traffic, plan_topic
    >>> from kafka_sizing.topic.topics import planned_topics
    >>> design = TopicDesign(
    ...     name="orders",
    ...     traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500),
    ...     groups=[Group(name="billing", member_records_per_s=1_500)],
    ...     min_insync_replicas=2,
    ...     retries=Retries(delays_s=(60,), failing_fraction=0.01),
    ... )
    >>> [topic.role for topic in planned_topics(plan_topic(design))]
    ['main', 'retry', 'dead letter']
    """
    check_type("plan", plan, TopicPlan, "plan_topic")
    return tuple(_topics(plan))


def as_topics(topics: TopicPlan | Iterable[PlannedTopic]) -> tuple[PlannedTopic, ...]:
    """Take a plan, or topics as they are; give the topics."""
    if isinstance(topics, TopicPlan):
        return planned_topics(topics)
    given = tuple(topics)
    for topic in given:
        check_type("topics", topic, PlannedTopic, "planned_topics")
    return given


def _topics(plan: TopicPlan) -> Iterator[PlannedTopic]:
    design = plan.design
    yield PlannedTopic(
        name=design.name,
        role="main",
        partitions=plan.partitions,
        replication_factor=design.replication_factor,
        config=_texts(design.configuration.given),
        reason=plan.count.reason,
    )
    if plan.retries is None:
        return
    for stage in plan.retries.stages:
        yield _side_topic(plan, plan.retries, stage, "retry")
    yield _side_topic(plan, plan.retries, plan.retries.dead_letter, "dead letter")


def _side_topic(
    plan: TopicPlan, ladder: RetryPlan, stage: RetryStage | DeadLetter, role: Role
) -> PlannedTopic:
    given = plan.design.configuration.given
    inherited = {name: given[name] for name in _INHERITED if name in given}
    return PlannedTopic(
        name=stage.topic,
        role=role,
        partitions=side_partitions(stage, ladder, main_partitions=plan.partitions),
        replication_factor=plan.design.replication_factor,
        config=_texts(inherited | {"retention.ms": round(stage.retention_s * _MS)}),
        reason=stage.reason,
    )


def _texts(given: Mapping[str, SettingValue]) -> dict[str, str]:
    return {name: text_of(value) for name, value in given.items()}
