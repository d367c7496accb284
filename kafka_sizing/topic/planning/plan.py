"""A `TopicDesign` in; the whole `TopicPlan`, each number with its reason, out."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kafka_sizing._checks import check_type
from kafka_sizing.retries import RetryPlan
from kafka_sizing.topic.design import TopicDesign
from kafka_sizing.topic.planning.brokers import BrokerPlan, plan_brokers
from kafka_sizing.topic.planning.count import CountDecision, decide_count
from kafka_sizing.topic.planning.groups import GroupPlan, plan_group
from kafka_sizing.topic.planning.keys import KeyPlan, hottest_share, plan_keys
from kafka_sizing.topic.planning.producers import ProducerPlan, plan_producers
from kafka_sizing.topic.planning.retention import RetentionPlan, plan_retention
from kafka_sizing.topic.planning.retries import plan_ladder, retry_topics

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One question of a capacity review, its answer, and why."""

    subject: str
    answer: str
    holds: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TopicPlan:
    """Everything that follows from a design: counts, keys, groups, producers, brokers, retries."""

    design: TopicDesign
    count: CountDecision
    keys: KeyPlan | None  #: None: the keys, or their loads, are not known
    groups: tuple[GroupPlan, ...]
    producers: ProducerPlan
    brokers: BrokerPlan | None  #: None: the cluster is not given
    retries: RetryPlan | None  #: None: nothing is retried
    retention: RetentionPlan

    @property
    def partitions(self) -> int:
        """The count of the plan: the one given, or else the one recommended."""
        return self.count.partitions

    @property
    def holds(self) -> bool:
        """Whether every part of the plan holds at the horizon."""
        return all(answer.holds for answer in self.answers)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The questions of a review in their order, each with answer and reason."""
        return tuple(self._answers())

    @property
    def reason(self) -> str:
        """Why the plan holds, or the first part that does not, without a full stop."""
        failing = next((answer for answer in self.answers if not answer.holds), None)
        return self.count.reason if failing is None else f"{failing.subject}: {failing.reason}"

    def to_frame(self) -> pd.DataFrame:
        """One row per part of the plan: subject, answer, holds, reason."""
        import pandas as pd

        return pd.DataFrame(
            {
                "subject": [answer.subject for answer in self.answers],
                "answer": [answer.answer for answer in self.answers],
                "holds": [answer.holds for answer in self.answers],
                "reason": [answer.reason for answer in self.answers],
            }
        )

    def _answers(self) -> Iterator[Answer]:
        count = self.count
        yield Answer(
            subject="partitions",
            answer=f"{count.partitions:,}",
            holds=count.holds,
            reason=count.reason,
        )
        if self.keys is not None:
            comparison = self.keys.comparison
            yield Answer(
                subject="keys",
                answer="no hot partition" if comparison is None else comparison.best.name,
                holds=comparison is None,
                reason=self.keys.reason,
            )
        for group in self.groups:
            yield Answer(
                subject=f"group {group.name}",
                answer=f"{group.members:,} member{'s' if group.members > 1 else ''}",
                holds=group.keeps_up,
                reason=group.reason,
            )
        yield Answer(
            subject="producers",
            answer=f"{self.producers.horizon.records_per_batch:.1f} records a batch",
            holds=self.producers.verdict.accepted,
            reason=self.producers.reason,
        )
        if self.brokers is not None:
            yield Answer(
                subject="brokers",
                answer=self.brokers.answer,
                holds=self.brokers.fits,
                reason=self.brokers.reason,
            )
        if self.retries is not None:
            yield Answer(
                subject="retries",
                answer=f"{len(self.retries.stages):,} stages",
                holds=True,
                reason=self.retries.reason,
            )
        yield Answer(
            subject="retention",
            answer="enough" if self.retention.enough else "too short",
            holds=self.retention.enough,
            reason=self.retention.reason,
        )

    def __repr__(self) -> str:
        return (
            f"TopicPlan({self.design.name!r}, partitions={self.partitions}, "
            f"groups={[group.members for group in self.groups]}, holds={self.holds})"
        )

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False)
        return f"<p>{html.escape(self.reason)}</p>{table}"


def plan_topic(design: TopicDesign) -> TopicPlan:
    """Plan a whole topic: partitions, keys, groups, producers, brokers, retries, retention.

    The count is the one that the design gives, which is then judged, or else the smallest that
    keeps every limit at the peak of the horizon. Everything else is reckoned for that count.

    Parameters
    ----------
    design : TopicDesign
        What is asked.

    Returns
    -------
    TopicPlan
        Every part with its reason; ``holds`` says whether all of them do.

    Raises
    ------
    TypeError
        If ``design`` is no `TopicDesign`.
    ValueError
        If nothing in the design says what one partition carries.

    Examples
    --------
    >>> from kafka_sizing.topic import Group, TopicDesign, Traffic, plan_topic
    >>> design = TopicDesign(
    ...     name="orders",
    ...     traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500, peak_ratio=3),
    ...     groups=[Group(name="billing", member_records_per_s=1_500)],
    ... )
    >>> plan = plan_topic(design)
    >>> plan.partitions, plan.groups[0].members
    (8, 8)
    """
    check_type("design", design, TopicDesign)
    ladder = plan_ladder(design)
    count = decide_count(design, ladder)
    keys = plan_keys(design, count)
    groups = tuple(
        plan_group(group, design, partitions=count.partitions, keys=keys)
        for group in design.groups
    )
    producers = plan_producers(design, partitions=count.partitions, keys=keys)
    hottest = hottest_share(design, partitions=count.partitions, keys=keys)
    return TopicPlan(
        design=design,
        count=count,
        keys=keys,
        groups=groups,
        producers=producers,
        brokers=plan_brokers(
            design,
            partitions=count.partitions,
            keys=keys,
            groups=groups,
            producers=producers,
            retries=retry_topics(design, ladder, main_partitions=count.partitions),
        ),
        retries=ladder,
        retention=plan_retention(
            design,
            groups,
            hottest_wire_bytes_per_s=design.traffic.at_horizon().wire_bytes_per_s * hottest,
        ),
    )
