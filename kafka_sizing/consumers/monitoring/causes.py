"""Nothing in; the causes of lag that a diagnosis can name, and what to do about each, out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Cause = Literal[
    "one hot partition",
    "group too small",
    "member crashed",
    "member stuck",
    "member slow",
    "poison record",
    "dependency slow",
    "producer burst",
    "no members",
    "rebalance",
    "rebalance storm",
    "new partitions",
    "offsets reset",
    "catching up",
    "caught up",
    "not enough data",
    "not known",
]
Confidence = Literal["high", "medium", "low"]

_DATES_ABOVE_S: Final = 1e8  # since the epoch, that is 1973

ADVICE: Final[dict[Cause, str]] = {
    "one hot partition": "Find the key that heats it (find_hot); more members cannot help, as one "
    "partition has one reader: split or move the key, or make its handling faster.",
    "group too small": "Add members, up to one for each partition, or make handling faster; "
    "beyond that, add partitions.",
    "member crashed": "Read the member's last log lines and why it was restarted; a shorter "
    "session.timeout.ms finds a dead member sooner, static membership spares the rebalance of a "
    "quick restart.",
    "member stuck": "Take a thread dump of the member while it hangs; bound every call it makes "
    "by a timeout well below max.poll.interval.ms.",
    "member slow": "Compare the member's host with the others: CPU limits, neighbours, garbage "
    "collection, network.",
    "poison record": "Look at the record at the committed offset; send what cannot be handled to "
    "a dead letter topic instead of trying again for ever.",
    "dependency slow": "Look at what all members call: database, downstream service, quota, "
    "network; more members would load it more.",
    "producer burst": "Nothing, if the lag objective allows for it; else scale ahead of bursts, "
    "or keep members to spare.",
    "no members": "Start the group, or see why all its members are gone.",
    "rebalance": "Nothing, if it was a deployment; the cooperative or the consumer protocol stops "
    "fewer partitions.",
    "rebalance storm": "Find what joins and leaves: deployments, crash loops, scaling, timeouts "
    "that are too short; use static membership and the cooperative or the consumer protocol.",
    "new partitions": "Nothing, once members have seen them; a shorter metadata.max.age.ms (5 min "
    "by default) shows them sooner. With auto.offset.reset=latest what came before is skipped.",
    "offsets reset": "Wait if the lag falls, add members if it does not; if nobody meant to have "
    "records read again, see who ran "
    "kafka-consumer-groups.sh --reset-offsets, or whether commits expired "
    "(offsets.retention.minutes).",
    "catching up": "Wait; the lag is older than the samples and falls.",
    "caught up": "Nothing to do.",
    "not enough data": "Take more samples, a few times a minute for some minutes.",
    "not known": "Take samples more often, and with the owners of partitions.",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Suspect:
    """A cause, and the growth of lag that it accounts for."""

    cause: Cause
    columns: NDArray[np.int64]  #: partitions of the timeline
    members: tuple[str, ...]
    cells: NDArray[np.bool_]  #: (intervals, partitions) in which lag grew by it
    starts_s: float
    ends_s: float | None  #: None: still on
    evidence: str
    confidence: Confidence
    is_firm: bool = False  #: to be named however little of the lag it made
    is_stop: bool = False  #: found in partitions that stood
    rebalances: int = 0  #: how many of them it is; 0: it is none
    advice: str | None = None  #: what to do next; None: as always with this cause


def seconds(duration_s: float) -> str:
    """Write a duration as people read it."""
    return f"{duration_s:,.0f} s" if duration_s >= 10 else f"{duration_s:,.1f} s"


def moment(time_s: float) -> str:
    """Write a time: as a date if it counts from the epoch, else as seconds."""
    if time_s < _DATES_ABOVE_S:
        return seconds(time_s)
    return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def rate(records_per_s: float) -> str:
    """Write a rate as people read it."""
    figures = ".0f" if records_per_s >= 100 else ".3g"
    return f"{records_per_s:,{figures}} records/s"


def count(number: int, noun: str) -> str:
    """Write a number with its noun: ``1 partition``, ``2 partitions``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def named(columns: NDArray[np.int64], names: tuple[object, ...], *, most: int = 5) -> str:
    """Name partitions, the first few if there are many."""
    shown = ", ".join(str(names[column]) for column in columns[:most].tolist())
    more = columns.size - most
    return f"{shown} and {more:,} more" if more > 0 else shown
