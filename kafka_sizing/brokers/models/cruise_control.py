"""Load and capacity of a cluster in; brokers that Cruise Control would ask for out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from kafka_sizing._checks import (
    ceil_ratio,
    check_choice,
    check_non_negative,
    check_positive,
    check_share,
)
from kafka_sizing.brokers.models.constants import model_constants
from kafka_sizing.brokers.models.figures import ModelFigures

Balanced = Literal["cpu", "disk", "network in", "network out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingBrokers(ModelFigures):
    """How many brokers a cluster lacks, in the eyes of Cruise Control."""

    brokers: int  #: to add; 0: none
    binding: Balanced  #: the resource
    load: float  #: in the unit of the resource
    allowed: float  #: what the cluster may carry now, in the same unit
    broker_capacity: float  #: of a typical broker, in the same unit
    threshold_share: float  #: of it that may be used

    @property
    def reason(self) -> str:
        """Why this many, as a sentence without a full stop."""
        if not self.brokers:
            return f"{self.constants.name}: none, as {self.binding} is within what is allowed"
        over = self.load - self.allowed
        return (
            f"{self.constants.name}: add {self.brokers:,}, as {self.binding} is {over:,.2f} over "
            f"and a broker adds {self.broker_capacity * self.threshold_share:,.2f}"
        )


def missing_brokers(
    load: float,
    *,
    allowed: float,
    broker_capacity: float,
    resource: Balanced,
    threshold_share: float | None = None,
) -> MissingBrokers:
    """Count the brokers that Cruise Control asks to add.

    ``(load - allowed) / (capacity of a typical broker × threshold)``, rounded up.

    Parameters
    ----------
    load : float
        What the cluster carries. Any one unit: disk MB, CPU %, network kB/s. >= 0
    allowed : float
        What it may carry now: its capacity times the threshold, the same unit. >= 0
    broker_capacity : float
        Of a typical broker, the same unit. > 0
    resource : {"cpu", "disk", "network in", "network out"}
        What is short.
    threshold_share : float or None, default None
        Part of a broker that may be used. None: Cruise Control's own for the resource. (0, 1]

    Returns
    -------
    MissingBrokers
        The count; 0 if the load is allowed.

    Raises
    ------
    ValueError
        If a number is out of its range or the resource is none of the four.

    Examples
    --------
    >>> from kafka_sizing.brokers.models.cruise_control import missing_brokers
    >>> missing_brokers(
    ...     2_215_449.25, allowed=720_000, broker_capacity=100_000, resource="disk"
    ... ).brokers
    19
    """
    check_non_negative("load", load)
    check_non_negative("allowed", allowed)
    check_positive("broker_capacity", broker_capacity)
    check_choice("resource", resource, get_args(Balanced))
    constants = model_constants("cruise_control")
    share = constants.given(f"{resource.split()[0]}_share", threshold_share)
    check_share("threshold_share", share)
    over = max(0.0, float(load) - float(allowed))
    return MissingBrokers(
        constants=constants,
        brokers=ceil_ratio(over, broker_capacity * share),
        binding=resource,
        load=float(load),
        allowed=float(allowed),
        broker_capacity=float(broker_capacity),
        threshold_share=share,
    )


def follower_cpu(leader_cpu: float, *, in_bytes_per_s: float, out_bytes_per_s: float) -> float:
    """Estimate the CPU that a follower of a partition takes, from that of its leader.

    ``leader CPU × 0.15 in / (0.7 in + 0.15 out)``: a follower only takes in.

    Parameters
    ----------
    leader_cpu : float
        CPU that the leader takes for the partition, in any unit. >= 0
    in_bytes_per_s : float
        Written to the partition. [bytes/s] >= 0
    out_bytes_per_s : float
        Read from the partition, followers included. [bytes/s] >= 0

    Returns
    -------
    float
        CPU of each follower, in the same unit; 0 where nothing moves.

    Raises
    ------
    ValueError
        If a number is negative or not finite.

    Examples
    --------
    >>> from kafka_sizing.brokers.models.cruise_control import follower_cpu
    >>> round(follower_cpu(0.5, in_bytes_per_s=100, out_bytes_per_s=200), 6)
    0.075
    """
    check_non_negative("leader_cpu", leader_cpu)
    check_non_negative("in_bytes_per_s", in_bytes_per_s)
    check_non_negative("out_bytes_per_s", out_bytes_per_s)
    constants = model_constants("cruise_control")
    follows = constants["cpu_of_follower_in"] * in_bytes_per_s
    leads = (
        constants["cpu_of_leader_in"] * in_bytes_per_s
        + constants["cpu_of_leader_out"] * out_bytes_per_s
    )
    return float(leader_cpu * follows / leads) if leads else 0.0
