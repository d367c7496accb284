"""A partition count and others it may become in; what moves, and how hot it runs, at each out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count, check_counts, check_type
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.partitioners import Partitioner, require_keyed
from kafka_sizing.partitions.growing.candidates import Topic
from kafka_sizing.partitions.growth import moved_keys, moved_share
from kafka_sizing.partitions.placement import MOST_PLACED
from kafka_sizing.units import format_count, format_share

if TYPE_CHECKING:
    import pandas as pd

_ROWS_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MovedAtCounts:
    """What moves when a count becomes another; arrays have one entry per count."""

    before: int
    partitions: NDArray[np.int64]
    moved_key_share: NDArray[np.float64]
    moved_load_share: NDArray[np.float64]
    max_share: NDArray[np.float64]  #: of the hottest partition then; 1 / partitions if even

    def __post_init__(self) -> None:
        for name in ("partitions", "moved_key_share", "moved_load_share", "max_share"):
            array = np.array(getattr(self, name))
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @property
    def least(self) -> int:
        """The count at which the least load moves; of several, the first that was given."""
        return int(self.partitions[self.moved_load_share.argmin()])

    @property
    def reason(self) -> str:
        """Which count moves least, and which most, as a sentence without a full stop."""
        least, most = int(self.moved_load_share.argmin()), int(self.moved_load_share.argmax())
        return (
            f"From {format_count(self.before, 'partition')}, "
            f"{format_share(self.moved_load_share[least])} of the load moves to "
            f"{self.partitions[least]:,}, {format_share(self.moved_load_share[most])} to "
            f"{self.partitions[most]:,}"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per count: partitions, moved_key_share, moved_load_share, max_share."""
        import pandas as pd

        names = ("partitions", "moved_key_share", "moved_load_share", "max_share")
        return pd.DataFrame({name: getattr(self, name) for name in names})

    def __repr__(self) -> str:
        low, high = self.partitions.min(), self.partitions.max()
        return (
            f"MovedAtCounts({self.before:,} -> {self.partitions.size:,} counts in {low:,} … "
            f"{high:,}, least moves at {self.least:,})"
        )

    def _repr_html_(self) -> str:
        return self.to_frame().head(_ROWS_SHOWN).to_html(index=False)


def moved_at_counts(
    keys: KeyLoads | None,
    before: int,
    counts: Iterable[int],
    *,
    partitioner: Partitioner | str = "java",
) -> MovedAtCounts:
    """Say what would move at each of many counts.

    Parameters
    ----------
    keys : KeyLoads or None
        The keys and their loads; None for even keys, of which ``1 - gcd / max`` moves.
    before : int
        Partitions there are. [1, 10,000,000]
    counts : iterable of int, shape (c,)
        Partitions there may be. [1, 10,000,000]
    partitioner : Partitioner or str, default "java"
        One of ``PARTITIONERS``, or its name.

    Returns
    -------
    MovedAtCounts
        For each count, in the order given: the shares of keys and of load that move, and the
        share of the hottest partition.

    Raises
    ------
    TypeError
        If ``keys`` is neither `KeyLoads` nor None.
    ValueError
        If there is no count, one is out of range, or the partitioner is unknown or without
        regard to keys.

    Examples
    --------
    >>> from kafka_sizing.partitions.growing import moved_at_counts
    >>> moved = moved_at_counts(None, 12, range(13, 30))
    >>> moved
    MovedAtCounts(12 -> 17 counts in 13 … 29, least moves at 24)
    >>> moved.reason
    'From 12 partitions, 50.0 % of the load moves to 24, 96.6 % to 29'
    """
    if keys is not None:
        check_type("keys", keys, KeyLoads, "count_keys")
    chosen = require_keyed(partitioner)
    before = check_count("before", before, most=MOST_PLACED)
    wanted = check_counts("counts", counts, most=MOST_PLACED)
    if not wanted:
        raise ValueError("counts must hold at least one partition count, got none")
    max_shares = Topic(keys=keys, partitioner=chosen).max_shares(set(wanted))
    if keys is None:
        shares = [(share := moved_share(before, count), share) for count in wanted]
    else:
        moves = (moved_keys(keys, before, count, partitioner=chosen) for count in wanted)
        shares = [(move.key_share, move.load_share) for move in moves]
    moved = np.array(shares)
    return MovedAtCounts(
        before=before,
        partitions=np.array(wanted),
        moved_key_share=moved[:, 0],
        moved_load_share=moved[:, 1],
        max_share=np.array([max_shares[count] for count in wanted]),
    )
