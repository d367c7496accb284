"""Rates, replicas and an MSK Express size in; brokers by AWS's own sizing script out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, SupportsIndex, get_args

from kafka_sizing._checks import (
    ceil_ratio,
    check_choice,
    check_count,
    check_non_negative,
    check_positive,
)
from kafka_sizing.brokers.limits import find_cluster
from kafka_sizing.brokers.models.constants import model_constants
from kafka_sizing.brokers.models.estimate import BrokerEstimate, BrokerNeed
from kafka_sizing.units import format_load

Egress = Literal["quota page", "script"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MskExpressEstimate(BrokerEstimate):
    """Brokers of MSK Express, and what one of them takes."""

    write_bytes_per_s_per_broker: float
    read_bytes_per_s_per_broker: float


def msk_express_brokers(
    size: str,
    *,
    peak_write_bytes_per_s: float,
    peak_read_bytes_per_s: float,
    replicas: SupportsIndex = 0,
    egress: Egress = "quota page",
) -> MskExpressEstimate:
    """Count MSK Express brokers as AWS's script does.

    Sustained writes are planned at three quarters, reads are not scaled; replicas are held
    against the recommended limit.

    Parameters
    ----------
    size : str
        Such as "large" or "2xlarge".
    peak_write_bytes_per_s : float
        What clients write at the peak. [wire bytes/s] > 0
    peak_read_bytes_per_s : float
        What clients read at the peak, all groups together. [wire bytes/s] >= 0
    replicas : int, default 0
        Replicas of the cluster. >= 0
    egress : {"quota page", "script"}, default "quota page"
        What a broker gives out: the sustained rate of the quota page, twice its writes, or the
        script's two and a half times its writes, which is more than is sustained.

    Returns
    -------
    MskExpressEstimate
        The count, a multiple of the zones, and what each resource asks for.

    Raises
    ------
    ValueError
        If the size is not known or a number is out of its range.

    Examples
    --------
    >>> from kafka_sizing import MB
    >>> from kafka_sizing.brokers.models.msk_express import msk_express_brokers
    >>> estimate = msk_express_brokers(
    ...     "2xlarge", peak_write_bytes_per_s=100 * MB, peak_read_bytes_per_s=500 * MB
    ... )
    >>> estimate.brokers, estimate.binding.resource
    (6, 'reads')
    """
    check_positive("peak_write_bytes_per_s", peak_write_bytes_per_s)
    check_non_negative("peak_read_bytes_per_s", peak_read_bytes_per_s)
    check_choice("egress", egress, get_args(Egress))
    count = check_count("replicas", replicas, least=0)
    limits = find_cluster(f"MSK Express {size}")
    constants = model_constants("msk_express")

    sustained = limits.of("in_bytes_per_s", advice="recommended").most
    writes = sustained * constants["utilisation_share"]
    reads = (
        limits.of("out_bytes_per_s", advice="recommended").most
        if egress == "quota page"
        else sustained * constants["egress_ratio"]
    )
    most_replicas = limits.of("replicas", advice="recommended").most
    return MskExpressEstimate(
        constants=constants,
        needs=(
            BrokerNeed(
                resource="writes",
                brokers=ceil_ratio(peak_write_bytes_per_s, writes),
                reason=f"one takes {format_load(writes, 'bytes/s')} of client writes",
            ),
            BrokerNeed(
                resource="reads",
                brokers=ceil_ratio(peak_read_bytes_per_s, reads),
                reason=f"one gives {format_load(reads, 'bytes/s')} to readers",
            ),
            BrokerNeed(
                resource="replicas",
                brokers=ceil_ratio(count, most_replicas),
                reason=f"{count:,} replicas at {most_replicas:,.0f} each",
            ),
        ),
        multiple=constants.count("zones"),
        write_bytes_per_s_per_broker=writes,
        read_bytes_per_s_per_broker=reads,
    )
