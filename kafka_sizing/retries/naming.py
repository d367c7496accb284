"""A topic and the delays of its retries in; the names of its retry topics out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, TypeAlias, get_args

from kafka_sizing._checks import check_choice
from kafka_sizing.partitions.limits import check_name

Naming: TypeAlias = Literal["delay", "index"]
SameDelays: TypeAlias = Literal["one topic", "a topic each"]

RETRY_SUFFIX: Final = "-retry"
DEAD_LETTER_SUFFIX: Final = "-dlt"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryTopic:
    """A retry topic, how long a record waits in it, and for which of its retries."""

    topic: str
    delay_s: float
    first_retry: int  #: from 1
    retries: int  #: that wait in this topic, one after the other

    @property
    def last_retry(self) -> int:
        """The last retry that a record waits for here, from 1."""
        return self.first_retry + self.retries - 1

    @property
    def name(self) -> str:
        """The retries by number: "retry 1", "retries 3–5"."""
        if self.retries == 1:
            return f"retry {self.first_retry}"
        return f"retries {self.first_retry}–{self.last_retry}"


def check_naming(topic: str, naming: Naming, same_delays: SameDelays) -> None:
    """Refuse a topic without a name, and ways of naming that there are not."""
    check_name("topic", topic)
    check_choice("naming", naming, get_args(Naming))
    check_choice("same_delays", same_delays, get_args(SameDelays))


def name_topics(
    topic: str, delays_s: Sequence[float], *, naming: Naming, same_delays: SameDelays
) -> tuple[RetryTopic, ...]:
    """Name the topics of all retries as Spring's `DestinationTopicPropertiesFactory` does.

    A single topic in which equal delays end has no number at all. Otherwise the number is the
    index, from 0, where that is wanted or all of several delays are equal; else the delay in
    milliseconds, and behind it an index where a delay comes more than once.
    """
    shared = _equal_at_the_end(delays_s) if same_delays == "one topic" else 1
    topics = delays_s[: len(delays_s) - shared + 1]
    numbers = _numbers(delays_s, topics, naming, same_delays)
    return tuple(
        RetryTopic(
            topic=f"{topic}{RETRY_SUFFIX}{number}",
            delay_s=delay_s,
            first_retry=at + 1,
            retries=shared if at == len(topics) - 1 else 1,
        )
        for at, (delay_s, number) in enumerate(zip(topics, numbers, strict=True))
    )


def dead_letter_topic(topic: str) -> str:
    """Name the topic where records end that no retry helped."""
    return f"{topic}{DEAD_LETTER_SUFFIX}"


def _equal_at_the_end(delays_s: Sequence[float]) -> int:
    """Count the delays at the end that are equal to the last one; 1 if there is none."""
    count = 1
    while count < len(delays_s) and delays_s[-count - 1] == delays_s[-1]:
        count += 1
    return count


def _numbers(
    delays_s: Sequence[float], topics: Sequence[float], naming: Naming, same_delays: SameDelays
) -> list[str]:
    if same_delays == "one topic" and len(topics) == 1:
        return [""]
    if naming == "index" or (len(delays_s) > 1 and len(set(delays_s)) == 1):
        return [f"-{at}" for at in range(len(topics))]
    return [
        f"-{_milliseconds(delay)}"
        + (f"-{at - topics.index(delay)}" if topics.count(delay) > 1 else "")
        for at, delay in enumerate(topics)
    ]


def _milliseconds(delay_s: float) -> str:
    return f"{Decimal(f'{delay_s * 1_000:.12g}'):f}"  # never with an exponent
