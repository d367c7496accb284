"""A rate, an outage of what records need and the delays in; who survives it out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kafka_sizing._checks import check_positive
from kafka_sizing.retries.attempts import attempt_times, check_delays
from kafka_sizing.retries.wording import seconds_text
from kafka_sizing.units import format_load

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageStage:
    """What one retry goes through while the dependency is down and after."""

    name: str
    delay_s: float
    filled_from_s: float  #: from the start of the outage until its first record comes
    outage_s: float
    records_per_s: float  #: into it while the outage lasts, from ``filled_from_s`` on

    @property
    def filled_s(self) -> float:
        """How long records come into it; 0: the outage is over before. [s]"""
        return max(0.0, self.outage_s - self.filled_from_s)

    @property
    def entered_records(self) -> float:
        """Records that come into it in all. [records]"""
        return self.records_per_s * self.filled_s

    @property
    def most_waiting_records(self) -> float:
        """Records that wait in it at its fullest. [records]"""
        return self.records_per_s * min(self.delay_s, self.filled_s)

    @property
    def recovered_records(self) -> float:
        """Records that succeed when they come out of it: those due at the end or later."""
        return self.most_waiting_records

    @property
    def empty_after_s(self) -> float | None:
        """From the start of the outage until its last record is out; None: it had none. [s]"""
        return self.outage_s + self.delay_s if self.filled_s else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DependencyOutage:
    """What a total outage of something that every record needs does to a ladder of retries."""

    records_per_s: float
    outage_s: float
    delays_s: tuple[float, ...]
    stages: tuple[OutageStage, ...]  #: one per retry

    @property
    def total_delay_s(self) -> float:
        """The longest outage that no record is lost to. [s]"""
        return sum(self.delays_s)

    @property
    def outlasts_retries(self) -> bool:
        """Whether the outage is longer than all delays together."""
        return self.outage_s > self.total_delay_s

    @property
    def missing_delay_s(self) -> float:
        """How much longer the delays must be in all to lose nothing; 0: they are enough. [s]"""
        return max(0.0, self.outage_s - self.total_delay_s)

    @property
    def failed_records(self) -> float:
        """Records that fail at least once: all that were written meanwhile. [records]"""
        return self.records_per_s * self.outage_s

    @property
    def dead_letter_records(self) -> float:
        """Records that run out of retries: those written in time for that. [records]"""
        return self.records_per_s * self.missing_delay_s

    @property
    def recovered_records(self) -> float:
        """Records that fail and succeed later. [records]"""
        return sum(stage.recovered_records for stage in self.stages)

    @property
    def recovered_after_s(self) -> float:
        """From the start of the outage until no record waits any more. [s]"""
        return max((stage.empty_after_s or 0.0 for stage in self.stages), default=self.outage_s)

    @property
    def peak_attempts_per_s(self) -> float:
        """Most attempts that meet the dependency once it is back, first ones and retries.

        Each stage hands out what was written a while ago as fast as it was written, so those
        that do so at a time add up. [records/s]
        """
        spans = [
            (stage.filled_from_s + stage.delay_s, stage.empty_after_s)
            for stage in self.stages
            if stage.empty_after_s is not None
        ]
        times = [self.outage_s, *(begin for begin, _ in spans if begin > self.outage_s)]
        most = max(sum(begin <= at < end for begin, end in spans) for at in times)
        return self.records_per_s * (1 + most)

    @property
    def reason(self) -> str:
        """Who is lost and why, as a sentence without a full stop."""
        outage, total = seconds_text(self.outage_s), seconds_text(self.total_delay_s)
        peak = format_load(self.peak_attempts_per_s, "records/s")
        written = format_load(self.records_per_s, "records/s")
        back = (
            f"when the dependency is back up to {peak} meet it, not {written}, and the last "
            f"record is through {seconds_text(self.recovered_after_s)} after the start"
        )
        if not self.outlasts_retries:
            failed = format_load(self.failed_records, "records")
            return f"{failed} fail in {outage} and all recover, for the delays are {total}; {back}"
        dead = format_load(self.dead_letter_records, "records")
        text = f"{dead} of {outage} become dead letters, for the delays are only {total}"
        return f"{text}; {back}" if self.stages else text

    def to_frame(self) -> pd.DataFrame:
        """One row per retry: name, delay_s, filled_from_s, entered_records and so on.

        Columns: name, delay_s, filled_from_s, entered_records, most_waiting_records,
        recovered_records, empty_after_s, which is missing where nothing came.
        """
        import pandas as pd

        names = (
            "name",
            "delay_s",
            "filled_from_s",
            "entered_records",
            "most_waiting_records",
            "recovered_records",
        )
        frame = pd.DataFrame(
            {name: [getattr(stage, name) for stage in self.stages] for name in names}
        )
        ends = [stage.empty_after_s for stage in self.stages]
        frame["empty_after_s"] = pd.array(ends, dtype="Float64")
        return frame

    def __repr__(self) -> str:
        dead = format_load(self.dead_letter_records, "records")
        return (
            f"DependencyOutage(outage={seconds_text(self.outage_s)!r}, "
            f"total_delay={seconds_text(self.total_delay_s)!r}, dead_letters={dead!r})"
        )


def dependency_outage(
    records_per_s: float, *, outage_s: float, delays_s: Iterable[float]
) -> DependencyOutage:
    """Compute what a total outage of something that every record needs does to retries.

    A record written at time a of an outage of length O fails its attempts at a, a + d₁,
    a + d₁ + d₂ … as long as these lie before O. So records come into retry i from
    ``Sᵢ₋₁ = d₁ + … + dᵢ₋₁`` to O, at the rate λ at which they are written; at most
    ``λ · min(dᵢ, O − Sᵢ₋₁)`` wait in it, and as many succeed when they come out, for those in
    it when the dependency is back are due later. Of an outage longer than all delays D,
    ``λ (O − D)`` become dead letters; of a shorter one, none.

    Parameters
    ----------
    records_per_s : float
        λ, written before, during and after the outage. [records/s] > 0
    outage_s : float
        O: how long every attempt fails. [s] > 0
    delays_s : iterable of float
        The wait before each retry. [s] >= 0

    Returns
    -------
    DependencyOutage
        Each retry, the dead letters, and what meets the dependency when it is back.

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    A fluid model, exact but for one record more or less: attempts fail at once, waits are kept
    to, no record fails but for the outage, and consumers keep up. An attempt that takes long to
    fail, by a timeout, slows the topic itself down; then a stop of its consumer is cheaper than
    retries.

    Examples
    --------
    >>> from kafka_sizing.retries import dependency_outage
    >>> down = dependency_outage(200, outage_s=3_600, delays_s=[5, 30, 300])
    >>> down.dead_letter_records, [stage.most_waiting_records for stage in down.stages]
    (653000.0, [1000.0, 6000.0, 60000.0])
    >>> dependency_outage(200, outage_s=300, delays_s=[5, 30, 300]).dead_letter_records
    0.0
    """
    check_positive("records_per_s", records_per_s)
    check_positive("outage_s", outage_s)
    check_positive("records_per_s times outage_s", float(records_per_s) * float(outage_s))
    delays = check_delays("delays_s", delays_s)
    return DependencyOutage(
        records_per_s=float(records_per_s),
        outage_s=float(outage_s),
        delays_s=delays,
        stages=tuple(
            OutageStage(
                name=f"retry {retry}",
                delay_s=delay,
                filled_from_s=begin,
                outage_s=float(outage_s),
                records_per_s=float(records_per_s),
            )
            for retry, (begin, delay) in enumerate(
                zip(attempt_times(delays), delays, strict=False), 1
            )
        ),
    )
