"""The lag of each partition in; the metric that KEDA's Kafka scaler hands to the HPA, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kafka_sizing._checks import ceil_ratio, check_choice, check_count
from kafka_sizing.consumers.scaling.defaults import default_count

MemberLimit = Literal["partitions", "partitions with lag", "even", "none"]
PersistentLag = Literal["counted", "excluded"]
Uncommitted = Literal["counted", "ignored"]
OffsetReset = Literal["latest", "earliest"]

MOST_LAG: Final = 2**63 - 1  # KEDA counts records in signed 64-bit integers

_TRUE: Final = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE: Final = frozenset({"0", "f", "F", "FALSE", "false", "False"})


@dataclass(frozen=True, slots=True, kw_only=True)
class KedaTrigger:
    """How KEDA's Kafka scaler is set; defaults are KEDA's own.

    Parameters
    ----------
    lag_threshold : int, default 10
        ``lagThreshold``: lag that one member may have. [records] >= 1
    activation_lag_threshold : int, default 0
        ``activationLagThreshold``: with a lag above it, and not at it, a group at zero members
        wakes up, and one with members stays. [records] >= 0
    limit : {"partitions", "partitions with lag", "even", "none"}, default "partitions"
        How many members there may be: as many as partitions; as many as partitions with a lag
        (``limitToPartitionsWithLag``); only numbers that divide the partitions evenly
        (``ensureEvenDistributionOfPartitions``); or any (``allowIdleConsumers``).
    persistent_lag : {"counted", "excluded"}, default "counted"
        "excluded" (``excludePersistentLag``): a partition whose committed offset has not moved
        since the last look counts as without lag, except for the activation.
    uncommitted : {"counted", "ignored"}, default "counted"
        What a partition without a committed offset counts. "counted": 1 record, or its full
        depth where the offset reset is "earliest". "ignored"
        (``scaleToZeroOnInvalidOffset``): nothing.
    offset_reset : {"latest", "earliest"}, default "latest"
        ``offsetResetPolicy``: where members begin in such a partition.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from kafka_sizing.consumers.scaling import KedaTrigger
    >>> KedaTrigger.from_metadata({"topic": "orders", "lagThreshold": "50"}).lag_threshold
    50
    """

    lag_threshold: int = field(default_factory=lambda: default_count("lagThreshold"))
    activation_lag_threshold: int = field(
        default_factory=lambda: default_count("activationLagThreshold")
    )
    limit: MemberLimit = "partitions"
    persistent_lag: PersistentLag = "counted"
    uncommitted: Uncommitted = "counted"
    offset_reset: OffsetReset = "latest"

    def __post_init__(self) -> None:
        check_count("lag_threshold", self.lag_threshold, most=MOST_LAG)
        check_count(
            "activation_lag_threshold", self.activation_lag_threshold, least=0, most=MOST_LAG
        )
        check_choice("limit", self.limit, get_args(MemberLimit))
        check_choice("persistent_lag", self.persistent_lag, get_args(PersistentLag))
        check_choice("uncommitted", self.uncommitted, get_args(Uncommitted))
        check_choice("offset_reset", self.offset_reset, get_args(OffsetReset))

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, Any]) -> KedaTrigger:
        """Read the ``metadata`` of a trigger, as it stands in the manifest of a ScaledObject.

        What says where the brokers are and how to log in does not matter here.

        Parameters
        ----------
        metadata : mapping
            KEDA's names and values; numbers and truth values may be text, as in a manifest.

        Returns
        -------
        KedaTrigger
            The same, in the words of this library.

        Raises
        ------
        ValueError
            If a value cannot be read, or KEDA would refuse the combination: a limit that
            contradicts another, or one that needs a topic where none is named.
        """
        topic = any(str(metadata.get(name, "")).strip() for name in ("topic", "topicFromEnv"))
        if str(metadata.get("partitionLimitation", "")).strip():
            raise ValueError(
                "partitionLimitation must be left out: give the lag of those partitions only"
            )
        return cls(
            lag_threshold=_number(metadata, "lagThreshold"),
            activation_lag_threshold=_number(metadata, "activationLagThreshold"),
            limit=_limit(metadata, topic_is_named=topic),
            persistent_lag="excluded" if _flag(metadata, "excludePersistentLag") else "counted",
            uncommitted="ignored" if _flag(metadata, "scaleToZeroOnInvalidOffset") else "counted",
            offset_reset=metadata.get("offsetResetPolicy") or "latest",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KedaMetric:
    """What KEDA's Kafka scaler reports, and what it was made from."""

    records: int  #: the metric; the HPA divides it by the lag threshold
    counted_lag_records: int  #: before the limit on members
    total_lag_records: int  #: with persistent lag; decides whether the group is active
    partitions: int
    partitions_with_lag: int  #: persistent lag is none
    trigger: KedaTrigger

    @property
    def active(self) -> bool:
        """Whether a group at zero members wakes up, and one with members keeps them."""
        return self.total_lag_records > self.trigger.activation_lag_threshold

    @property
    def members(self) -> int:
        """What the HPA makes of it, before tolerance, stabilisation and bounds."""
        return ceil_ratio(self.records, self.trigger.lag_threshold)

    @property
    def reason(self) -> str:
        """How the metric came about, as a sentence without a full stop."""
        threshold = self.trigger.lag_threshold
        text = f"lag {self.counted_lag_records:,} at {threshold:,} a member"
        if self.counted_lag_records < self.total_lag_records:
            persistent = self.total_lag_records - self.counted_lag_records
            text += f" ({persistent:,} more is persistent)"
        if self.records == self.counted_lag_records:
            return text
        if self.trigger.limit == "even":
            return f"{text}, taken for {self.records:,}: {self._even()}"
        bound = self.records // threshold
        what = "with lag" if self.trigger.limit == "partitions with lag" else "in all"
        return f"{text}, cut to {self.records:,}: {bound:,} partition{_s(bound)} {what}"

    def _even(self) -> str:
        members = self.records // self.trigger.lag_threshold
        partitions = f"{self.partitions:,} partition{_s(self.partitions)}"
        share = "member shares" if members == 1 else "members share"
        return f"{members:,} {share} {partitions} evenly"


