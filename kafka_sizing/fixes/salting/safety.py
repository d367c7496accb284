"""A share of a key that one partition may get in; the hashed shards that keep it out."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import ROUNDING, ceil_ratio, check_count, check_open_share, check_share
from kafka_sizing.fixes.salting.fullest import MOST_SHARDS, probability_of_at_most
from kafka_sizing.units import format_share

if TYPE_CHECKING:
    import pandas as pd

_MARGIN: Final = 1e-9  # bounds nearer to the certainty than this decide nothing
_MOST_SHOWN: Final = 2_000  # shards whose probability goes with the result
_WORK_SHOWN: Final = 4e9  # multiplications spent on them

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SafeShards:
    """How many hashed shards keep a key's part of one partition small enough, and how surely.

    The probability is a sawtooth: of S shards a partition may get ``floor(share × S)``, which
    rises in steps, so a larger number may fail again. From ``last_failing`` on all are safe.
    """

    partitions: int
    most_share: float  #: of the key, that one partition may get
    certainty: float
    shards: int | None  #: the smallest safe number; None: none up to ``most_shards``
    last_failing: int | None  #: above it all are safe, 0: all are; None: not known, or none is
    most_shards: int  #: where the search ended
    probabilities: Floats  #: of 1, 2, 3 … shards to keep within the share; read-only

    def __post_init__(self) -> None:
        array = np.array(self.probabilities, dtype=np.float64)
        array.flags.writeable = False
        object.__setattr__(self, "probabilities", array)

    @property
    def is_possible(self) -> bool:
        """Whether there is a safe number of shards."""
        return self.shards is not None

    @property
    def even_share(self) -> float:
        """The part of the key on each partition if it spread evenly: no split does better."""
        return 1 / self.partitions

    @property
    def large_number_estimate(self) -> int | None:
        """What the formula for many shards gives: 2 N ln N / d² for a share of (1 + d) / N.

        A note, not the answer: it is the mean of the fullest partition, not a certainty, and too
        few where a partition gets but a handful. None if the share is not above the even one.
        """
        above = self.most_share * self.partitions - 1
        if above <= ROUNDING:
            return None
        return math.ceil(2 * self.partitions * math.log(self.partitions) / above**2)

    @property
    def reason(self) -> str:
        """Why this number of shards, or why none, without a full stop."""
        share, chance = format_share(self.most_share), format_share(self.certainty)
        n = f"{self.partitions:,} partition{'s' if self.partitions > 1 else ''}"
        if self.shards is not None:
            which = f"{self.shards:,} shards" if self.shards > 1 else "the key unsplit"
            text = (
                f"with {which} on {n} the fullest gets at most "
                f"{share} of the key with a probability of at least {chance}"
            )
            if self.last_failing is None:
                return f"{text}; larger numbers may fail again"
            if self.last_failing > self.shards:
                return (
                    f"{text}; of larger numbers some fail again, the last is {self.last_failing:,}"
                )
            return f"{text}, and with every larger number"
        if self.large_number_estimate is None:
            return (
                f"no number of hashed shards is safe: even spread over {n} leaves "
                f"{format_share(self.even_share)} of the key on each, and {share} asks for "
                f"{'that' if self._asks_for_even else 'less'}, while hashed shards meet"
            )
        about = f"more than {self.most_shards:,}"
        if self.large_number_estimate > self.most_shards:
            about = f"about {self.large_number_estimate:,}"
        return (
            f"no number up to {self.most_shards:,} is safe: to leave at most {share} of the key "
            f"on one of {n} takes {about} shards"
        )

    @property
    def _asks_for_even(self) -> bool:
        return abs(self.most_share * self.partitions - 1) <= ROUNDING

    def to_frame(self) -> pd.DataFrame:
        """One row per number of shards: shards, probability, safe."""
        import pandas as pd

        return pd.DataFrame(
            {
                "shards": np.arange(1, self.probabilities.size + 1),
                "probability": self.probabilities,
                "safe": self.probabilities >= self.certainty,
            }
        )

    def __repr__(self) -> str:
        return (
            f"SafeShards({self.partitions:,} partitions, most_share={self.most_share:.4g}, "
            f"certainty={self.certainty:g}, shards={self.shards}, "
            f"last_failing={self.last_failing})"
        )

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False, max_rows=20)
        return f"<p>{html.escape(self.reason)}</p>{table}"


def safe_shards(
    partitions: SupportsIndex,
    *,
    most_share: float,
    certainty: float = 0.95,
    most_shards: int = MOST_SHARDS,
) -> SafeShards:
    """Find the smallest number of hashed shards that spreads one key well enough.

    Parameters
    ----------
    partitions : int
        How many partitions the topic has. [1, 2,147,483,647]
    most_share : float
        Part of the key that one partition may get. Above 1 / partitions, or nothing helps.
        (0, 1]
    certainty : float, default 0.95
        Probability, over hashes, with which the fullest partition must keep within it. (0, 1)
    most_shards : int, default 10,000
        Where to end the search. [1, 10,000]

    Returns
    -------
    SafeShards
        The number, the last larger one that fails, and the probability of each; or why none.

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    A partition gets k or fewer of S shards with a binomial probability 1 - q. Counts of a
    multinomial are negatively associated (Joag-Dev and Proschan 1983), so all N partitions do
    with a probability between 1 - N q and (1 - q)^N. Only where the certainty lies between the
    two is the exact probability of `fullest_partition` worked out. Chernoff's bound,
    ``N exp(-S KL(share, 1/N))``, says where the search for a failing number may end.

    Examples
    --------
    >>> from kafka_sizing.fixes.salting import safe_shards
    >>> safe = safe_shards(12, most_share=1 / 4)
    >>> safe.shards, safe.last_failing
    (24, 27)
    """
    partitions = check_count("partitions", partitions)
    check_share("most_share", most_share)
    check_open_share("certainty", certainty)
    most_shards = check_count("most_shards", most_shards, most=MOST_SHARDS)
    share = float(most_share)
    first, last = _first_and_last(partitions, share, float(certainty), most_shards)
    return SafeShards(
        partitions=partitions,
        most_share=share,
        certainty=float(certainty),
        shards=first,
        last_failing=last,
        most_shards=most_shards,
        probabilities=_shown(partitions, share, _wanted(first, last, partitions, most_shards)),
    )


def smallest_safe(partitions: int, share: float, certainty: float, most: int) -> int | None:
    """Find the smallest safe number up to ``most``, and nothing else."""
    return _first_and_last(partitions, share, certainty, most)[0]


def allowed_shards(shards: NDArray[np.int64], share: float) -> NDArray[np.int64]:
    """Count the shards one partition may get of ``shards``: an exact fit counts."""
    counts: NDArray[np.int64] = np.floor(shards * share * (1 + ROUNDING)).astype(np.int64)
    return np.minimum(counts, shards)


def probability_bounds(
    shards: NDArray[np.int64], share: float, partitions: int
) -> tuple[Floats, Floats]:
    """Bound the probability that the fullest partition keeps within ``share``, from both sides."""
    from scipy.special import bdtrc

    allowed = allowed_shards(shards, share)
    above = np.where(allowed >= shards, 0.0, bdtrc(allowed, shards, 1 / partitions))
    least = np.maximum(0.0, 1 - partitions * above)
    most = np.where(allowed * partitions < shards, 0.0, (1 - above) ** partitions)
    return np.minimum(least, most), most


def _first_and_last(
    partitions: int, share: float, certainty: float, most_shards: int
) -> tuple[int | None, int | None]:
    """Find the first number that is safe, and the last that is not."""
    if share * partitions <= 1 + ROUNDING:
        return _first_of_even(partitions, share, certainty, most_shards)
    end = _end_of_failures(partitions, share, certainty)
    shards = np.arange(1, min(end, most_shards) + 1)
    least, most = probability_bounds(shards, share, partitions)
    is_safe = least >= certainty + _MARGIN
    is_open = ~is_safe & (most >= certainty - _MARGIN)

    def safe(at: int) -> bool:
        return bool(is_safe[at]) or (
            bool(is_open[at]) and _probability(at + 1, share, partitions) >= certainty
        )

    maybe = np.flatnonzero(is_safe | is_open).tolist()
    first = next((at + 1 for at in maybe if safe(at)), None)
    if first is None or end > most_shards:
        return first, None
    not_sure = np.flatnonzero(~is_safe)[::-1].tolist()
    return first, next((at + 1 for at in not_sure if not safe(at)), 0)


def _first_of_even(
    partitions: int, share: float, certainty: float, most_shards: int
) -> tuple[int | None, int | None]:
    """Judge a share no larger than the even one: only shards that all part are within it.

    They part into equal counts most often where each partition gets one.
    """
    first = None
    if (
        partitions <= most_shards
        and _probability(partitions, share, partitions) >= certainty - _MARGIN
    ):
        first = partitions
    return first, 0 if partitions == 1 and first else None


def _end_of_failures(partitions: int, share: float, certainty: float) -> int:
    """Give a number of shards from which on Chernoff's bound promises the certainty."""
    even = 1 / partitions
    divergence = share * math.log(share / even)
    if share < 1:
        divergence += (1 - share) * math.log((1 - share) / (1 - even))
    return ceil_ratio(math.log(partitions / (1 - certainty)), divergence)


def _probability(shards: int, share: float, partitions: int) -> float:
    allowed = int(allowed_shards(np.array([shards]), share)[0])
    return probability_of_at_most(allowed, shards, partitions)


def _wanted(first: int | None, last: int | None, partitions: int, most_shards: int) -> int:
    """Choose how many probabilities to give: some beyond the last that matters."""
    beyond = max(first or 4 * partitions, last or 0)
    return min(most_shards, _MOST_SHOWN, max(8, beyond + beyond // 4 + 1))


def _shown(partitions: int, share: float, wanted: int) -> Floats:
    """Work out the exact probabilities, as far as that takes no more than about a second."""
    shards = np.arange(1, wanted + 1)
    squarings = 1 + math.log2(max(1.0, partitions * share))
    affordable = int(
        np.searchsorted(np.cumsum(squarings * shards.astype(float) ** 2), _WORK_SHOWN)
    )
    shards = shards[: max(1, affordable)]
    least, most = probability_bounds(shards, share, partitions)
    found: Floats = (least + most) / 2
    for at in np.flatnonzero(most - least > _MARGIN).tolist():
        found[at] = _probability(at + 1, share, partitions)
    return found
