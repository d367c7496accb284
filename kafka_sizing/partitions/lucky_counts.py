"""`KeyLoads` and many counts in; at which of them this hash is lucky out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import ROUNDING, check_count, check_open_share, check_share
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.partitioners import Partitioner
from kafka_sizing.partitions.draws import MOST_DRAWS, HashDraws
from kafka_sizing.partitions.expectation import LEAST_DRAWS
from kafka_sizing.partitions.luck import (
    EVEN_CHANCE,
    first_and_luck,
    luck_word,
    part_within,
    quantile_of,
)
from kafka_sizing.partitions.shares import HashedShares
from kafka_sizing.partitions.sweep import PartitionSweep, sweep_partitions
from kafka_sizing.units import format_share

if TYPE_CHECKING:
    import pandas as pd

_SHOWN: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExpectedSweep:
    """What the hash in use gives at many counts, among what random hashes give there.

    Arrays have one entry, or row, per count, in the order of ``sweep.partitions``.
    """

    sweep: PartitionSweep  #: the hash in use
    max_shares: NDArray[np.float64]  #: (counts, draws), rising in each row: random hashes
    quantile: NDArray[np.float64]  #: of the hash in use among them; small is lucky

    def __post_init__(self) -> None:
        for name in ("max_shares", "quantile"):
            array = np.array(getattr(self, name))
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @property
    def partitions(self) -> NDArray[np.int64]:
        """The counts."""
        return self.sweep.partitions

    @property
    def luck(self) -> tuple[str, ...]:
        """Lucky, typical or unlucky: this hash at each count."""
        return tuple(luck_word(quantile) for quantile in self.quantile.tolist())

    def max_share_quantile(self, q: float) -> NDArray[np.float64]:
        """Give, per count, the share that a part ``q`` of all hashes stays below. q in (0, 1]."""
        check_share("q", q)
        return np.quantile(self.max_shares, q, axis=1)

    def probability_within(self, max_share: float) -> NDArray[np.float64]:
        """Give, per count, the part of random hashes that stay within ``max_share``. (0, 1]."""
        check_share("max_share", max_share)
        return np.array([part_within(max_share, drawn) for drawn in self.max_shares])

    def first_below(self, max_share: float) -> int | None:
        """Give the smallest count at which this hash stays within ``max_share``."""
        return self.sweep.first_below(max_share)

    def first_expected_below(self, max_share: float, *, certainty: float = 0.95) -> int | None:
        """Give the smallest count at which a part ``certainty`` of all hashes stays within."""
        check_open_share("certainty", certainty)
        fits = self.partitions[self.probability_within(max_share) >= certainty]
        return int(fits.min()) if fits.size else None

    def lucky_counts(self, max_share: float) -> tuple[int, ...]:
        """Give the counts at which this hash stays within, and most random hashes do not.

        Parameters
        ----------
        max_share : float
            What a partition carries, as a share of the whole load. (0, 1]

        Returns
        -------
        tuple of int
            Counts that would be chosen for the luck of this hash alone, rising: other keys, or
            other shares, are another draw.

        Raises
        ------
        ValueError
            If the share is out of range.
        """
        within = self.sweep.max_share <= max_share * (1 + ROUNDING)
        lucky = within & (self.probability_within(max_share) < EVEN_CHANCE)
        return tuple(sorted(self.partitions[lucky].tolist()))

    def reason_for(self, max_share: float, *, certainty: float = 0.95) -> str:
        """Say which count to trust under ``max_share``, as a sentence without a full stop."""
        surely = self.first_expected_below(max_share, certainty=certainty)
        first = self.first_below(max_share)
        most, sure = format_share(max_share), format_share(certainty)
        safe = (
            f"{surely:,} is the first at which {sure} of random hashes do"
            if surely is not None
            else f"at none of these counts do {sure} of random hashes"
        )
        if first is None:
            return f"At none of these counts does this hash stay within {most}; {safe}"
        at = int(np.flatnonzero(self.partitions == first)[0])
        chance = float(self.probability_within(max_share)[at])
        text = first_and_luck(first, max_share, chance, certainty)
        return text if chance >= certainty else f"{text}; {safe}"

    def to_frame(self) -> pd.DataFrame:
        """One row per count: those of the sweep, then expected_max_share, …, quantile, luck."""
        low, median, high = (self.max_share_quantile(q) for q in (0.05, 0.5, 0.95))
        return self.sweep.to_frame().assign(
            expected_max_share=self.max_shares.mean(axis=1),
            max_share_5=low,
            max_share_50=median,
            max_share_95=high,
            quantile=self.quantile,
            luck=self.luck,
        )

    def __repr__(self) -> str:
        words = self.luck
        return (
            f"ExpectedSweep({len(words):,} counts in {self.partitions.min():,} … "
            f"{self.partitions.max():,}: {words.count('lucky'):,} lucky, "
            f"{words.count('typical'):,} typical, {words.count('unlucky'):,} unlucky)"
        )

    def _repr_html_(self) -> str:
        return self.to_frame().head(_SHOWN).to_html(index=False)


def expected_sweep(
    keys: KeyLoads,
    counts: Iterable[int],
    *,
    partitioner: Partitioner | str = "java",
    draws: int = 1_000,
    rng: int | np.random.Generator | None = None,
) -> ExpectedSweep:
    """Place the same keys over many counts, and say of each how lucky this hash is there.

    Every key is hashed once (`sweep_partitions`). The random hashes cost nothing per key: the
    heaviest are picked once and placed by simulation, the others enter by three sums; see
    `expected_imbalance`. Only counts with few light keys per partition have all keys placed.

    Parameters
    ----------
    keys : KeyLoads
        The keys and their loads.
    counts : iterable of int, shape (c,)
        The partition counts to try, such as ``range(1, 201)``. [1, 10,000,000]
    partitioner : Partitioner or str, default "java"
        One of ``PARTITIONERS``, or its name.
    draws : int, default 1_000
        Random hashes, the same ones at every count. [100, 100,000]
    rng : int, numpy.random.Generator or None, default None
        Seed or generator of the draws; None: new ones each time.

    Returns
    -------
    ExpectedSweep
        For each count, in the order given: what this hash gives, what random ones give, and
        the quantile of the one among the others.

    Raises
    ------
    TypeError
        If ``keys`` is no `KeyLoads`.
    ValueError
        If there is no count, one is out of range, there is no load, or the partitioner is
        unknown or without regard to keys.

    Examples
    --------
    >>> from kafka_sizing.keys import zipf_keys
    >>> from kafka_sizing.partitions import expected_sweep
    >>> keys = zipf_keys(5_000, exponent=0.9, total=1_000_000)
    >>> sweep = expected_sweep(keys, range(2, 41), rng=1)
    >>> sweep.lucky_counts(0.12)
    (15,)
    >>> print(sweep.reason_for(0.12))
    15 is the first count at which this hash stays within 12.0 %, but by luck: 18.2 % of
    random hashes do; 36 is the first at which 95.0 % of random hashes do
    """
    drawn = check_count("draws", draws, least=LEAST_DRAWS, most=MOST_DRAWS)
    sweep = sweep_partitions(keys, counts, partitioner=partitioner)
    hashes = HashDraws(HashedShares.of(keys, sweep.partitioner), draws=drawn, rng=rng)
    wanted = sweep.partitions.tolist()
    rows = {count: hashes.max_shares(count)[0] for count in sorted(set(wanted))}
    return ExpectedSweep(
        sweep=sweep,
        max_shares=np.array([rows[count] for count in wanted]),
        quantile=np.array(
            [
                quantile_of(share, rows[count])
                for share, count in zip(sweep.max_share.tolist(), wanted, strict=True)
            ]
        ),
    )