def keda_metric(
    lag_records: ArrayLike,
    *,
    trigger: KedaTrigger | None = None,
    moved: ArrayLike | None = None,
    committed: ArrayLike | None = None,
) -> KedaMetric:
    """Reckon the metric of KEDA's Kafka scaler from the lag of each partition.

    The lag is added up. Unless any number of members is allowed, the sum is then cut to what
    gives as many members as there are partitions (or partitions with a lag), or raised to what
    gives the next number that divides the partitions evenly.

    Parameters
    ----------
    lag_records : array_like of float
        Log end offset − committed offset of each partition; the log end offset itself where
        nothing was committed. Rounded to whole records. [records] >= 0
    trigger : KedaTrigger, optional
        How the scaler is set; by default as KEDA is.
    moved : array_like of bool, optional
        Whether the committed offset of each partition changed since the last look; without it,
        all count as moved, as on KEDA's first look.
    committed : array_like of bool, optional
        Whether each partition has a committed offset; without it, all have.

    Returns
    -------
    KedaMetric
        The metric, whether the group is active, and why.

    Raises
    ------
    ValueError
        If there is no partition, a lag is not finite and >= 0, or an array has another length.

    Notes
    -----
    Source: kafka_scaler.go, kedacore/keda. The cut compares whole quotients but the HPA rounds
    up, so one member more than partitions is possible: a lag of 1,009 at 10 a member on 100
    partitions gives 101 members. And the cut meets the HPA's tolerance: 11 members on 12
    partitions stay 11 however large the lag, for 12/11 is within a tenth of 1. With several
    topics, KEDA adds up the partitions of all.

    Examples
    --------
    >>> from kafka_sizing.consumers.scaling import KedaTrigger, keda_metric
    >>> lag = [15, 20, 10] + [0] * 9
    >>> keda_metric(lag).members, keda_metric(lag, trigger=KedaTrigger(limit="even")).members
    (5, 6)
    """
    trigger = KedaTrigger() if trigger is None else trigger
    lag = _whole_lag(lag_records)
    has_moved = _flags("moved", moved, lag.size)
    has_committed = _flags("committed", committed, lag.size)

    if trigger.uncommitted == "ignored":
        lag = np.where(has_committed, lag, 0)
    elif trigger.offset_reset == "latest":
        lag = np.where(has_committed, lag, 1)
    counted = lag
    if trigger.persistent_lag == "excluded":
        counted = np.where(has_committed & ~has_moved, 0, lag)
    partitions_with_lag = int(np.count_nonzero(counted > 0))
    total = int(counted.sum())
    return KedaMetric(
        records=_limited(total, lag.size, partitions_with_lag, trigger),
        counted_lag_records=total,
        total_lag_records=int(lag.sum()),
        partitions=lag.size,
        partitions_with_lag=partitions_with_lag,
        trigger=trigger,
    )


