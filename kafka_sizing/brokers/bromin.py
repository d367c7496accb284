"""Consumers, replicas and brokers at hand in; partitions and brokers by BroMin or BroMax out."""

from __future__ import annotations

import bisect
import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Literal, SupportsIndex, get_args

from kafka_sizing._checks import ceil_ratio, check_choice, check_count, check_positive, check_type
from kafka_sizing._tables import read_table
from kafka_sizing.partitions.limits import Kind
from kafka_sizing.units import format_count

Heuristic = Literal["BroMin", "BroMax"]
Rounding = Literal["up", "nearest"]
BroLimit = Literal["file handles", "replication latency", "unavailability"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionBounds:
    """The most partitions that each limit of the model allows on so many brokers."""

    brokers: int
    replication_factor: int
    file_handles: int
    replication_latency: int
    unavailability: int

    @property
    def most(self) -> int:
        """The most partitions that all limits allow."""
        return min(self.file_handles, self.replication_latency, self.unavailability)

    @property
    def binding(self) -> BroLimit:
        """The limit that sets it; of a tie, the first."""
        bounds: dict[BroLimit, int] = {
            "file handles": self.file_handles,
            "replication latency": self.replication_latency,
            "unavailability": self.unavailability,
        }
        return min(bounds, key=bounds.__getitem__)


@dataclass(frozen=True, slots=True, kw_only=True)
class BroModel:
    """The model of Raptis and Passarella: what a cluster must carry, and what partitions cost.

    Parameters
    ----------
    write_bytes_per_s : float
        What the topic must carry: T. [bytes/s] > 0
    producer_bytes_per_s, consumer_bytes_per_s : float
        The most that one partition takes and gives: T_p, T_c. [bytes/s] > 0
    file_handles : int
        File descriptors that a broker may hold open: H_max. >= 1
    latency_limit_s, unavailability_limit_s : float
        Most replication latency and most unavailability: L, U. [s] > 0
    replication_latency_s, unavailability_s : float
        What a replica, and a partition, adds to them: l_r, u. [s] > 0
    kind : {"exact", "measured", "vendor", "rule"}, default "rule"
        What the numbers rest on.
    source : str, default "given"
        Where they come from.
    date : str, default ""
        When they were published.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Examples
    --------
    >>> from kafka_sizing.brokers.bromin import published_model
    >>> published_model().most_partitions(brokers=10, replication_factor=4).file_handles
    75000
    """

    write_bytes_per_s: float
    producer_bytes_per_s: float
    consumer_bytes_per_s: float
    file_handles: int
    latency_limit_s: float
    unavailability_limit_s: float
    replication_latency_s: float
    unavailability_s: float
    kind: Kind = "rule"
    source: str = "given"
    date: str = ""

    def __post_init__(self) -> None:
        check_count("file_handles", self.file_handles)
        for name in (
            "write_bytes_per_s",
            "producer_bytes_per_s",
            "consumer_bytes_per_s",
            "latency_limit_s",
            "unavailability_limit_s",
            "replication_latency_s",
            "unavailability_s",
        ):
            check_positive(name, getattr(self, name))
        check_choice("kind", self.kind, get_args(Kind))

    def least_partitions(self, consumers: SupportsIndex, *, rounding: Rounding = "up") -> int:
        """The fewest partitions: ``max(T / T_p, T / T_c, consumers)``.

        The authors' code rounds the quotients to the nearest whole number, halves to the even
        one, which can be one partition too few.
        """
        check_choice("rounding", rounding, get_args(Rounding))
        sides = (self.producer_bytes_per_s, self.consumer_bytes_per_s)
        if rounding == "up":
            needs = [ceil_ratio(self.write_bytes_per_s, side) for side in sides]
        else:
            needs = [round(_exact(self.write_bytes_per_s) / _exact(side)) for side in sides]
        return max(check_count("consumers", consumers), *needs)

    def most_partitions(
        self, *, brokers: SupportsIndex, replication_factor: SupportsIndex
    ) -> PartitionBounds:
        """The most partitions: ``min(b H_max / r, b L / (r l_r), b U / u)``, each rounded down."""
        b = check_count("brokers", brokers)
        r = check_count("replication_factor", replication_factor)
        latency = _exact(self.latency_limit_s) / _exact(self.replication_latency_s)
        unavailability = _exact(self.unavailability_limit_s) / _exact(self.unavailability_s)
        return PartitionBounds(
            brokers=b,
            replication_factor=r,
            file_handles=b * self.file_handles // r,
            replication_latency=math.floor(b * latency / r),
            unavailability=math.floor(b * unavailability),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerChoice:
    """The brokers a heuristic takes, and the most partitions they allow; or why there are none."""

    heuristic: Heuristic
    partitions: int | None  #: None: infeasible
    brokers: int | None  #: None: infeasible
    least_partitions: int  #: for the rate and the consumers
    bounds: PartitionBounds | None  #: of the brokers taken, else of all; None: too few for r
    replication_factor: int
    available_brokers: int
    consumers: int
    model: BroModel

    @property
    def feasible(self) -> bool:
        """Whether some number of brokers at hand allows enough partitions."""
        return self.partitions is not None

    @property
    def reason(self) -> str:
        """Why this choice, or why none, as a sentence without a full stop."""
        if self.bounds is None:
            return (
                f"no choice fits: {self.replication_factor:,} replicas of a partition need as "
                f"many brokers, and there are {self.available_brokers:,}"
            )
        one = self.least_partitions == 1
        need = (
            f"{format_count(self.least_partitions, 'partition')} {'is' if one else 'are'} needed"
        )
        allowed = (
            f"{self.bounds.binding} allows {self.bounds.most:,} on "
            f"{format_count(self.bounds.brokers, 'broker')}"
        )
        if not self.feasible:
            return f"no choice fits: {need}, and {allowed}, all there are"
        which = "fewest" if self.heuristic == "BroMin" else "most"
        return f"{need}, and {allowed}, the {which} brokers that do"

    def __repr__(self) -> str:
        return (
            f"BrokerChoice(heuristic={self.heuristic!r}, partitions={self.partitions}, "
            f"brokers={self.brokers}, feasible={self.feasible})"
        )


def bro_min(
    consumers: SupportsIndex,
    *,
    replication_factor: SupportsIndex,
    brokers: SupportsIndex,
    model: BroModel | None = None,
    rounding: Rounding = "up",
) -> BrokerChoice:
    """Choose the fewest brokers that allow enough partitions, and the most partitions on them.

    The smallest b from the replication factor to ``brokers`` with
    ``min(b H_max / r, b L / (r l_r), b U / u) >= max(T / T_p, T / T_c, consumers)``.

    Parameters
    ----------
    consumers : int
        Consumers that shall each have a partition. >= 1
    replication_factor : int
        Replicas of each partition. >= 1
    brokers : int
        Brokers at hand. >= 1
    model : BroModel or None, default None
        What the cluster must carry and what partitions cost. None: the authors' defaults.
    rounding : {"up", "nearest"}, default "up"
        How the fewest partitions are rounded; "nearest" is what the authors' code does.

    Returns
    -------
    BrokerChoice
        Partitions and brokers, or why there are none.

    Raises
    ------
    ValueError
        If a number is out of its range.
    TypeError
        If the model is no `BroModel`.

    Notes
    -----
    Raptis and Passarella, *On efficiently partitioning a topic in Apache Kafka*, CITS 2022,
    arXiv 2205.09415, as coded in ccicconetti/kafka-hdd. Both heuristics give the largest count
    for the brokers they take, not the smallest that will do. A replica is one file handle there,
    which is optimistic.

    Examples
    --------
    >>> from kafka_sizing.brokers.bromin import bro_min
    >>> bro_min(200, replication_factor=4, brokers=20)
    BrokerChoice(heuristic='BroMin', partitions=200, brokers=4, feasible=True)
    """
    return _choice(
        "BroMin",
        consumers,
        replication_factor=replication_factor,
        brokers=brokers,
        model=model,
        rounding=rounding,
    )


def bro_max(
    consumers: SupportsIndex,
    *,
    replication_factor: SupportsIndex,
    brokers: SupportsIndex,
    model: BroModel | None = None,
    rounding: Rounding = "up",
) -> BrokerChoice:
    """Choose the most brokers that allow enough partitions, and the most partitions on them.

    As `bro_min`, from ``brokers`` down. More brokers never allow fewer partitions, so it takes
    all of them, or there is no choice at all.

    Parameters
    ----------
    consumers : int
        Consumers that shall each have a partition. >= 1
    replication_factor : int
        Replicas of each partition. >= 1
    brokers : int
        Brokers at hand. >= 1
    model : BroModel or None, default None
        What the cluster must carry and what partitions cost. None: the authors' defaults.
    rounding : {"up", "nearest"}, default "up"
        How the fewest partitions are rounded; "nearest" is what the authors' code does.

    Returns
    -------
    BrokerChoice
        Partitions and brokers, or why there are none.

    Raises
    ------
    ValueError
        If a number is out of its range.
    TypeError
        If the model is no `BroModel`.

    Notes
    -----
    The sources of `bro_min`.

    Examples
    --------
    >>> from kafka_sizing.brokers.bromin import bro_max
    >>> bro_max(200, replication_factor=4, brokers=20)
    BrokerChoice(heuristic='BroMax', partitions=1000, brokers=20, feasible=True)
    """
    return _choice(
        "BroMax",
        consumers,
        replication_factor=replication_factor,
        brokers=brokers,
        model=model,
        rounding=rounding,
    )


def published_model(name: Literal["default", "experiment"] = "default") -> BroModel:
    """Give the parameters that the authors of the model published.

    Parameters
    ----------
    name : {"default", "experiment"}, default "default"
        Those of the code, or those of the experiments: five times slower replication and
        elections.

    Returns
    -------
    BroModel
        All parameters, with source and date.

    Raises
    ------
    ValueError
        If the name is neither.

    Examples
    --------
    >>> from kafka_sizing.brokers.bromin import published_model
    >>> published_model("experiment").unavailability_s
    0.025
    """
    models = _published()
    check_choice("name", name, models)
    return models[name]


def _choice(
    heuristic: Heuristic,
    consumers: SupportsIndex,
    *,
    replication_factor: SupportsIndex,
    brokers: SupportsIndex,
    model: BroModel | None,
    rounding: Rounding,
) -> BrokerChoice:
    if model is not None:
        check_type("model", model, BroModel, "BroModel(…) or published_model()")
    used = model or published_model()
    r = check_count("replication_factor", replication_factor)
    available = check_count("brokers", brokers)
    least = used.least_partitions(consumers, rounding=rounding)
    bounds = None if r > available else _taken(heuristic, used, r, available, least)
    taken = bounds if bounds is not None and bounds.most >= least else None
    return BrokerChoice(
        heuristic=heuristic,
        partitions=None if taken is None else taken.most,
        brokers=None if taken is None else taken.brokers,
        least_partitions=least,
        bounds=bounds,
        replication_factor=r,
        available_brokers=available,
        consumers=check_count("consumers", consumers),
        model=used,
    )


def _taken(
    heuristic: Heuristic, model: BroModel, replicas: int, available: int, least: int
) -> PartitionBounds:
    """Find the brokers to take; all if even they allow too few partitions."""

    def bounds(brokers: int) -> PartitionBounds:
        return model.most_partitions(brokers=brokers, replication_factor=replicas)

    if heuristic == "BroMax":  # more brokers allow no fewer partitions
        return bounds(available)
    fewer = range(replicas, available)
    return bounds(replicas + bisect.bisect_left(fewer, least, key=lambda b: bounds(b).most))


def _exact(number: float) -> Fraction:
    """Take a number as it is written: 0.2 is a fifth, not the nearest binary fraction."""
    return Fraction(str(float(number)))


@cache
def _published() -> dict[str, BroModel]:
    rows = read_table("kafka_sizing.brokers", "bromin")
    return {name: BroModel(**row) for name, row in rows.items()}
