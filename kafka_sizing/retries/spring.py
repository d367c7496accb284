"""Attempts and a backoff, as Spring Kafka is told them, in; its topics and delays out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, SupportsIndex

from kafka_sizing._checks import check_at_least, check_count, check_positive
from kafka_sizing.retries.defaults import retry_default
from kafka_sizing.retries.naming import (
    Naming,
    RetryTopic,
    SameDelays,
    check_naming,
    dead_letter_topic,
    name_topics,
)
from kafka_sizing.retries.wording import seconds_text
from kafka_sizing.units import format_count

if TYPE_CHECKING:
    import pandas as pd

_MS_PER_S = 1_000
_WHOLE = 1e-6  # of a millisecond, what is taken for rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class SpringRetryTopics:
    """The topics that Spring Kafka makes for the retries of one, and the delay of each."""

    topic: str
    attempts: int  #: the first one included
    delays_s: tuple[float, ...]  #: before each retry
    retry_topics: tuple[RetryTopic, ...]  #: fewer than retries where equal delays share one
    dead_letter_topic: str

    @property
    def total_delay_s(self) -> float:
        """From the first attempt to the last: the longest outage that loses nothing. [s]"""
        return sum(self.delays_s)

    @property
    def topics(self) -> tuple[str, ...]:
        """Every topic: the topic itself, those of its retries, that of its dead letters."""
        retries = (each.topic for each in self.retry_topics)
        return (self.topic, *retries, self.dead_letter_topic)

    @property
    def reason(self) -> str:
        """What waits where, as a sentence without a full stop."""
        attempts = format_count(self.attempts, "attempt")
        if not self.retry_topics:
            return f"{attempts} of a record, then {self.dead_letter_topic}: nothing is retried"
        waits = ", ".join(
            f"{format_count(each.retries, 'retry', 'retries')} after "
            f"{seconds_text(each.delay_s)} in {each.topic}"
            for each in self.retry_topics
        )
        return (
            f"{attempts} of a record over {seconds_text(self.total_delay_s)}: {waits}, "
            f"then {self.dead_letter_topic}"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per retry topic: name, topic, delay_s, first_retry, retries."""
        import pandas as pd

        names = ("name", "topic", "delay_s", "first_retry", "retries")
        return pd.DataFrame(
            {name: [getattr(each, name) for each in self.retry_topics] for name in names}
        )

    def __repr__(self) -> str:
        return (
            f"SpringRetryTopics({self.topic!r}, attempts={self.attempts}, "
            f"retry_topics={len(self.retry_topics)}, "
            f"total_delay={seconds_text(self.total_delay_s)!r})"
        )


def spring_retry_topics(
    topic: str,
    *,
    attempts: SupportsIndex | None = None,
    delay_s: float | None = None,
    multiplier: float = 1.0,
    most_delay_s: float | None = None,
    naming: Naming = "delay",
    same_delays: SameDelays = "one topic",
) -> SpringRetryTopics:
    """Name the topics that Spring Kafka's ``@RetryableTopic`` makes, and compute their delays.

    The delay before retry i is ``min(delay · multiplierⁱ⁻¹, most delay)``, each cut to whole
    milliseconds before the next is reckoned from it.

    Parameters
    ----------
    topic : str
        The topic that is listened to.
    attempts : int or None, default None
        Attempts in all, the first one included. None: Spring's default, 3. >= 1
    delay_s : float or None, default None
        Before the first retry, a whole number of milliseconds. None: Spring's default, 1 s.
        [s] > 0
    multiplier : float, default 1.0
        Delay before a retry over the delay before the one before; 1 is a fixed delay. >= 1
    most_delay_s : float or None, default None
        Where delays stop growing, a whole number of milliseconds; without meaning for a fixed
        delay. None: Spring's default, 30 s. [s] > 0, >= ``delay_s`` where delays grow
    naming : {"delay", "index"}, default "delay"
        What is appended to the suffix: the delay in milliseconds, or an index from 0. Where
        several topics have one and the same delay it is the index in any case.
    same_delays : {"one topic", "a topic each"}, default "one topic"
        Whether retries with equal delays at the end wait in one topic. That is the default of
        the annotation since 3.2; before, and in the builder for longer, each had its own.

    Returns
    -------
    SpringRetryTopics
        Names and delays.

    Raises
    ------
    ValueError
        If a number is out of range, or a delay is no whole number of milliseconds.

    Notes
    -----
    After DestinationTopicPropertiesFactory.java, RetryableTopic.java and
    BackOffValuesGenerator.java of spring-projects/spring-kafka. A retry is late by up to the
    idle and poll intervals of its consumer: delays of a second or less are not kept to.

    Examples
    --------
    >>> from kafka_sizing.retries import spring_retry_topics
    >>> made = spring_retry_topics("orders", attempts=4, delay_s=1, multiplier=2)
    >>> made.topics
    ('orders', 'orders-retry-1000', 'orders-retry-2000', 'orders-retry-4000', 'orders-dlt')
    >>> made.total_delay_s
    7.0
    >>> spring_retry_topics("orders").topics
    ('orders', 'orders-retry', 'orders-dlt')
    """
    check_naming(topic, naming, same_delays)
    if attempts is None:
        attempts = int(retry_default("spring_attempts").value)
    if delay_s is None:
        delay_s = retry_default("spring_delay_s").value
    if most_delay_s is None:
        most_delay_s = retry_default("spring_most_delay_s").value
    tries = check_count("attempts", attempts)
    check_at_least("multiplier", multiplier, 1)
    first_ms = _milliseconds("delay_s", delay_s)
    most_ms = _milliseconds("most_delay_s", most_delay_s)
    if multiplier == 1:
        most_ms = first_ms
    elif most_ms < first_ms:
        raise ValueError(
            f"most_delay_s must be >= delay_s ({first_ms / _MS_PER_S:g}) where delays grow, "
            f"got {most_ms / _MS_PER_S:g}"
        )
    delays_s = _delays(tries - 1, first_ms, float(multiplier), most_ms)
    named = name_topics(topic, delays_s, naming=naming, same_delays=same_delays)
    return SpringRetryTopics(
        topic=topic,
        attempts=tries,
        delays_s=delays_s,
        retry_topics=named,
        dead_letter_topic=dead_letter_topic(topic),
    )


def spring_blocking_backoffs() -> tuple[float, ...]:
    """List the waits before the retries of Spring's default error handler, which blocks.

    Returns
    -------
    tuple of float
        Nine waits of no length: ten deliveries as fast as they go. [s]

    Examples
    --------
    >>> from kafka_sizing.retries import spring_blocking_backoffs
    >>> len(spring_blocking_backoffs()), sum(spring_blocking_backoffs())
    (9, 0.0)
    """
    retries = int(retry_default("spring_blocking_retries").value)
    return (retry_default("spring_blocking_backoff_s").value,) * retries


def _milliseconds(name: str, value_s: float) -> int:
    check_positive(name, value_s)
    milliseconds = float(value_s) * _MS_PER_S
    whole = round(milliseconds)
    if not whole or abs(milliseconds - whole) > _WHOLE:
        raise ValueError(f"{name} must be a whole number of milliseconds, got {value_s!r} s")
    return whole


def _delays(retries: int, first_ms: int, multiplier: float, most_ms: int) -> tuple[float, ...]:
    delays, delay_ms = [], first_ms
    for _ in range(retries):
        delays.append(delay_ms / _MS_PER_S)
        delay_ms = int(min(delay_ms * multiplier, most_ms))
    return tuple(delays)
