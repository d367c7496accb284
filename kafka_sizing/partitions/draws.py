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
_FEWER_KEYS: Final = (8, 16, 32)  # placed instead, where the curve of the rest is smooth then:
_SMOOTH: Final = 0.03  # so few make no difference that 40,000 draws would show
TOP_KEYS_MOST: Final = 1_024
MOST_DRAWS: Final = 100_000
_CELLS: Final = 2**21  # loads or places held at once
_STEP: Final = 500  # hashes whose heavy keys are placed at once: their loads stay in the cache
_NUMBERS: Final = 2**24  # that decide where heavy keys go, kept for every count
_PLACED: Final = 300_000_000  # places drawn rather than to take a curve that is rough
_ROUGH: Final = 0.02  # above it the rest of the keys is lumpy: a curve may be off by 0.4 %
_ROUGHEST: Final = 0.1  # and by 2 %
_DENSE: Final = 16  # partitions per key up to which every partition is added up
_FEW: Final = 16  # partitions up to which each gets a number for the light keys
_SEVERAL: Final = 64  # partitions up to which every one is added up, and looked at
_REACH: Final = 8.0  # deviations of the curve: no partition so far below the fullest passes it


class HashDraws:
    """Random hashes of the same keys, at one count after another.

    The heaviest keys are placed one by one. The load of the rest on a partition is a curve:
    normal, bent to the skewness it has (Wilson and Hilferty's cube), less its mean over all
    partitions so that shares still add up to 1. Of many partitions only those near the fullest
    get a number each; of those without a heavy key only the fullest matters, and the largest of
    m draws from a curve is one draw. So a hash costs a few dozen numbers, however many keys and
    partitions there are; and since the same numbers serve at every count, counts differ by what
    they are and little by chance.
    """

    __slots__ = ("_draws", "_heads", "_method", "_numbers", "_rng", "_shares")

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
        self._numbers = _Numbers(draws, self._rng)

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
            return "top keys", self._fewest(partitions)
        top = max(TOP_KEYS, min(TOP_KEYS_MOST, _NUMBERS // self._draws))
        cheap = keys * self._draws <= _PLACED
        if cheap or self._head(top).roughness(partitions) > _ROUGHEST:
            return "monte carlo", keys
        return "top keys", top

    def _fewest(self, partitions: int) -> int:
        """Give the fewest heavy keys to place so that the rest is smooth; all, if they are few."""
        if self._shares.placed.size > TOP_KEYS:
            for top in _FEWER_KEYS:
                if self._head(top).roughness(partitions) <= _SMOOTH:
                    return top
        return TOP_KEYS

    def _head(self, top: int) -> _Head:
        if top not in self._heads:
            known = self._head(TOP_KEYS).cut(top) if top < TOP_KEYS else None
            self._heads[top] = known or _Head.of(self._shares.placed, top)
        return self._heads[top]

    def _with_a_curve(self, head: _Head, partitions: int) -> NDArray[np.float64]:
        """Place the heavy keys; add the curve of the rest, and take the largest."""
        drawn = np.empty(self._draws)
        curve = head.curve(partitions)
        peaks = _peaks_of_each if partitions <= _FEW else _peaks
        for begin in range(0, self._draws, _STEP):
            hashes = slice(begin, begin + _STEP)
            drawn[hashes] = peaks(head.heavy, curve, self._numbers, hashes)
        return drawn

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
            places = _places(self._rng, (rows, weights.size), partitions)
            loads, is_first = _stacked(places, weights, partitions)
            held = is_first.sum(axis=1)
            peaks.append(np.maximum.reduceat(loads, np.cumsum(held) - held))
        return np.concatenate(peaks)


@dataclass(frozen=True, slots=True, eq=False)
class _Curve:
    """Load of the light keys on one partition: mean + deviation × a bent normal number."""

    partitions: int
    mean: float
    deviation: float
    skewness: float

    def bent(self, normal: NDArray[np.float64]) -> NDArray[np.float64]:
        """Bend normal numbers to the skewness, by Wilson and Hilferty's cube for a gamma."""
        skewness = self.skewness
        if skewness < 1e-6:
            return normal
        base = normal * (skewness / 6)
        base += 1 - skewness**2 / 36
        np.maximum(base, 0, out=base)
        bent: NDArray[np.float64] = base * base
        bent *= base
        bent -= 1
        bent *= 2 / skewness
        return bent


@dataclass(frozen=True, slots=True, eq=False)
class _Head:
    """The heaviest keys, and sums over the rest."""

    heavy: NDArray[np.float64]  #: falling
    rest: float
    rest_squares: float
    rest_cubes: float
    floor: float  #: share of the heaviest key

    @classmethod
    def of(cls, shares: NDArray[np.float64], top: int) -> _Head:
        if shares.size <= top:
            return cls(np.sort(shares)[::-1], 0.0, 0.0, 0.0, float(shares.max(initial=0.0)))
        parted = np.partition(shares, shares.size - top)
        heavy = np.sort(parted[-top:])[::-1]
        return cls(heavy, *_powers(parted[:-top]), float(heavy[0]))

    def cut(self, top: int) -> _Head:
        """Give fewer heavy keys; the others join the rest."""
        sums, squares, cubes = _powers(self.heavy[top:])
        return _Head(
            self.heavy[:top],
            self.rest + sums,
            self.rest_squares + squares,
            self.rest_cubes + cubes,
            self.floor,
        )

    def curve(self, partitions: int) -> _Curve:
        """Match mean, variance and skewness of the rest's load on one partition."""
        if not self.rest_squares or partitions == 1:
            return _Curve(partitions, self.rest / partitions, 0.0, 0.0)
        one = 1 / partitions
        skewness = self.rest_cubes / self.rest_squares**1.5 * (1 - 2 * one)
        return _Curve(
            partitions,
            self.rest * one,
            (self.rest_squares * one) ** 0.5,
            skewness / (one * (1 - one)) ** 0.5,
        )

    def roughness(self, partitions: int) -> float:
        """How far the curve may be off: its width in the floor, by the square of its skewness."""
        curve = self.curve(partitions)
        return curve.deviation / max(self.floor, 1 / partitions) * curve.skewness**2


class _Numbers:
    """The random numbers behind each hash: a column each, and more rows when they are wanted."""

    __slots__ = ("_normals", "_rest", "_rng", "_words")

    def __init__(self, draws: int, rng: np.random.Generator) -> None:
        self._rest: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
        self._words = np.empty((0, draws), dtype=np.uint32)
        self._normals = np.empty((0, draws))
        self._rng = rng

    def places(self, keys: int, partitions: int, hashes: slice) -> NDArray[np.int64]:
        """Put so many keys on a partition each, under some hashes: a row a key."""
        known, draws = self._words.shape
        if keys > known:
            numbers = (keys - known) * draws
            pairs = self._rng.integers(2**64, size=(numbers + 1) // 2, dtype=np.uint64)
            more = pairs.view(np.uint32)[:numbers].reshape(-1, draws)
            self._words = np.vstack([self._words, more]) if known else more
        words = self._words[:keys, hashes]
        scaled: NDArray[np.int64] = np.multiply(words, partitions, dtype=np.int64)
        scaled >>= 32
        return scaled

    def of_the_rest(self, hashes: slice) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give two numbers for each of some hashes: a chance in (0, 1], and a normal number."""
        if self._rest is None:
            draws = self._normals.shape[1]
            self._rest = 1 - self._rng.random(draws), self._rng.standard_normal(draws)
        chances, normals = self._rest
        return chances[hashes], normals[hashes]

    def normals(self, rows: int, hashes: slice) -> NDArray[np.float64]:
        """Give so many normal numbers for each of some hashes."""
        known, draws = self._normals.shape
        if rows > known:
            more = self._rng.standard_normal((rows - known, draws))
            self._normals = np.vstack([self._normals, more]) if known else more
        return self._normals[:rows, hashes]


def _peaks_of_each(
    heavy: NDArray[np.float64], curve: _Curve, numbers: _Numbers, hashes: slice
) -> NDArray[np.float64]:
    """Place the heavy keys; add the curve of the rest to every partition."""
    loads = _added_up(
        heavy, numbers.places(heavy.size, curve.partitions, hashes), curve.partitions
    )
    rest = curve.bent(numbers.normals(curve.partitions, hashes))
    peak: NDArray[np.float64] = (loads + curve.deviation * rest).max(axis=0)
    peak += curve.mean - curve.deviation * rest.mean(axis=0)
    return peak


def _peaks(
    heavy: NDArray[np.float64], curve: _Curve, numbers: _Numbers, hashes: slice
) -> NDArray[np.float64]:
    """Place the heavy keys; add the curve of the rest where it may matter."""
    partitions = curve.partitions
    places = numbers.places(heavy.size, partitions, hashes)
    near = _Near.of(heavy, places, partitions, _REACH * curve.deviation)
    begins = np.cumsum(near.counts) - near.counts
    most = int(near.counts.max())
    has_number = np.arange(most) < near.counts[:, None]
    rest = curve.bent(numbers.normals(most, hashes).T[has_number])
    peak: NDArray[np.float64]
    peak = np.maximum.reduceat(near.loads + curve.deviation * rest, begins)
    sums = np.add.reduceat(rest, begins)
    chances, others = numbers.of_the_rest(hashes)
    variance = (near.looked_at - near.counts).astype(np.float64)
    if partitions > near.looked_at[0]:  # then of every hash: fewer keys than partitions
        fullest, mean, spread = _largest_and_sum(chances, partitions - near.looked_at)
        peak = np.maximum(peak, curve.deviation * curve.bent(fullest))
        sums, variance = sums + mean, variance + spread
    sums += np.sqrt(variance) * others
    peak += curve.mean - curve.deviation * sums / partitions
    return peak


@dataclass(frozen=True, slots=True, eq=False)
class _Near:
    """Loads of heavy keys, hash by hash, on the partitions where they are near the largest."""

    loads: NDArray[np.float64]
    counts: NDArray[np.int64]  #: how many of the loads belong to each hash
    looked_at: NDArray[np.int64]  #: partitions of each hash: all, or those with a heavy key

    @classmethod
    def of(
        cls,
        heavy: NDArray[np.float64],
        places: NDArray[np.int64],
        partitions: int,
        reach: float,
    ) -> _Near:
        if partitions <= max(_SEVERAL, heavy.size):
            table = _added_up(heavy, places, partitions)
            is_near = table >= table.max(axis=0) - reach
            looked_at = np.full(table.shape[1], partitions)
            return cls(table.T[is_near.T], is_near.sum(axis=0), looked_at)
        loads, is_first = _stacked(places.T, heavy, partitions)
        held = is_first.sum(axis=1)
        begins = np.cumsum(held) - held
        is_near = loads >= np.repeat(np.maximum.reduceat(loads, begins) - reach, held)
        return cls(loads[is_near], np.add.reduceat(is_near, begins, dtype=np.int64), held)


def _added_up(
    heavy: NDArray[np.float64], places: NDArray[np.int64], partitions: int
) -> NDArray[np.float64]:
    """Give the load of every partition: a column a hash."""
    hashes = places.shape[1]
    cells = places * hashes
    cells += np.arange(hashes)
    weights = np.repeat(heavy, hashes)
    loads = np.bincount(cells.ravel(), weights, partitions * hashes)
    return np.asarray(loads, dtype=np.float64).reshape(partitions, hashes)


def _largest_and_sum(
    chances: NDArray[np.float64], numbers: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give the largest of so many normal numbers, and the mean and variance of their sum.

    The mean and the variance are those left once the largest is known.
    """
    from scipy.special import ndtri

    log_below = np.log(chances) / numbers
    fullest = -ndtri(-np.expm1(log_below))
    hazard = np.exp(-(fullest**2) / 2 - log_below) / np.sqrt(2 * np.pi)
    others = numbers - 1
    variance = others * np.maximum(1 - hazard * (fullest + hazard), 0)
    return fullest, fullest - others * hazard, variance


def _powers(shares: NDArray[np.float64]) -> tuple[float, float, float]:
    """Give the sums of shares, of their squares and of their cubes."""
    squares = shares * shares
    return float(shares.sum()), float(squares.sum()), float((squares * shares).sum())


def _stacked(
    places: NDArray[np.integer], weights: NDArray[np.float64], partitions: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Add up keys that meet: a load for each partition held, hash by hash, and a mask of them.

    ``places`` has one row a hash. The mask has a True per load, in its hash's row.
    """
    keys = weights.size
    bits = max(1, (keys - 1).bit_length())
    narrow = partitions << bits < 2**31  # half as wide is half as long
    packed: NDArray[Any] = places.astype(np.int32 if narrow else np.int64, order="C")
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
