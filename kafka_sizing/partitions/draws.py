"""Shares and a count in; the largest share under many random hashes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.partitions.shares import HashedShares

Method: TypeAlias = Literal["auto", "top keys", "monte carlo"]
Used: TypeAlias = Literal["top keys", "monte carlo"]

TOP_KEYS: Final = 64
TOP_KEYS_MOST: Final = 1_024
MOST_DRAWS: Final = 100_000
_CELLS: Final = 2**21  # loads or places held at once
_NUMBERS: Final = 2**24  # that decide where heavy keys go, kept for every count
_PLACED: Final = 300_000_000  # places drawn rather than to take a curve that is rough
_ROUGH: Final = 0.02  # above it the rest of the keys is lumpy: a curve may be off by 0.4 %
_ROUGHEST: Final = 0.1  # and by 2 %
_DENSE: Final = 16  # partitions per key up to which every partition is added up


class HashDraws:
    """Random hashes of the same keys, at one count after another.

    The heaviest keys are placed one by one. The load of the rest on a partition is a curve:
    normal, bent to the skewness it has (Wilson and Hilferty's cube), less its mean over all
    partitions so that shares still add up to 1. Of the partitions without a heavy key only the
    fullest matters, and the largest of m draws from a curve is one draw. So a hash costs as many
    numbers as there are heavy keys, however many keys and partitions there are; and since the
    same numbers serve at every count, counts differ by what they are and little by chance.
    """

    __slots__ = ("_draws", "_heads", "_method", "_random", "_rng", "_shares")

    def __init__(
        self,
        shares: HashedShares,
        *,
        draws: int,
        method: Method = "auto",
        rng: int | np.random.Generator | None = None,
    ) -> None:
        self._shares = shares
        self._draws = draws
        self._method = method
        self._rng = np.random.default_rng(rng)
        self._heads: dict[int, _Head] = {}
        self._random: dict[int, _Numbers] = {}

    def max_shares(self, partitions: int) -> tuple[NDArray[np.float64], Used]:
        """Give the largest share under each hash, rising, and how they were found."""
        used, top = self._choice(partitions)
        if used == "top keys":
            drawn = self._with_a_curve(self._head(top), partitions)
        else:
            drawn = self._all_placed(partitions)
        drawn += self._shares.spread / partitions
        floor = self._shares.floor(partitions)  # a curve may fall short of it
        return np.sort(drawn.clip(floor, 1.0)), used

    def _choice(self, partitions: int) -> tuple[Used, int]:
        keys = self._shares.placed.size
        if self._method == "monte carlo" or (self._method == "auto" and keys <= TOP_KEYS):
            return "monte carlo", keys
        if self._method == "top keys" or self._head(TOP_KEYS).roughness(partitions) <= _ROUGH:
            return "top keys", TOP_KEYS
        top = max(TOP_KEYS, min(TOP_KEYS_MOST, _NUMBERS // self._draws))
        cheap = keys * self._draws <= _PLACED
        if cheap or self._head(top).roughness(partitions) > _ROUGHEST:
            return "monte carlo", keys
        return "top keys", top

    def _head(self, top: int) -> _Head:
        if top not in self._heads:
            self._heads[top] = _Head.of(self._shares.placed, top)
        return self._heads[top]

    def _numbers(self, keys: int) -> _Numbers:
        """Draw what decides where so many keys go; the same at every count."""
        if keys not in self._random:
            self._random[keys] = _Numbers(self._draws, keys, self._rng)
        return self._random[keys]

    def _with_a_curve(self, head: _Head, partitions: int) -> NDArray[np.float64]:
        """Place the heavy keys; add the curve of the rest, and take the largest."""
        from scipy.special import ndtri

        numbers = self._numbers(head.heavy.size)
        curve = head.curve(partitions)
        loads, is_first = _stacked(numbers.places, head.heavy, partitions)
        held = is_first.sum(axis=1)
        begins = np.cumsum(held) - held
        rest = curve.bent(numbers.normal(held))
        peak = np.maximum.reduceat(loads + curve.deviation * rest, begins)
        sums = np.add.reduceat(rest, begins)

        bare = partitions - held  # partitions without a heavy key: only their largest is drawn
        some = bare > 0
        log_below = np.log(numbers.largest) / np.maximum(bare, 1)
        fullest = -ndtri(-np.expm1(log_below))
        peak = np.where(some, np.maximum(peak, curve.deviation * curve.bent(fullest)), peak)
        hazard = np.exp(-(fullest**2) / 2 - log_below) / np.sqrt(2 * np.pi)
        others = np.maximum(bare - 1, 0)
        variance = others * np.maximum(1 - hazard * (fullest + hazard), 0)
        sums += np.where(some, fullest, 0) - others * hazard + np.sqrt(variance) * numbers.others
        peak += curve.mean - curve.deviation * sums / partitions
        return peak

    def _all_placed(self, partitions: int) -> NDArray[np.float64]:
        """Place every key under every hash: the reference."""
        weights = self._shares.placed
        if not weights.size:
            return np.zeros(self._draws)
        if partitions > _DENSE * weights.size:
            return self._sparsely_placed(partitions)
        peaks = np.empty(self._draws)
        step = max(1, min(self._draws, _CELLS // max(weights.size, partitions)))
        repeated = np.tile(weights, step)
        for begin in range(0, self._draws, step):
            rows = min(step, self._draws - begin)
            places = _places(self._rng, (rows, weights.size), partitions)
            if rows > 1:
                places = places + partitions * np.arange(rows)[:, None]
            loads = np.bincount(
                places.ravel(), repeated[: places.size], minlength=rows * partitions
            )
            peaks[begin : begin + rows] = loads.reshape(rows, partitions).max(axis=1)
        return peaks

    def _sparsely_placed(self, partitions: int) -> NDArray[np.float64]:
        """Place few keys on many partitions, most of which stay empty."""
        weights = self._shares.placed
        step = max(1, _CELLS // weights.size)
        peaks = []
        for begin in range(0, self._draws, step):
            rows = min(step, self._draws - begin)
            loads, is_first = _stacked(self._rng.random((rows, weights.size)), weights, partitions)
            held = is_first.sum(axis=1)
            peaks.append(np.maximum.reduceat(loads, np.cumsum(held) - held))
        return np.concatenate(peaks)


@dataclass(frozen=True, slots=True, eq=False)
class _Curve:
    """Load of the light keys on one partition: mean + deviation × a bent normal number."""

    mean: float
    deviation: float
    skewness: float

    def bent(self, normal: NDArray[np.float64]) -> NDArray[np.float64]:
        """Bend normal numbers to the skewness, by Wilson and Hilferty's cube for a gamma."""
        skewness = self.skewness
        if skewness < 1e-6:
            return normal
        base = np.maximum(1 + skewness * normal / 6 - skewness**2 / 36, 0)
        bent: NDArray[np.float64] = (2 / skewness) * (base**3 - 1)
        return bent


@dataclass(frozen=True, slots=True, eq=False)
class _Head:
    """The heaviest keys, and sums over the rest."""

    heavy: NDArray[np.float64]
    rest: float
    rest_squares: float
    rest_cubes: float
    floor: float  #: share of the heaviest key

    @classmethod
    def of(cls, shares: NDArray[np.float64], top: int) -> _Head:
        if shares.size <= top:
            return cls(shares, 0.0, 0.0, 0.0, float(shares.max(initial=0.0)))
        parted = np.partition(shares, shares.size - top)
        heavy, light = parted[-top:], parted[:-top]
        squares = light * light
        return cls(
            heavy,
            float(light.sum()),
            float(squares.sum()),
            float((squares * light).sum()),
            float(heavy.max()),
        )

    def curve(self, partitions: int) -> _Curve:
        """Match mean, variance and skewness of the rest's load on one partition."""
        if not self.rest_squares or partitions == 1:
            return _Curve(self.rest / partitions, 0.0, 0.0)
        one = 1 / partitions
        skewness = self.rest_cubes / self.rest_squares**1.5 * (1 - 2 * one)
        return _Curve(
            self.rest * one,
            (self.rest_squares * one) ** 0.5,
            skewness / (one * (1 - one)) ** 0.5,
        )

    def roughness(self, partitions: int) -> float:
        """How far the curve may be off: its width in the floor, by the square of its skewness."""
        curve = self.curve(partitions)
        return curve.deviation / max(self.floor, 1 / partitions) * curve.skewness**2


class _Numbers:
    """The random numbers behind each hash."""

    __slots__ = ("_normal", "_rng", "largest", "others", "places")

    def __init__(self, draws: int, keys: int, rng: np.random.Generator) -> None:
        self.places = rng.random((draws, keys))
        self.largest = 1 - rng.random(draws)  # in (0, 1]
        self.others = rng.standard_normal(draws)
        self._normal = np.empty((draws, 0))
        self._rng = rng

    def normal(self, held: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give as many normal numbers for each hash as it has partitions held, end to end."""
        known, most = self._normal.shape[1], int(held.max())
        if most > known:
            more = self._rng.standard_normal((held.size, most - known))
            self._normal = np.hstack([self._normal, more])
        return self._normal[:, :most][np.arange(most) < held[:, None]]


def _stacked(
    places: NDArray[np.float64], weights: NDArray[np.float64], partitions: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Add up keys that meet: a load for each partition held, hash by hash, and a mask of them.

    ``places`` are in [0, 1), one row a hash. The mask has a True per load, in its hash's row.
    """
    keys = weights.size
    bits = max(1, (keys - 1).bit_length())
    narrow = partitions << bits < 2**31  # half as wide is half as long
    packed: NDArray[Any] = (places * partitions).astype(np.int32 if narrow else np.int64)
    packed <<= bits
    packed |= np.arange(keys, dtype=packed.dtype)
    packed.sort(axis=1)
    held = packed >> bits
    is_first = np.ones(places.shape, dtype=np.bool_)
    np.not_equal(held[:, 1:], held[:, :-1], out=is_first[:, 1:])
    packed &= (1 << bits) - 1
    return np.add.reduceat(weights[packed].ravel(), np.flatnonzero(is_first)), is_first


def _places(
    rng: np.random.Generator, shape: tuple[int, int], partitions: int
) -> NDArray[np.integer]:
    """Draw partitions in the narrowest type that holds them, which is fastest."""
    dtype = np.uint16 if partitions < 2**16 else np.uint32
    places: NDArray[np.integer] = rng.integers(0, partitions, shape, dtype=dtype)
    return places
