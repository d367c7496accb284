"""Records and times per record in; what Xeotek's library says, and why not to copy it, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import SupportsIndex

from kafka_sizing._checks import ceil_ratio, check_count, check_positive, check_share
from kafka_sizing.brokers.models.constants import model_constants
from kafka_sizing.brokers.models.figures import ModelFigures
from kafka_sizing.units import format_count


@dataclass(frozen=True, slots=True, kw_only=True)
class XeotekEstimate(ModelFigures):
    """Producers, consumers and partitions as the library counts them.

    The first two counts are sound. Then the library divides by load and uptime a second time,
    and names a partition count and a consumer count that need not agree.
    """

    least_producers: int
    least_consumers: int
    partitions: int  #: as the library recommends
    consumers: int  #: as the library recommends

    @property
    def idle_consumers(self) -> int:
        """Consumers of its recommendation that would get no partition."""
        return max(0, self.consumers - self.partitions)

    @property
    def consistent(self) -> bool:
        """Whether each recommended consumer could have a partition."""
        return not self.idle_consumers

    @property
    def binding(self) -> str:
        """The slower side: of a tie, the consumers."""
        slower = self.least_consumers >= self.least_producers
        return "consumers" if slower else "producers"

    @property
    def reason(self) -> str:
        """What it says, and what is wrong with it, as a sentence without a full stop."""
        text = (
            f"{self.constants.name}: at least {format_count(self.least_producers, 'producer')} "
            f"and {format_count(self.least_consumers, 'consumer')}, {self.binding} bind; it "
            "recommends "
            f"{format_count(self.partitions, 'partition')} and "
            f"{format_count(self.consumers, 'consumer')}"
        )
        if not self.consistent:
            text += f", {self.idle_consumers:,} of which would be idle: do not copy"
        return text


def xeotek_counts(
    records_per_s: float,
    *,
    produce_s: float,
    consume_s: float,
    brokers: SupportsIndex,
    load_share: float | None = None,
    uptime_share: float | None = None,
) -> XeotekEstimate:
    """Count producers, consumers and partitions as Xeotek's library does.

    Of each side at least ``T s / load / uptime``. Its recommendation divides that once more by
    load and uptime and moves it to a multiple of the brokers (below them, to a divisor); the
    partitions are then those of the producers or of both sides, whichever it finds to divide
    the other, so consumers can outnumber partitions. For cross-checks only.

    Parameters
    ----------
    records_per_s : float
        Through the topic. [records/s] > 0
    produce_s, consume_s : float
        Time for one record, of one producer and of one consumer. [s] > 0
    brokers : int
        Of the cluster. >= 1
    load_share : float or None, default None
        Part of each client's time to use. None: the library's 0.8. (0, 1]
    uptime_share : float or None, default None
        Part of the time each client runs. None: the library's 0.99. (0, 1]

    Returns
    -------
    XeotekEstimate
        Sound least counts, and what the library recommends.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Examples
    --------
    >>> from kafka_sizing.brokers.models.xeotek import xeotek_counts
    >>> counts = xeotek_counts(1_000, produce_s=0.001, consume_s=0.1, brokers=3)
    >>> counts.least_consumers, counts.partitions, counts.idle_consumers
    (127, 3, 159)
    """
    check_positive("records_per_s", records_per_s)
    check_positive("produce_s", produce_s)
    check_positive("consume_s", consume_s)
    hosts = check_count("brokers", brokers)
    constants = model_constants("xeotek")
    load = constants.given("load_share", load_share)
    uptime = constants.given("uptime_share", uptime_share)
    check_share("load_share", load)
    check_share("uptime_share", uptime)

    usable = load * uptime
    producers = ceil_ratio(records_per_s * produce_s, usable)
    consumers = ceil_ratio(records_per_s * consume_s, usable)
    for_producers = _levelled(ceil_ratio(producers, usable), hosts)
    for_consumers = _levelled(ceil_ratio(consumers, usable), hosts)
    both = _near_multiple(for_producers, for_consumers)
    return XeotekEstimate(
        constants=constants,
        least_producers=producers,
        least_consumers=consumers,
        partitions=_recommended(for_producers, both),
        consumers=_recommended(for_consumers, both),
    )


def _levelled(count: int, brokers: int) -> int:
    """Round up to a multiple of the brokers, or, with fewer than those, to a divisor."""
    if count >= brokers:
        return -(-count // brokers) * brokers
    return next(divisor for divisor in range(count, brokers + 1) if brokers % divisor == 0)


def _near_multiple(one: int, other: int) -> int:
    """Choose among both counts and the multiple of the smaller that reaches the larger."""
    small, large = sorted((one, other))
    multiple = -(-large // small) * small
    past, apart = multiple - large, large - small
    if apart == past:
        return small
    return large if apart < past else multiple


def _recommended(own: int, both: int) -> int:
    """Take the count of one side if it and that of both sides divide each other."""
    return both if max(own, both) % min(own, both) else own
