"""Which keys are written and what order they need in; a `Keys` part of a design out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from kafka_sizing._checks import check_choice, check_share, check_type
from kafka_sizing.fixes.comparison import OrderingNeed
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.partitioners import require_keyed


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Keys:
    """The keys of a topic: a log of them or a model, their order, and what places them.

    Parameters
    ----------
    ordering : {"per key", "per shard", "per key and slice", "none"}, default "per key"
        What the readers need.
    loads : KeyLoads, optional
        The keys and what each writes: counted (`count_keys`, `count_key_files`) or made up
        (`zipf_keys`). Only shares count: the traffic sets the rate.
    hottest_key_share : float, optional
        Part of the traffic that the hottest key writes, where only that is known. (0, 1]
    partitioner : str, default ""
        What places keys: a key of ``PARTITIONERS``; left out, what the producers have.
    source : str, default ""
        Where the keys come from, for the report.

    Raises
    ------
    ValueError
        If something is unknown or out of range, or loads and a share are both given.

    Examples
    --------
    >>> from kafka_sizing.topic import Keys
    >>> Keys(hottest_key_share=0.05).share_of_hottest
    0.05
    """

    ordering: OrderingNeed = "per key"
    loads: KeyLoads | None = None
    hottest_key_share: float | None = None
    partitioner: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse what does not go together."""
        check_choice("ordering", self.ordering, get_args(OrderingNeed))
        if self.partitioner:
            require_keyed(self.partitioner)
        if self.loads is not None:
            check_type("loads", self.loads, KeyLoads, "count_keys")
            if self.hottest_key_share is not None:
                raise ValueError(
                    "hottest_key_share must be left out where loads are given, got "
                    f"{self.hottest_key_share!r}"
                )
        if self.hottest_key_share is not None:
            check_share("hottest_key_share", self.hottest_key_share)

    @property
    def share_of_hottest(self) -> float | None:
        """Part of the traffic that the hottest key writes; None if nobody says."""
        if self.loads is None:
            return self.hottest_key_share
        return float(self.loads.shares.max())
