"""What a fix makes of a topic in; how sure it is that no partition is above the line, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from kafka_sizing.fixes.base import Outcome
from kafka_sizing.partitions.expectation import expected_imbalance
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.units import format_share

Basis = Literal["random hash", "these keys", "not known"]

_DRAWS: Final = 3_000
_SEED: Final = 0  # the same keys give the same answer


@dataclass(frozen=True, slots=True, kw_only=True)
class FitCertainty:
    """How likely it is that a fix keeps every partition below the line, and over what."""

    probability: float | None  #: None: one hash was tried, and what others give is not known
    basis: Basis

    @property
    def reason(self) -> str:
        """What the probability rests on, as a sentence without a full stop."""
        if self.probability is None:
            return "one hash or one stream was tried; what another one gives is not known"
        if self.basis == "these keys":
            holds = "holds" if self.probability else "fails"
            return f"{holds} for these keys as they are; no hash decides"
        return f"{format_share(self.probability)} of random hashes keep every partition below it"


def certainty_of(outcome: Outcome, before: PartitionLoads) -> FitCertainty:
    """Work out how sure it is that a fix fits: over random hashes, where a hash decides.

    Keys of tomorrow with the shares of today get another hash each; that is what a random hash
    stands for.
    """
    if not outcome.fix.is_hashed or not before.total:  # no load is placed by no hash
        return FitCertainty(probability=1.0 if outcome.fits else 0.0, basis="these keys")
    shares = outcome.fix.hashed_shares(before)
    if shares is None:
        return FitCertainty(probability=None, basis="not known")
    line_share = min(1.0, outcome.line.load / before.total)
    expected = expected_imbalance(shares, outcome.loads.partitions, draws=_DRAWS, rng=_SEED)
    return FitCertainty(
        probability=1 - expected.probability_above(line_share), basis="random hash"
    )
