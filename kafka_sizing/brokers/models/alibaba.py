"""Peak writes, fan-out and replicas in; brokers by Alibaba's rule for Confluent out."""

from __future__ import annotations

from typing import SupportsIndex

from kafka_sizing._checks import ceil_ratio, check_count, check_non_negative, check_positive
from kafka_sizing.brokers.models.constants import model_constants
from kafka_sizing.brokers.models.estimate import BrokerEstimate, BrokerNeed
from kafka_sizing.units import MB, format_load


def alibaba_brokers(
    peak_write_bytes_per_s: float,
    *,
    fan_out: float,
    replication_factor: SupportsIndex = 3,
) -> BrokerEstimate:
    """Count brokers as Alibaba's page for Confluent does.

    ``peak × (F + 2 r - 1) × 2 / 400 MB/s``, at least 4: a byte comes in r times, goes to r - 1
    followers and F readers, and twice that is provided.

    Parameters
    ----------
    peak_write_bytes_per_s : float
        What producers write at the peak. [wire bytes/s] > 0
    fan_out : float
        How often what is written is read. >= 0
    replication_factor : int, default 3
        Replicas of each partition. >= 1

    Returns
    -------
    BrokerEstimate
        The count, and whether traffic or the least size set it.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Examples
    --------
    >>> from kafka_sizing import MB
    >>> from kafka_sizing.brokers.models.alibaba import alibaba_brokers
    >>> alibaba_brokers(500 * MB, fan_out=3).brokers
    20
    """
    check_positive("peak_write_bytes_per_s", peak_write_bytes_per_s)
    check_non_negative("fan_out", fan_out)
    copies = check_count("replication_factor", replication_factor)
    constants = model_constants("alibaba")

    traffic = float(peak_write_bytes_per_s) * (fan_out + 2 * copies - 1)
    provided = traffic * constants["headroom_ratio"]
    one = constants["broker_mb_per_s"] * MB
    least = constants.count("least_brokers")
    return BrokerEstimate(
        constants=constants,
        needs=(
            BrokerNeed(
                resource="traffic",
                brokers=ceil_ratio(provided, one),
                reason=f"one carries {format_load(one, 'bytes/s')} of "
                f"{format_load(provided, 'bytes/s')}",
            ),
            BrokerNeed(
                resource="least size", brokers=least, reason=f"a cluster has at least {least}"
            ),
        ),
    )
