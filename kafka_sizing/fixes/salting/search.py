"""A line and key shares in; the numbers of keys and shards that keep it out."""

from __future__ import annotations

from typing import Final

import numpy as np

from kafka_sizing._checks import ROUNDING
from kafka_sizing.fixes.salting.expectation import SaltedLoads, SaltedModel
from kafka_sizing.fixes.salting.fullest import MOST_SHARDS
from kafka_sizing.fixes.salting.safety import probability_bounds, safe_shards, smallest_safe
from kafka_sizing.units import format_share

_ONE_BY_ONE: Final = 16  # up to so many shards every number is tried, then every eighth or so
_LAST_TRIED: Final = 2  # of the largest numbers, to see whether any will do
_KEYS_STEP: Final = 1.5  # from one number of keys to the next
_FEW: Final = 200  # hashes that often tell
_SURPRISE: Final = 1e-3  # less likely than this is no chance
_STEPS_WITHOUT_GAIN: Final = 6  # numbers of keys in a row that allow no fewer shards


def cost_of(option: SaltedLoads) -> tuple[int, int]:
    """Order options: by the keys they add, then by the keys they split."""
    return option.extra_shards, option.hot_keys


class Search:
    """Choices of keys and shards under one line: drawn roughly, fully if that is not enough.

    What is chosen is drawn afresh: of many choices the first to pass is often one that was lucky.
    """

    def __init__(
        self,
        *,
        model: SaltedModel,
        share: float,
        certainty: float,
        most_shards: int,
        draws: int,
        rng: np.random.Generator,
    ) -> None:
        self.model, self.share, self.certainty = model, share, certainty
        self.draws, self.rng = draws, rng
        n = model.base.size
        rounds = n if model.placement == "consecutive" else MOST_SHARDS
        self.most_shards = min(most_shards, max(1, rounds))
        self.numbers = self._possible(self._numbers())
        self.closest: SaltedLoads | None = None
        self._rough: dict[tuple[int, int], SaltedLoads] = {}
        self._drawn: dict[tuple[int, int], SaltedLoads] = {}
        self._verified: dict[tuple[int, int], SaltedLoads] = {}

    def options(self, hot_keys: int | None) -> tuple[SaltedLoads, ...]:
        """Give, for a rising number of keys, the fewest shards that keep the line."""
        found: list[SaltedLoads] = []
        if hot_keys is None and self._keeps(0, 1) and self._is_verified(0, 1):
            found.append(self._verified[0, 1])
        above = len(self.numbers)  # of the numbers below this one some may still keep the line
        idle = 0
        for hot in self._key_counts(hot_keys):
            if not above or idle >= _STEPS_WITHOUT_GAIN:
                break
            at = self._fewest(hot, above)
            while at is not None and not self._is_verified(hot, self.numbers[at]):
                at = at + 1 if at + 1 < above else None
            idle += bool(found)
            if at is not None:
                above, idle = at, 0
                found.append(self._verified[hot, self.numbers[at]])
        return tuple(found)

    def failure(self) -> str:
        """Say how near the best that was tried comes."""
        wanted = format_share(self.certainty)
        if not self.numbers and self.most_shards > 1:
            n, hottest = self.model.base.size, float(self.model.shares[0])
            part = self.share / hottest
            safe = safe_shards(
                n, most_share=part, certainty=self.certainty, most_shards=self.most_shards
            )
            return f"of the hottest key, {format_share(hottest)} of the load, {safe.reason}"
        near = self.closest
        best = self._fully_drawn(near.hot_keys, near.shards) if near else self._fully_drawn(0, 1)
        chance = format_share(best.probability_within(self.share))
        if not best.hot_keys:
            return f"unsplit, {chance} of random hashes keep the line (wanted: {wanted})"
        which = f"{best.hot_keys:,} key{'s' * (best.hot_keys > 1)}"
        return (
            f"the best choice tried, {which} in {best.shards:,} shards, keeps it under {chance} "
            f"of random hashes (wanted: {wanted})"
        )

    def _key_counts(self, hot_keys: int | None) -> list[int]:
        """Begin with the keys that are too big as they are; then ever more, at last all."""
        if hot_keys is not None:
            return [hot_keys]
        total = self.model.shares.size
        too_big = int(np.count_nonzero(self.model.shares > self.share * (1 + ROUNDING)))
        counts, count = [], max(1, too_big)
        while count < total:
            counts.append(count)
            count = max(count + 1, int(count * _KEYS_STEP))
        return [*counts, total]

    def _fewest(self, hot: int, above: int) -> int | None:
        """Find the first of the numbers before ``above`` that keeps the line for these keys.

        Small ones are tried in turn, for the probability is a sawtooth there; among large
        ones by halves.
        """
        last = next(
            (
                at
                for at in range(above)[: -_LAST_TRIED - 1 : -1]
                if self._keeps(hot, self.numbers[at])
            ),
            None,
        )
        if last is None:
            return None
        small = sum(number <= _ONE_BY_ONE for number in self.numbers[:last])
        for at in range(small):
            if self._keeps(hot, self.numbers[at]):
                return at
        low, high = small, last
        while low < high:
            middle = (low + high) // 2
            if self._keeps(hot, self.numbers[middle]):
                high = middle
            else:
                low = middle + 1
        return high

    def _keeps(self, hot: int, shards: int) -> bool:
        """Judge by few hashes where they tell; by all where they leave it open."""
        option, is_kept = self._roughly(hot, shards)
        if is_kept is None:
            option = self._fully_drawn(hot, shards)
            error = option.standard_error(self.share)  # one to spare, or it is soon refuted
            is_kept = option.probability_within(self.share) >= self.certainty + error
        if self.closest is None or self._nearness(option) > self._nearness(self.closest):
            self.closest = option
        return is_kept

    def _roughly(self, hot: int, shards: int) -> tuple[SaltedLoads, bool | None]:
        """Draw few hashes; None if what they show is no surprise either way."""
        from scipy.special import bdtr

        if (hot, shards) not in self._rough:
            few = min(_FEW, self.draws)
            self._rough[hot, shards] = self.model.draw(hot, shards, few, self.rng)
        option = self._rough[hot, shards]
        if option.is_exact:
            return option, None
        kept = round(option.probability_within(self.share) * option.draws)
        if bdtr(kept, option.draws, self.certainty) < _SURPRISE:
            return option, False
        fewer = float(bdtr(kept - 1, option.draws, self.certainty)) if kept else 0.0
        return option, True if 1 - fewer < _SURPRISE else None

    def _is_verified(self, hot: int, shards: int) -> bool:
        """Judge a choice by fresh hashes: that it passed may have been the luck of its draws."""
        if (hot, shards) not in self._verified:
            draws = self.model.draws_to_verify(self.draws)
            self._verified[hot, shards] = self.model.draw(hot, shards, draws, self.rng)
        return self._verified[hot, shards].surely_keeps(self.share, self.certainty)

    def _nearness(self, option: SaltedLoads) -> tuple[float, float]:
        return option.probability_within(self.share), -option.mean_max_share

    def _fully_drawn(self, hot: int, shards: int) -> SaltedLoads:
        if (hot, shards) not in self._drawn:
            self._drawn[hot, shards] = self.model.draw(hot, shards, self.draws, self.rng)
        return self._drawn[hot, shards]

    def _numbers(self) -> list[int]:
        """Give 2 … 16, then steps of an eighth, and what the hottest key would need alone."""
        most, number = self.most_shards, _ONE_BY_ONE
        numbers = {*range(2, min(most, _ONE_BY_ONE) + 1), most} - {1}
        while (number := number + number // 8) < most:
            numbers.add(number)
        hottest = float(self.model.shares[0])
        if hottest > self.share and self.model.placement == "hashed":
            alone = smallest_safe(self.model.base.size, self.share / hottest, self.certainty, most)
            numbers |= {alone} if alone else set()
        return sorted(numbers)

    def _possible(self, numbers: list[int]) -> list[int]:
        """Leave away the numbers that cannot do for the hottest key alone, whatever the rest."""
        hottest, n = float(self.model.shares[0]), self.model.base.size
        shards = np.array(numbers, dtype=np.int64)
        if not shards.size or hottest <= self.share:
            return numbers
        part = self.share / hottest
        if self.model.placement == "consecutive":
            possible = -(-shards // n) / shards <= part * (1 + ROUNDING)
        else:
            possible = probability_bounds(shards, part, n)[1] >= self.certainty
        kept: list[int] = shards[possible].tolist()
        return kept
