"""What a fix makes of a topic in; how sure it is that no partition is above the line, out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import ROUNDING
from kafka_sizing.fixes.base import Outcome
from kafka_sizing.fixes.peaks import CUSTOMARY_CERTAINTY
from kafka_sizing.partitions.intervals import share_interval
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.units import format_share

Basis = Literal["random hash", "replays", "these keys", "not known"]

_RISK: Final = 0.05  # that replays promise too much
_LEAST_REPLAYS: Final = 20
_MOST_REPLAYS: Final = 300  # enough for a certainty of 99 %, if every one holds


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FitCertainty:
    """How likely it is that a fix keeps every partition below the line, and over what.

    A random hash: part of thousands of hashes that were drawn. Replays: part of a few dozen
    streams that were played with another hash and another order of records each, so that there
    is an interval around it. These keys: 1 or 0, where no hash decides.
    """

    probability: float | None  #: None: one hash was tried, and what others give is not known
    basis: Basis
    peak_shares: NDArray[np.float64] | None = None  #: of each hash or replay, rising; read-only

    def __post_init__(self) -> None:
        if self.peak_shares is not None:
            shares = np.sort(np.array(self.peak_shares, dtype=np.float64))
            shares.flags.writeable = False
            object.__setattr__(self, "peak_shares", shares)

    @property
    def least_probability(self) -> float | None:
        """What can be relied on: of replays the lower end of their interval; None: nothing."""
        if self.probability is None or self.peak_shares is None or self.basis != "replays":
            return self.probability
        replays = self.peak_shares.size
        held = self.probability * replays
        return share_interval(held, replays, confidence=1 - 2 * _RISK).low

    def is_at_least(self, certainty: float) -> bool:
        """Whether it is as sure as that."""
        least = self.least_probability
        return least is not None and least >= certainty * (1 - ROUNDING)

    def peak_share(self, certainty: float) -> float | None:
        """Give the share that the hottest partition keeps within, as surely as that. (0, 1).

        None where no hash decides, or it is not known what others give.
        """
        if self.peak_shares is None:
            return None
        at = self.peak_shares.size - 1
        if self.basis == "random hash":
            at = max(0, math.ceil(certainty * self.peak_shares.size) - 1)
        return float(self.peak_shares[at])

    @property
    def reason(self) -> str:
        """What the probability rests on, as a sentence without a full stop."""
        if self.probability is None:
            return "one hash or one stream was tried; what another one gives is not known"
        if self.basis == "these keys":
            holds = "holds" if self.probability else "fails"
            return f"{holds} for these keys as they are; no hash decides"
        if self.basis == "random hash":
            kept = format_share(self.probability)
            return f"{kept} of random hashes keep every partition below it"
        replays = 0 if self.peak_shares is None else self.peak_shares.size
        return (
            f"{self.probability * replays:.0f} of {replays} replays with other hashes keep every "
            f"partition below it, so at least {format_share(self.least_probability or 0.0)} of all"
        )


def certainty_of(
    outcome: Outcome, before: PartitionLoads, certainty: float | None = None
) -> FitCertainty:
    """Work out how sure it is that a fix fits: over random hashes, where a hash decides.

    Keys of tomorrow with the shares of today get another hash each; that is what a random hash
    stands for. ``certainty`` is what one wants to tell: it takes more replays if it is high.
    """
    fix = outcome.fix
    if not fix.is_hashed or not before.total:  # no load is placed by no hash
        return FitCertainty(probability=1.0 if outcome.fits else 0.0, basis="these keys")
    line_share = min(1.0, outcome.line.load / before.total)
    basis: Basis = "random hash"
    peaks = fix.drawn_peaks(before, outcome.loads.partitions)
    if peaks is None:
        basis = "replays"
        peaks = _replayed(outcome, before, line_share, certainty)
    if peaks is None:
        return FitCertainty(probability=None, basis="not known")
    probability = _within(peaks, line_share) / peaks.size
    return FitCertainty(probability=probability, basis=basis, peak_shares=peaks)


def _replayed(
    outcome: Outcome, before: PartitionLoads, line_share: float, certainty: float | None
) -> NDArray[np.float64] | None:
    """Play some streams, and if those leave it open as many as it takes to promise it."""
    wanted = CUSTOMARY_CERTAINTY if certainty is None else certainty
    first = outcome.fix.replayed_peaks(before, range(_LEAST_REPLAYS))
    if first is None:
        return None
    some = share_interval(_within(first, line_share), first.size, confidence=1 - 2 * _RISK)
    if some.high < wanted:
        return first
    needed = math.ceil(math.log(_RISK) / math.log(wanted))  # if every one of them holds
    more = range(_LEAST_REPLAYS, min(_MOST_REPLAYS, needed))
    rest = outcome.fix.replayed_peaks(before, more)
    return first if rest is None else np.concatenate([first, rest])


def _within(peaks: NDArray[np.float64], line_share: float) -> int:
    return int(np.count_nonzero(peaks <= line_share * (1 + ROUNDING)))
