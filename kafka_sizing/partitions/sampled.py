"""The loads of a sample and a line in; how often chance alone shows such a load, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from kafka_sizing.partitions.certainty import chance_on_line
from kafka_sizing.partitions.placement import PartitionLoads

_WHOLE: Final = 1e-6  # how near to whole numbers records are, after they were scaled


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledLoads:
    """Loads of a sample, and what is known of the records that make them."""

    total: float  #: in the unit of the loads
    partitions: int
    records: float  #: in the sample; Kish's effective number where they weigh unequally
    largest_record_share: float | None  #: of the total, at most; None: all weigh the same

    def chance(self, load: float, line_load: float) -> float:
        """Say how often some partition shows such a load while none is above the line, at most.

        The load is above the line, so the line is below the total.
        """
        share, line = load / self.total, line_load / self.total
        if self.largest_record_share is None:
            return chance_on_line(
                share * self.records, self.records, line_share=line, among=self.partitions
            )
        return min(1.0, self.partitions * self._bennett(share - line, min(line, 0.5)))

    def _bennett(self, excess: float, line_share: float) -> float:
        """Bound P(share >= line + excess) where records weigh unequally.

        G. Bennett, *Probability inequalities for the sum of independent random variables*, 1962:
        exp(-v / b² h(b t / v)), h(u) = (1 + u) ln(1 + u) - u, with the variance v of the sum and
        the largest term b. Kish's number gives the sum of the squared weights.
        """
        largest = self.largest_record_share or 1.0
        variance = line_share * (1 - line_share) / self.records
        u = largest * excess / variance
        return float(np.exp(-variance / largest**2 * ((1 + u) * np.log1p(u) - u)))


def sampled_loads(loads: PartitionLoads, records: float | None) -> SampledLoads | None:
    """Find out what sample these loads are, by default as their keys say; None: they are none."""
    if records is None:
        records = loads.keys.sample_size if loads.keys is not None else None
    if records is None or not loads.total:
        return None
    return SampledLoads(
        total=loads.total,
        partitions=loads.partitions,
        records=records,
        largest_record_share=_largest_record_share(loads, records),
    )


def _largest_record_share(loads: PartitionLoads, records: float) -> float | None:
    """Bound the heaviest record's share; None if loads are whole numbers of equal records.

    Records counted one by one stay so when they are scaled to a rate. Bytes do not: no record
    is heavier than a key of its own, nor, squared, than the squares of all records together.
    """
    keys = loads.keys
    parts = loads.loads if keys is None else np.append(keys.loads, keys.null_load)
    counts = parts / parts.sum() * records
    near = np.abs(counts - counts.round()) <= _WHOLE * np.maximum(counts, 1)
    if loads.unit == "records" or bool(near.all()):
        return None
    return float(min(parts.max() / parts.sum(), 1 / np.sqrt(max(records, 1.0))))
