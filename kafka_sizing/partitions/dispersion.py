"""`PartitionLoads` in; whether a random hash of their keys would be as uneven, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kafka_sizing._checks import check_type
from kafka_sizing.keys.sketch import refuse_sketch
from kafka_sizing.partitions.lines import thresholds
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.partitions.separation import null_load_of_one
from kafka_sizing.units import format_share

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class DispersionTest:
    """Pearson's chi-square of the partition loads, corrected for loads that come in keys."""

    partitions: int
    chi_square: float  #: X² = sum (O - E)² / E over the partitions, in the unit of the loads
    dispersion: float  #: phi = sum c² / sum c over the keys: what one key weighs, on average
    plain_p_value: float  #: of X² itself, as if every record went its own way
    p_value: float  #: of X² / phi: the chance that a random hash of these keys is as uneven
    heaviest_key_share: float  #: the heaviest key's part of sum c²

    @property
    def corrected(self) -> float:
        """X² / phi, which a random hash leaves near ``degrees_of_freedom``."""
        return self.chi_square / self.dispersion

    @property
    def degrees_of_freedom(self) -> int:
        """Partitions - 1."""
        return self.partitions - 1

    @property
    def verdict(self) -> str:
        """``"as a random hash"`` or ``"more uneven"``, at the customary level of 5 %."""
        level = thresholds()["significance"]["value"]
        return "more uneven" if self.p_value <= level else "as a random hash"

    @property
    def reason(self) -> str:
        """What was found, in a sentence."""
        found = (
            f"X² / phi is {self.corrected:.4g} where a random hash of these keys gives "
            f"{self.degrees_of_freedom:,} on average, and as much or more with probability "
            f"{self.p_value:.3g}"
        )
        if self.verdict == "more uneven":
            return f"{found}: their own weights do not explain it, so look at the partitioner"
        if self.heaviest_key_share <= _dominant():
            return found
        return (
            f"{found}; one key makes {format_share(self.heaviest_key_share)} of sum c², which "
            "hides much of what the hash does with the others"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per way to reckon: correction, statistic, degrees_of_freedom, p_value."""
        import pandas as pd

        return pd.DataFrame(
            {
                "correction": ["plain", "dispersion"],
                "statistic": [self.chi_square, self.corrected],
                "degrees_of_freedom": [self.degrees_of_freedom] * 2,
                "p_value": [self.plain_p_value, self.p_value],
            }
        )

    def __repr__(self) -> str:
        """Say the corrected statistic, its degrees of freedom and its p-value."""
        return (
            f"DispersionTest(X²/phi={self.corrected:.4g}, "
            f"degrees_of_freedom={self.degrees_of_freedom:,}, p_value={self.p_value:.3g})"
        )

    def _repr_html_(self) -> str:
        return self.to_frame().to_html(index=False)


def dispersion_test(loads: PartitionLoads) -> DispersionTest:
    """Test whether the loads are as uneven as a random hash of these keys makes them.

    A rejection does not say that a partition is hot; it says that the partitioner clumps these
    keys, or that another one put them there.

    Parameters
    ----------
    loads : PartitionLoads
        With the keys that make the load: placed, as `place` gives them, or as seen: loads that
        were measured, beside the keys that were counted.

    Returns
    -------
    DispersionTest
        The statistic, plain and corrected, with the p-value of each.

    Raises
    ------
    TypeError
        If ``loads`` is no `PartitionLoads`.
    ValueError
        If the keys are missing, there is one partition, or no load at all.

    Notes
    -----
    With keys of c records each, sum (O - E)² / E has mean (N - 1) phi, phi = sum c² / sum c,
    under a hash that puts each key on any of N partitions alike. The plain test (phi = 1) takes
    every record for its own draw and rejects always once keys repeat. X² / phi against
    chi-square of N - 1 degrees of freedom rejects 5 % where no key dominates sum c², and fewer
    where one does, for a single key is nowhere uneven: docs/howto/trust_a_sample.md has its
    size by simulation.

    Examples
    --------
    >>> from kafka_sizing import place
    >>> from kafka_sizing.keys import zipf_keys
    >>> from kafka_sizing.partitions import dispersion_test
    >>> keys = zipf_keys(10_000, exponent=0.5, total=1_000_000)
    >>> test = dispersion_test(place(keys, 12))
    >>> test.verdict, round(test.plain_p_value, 6)
    ('as a random hash', 0.0)
    """
    check_type("loads", loads, PartitionLoads, "place")
    if loads.keys is None:
        raise ValueError("loads must come with their keys, as place gives them, got none")
    refuse_sketch(loads.keys, "this test")
    if loads.partitions == 1:
        raise ValueError("loads must be of two partitions or more, got 1")
    weights = np.append(loads.keys.loads, null_load_of_one(loads))
    if not loads.total or not weights.any():
        raise ValueError("loads must add up to more than 0 with their keys, got 0")
    from scipy.stats import chi2

    squares = np.square(weights / loads.keys.total)
    dispersion = loads.total * float(squares.sum())
    even = loads.even_share
    chi_square = even * float(np.square(loads.loads / even - 1).sum())
    degrees = loads.partitions - 1
    return DispersionTest(
        partitions=loads.partitions,
        chi_square=chi_square,
        dispersion=dispersion,
        plain_p_value=float(chi2.sf(chi_square, degrees)),
        p_value=float(chi2.sf(chi_square / dispersion, degrees)),
        heaviest_key_share=float(squares.max() / squares.sum()),
    )


def _dominant() -> float:
    return float(thresholds()["dominant_key"]["value"])