def _limited(lag: int, partitions: int, partitions_with_lag: int, trigger: KedaTrigger) -> int:
    """Cut or raise the lag to what gives an allowed number of members."""
    threshold = trigger.lag_threshold
    if trigger.limit == "none":
        return lag
    if trigger.limit == "even":
        divisors = (n for n in range(1, partitions) if partitions % n == 0)
        return threshold * next((n for n in divisors if n * threshold >= lag), partitions)
    most = partitions_with_lag if trigger.limit == "partitions with lag" else partitions
    return threshold * most if lag // threshold > most else lag


def _whole_lag(lag_records: ArrayLike) -> NDArray[np.int64]:
    lag = np.asarray(lag_records, dtype=np.float64)
    if lag.ndim != 1 or not lag.size:
        raise ValueError(f"lag_records must be 1-D, one per partition, got {lag!r:.80}")
    if not (np.isfinite(lag).all() and (lag >= 0).all()):
        raise ValueError(f"lag_records must be finite and >= 0, got {lag!r:.120}")
    return np.rint(lag).astype(np.int64)


def _flags(name: str, flags: ArrayLike | None, length: int) -> NDArray[np.bool_]:
    if flags is None:
        return np.ones(length, np.bool_)
    array = np.asarray(flags, dtype=np.bool_)
    if array.shape != (length,):
        raise ValueError(f"{name} must have one value per partition ({length}), got {array!r:.80}")
    return array


def _limit(metadata: Mapping[str, Any], *, topic_is_named: bool) -> MemberLimit:
    """Tell which limit the flags ask for; refuse what KEDA refuses."""
    idle, with_lag = "allowIdleConsumers", "limitToPartitionsWithLag"
    even = "ensureEvenDistributionOfPartitions"
    set_flags = {name for name in (idle, with_lag, even) if _flag(metadata, name)}
    for other in (idle, even):
        if {other, with_lag} <= set_flags:
            raise ValueError(f"{other} and {with_lag} must not both be true")
    for name in (with_lag, even):
        if name in set_flags and not topic_is_named:
            raise ValueError(f"{name} must come with a topic")
    if with_lag in set_flags:
        return "partitions with lag"
    if even in set_flags:
        return "even"
    return "none" if idle in set_flags else "partitions"


def _number(metadata: Mapping[str, Any], name: str) -> int:
    value = metadata.get(name, default_count(name))
    try:
        return int(str(value))
    except ValueError:
        raise ValueError(f"{name} must be a whole number, got {value!r}") from None


def _flag(metadata: Mapping[str, Any], name: str) -> bool:
    text = str(metadata.get(name, "false"))
    if text not in _TRUE | _FALSE:
        raise ValueError(f"{name} must be true or false, got {metadata[name]!r}")
    return text in _TRUE


def _s(count: int) -> str:
    return "" if count == 1 else "s"
