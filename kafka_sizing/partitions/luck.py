"""What random hashes give and what this one gives, in; how lucky this one is, out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import ROUNDING
from kafka_sizing._tables import read_table
from kafka_sizing.units import format_share

EVEN_CHANCE: Final = 0.5  # below it, a count that fits does so by luck

LuckWord: TypeAlias = Literal["lucky", "typical", "unlucky"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Luck:
    """Where the outcome of one hash stands among those of random hashes."""

    observed_max_share: float
    quantile: float  #: part of random hashes that give less, and half of those that give as much
    median_max_share: float

    @property
    def word(self) -> LuckWord:
        """Lucky in the best tenth of all hashes, unlucky in the worst, or else typical."""
        return luck_word(self.quantile)

    @property
    def reason(self) -> str:
        """What was compared, as a sentence without a full stop."""
        share = format_share(self.observed_max_share)
        return (
            f"{self.word.capitalize()}: the hottest partition carries {share}, more than under "
            f"{format_share(self.quantile)} of random hashes (median "
            f"{format_share(self.median_max_share)})"
        )

    def __repr__(self) -> str:
        return f"Luck({self.word!r}, quantile={self.quantile:.3f})"


def luck_of(observed_max_share: float, max_shares: NDArray[np.float64]) -> Luck:
    """Find an outcome among those of random hashes, which must be rising."""
    return Luck(
        observed_max_share=float(observed_max_share),
        quantile=quantile_of(observed_max_share, max_shares),
        median_max_share=float(np.median(max_shares)),
    )


def quantile_of(max_share: float, max_shares: NDArray[np.float64]) -> float:
    """Give the part of the rising outcomes below a share, and half of those that equal it."""
    below = np.searchsorted(max_shares, max_share * (1 - ROUNDING), side="left")
    not_above = np.searchsorted(max_shares, max_share * (1 + ROUNDING), side="right")
    return float(below + not_above) / (2 * max_shares.size)


def part_within(max_share: float, max_shares: NDArray[np.float64]) -> float:
    """Give the part of the rising outcomes that are not above a share, but for rounding."""
    within = np.searchsorted(max_shares, max_share * (1 + ROUNDING), side="right")
    return float(within) / max_shares.size


def first_and_luck(first: int, max_share: float, chance: float, certainty: float) -> str:
    """Say that a count is the first to stay within a share, and whether for luck alone."""
    most = format_share(max_share)
    text = f"{first:,} is the first count at which this hash stays within {most}"
    if chance >= certainty:
        return f"{text}, as do {format_share(chance)} of random hashes"
    how = "but by luck" if chance < EVEN_CHANCE else "though not surely"
    return f"{text}, {how}: {format_share(chance)} of random hashes do"


def luck_word(quantile: float) -> LuckWord:
    """Name a quantile by the lines of ``luck.toml``."""
    lines = luck_lines()
    if quantile <= lines["lucky"]["value"]:
        return "lucky"
    return "unlucky" if quantile >= lines["unlucky"]["value"] else "typical"


@cache
def luck_lines() -> dict[str, Any]:
    """Read from which quantile on a hash is called lucky or unlucky."""
    return read_table("kafka_sizing.partitions", "luck")
